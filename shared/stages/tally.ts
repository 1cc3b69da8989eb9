/** How many events an expression matches, when they were and what they have, from index and columns alone. */
import type { ObjectStore, Table } from '../ports.ts';
import { compileFilter } from '../query/compile.ts';
import type { Expression } from '../query/syntax.ts';
import {
  COLUMN_SIZE,
  COLUMNS_FOLD,
  type ColumnReader,
  type Columns,
  columnsOf,
  FACETS,
  type Facet,
} from './columns.ts';
import type { FoldedEvent } from './fold.ts';
import { readCursor } from './fold-runner.ts';
import { foldedEvent } from './folded-event.ts';
import { hitSet } from './hit-set.ts';
import { INDEX_FOLD } from './index.ts';
import { readLines, trailSize } from './read-trail.ts';

export interface TallyPorts {
  readonly objects: ObjectStore;
  readonly table: Table;
  readonly columns: ColumnReader;
}

export interface TallyRequest {
  readonly expression: Expression;
  /** Event times, both inclusive, ms. */
  readonly sinceMs?: number | undefined;
  readonly untilMs?: number | undefined;
  /** Bars of the plot at most. */
  readonly barsMax: number;
  /** What each bar is divided by. */
  readonly by: Facet;
}

export interface Tally {
  readonly total: number;
  /** False where the index cannot tell: then no more than these match. */
  readonly isExact: boolean;
  /** Newest entries that are not counted yet: the index is behind. */
  readonly uncounted: number;
  readonly plot: Plot | undefined;
  readonly facets: Readonly<Record<Facet, readonly FacetCount[]>>;
}

export interface FacetCount {
  readonly value: string;
  readonly count: number;
}

/** Event counts by time, bars of one width beside each other. */
export interface Plot {
  readonly startMs: number;
  readonly widthMs: number;
  /** By value of what bars are divided by, the most frequent first; one number for each bar. */
  readonly series: readonly { readonly value: string; readonly counts: readonly number[] }[];
  readonly bars: number;
}

/** Entries that the index does not hold yet and that are read one by one; more of them are left out, and said. */
const TAIL_MAX = 2 * COLUMN_SIZE;

export async function tally(ports: TallyPorts, request: TallyRequest): Promise<Tally> {
  const { parts, isExact, uncounted } = await partsOf(ports, request.expression);
  const found = matching(parts, request);
  const facets = FACETS.map((facet) => [facet, facetCounts(found, facet)] as const);
  return {
    total: found.reduce((sum, { positions }) => sum + positions.length, 0),
    isExact,
    uncounted,
    plot: plotOf(found, request),
    facets: Object.fromEntries(facets) as Tally['facets'],
  };
}

/** The columns of the trail, each with what of it may match. */
async function partsOf(
  ports: TallyPorts,
  expression: Expression,
): Promise<{ readonly parts: readonly Part[]; readonly isExact: boolean; readonly uncounted: number }> {
  const { table } = ports;
  const size = await trailSize(ports);
  const end = Math.min(size, await readCursor(table, COLUMNS_FOLD), await readCursor(table, INDEX_FOLD));
  const columns = await ports.columns.read(end);
  const { bits, isExact } = await hitSet({ table, columns, end }, expression);
  const parts: Part[] = columns.map((each) => ({ columns: each, has: (n) => hasBit(bits, each.first + n) }));
  const isTailRead = size - end <= TAIL_MAX;
  if (isTailRead && size > end) parts.push(await tail(ports, expression, end, size));
  return { parts, isExact, uncounted: isTailRead ? 0 : size - end };
}

/** How many match, and nothing else. */
export async function countOf(
  ports: TallyPorts,
  request: Pick<TallyRequest, 'expression' | 'sinceMs' | 'untilMs'>,
): Promise<Pick<Tally, 'total' | 'isExact'>> {
  const { parts, isExact } = await partsOf(ports, request.expression);
  const total = matching(parts, request).reduce((sum, { positions }) => sum + positions.length, 0);
  return { total, isExact };
}

interface Part {
  readonly columns: Columns;
  readonly has: (n: number) => boolean;
}

function hasBit(bits: Uint8Array, index: number): boolean {
  return ((bits[index >> 3] ?? 0) & (1 << (index & 7))) !== 0;
}

async function tail(ports: TallyPorts, expression: Expression, first: number, next: number): Promise<Part> {
  const filter = compileFilter(expression);
  const events: FoldedEvent[] = [];
  for await (const line of readLines(ports, first, next)) {
    const event = await foldedEvent(ports, line);
    if (event !== undefined && filter(event)) events.push(event);
  }
  return { columns: columnsOf(events, first, next - first), has: () => true };
}

function matching(
  parts: readonly Part[],
  {
    sinceMs = Number.NEGATIVE_INFINITY,
    untilMs = Number.POSITIVE_INFINITY,
  }: Pick<TallyRequest, 'sinceMs' | 'untilMs'>,
): readonly Found[] {
  return parts.map(({ columns, has }) => {
    const positions: number[] = [];
    for (let n = 0; n < columns.times.length; n += 1) {
      const time = columns.times[n] ?? Number.NaN;
      if (time >= sinceMs && time <= untilMs && has(n)) positions.push(n);
    }
    return { columns, positions };
  });
}

interface Found {
  readonly columns: Columns;
  readonly positions: readonly number[];
}

function facetCounts(found: readonly Found[], facet: Facet): readonly FacetCount[] {
  const counts = new Map<string, number>();
  for (const { columns, positions } of found) {
    const { values, codes } = columns.facets[facet];
    const own = new Uint32Array(values.length);
    for (const n of positions) own[codes[n] ?? 0] = (own[codes[n] ?? 0] ?? 0) + 1;
    for (const [code, value] of values.entries()) {
      const more = own[code] ?? 0;
      if (more > 0) counts.set(value, (counts.get(value) ?? 0) + more);
    }
  }
  return [...counts]
    .map(([value, total]) => ({ value, count: total }))
    .sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1));
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

function plotOf(
  found: readonly Found[],
  {
    sinceMs = Number.NEGATIVE_INFINITY,
    untilMs = Number.POSITIVE_INFINITY,
    barsMax,
    by,
  }: Omit<TallyRequest, 'expression'>,
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
