import type { JsonValue } from '../../json/json.ts';
import { type NativeTime, parseTime } from '../../ocsf/time.ts';

/** When an event happened, and whether the source said so. */
export interface Instant {
  readonly ms: number;
  /** Undefined when GitHub sent no time that can be trusted; then `ms` is when we received it. */
  readonly native: NativeTime | undefined;
}

/** In metadata.labels of an event whose time is the time of receipt. */
export const TIME_OF_RECEIPT = 'time-of-receipt';

/** The native time, else the time of receipt that the reader left in `received-at`. */
export function instantOf(
  native: NativeTime | undefined,
  attributes: Readonly<Record<string, string>>,
): Instant {
  return { ms: native?.ms ?? parseTime(attributes['received-at'])?.ms ?? 0, native };
}

/** The first of some values that is a time. */
export function firstTime(...values: readonly (JsonValue | undefined)[]): NativeTime | undefined {
  for (const value of values) {
    const time = parseTime(value);
    if (time !== undefined) return time;
  }
  return undefined;
}
