/** How many events an expression matches, when they were and what they have, from index and columns alone. */
import type { ObjectStore, Table } from '../ports.ts';
import { compileFilter } from '../query/compile.ts';
import type { Expression } from '../query/syntax.ts';
import { type Detail, detailsOf } from './column-details.ts';
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
import { type Found, type Plot, plotOf } from './plot.ts';
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
  /** What is counted; every facet where it is not given. */
  readonly facets?: readonly Facet[];
  /** How many of the newest are named, by their place, and below which place. */
  readonly newest?: { readonly count: number; readonly before: number };
}

export interface Tally {
  readonly total: number;
  /** False where the index cannot tell: then no more than these match. */
  readonly isExact: boolean;
  /** Newest entries that are not counted yet: the index is behind. */
  readonly uncounted: number;
  readonly plot: Plot | undefined;
  readonly facets: Readonly<Record<Facet, readonly FacetCount[]>>;
  /** Newest first, by place in the trail. */
  readonly newest: readonly Newest[];
}

/** An event as a list shows it. */
export interface Newest {
  readonly index: number;
  readonly timeMs: number;
  readonly source: string;
  readonly actor: string;
  readonly operation: string;
  readonly outcome: string;
  readonly detail: Detail | undefined;
}

export interface FacetCount {
  readonly value: string;
  readonly count: number;
}

/** Entries that the index does not hold yet and that are read one by one; more of them are left out, and said. */
const TAIL_MAX = 2 * COLUMN_SIZE;

export async function tally(ports: TallyPorts, request: TallyRequest): Promise<Tally> {
  const { parts, isExact, uncounted } = await partsOf(ports, request.expression);
  const found = matching(parts, request);
  const wanted = request.facets ?? FACETS;
  const facets = FACETS.map(
    (facet) => [facet, wanted.includes(facet) ? facetCounts(found, facet) : []] as const,
  );
  return {
    total: found.reduce((sum, { positions }) => sum + positions.length, 0),
    isExact,
    uncounted,
    plot: plotOf(found, request),
    facets: Object.fromEntries(facets) as Tally['facets'],
    newest: await newestOf(ports, found, request.newest),
  };
}

/** The same of events as they are found: what a question that the index cannot answer has. None is kept. */
export async function tallyOf(
  events: AsyncIterable<Pick<FoldedEvent, 'source' | 'event'>>,
  request: Omit<TallyRequest, 'expression' | 'newest'>,
): Promise<Tally> {
  const found: Found[] = [];
  let waiting: Pick<FoldedEvent, 'index' | 'source' | 'event'>[] = [];
  const add = () => {
    if (waiting.length === 0) return;
    const columns = columnsOf(waiting, 0, waiting.length);
    found.push({ columns, positions: Uint16Array.from(waiting.keys()) });
    waiting = [];
  };
  for await (const { source, event } of events) {
    if (waiting.push({ index: waiting.length, source, event }) === COLUMN_SIZE) add();
  }
  add();
  return {
    total: found.reduce((sum, { positions }) => sum + positions.length, 0),
    isExact: true,
    uncounted: 0,
    plot: plotOf(found, request),
    facets: Object.fromEntries(FACETS.map((facet) => [facet, facetCounts(found, facet)])) as Tally['facets'],
    newest: [],
  };
}

/** The columns of all entries, those of the newest that no row holds yet with them. */
export async function readColumns(ports: TallyPorts): Promise<readonly Columns[]> {
  const size = await trailSize(ports);
  const end = Math.min(size, await readCursor(ports.table, COLUMNS_FOLD));
  const columns = await ports.columns.read(end);
  if (size === end || size - end > TAIL_MAX) return columns;
  const events = await ports.columns.tail(end, size, () => readEvents(ports, end, size));
  return [...columns, columnsOf(events, end, size - end)];
}

async function newestOf(
  ports: TallyPorts,
  found: readonly Found[],
  { count, before }: NonNullable<TallyRequest['newest']> = { count: 0, before: 0 },
): Promise<readonly Newest[]> {
  const newest: (Omit<Newest, 'detail'> & { readonly known: Detail | undefined })[] = [];
  for (let part = found.length - 1; part >= 0 && newest.length < count; part -= 1) {
    const { columns, positions, details } = found[part] as Found;
    const { first, times, facets } = columns;
    const value = (facet: Facet, n: number) => facets[facet].values[facets[facet].codes[n] ?? 0] ?? '';
    for (let at = positions.length - 1; at >= 0 && newest.length < count; at -= 1) {
      const n = positions[at] ?? 0;
      const index = first + n;
      if (index >= before) continue;
      newest.push({
        index,
        timeMs: times[n] ?? Number.NaN,
        source: value('source', n),
        actor: value('actor', n),
        operation: value('operation', n),
        outcome: value('outcome', n),
        known: details?.get(index),
      });
    }
  }
  const stored = await ports.columns.details(
    newest.filter(({ known }) => known === undefined).map(({ index }) => index),
  );
  return newest.map(({ known, ...row }) => ({ ...row, detail: known ?? stored.get(row.index) }));
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
  const parts: Part[] = columns.map((each) => ({ columns: each, bits }));
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
  /** Of the whole trail; all of the part where there are none. */
  readonly bits: Uint8Array | undefined;
  /** Of what no row holds yet. */
  readonly details?: ReadonlyMap<number, Detail>;
}

async function tail(ports: TallyPorts, expression: Expression, first: number, next: number): Promise<Part> {
  const filter = compileFilter(expression);
  const all = await ports.columns.tail(first, next, () => readEvents(ports, first, next));
  const events = all.filter(filter);
  return { columns: columnsOf(events, first, next - first), bits: undefined, details: detailsOf(events) };
}

async function readEvents(ports: TallyPorts, first: number, next: number): Promise<readonly FoldedEvent[]> {
  const events: FoldedEvent[] = [];
  for await (const line of readLines(ports, first, next)) {
    const event = await foldedEvent(ports, line);
    if (event !== undefined) events.push(event);
  }
  return events;
}

/** Which entries of each part count: most loops of a page are over these. */
function matching(
  parts: readonly Part[],
  {
    sinceMs = Number.NEGATIVE_INFINITY,
    untilMs = Number.POSITIVE_INFINITY,
  }: Pick<TallyRequest, 'sinceMs' | 'untilMs'>,
): readonly Found[] {
  const found: Found[] = [];
  for (const { columns, bits, details } of parts) {
    const { first, times } = columns;
    const positions = new Uint16Array(times.length);
    let count = 0;
    for (let n = 0; n < times.length; n += 1) {
      const index = first + n;
      const byte = bits === undefined ? 0xff : (bits[index >> 3] ?? 0);
      if (byte === 0) n += 7 - (index & 7);
      if ((byte & (1 << (index & 7))) === 0) continue;
      const time = times[n] ?? Number.NaN;
      if (time >= sinceMs && time <= untilMs) positions[count++] = n;
    }
    if (count > 0) found.push({ columns, positions: positions.subarray(0, count), details });
  }
  return found;
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
