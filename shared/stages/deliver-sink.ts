import type { Random } from '../ports.ts';
import type { AnySink } from '../sinks/index.ts';

/** A sink at work: with its name in the settings, and its secrets resolved. */
export interface DeliverySink {
  readonly name: string;
  readonly sink: AnySink;
  readonly settings: Readonly<Record<string, unknown>>;
  /** Between two sends, ms. */
  readonly intervalMs: number;
}

/**
 * Exponential backoff with full jitter: anything up to a bound that doubles with each try.
 * @see https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export function jitterMs(
  random: Random,
  { baseMs, capMs, tries }: { readonly baseMs: number; readonly capMs: number; readonly tries: number },
): number {
  const bound = Math.min(capMs, baseMs * 2 ** Math.min(tries, 40));
  return Math.ceil(fraction(random) * bound);
}

/** At least 0, below 1. */
function fraction(random: Random): number {
  return new DataView(random(4).slice().buffer).getUint32(0) / 2 ** 32;
}
