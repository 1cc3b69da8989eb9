/** Counts by time, for a picture: bars of one width that a person reads without counting. */
import type { Detail } from './column-details.ts';
import type { Columns, Facet } from './columns.ts';

/** Event counts by time, bars of one width beside each other. */
export interface Plot {
  readonly startMs: number;
  readonly widthMs: number;
  /** By value of what bars are divided by, the most frequent first; one number for each bar. */
  readonly series: readonly { readonly value: string; readonly counts: readonly number[] }[];
  readonly bars: number;
  /** The stretch that was asked for, both inclusive: the first and the last bar may reach beyond it. */
  readonly sinceMs?: number | undefined;
  readonly untilMs?: number | undefined;
}

/** Which entries of some columns count. */
export interface Found {
  readonly columns: Columns;
  readonly details?: ReadonlyMap<number, Detail> | undefined;
  readonly positions: Uint16Array;
}

export interface PlotRequest {
  /** Event times, both inclusive, ms. */
  readonly sinceMs?: number | undefined;
  readonly untilMs?: number | undefined;
  readonly barsMax: number;
  /** What each bar is divided by. */
  readonly by: Facet;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** Widths of bars that people read without counting. */
const WIDTHS = [
  ...[1, 5, 15, 30].map((n) => n * MINUTE),
  ...[1, 3, 6, 12].map((n) => n * HOUR),
  ...[1, 7, 28, 91, 364].map((n) => n * DAY),
];

export function plotOf(
  found: readonly Found[],
  { sinceMs = Number.NEGATIVE_INFINITY, untilMs = Number.POSITIVE_INFINITY, barsMax, by }: PlotRequest,
): Plot | undefined {
  const [firstMs, lastMs] = reach(found, sinceMs, untilMs);
  if (firstMs > lastMs) return undefined;
  const widthMs =
    WIDTHS.find((width) => Math.floor(lastMs / width) - Math.floor(firstMs / width) < barsMax) ??
    Math.ceil((lastMs - firstMs + 1) / barsMax);
  const startMs = Math.floor(firstMs / widthMs) * widthMs;
  const bars = Math.floor((lastMs - startMs) / widthMs) + 1;
  const series = new Map<string, number[]>();
  for (const { columns, positions } of found) {
    const { values, codes } = columns.facets[by];
    const own = values.map(() => undefined as number[] | undefined);
    for (const n of positions) {
      const code = codes[n] ?? 0;
      let counts = own[code];
      if (counts === undefined) {
        const value = values[code] ?? '';
        counts = series.get(value) ?? Array.from({ length: bars }, () => 0);
        series.set(value, counts);
        own[code] = counts;
      }
      const bar = Math.floor(((columns.times[n] ?? 0) - startMs) / widthMs);
      counts[bar] = (counts[bar] ?? 0) + 1;
    }
  }
  const sum = (counts: readonly number[]) => counts.reduce((a, b) => a + b, 0);
  return {
    startMs,
    widthMs,
    bars,
    ...(Number.isFinite(sinceMs) ? { sinceMs } : {}),
    ...(Number.isFinite(untilMs) ? { untilMs } : {}),
    series: [...series]
      .map(([value, counts]) => ({ value, counts }))
      .sort((a, b) => sum(b.counts) - sum(a.counts) || (a.value < b.value ? -1 : 1)),
  };
}

/** The stretch that a plot shows: what was asked for, else what there is. */
function reach(found: readonly Found[], sinceMs: number, untilMs: number): readonly [number, number] {
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  for (const { columns, positions } of found) {
    for (const n of positions) {
      const time = columns.times[n] ?? Number.NaN;
      if (time < first) first = time;
      if (time > last) last = time;
    }
  }
  return [
    Number.isFinite(sinceMs) ? sinceMs : first,
    Number.isFinite(untilMs) && Number.isFinite(sinceMs) ? untilMs : Math.min(last, untilMs),
  ];
}
