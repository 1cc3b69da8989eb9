/**
 * The index: a fold that leaves, for every short name of the query language, which events have which value. It follows
 * the trail in segments of 500 entries, each one row; ten segments make a span of 5,000, whose postings replace them.
 * So an answer scans fewer than 500 lines, and a row is written per value and span, not per event. What it leaves
 * depends on the trail alone: not on when it ran, nor on how often.
 */
import type { ObjectStore, Row, Table } from '../ports.ts';
import { SPAN_SIZE } from '../query/bitmap.ts';
import { shortFields } from '../query/fields.ts';
import type { Fold, FoldedEvent } from './fold.ts';
import { foldedEvent } from './folded-event.ts';
import { bytesOf, postingPartition, segmentKey, sortKey } from './index-rows.ts';
import {
  boundedKey,
  decodeSegment,
  encodeSegment,
  SEGMENT_SIZE,
  type Segment,
  segmentOf,
} from './index-segment.ts';
import { spanRows } from './index-span.ts';
import { readLines } from './read-trail.ts';

export interface IndexPorts {
  readonly table: Table;
  readonly objects: ObjectStore;
}

/** Names the index's cursor. */
export const INDEX_FOLD = 'index';

export function indexFold(ports: IndexPorts): Fold {
  return {
    id: INDEX_FOLD,
    spanSize: SEGMENT_SIZE,
    apply: async (events, { first, next }) => {
      // The span before this one is whole, and the cursor has left it: nobody needs its segments any more.
      if (first % SPAN_SIZE === 0 && first > 0) await deleteSegments(ports, first - SPAN_SIZE);
      const segment = segmentFrom(events, first);
      await ports.table.put(segmentRow(first, segment), 'any');
      if (next % SPAN_SIZE !== 0) return;
      const stored = await readSegments(ports, next - SPAN_SIZE);
      await ports.table.write(spanRows(next - SPAN_SIZE, stored));
    },
  };
}

/**
 * Makes the index forget an event that was erased from the trail: what is around it is indexed again from the trail as
 * it is now, then the rows of values that only the erased event had are removed.
 */
export async function unindex(ports: IndexPorts, erased: FoldedEvent, cursor: number): Promise<void> {
  const first = erased.index - (erased.index % SPAN_SIZE);
  if (first + SPAN_SIZE > cursor) {
    const segment = erased.index - (erased.index % SEGMENT_SIZE);
    if (segment + SEGMENT_SIZE <= cursor) {
      await ports.table.put(segmentRow(segment, await segmentOfTrail(ports, segment)), 'any');
    }
    return;
  }
  const segments: Segment[] = [];
  for (const start of segmentStarts(first)) segments.push(await segmentOfTrail(ports, start));
  const rows = spanRows(first, segments);
  await ports.table.write(rows);
  const kept = new Set(rows.map(({ pk }) => pk));
  const gone = partitionsOf(erased).filter((pk) => !kept.has(pk));
  await ports.table.delete(gone.map((pk) => ({ pk, sk: sortKey(first) })));
  await deleteSegments(ports, first);
}

function partitionsOf(event: FoldedEvent): readonly string[] {
  return shortFields.flatMap((field) =>
    field.values(event).map((value) => postingPartition(field.name, boundedKey(field.key(value)))),
  );
}

function segmentFrom(events: readonly FoldedEvent[], first: number): Segment {
  return segmentOf(events.map((subject) => ({ position: subject.index - first, subject })));
}

function segmentRow(first: number, segment: Segment): Row {
  return { ...segmentKey(first), attributes: { fields: encodeSegment(segment) } };
}

function segmentStarts(spanFirst: number): readonly number[] {
  return Array.from({ length: SPAN_SIZE / SEGMENT_SIZE }, (_, n) => spanFirst + n * SEGMENT_SIZE);
}

async function deleteSegments(ports: IndexPorts, spanFirst: number): Promise<void> {
  await ports.table.delete(segmentStarts(spanFirst).map(segmentKey));
}

/** The segments of a whole span. One that another runner has removed already is made again from the trail. */
async function readSegments(ports: IndexPorts, spanFirst: number): Promise<readonly Segment[]> {
  const starts = segmentStarts(spanFirst);
  const rows = new Map((await ports.table.get(starts.map(segmentKey))).map((row) => [row.sk, row]));
  const segments: Segment[] = [];
  for (const start of starts) {
    const row = rows.get(sortKey(start));
    const bytes = row && bytesOf(row, 'fields');
    segments.push(
      bytes === undefined ? await segmentOfTrail(ports, start) : decodeSegment(bytes, EVERY_FIELD),
    );
  }
  return segments;
}

const EVERY_FIELD: ReadonlySet<string> = new Set(shortFields.map(({ name }) => name));

async function segmentOfTrail(ports: IndexPorts, first: number): Promise<Segment> {
  const events: FoldedEvent[] = [];
  for await (const line of readLines(ports, first, first + SEGMENT_SIZE)) {
    const event = await foldedEvent(ports, line);
    if (event !== undefined) events.push(event);
  }
  return segmentFrom(events, first);
}
