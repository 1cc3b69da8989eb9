/** Evaluates a plan over the index: which entries of the trail may match, newest first. */
import type { Table } from '../ports.ts';
import { positionsOf, SPAN_SIZE } from '../query/bitmap.ts';
import type { Plan } from '../query/plan.ts';
import { readCursor } from './fold-runner.ts';
import { INDEX_FOLD } from './index.ts';
import { bytesOf, segmentKey } from './index-rows.ts';
import { decodeSegment, SEGMENT_SIZE } from './index-segment.ts';
import { fieldsOf, segmentBitmap } from './query-segment.ts';
import { spanReader } from './query-span.ts';

/** A stretch of the trail, and which of its entries may match: newest first, or all where nothing is known. */
export interface Region {
  readonly first: number;
  readonly next: number;
  readonly candidates: readonly number[] | 'all';
}

/** Regions below `before`, newest first. What the index does not cover yet is a region of its own. */
export async function* regionsOf(table: Table, plan: Plan, before: number): AsyncGenerator<Region> {
  if (plan.kind === 'everything') {
    yield { first: 0, next: before, candidates: 'all' };
    return;
  }
  const indexed = await readCursor(table, INDEX_FOLD);
  const spanned = indexed - (indexed % SPAN_SIZE);
  if (before > indexed) yield { first: indexed, next: before, candidates: 'all' };
  yield* segmentRegions(table, plan, { first: spanned, next: indexed, before });
  yield* spanRegions(table, plan, { next: spanned, before });
}

/** Segments that no span holds yet. One whose row is gone has become part of a span meanwhile: it is scanned. */
async function* segmentRegions(
  table: Table,
  plan: Plan,
  { first, next, before }: { readonly first: number; readonly next: number; readonly before: number },
): AsyncGenerator<Region> {
  const fields = fieldsOf(plan);
  for (let start = next - SEGMENT_SIZE; start >= first; start -= SEGMENT_SIZE) {
    if (start >= before) continue;
    const [row] = await table.get([segmentKey(start)]);
    const bytes = row && bytesOf(row, 'fields');
    const end = Math.min(start + SEGMENT_SIZE, before);
    if (bytes === undefined) {
      yield { first: start, next: end, candidates: 'all' };
      continue;
    }
    const positions = positionsOf(segmentBitmap(plan, decodeSegment(bytes, fields)));
    yield { first: start, next: end, candidates: absolute(positions, start, end) };
  }
}

async function* spanRegions(
  table: Table,
  plan: Plan,
  { next, before }: { readonly next: number; readonly before: number },
): AsyncGenerator<Region> {
  const spans = spanReader(table, plan);
  const newest = Math.min(next, before) - 1;
  let span = newest < 0 ? undefined : await spans.seek(newest - (newest % SPAN_SIZE));
  while (span !== undefined) {
    const positions = positionsOf(await spans.bitmap(span));
    yield {
      first: span,
      next: Math.min(span + SPAN_SIZE, before),
      candidates: absolute(positions, span, before),
    };
    span = span === 0 ? undefined : await spans.seek(span - SPAN_SIZE);
  }
}

function absolute(positions: readonly number[], first: number, before: number): readonly number[] {
  return positions.map((position) => first + position).filter((index) => index < before);
}
