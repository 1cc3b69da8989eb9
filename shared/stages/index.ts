/**
 * The index: a fold that leaves, for every short name of the query language, which events have which value. It follows
 * the trail in segments of 500 entries, each one row; ten segments make a span of 5,000, whose postings replace them.
 * So an answer scans fewer than 500 lines, and a row is written per value and span, not per event. What it leaves
 * depends on the trail alone: not on when it ran, nor on how often.
 */
import type { ObjectStore, Row, Table } from '../ports.ts';
import { SPAN_SIZE } from '../query/bitmap.ts';
import { shortFields } from '../query/fields.ts';
import { valuesReader } from '../query/values.ts';
import type { Fold, FoldedEvent } from './fold.ts';
import { foldedEvent } from './folded-event.ts';
import { bucketOf } from './index-bucket.ts';
import { bucketPartition, bytesOf, postingPartition, segmentKey, sortKey } from './index-rows.ts';
import {
  boundedKey,
  decodeSegment,
  encodeSegment,
  SEGMENT_SIZE,
  type Segment,
  type StoredSegment,
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
  // Segments of the span at hand, so that they need not be read back; what is missing here is in the table.
  const made = new Map<number, Segment>();
  return {
    id: INDEX_FOLD,
    spanSize: SEGMENT_SIZE,
    apply: async (events, { first, next }) => {
      if (first % SPAN_SIZE === 0) {
        made.clear();
        // The span before this one is whole, and the cursor has left it: nobody needs its segments any more.
        if (first > 0) await deleteSegments(ports, first - SPAN_SIZE);
      }
      const stored = segmentFrom(events, first);
      made.set(first, stored.segment);
      await ports.table.put(segmentRow(first, stored), 'any');
      if (next % SPAN_SIZE !== 0) return;
      const segments = await readSegments(ports, next - SPAN_SIZE, made);
      await ports.table.write(spanRows(next - SPAN_SIZE, segments));
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
  for (const start of segmentStarts(first)) segments.push((await segmentOfTrail(ports, start)).segment);
  const rows = spanRows(first, segments);
  await ports.table.write(rows);
  const kept = new Set(rows.map(({ pk }) => pk));
  const gone = partitionsOf(erased).filter((pk) => !kept.has(pk));
  await ports.table.delete(gone.map((pk) => ({ pk, sk: sortKey(first) })));
  await deleteSegments(ports, first);
}

function partitionsOf(event: FoldedEvent): readonly string[] {
  const values = valuesReader(shortFields)(event);
  return shortFields.flatMap((field, n) =>
    (values[n] ?? []).flatMap((value) => {
      const key = boundedKey(field.key(value));
      return [postingPartition(field.name, key), bucketPartition(field.name, bucketOf(key))];
    }),
  );
}

function segmentFrom(events: readonly FoldedEvent[], first: number): StoredSegment {
  return encodeSegment(segmentOf(events.map((subject) => ({ position: subject.index - first, subject }))));
}

function segmentRow(first: number, { bytes }: StoredSegment): Row {
  return { ...segmentKey(first), attributes: { fields: bytes } };
}

function segmentStarts(spanFirst: number): readonly number[] {
  return Array.from({ length: SPAN_SIZE / SEGMENT_SIZE }, (_, n) => spanFirst + n * SEGMENT_SIZE);
}

async function deleteSegments(ports: IndexPorts, spanFirst: number): Promise<void> {
  await ports.table.delete(segmentStarts(spanFirst).map(segmentKey));
}

/** The segments of a whole span. One that another runner has removed already is made again from the trail. */
async function readSegments(
  ports: IndexPorts,
  spanFirst: number,
  made: ReadonlyMap<number, Segment>,
): Promise<readonly Segment[]> {
  const segments: Segment[] = [];
  for (const start of segmentStarts(spanFirst)) {
    const known = made.get(start) ?? (await storedSegment(ports, start));
    segments.push(known ?? (await segmentOfTrail(ports, start)).segment);
  }
  return segments;
}

async function storedSegment(ports: IndexPorts, first: number): Promise<Segment | undefined> {
  const [row] = await ports.table.get([segmentKey(first)]);
  const bytes = row && bytesOf(row, 'fields');
  return bytes && decodeSegment(bytes, EVERY_FIELD);
}

const EVERY_FIELD: ReadonlySet<string> = new Set(shortFields.map(({ name }) => name));

async function segmentOfTrail(ports: IndexPorts, first: number): Promise<StoredSegment> {
  const events: FoldedEvent[] = [];
  for await (const line of readLines(ports, first, first + SEGMENT_SIZE)) {
    const event = await foldedEvent(ports, line);
    if (event !== undefined) events.push(event);
  }
  return segmentFrom(events, first);
}
