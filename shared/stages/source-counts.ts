import { PortError, type Row, type Table } from '../ports.ts';
import { number } from '../trail/sequence/rows.ts';
import type { Fold, FoldedEvent } from './fold.ts';

/** What the trail holds of one source. Times are event times, ms since the epoch. */
export interface SourceCount {
  readonly source: string;
  readonly count: number;
  readonly firstMs: number;
  readonly lastMs: number;
}

const PARTITION = 'source';

/** Counts per source, kept by the fold `sources`. */
export async function readSourceCounts(table: Table): Promise<readonly SourceCount[]> {
  return (await table.query(PARTITION, {})).map(fromRow);
}

/**
 * Counts events per source. A row knows up to which entry it counts, so that what is applied again is not counted
 * twice.
 */
export function sourceCountsFold({ table }: { readonly table: Table }): Fold {
  return {
    id: 'sources',
    spanSize: 1,
    apply: async (events, { next }) => {
      const bySource = Map.groupBy(events, ({ source }) => source);
      for (const [source, own] of bySource) await countInto(table, source, own, next);
    },
  };
}

async function countInto(
  table: Table,
  source: string,
  events: readonly FoldedEvent[],
  next: number,
): Promise<void> {
  const key = { pk: PARTITION, sk: source };
  const [row] = await table.get([key]);
  const counted = row === undefined ? 0 : number(row.attributes['next']);
  const fresh = events.filter(({ index }) => index >= counted);
  if (fresh.length === 0) return;
  const times = fresh.map(({ event }) => event.time);
  const before = row && fromRow(row);
  const attributes = {
    next,
    count: (before?.count ?? 0) + fresh.length,
    firstMs: times.reduce((a, b) => Math.min(a, b), before?.firstMs ?? Number.POSITIVE_INFINITY),
    lastMs: times.reduce((a, b) => Math.max(a, b), before?.lastMs ?? Number.NEGATIVE_INFINITY),
  };
  try {
    await table.put(
      { ...key, attributes },
      row === undefined ? 'absent' : { attribute: 'next', equals: counted },
    );
  } catch (error) {
    // Another runner counted some of the same events a moment before: the rest is still to be counted.
    if (!(error instanceof PortError && error.code === 'conflict')) throw error;
    await countInto(table, source, events, next);
  }
}

function fromRow({ sk, attributes }: Row): SourceCount {
  return {
    source: sk,
    count: number(attributes['count']),
    firstMs: number(attributes['firstMs']),
    lastMs: number(attributes['lastMs']),
  };
}
