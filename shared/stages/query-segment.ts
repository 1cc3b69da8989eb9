import {
  addBitmap,
  addPosition,
  type Bitmap,
  emptyBitmap,
  keepCommon,
  removePosition,
} from '../query/bitmap.ts';
import { shortField } from '../query/fields.ts';
import { type Plan, PRESENT_KEY } from '../query/plan.ts';
import { boundedKey, type FieldPostings, type Segment } from './index-segment.ts';

/** Short names that a plan asks about. */
export function fieldsOf(plan: Plan): ReadonlySet<string> {
  if (plan.kind === 'everything') return new Set();
  if ('parts' in plan) return new Set(plan.parts.flatMap((part) => [...fieldsOf(part)]));
  return new Set([plan.field]);
}

/** Which events of a segment may match. A plan of `everything` does not get here. */
export function segmentBitmap(plan: Plan, segment: Segment): Bitmap {
  if ('parts' in plan) {
    const [first, ...rest] = plan.parts.map((part) => segmentBitmap(part, segment));
    const bitmap = first ?? emptyBitmap();
    for (const other of rest) {
      if (plan.kind === 'and') keepCommon(bitmap, other);
      else addBitmap(bitmap, other);
    }
    return bitmap;
  }
  const bitmap = emptyBitmap();
  if (plan.kind === 'everything') return bitmap.fill(0xff);
  const postings = segment.get(plan.field);
  if (plan.kind === 'without') {
    bitmap.fill(0xff);
    for (const positions of postings === undefined ? [] : matching({ ...plan, kind: 'key' }, postings)) {
      for (const position of positions) removePosition(bitmap, position);
    }
    return bitmap;
  }
  if (postings === undefined) return bitmap;
  for (const position of postings.overflow) addPosition(bitmap, position);
  for (const positions of matching(plan, postings)) {
    for (const position of positions) addPosition(bitmap, position);
  }
  return bitmap;
}

function* matching(
  plan: Extract<Plan, { readonly kind: 'key' | 'values' }>,
  { values, unlisted }: FieldPostings,
): Generator<readonly number[]> {
  if (plan.kind === 'values') {
    for (const [value, positions] of values) if (plan.test(value)) yield positions;
    yield* unlisted.values();
    return;
  }
  const keyOf = shortField(plan.field)?.key;
  const wanted = boundedKey(plan.key);
  for (const [value, positions] of values) {
    if (wanted === PRESENT_KEY || keyOf?.(value) === plan.key) yield positions;
  }
  for (const [key, positions] of unlisted) if (wanted === PRESENT_KEY || key === wanted) yield positions;
}
