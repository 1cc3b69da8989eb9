/**
 * Columns: a fold that leaves, for every 500 entries, when each event was and what it is counted by. A page's plot and
 * its facets are added up from them, without reading a single event.
 */
import { actorOf, operationOf, outcomeOf } from '../ocsf/names.ts';
import type { Row, Table } from '../ports.ts';
import { type Detail, decodeDetails, detailsOf, encodeDetails } from './column-details.ts';
import type { Fold, FoldedEvent } from './fold.ts';
import { bytesOf, sortKey } from './index-rows.ts';
import { compress, inflate } from './index-segment.ts';

/** What events are counted by: one shown value each. */
export const FACETS = ['source', 'class', 'actor', 'operation', 'outcome'] as const;
export type Facet = (typeof FACETS)[number];

/** Entries of one row. */
export const COLUMN_SIZE = 500;
export const COLUMNS_FOLD = 'columns';

/** The columns of some entries, one after the other from `first`. */
export interface Columns {
  readonly first: number;
  /** Event times, ms; NaN where there is no event: a control entry, or an erased line. */
  readonly times: Float64Array;
  readonly facets: Readonly<Record<Facet, FacetColumn>>;
}

export interface FacetColumn {
  readonly values: readonly string[];
  /** Per entry, a position in `values`. */
  readonly codes: Uint16Array;
}

const PARTITION = 'column';

export function columnsFold({ table }: { readonly table: Table }): Fold {
  return {
    id: COLUMNS_FOLD,
    spanSize: COLUMN_SIZE,
    apply: async (events, { first, next }) => {
      await table.put(rowOf(columnsOf(events, first, next - first), detailsOf(events)), 'any');
    },
  };
}

/** The columns of these events, which lie within `count` entries from `first`. */
export function columnsOf(
  events: readonly Pick<FoldedEvent, 'index' | 'source' | 'event'>[],
  first: number,
  count: number,
): Columns {
  const times = new Float64Array(count).fill(Number.NaN);
  const facets = emptyFacets(count);
  for (const { index, source, event } of events) {
    const at = index - first;
    times[at] = event.time;
    facets.source.set(at, source);
    facets.class.set(at, event.class_name);
    facets.actor.set(at, actorOf(event));
    facets.operation.set(at, calledOf(event));
    facets.outcome.set(at, outcomeOf(event));
  }
  return { first, times, facets };
}

/** What `operation:` finds it by: a finding's title is asked for otherwise. */
function calledOf(event: FoldedEvent['event']): string {
  return event.finding_info === undefined
    ? operationOf(event)
    : (event.api?.operation ?? event.evidences?.[0]?.api?.operation ?? '');
}

/** Attackers choose names. */
const VALUE_LENGTH_MAX = 200;

function emptyFacets(count: number) {
  return {
    source: facetColumn(count),
    class: facetColumn(count),
    actor: facetColumn(count),
    operation: facetColumn(count),
    outcome: facetColumn(count),
  };
}

function facetColumn(count: number) {
  const values = [''];
  const codeOf = new Map([['', 0]]);
  const codes = new Uint16Array(count);
  const set = (at: number, value: string): void => {
    const shown = value.length > VALUE_LENGTH_MAX ? `${value.slice(0, VALUE_LENGTH_MAX)}…` : value;
    let code = codeOf.get(shown);
    if (code === undefined) {
      code = values.push(shown) - 1;
      codeOf.set(shown, code);
    }
    codes[at] = code;
  };
  return { values, codes, set };
}

function rowOf({ first, times, facets }: Columns, details: ReadonlyMap<number, Detail>): Row {
  const shown = [...times].map((time) => (Number.isNaN(time) ? null : time));
  const text = JSON.stringify([
    shown,
    ...FACETS.map((facet) => [facets[facet].values, [...facets[facet].codes]]),
  ]);
  return {
    pk: PARTITION,
    sk: sortKey(first),
    attributes: { columns: compress(text), details: encodeDetails(details) },
  };
}

function readRow(row: Row): Columns | undefined {
  const bytes = bytesOf(row, 'columns');
  if (bytes === undefined) return undefined;
  const [times, ...columns] = JSON.parse(inflate(bytes)) as [
    readonly (number | null)[],
    ...(readonly [readonly string[], readonly number[]])[],
  ];
  const facets = FACETS.map((facet, n) => {
    const [values, codes] = columns[n] ?? [[''], []];
    return [facet, { values, codes: Uint16Array.from(codes) }] as const;
  });
  return {
    first: Number(row.sk),
    times: Float64Array.from(times, (time) => time ?? Number.NaN),
    facets: Object.fromEntries(facets) as Columns['facets'],
  };
}

/** Reads the columns of a trail, keeping those that it has read: a row never changes, but by an erasure. */
export interface ColumnReader {
  /** The columns of all entries below `end`, oldest first. */
  read(end: number): Promise<readonly Columns[]>;
  /** The events of a stretch that no row holds yet: read once for all questions about it. */
  tail(
    first: number,
    next: number,
    read: () => Promise<readonly FoldedEvent[]>,
  ): Promise<readonly FoldedEvent[]>;
  /** What else is shown of some entries; nothing of those that have no event, or lie beyond the fold. */
  details(indexes: readonly number[]): Promise<ReadonlyMap<number, Detail>>;
}

/** Kept in memory: 18 bytes an event, and the values. */
const KEPT_MAX = 4_000;
const PAGE = 200;

export function columnReader(table: Table): ColumnReader {
  const kept = new Map<number, Columns>();
  let tail: { readonly name: string; readonly events: Promise<readonly FoldedEvent[]> } | undefined;
  return {
    async read(end) {
      const all: Columns[] = [];
      for (let first = 0; first < end; ) {
        const known = kept.get(first);
        if (known !== undefined) {
          all.push(known);
          first += COLUMN_SIZE;
          continue;
        }
        const rows = await table.query(PARTITION, {
          from: sortKey(first),
          to: sortKey(end - 1),
          limit: PAGE,
        });
        for (const columns of rows.map(readRow)) {
          if (columns === undefined) continue;
          all.push(columns);
          if (kept.size < KEPT_MAX) kept.set(columns.first, columns);
        }
        const last = rows.at(-1);
        if (last === undefined || rows.length < PAGE) break;
        first = Number(last.sk) + COLUMN_SIZE;
      }
      return all;
    },
    async tail(first, next, read) {
      const name = `${first} ${next}`;
      if (tail?.name !== name) tail = { name, events: read() };
      try {
        return await tail.events;
      } catch (error) {
        tail = undefined;
        throw error;
      }
    },
    async details(indexes) {
      const wanted = Map.groupBy(indexes, (index) => index - (index % COLUMN_SIZE));
      const rows = await table.get(
        [...wanted.keys()].map((first) => ({ pk: PARTITION, sk: sortKey(first) })),
      );
      const found = new Map<number, Detail>();
      for (const row of rows) {
        const details = decodeDetails(row);
        for (const index of wanted.get(Number(row.sk)) ?? []) {
          const detail = details.get(index);
          if (detail !== undefined) found.set(index, detail);
        }
      }
      return found;
    },
  };
}

/** Makes the columns of a row forget an event that was erased from the trail. */
export async function forgetInColumns(table: Table, index: number): Promise<void> {
  const [row] = await table.get([{ pk: PARTITION, sk: sortKey(index - (index % COLUMN_SIZE)) }]);
  const columns = row && readRow(row);
  if (columns === undefined) return;
  const at = index - columns.first;
  columns.times[at] = Number.NaN;
  const facets = FACETS.map((facet) => [facet, without(columns.facets[facet], at)] as const);
  const details = new Map(row === undefined ? [] : decodeDetails(row));
  details.delete(index);
  const kept = { ...columns, facets: Object.fromEntries(facets) as Columns['facets'] };
  await table.put(rowOf(kept, details), 'any');
}

/** The column without the value at a place, which leaves the list too when nobody else has it. */
function without({ values, codes }: FacetColumn, at: number): FacetColumn {
  const kept = facetColumn(codes.length);
  for (const [n, code] of codes.entries()) if (n !== at) kept.set(n, values[code] ?? '');
  return kept;
}
