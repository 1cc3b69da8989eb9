import type { Report } from '../fault.ts';
import { quote } from '../fault.ts';
import { describe, type YamlEntry } from '../yaml.ts';

/** Months and years are the Gregorian calendar's means, as pySigma has them. */
const UNITS_MS: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 7 * 86_400_000,
  M: 2_629_746_000,
  y: 31_556_952_000,
};
const TIMESPAN_MS_MAX = 31_556_952_000;

/** Reads `90s`, `15m`, `2h`, `30d`, `2w`, `1M`, `1y` as ms; undefined after a fault was reported. */
export function readTimespan(entry: YamlEntry, report: Report): number | undefined {
  const { value } = entry;
  const text = value.kind === 'scalar' ? value.source : undefined;
  const match = /^(\d{1,9})([smhdwMy])$/.exec(text ?? '');
  const ms = Number(match?.[1]) * (UNITS_MS[match?.[2] ?? ''] ?? Number.NaN);
  if (ms > 0 && ms <= TIMESPAN_MS_MAX) return ms;
  const found = text === undefined ? describe(value) : quote(text);
  report.error(
    value.position,
    `expected ${entry.key} as a number and one of s, m, h, d, w, M, y (at most 1y), such as 15m, found ${found}`,
  );
  return undefined;
}
