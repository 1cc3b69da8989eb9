import type { Row } from '../ports.ts';
import { addPosition, emptyBitmap, encodeBitmap, positionsOf } from '../query/bitmap.ts';
import { shortFields } from '../query/fields.ts';
import { PRESENT_KEY } from '../query/plan.ts';
import { bucketOf, encodeBucket, RARE_COUNT_MAX, type RareKey } from './index-bucket.ts';
import {
  bucketPartition,
  overflowPartition,
  postingPartition,
  sortKey,
  valuesPartition,
} from './index-rows.ts';
import {
  boundedKey,
  compress,
  type FieldPostings,
  SEGMENT_SIZE,
  type Segment,
  STORED_SIZE_BYTES_MAX,
} from './index-segment.ts';

/** The rows of one whole span: its segments in order, joined. The same segments give the same rows. */
export function spanRows(first: number, segments: readonly Segment[]): readonly Row[] {
  const rows: Row[] = [];
  const sk = sortKey(first);
  for (const field of shortFields) {
    const parts = segments.map((segment, n) => ({
      base: n * SEGMENT_SIZE,
      postings: segment.get(field.name),
    }));
    for (const { pk, attributes } of fieldRows(field.name, joined(parts, field.key)))
      rows.push({ pk, sk, attributes });
  }
  return rows;
}

interface Joined {
  /** Positions ascending, each once. */
  readonly keys: Map<string, number[]>;
  readonly values: Set<string>;
  readonly unlisted: number[];
  readonly overflow: number[];
}

function joined(
  parts: readonly { readonly base: number; readonly postings: FieldPostings | undefined }[],
  keyOf: (text: string) => string,
): Joined {
  const all: Joined = { keys: new Map(), values: new Set(), unlisted: [], overflow: [] };
  for (const { base, postings } of parts) {
    if (postings === undefined) continue;
    for (const [value, positions] of postings.values) {
      all.values.add(value);
      addTo(all.keys, boundedKey(keyOf(value)), positions, base);
    }
    for (const [key, positions] of postings.unlisted) {
      for (const position of positions) all.unlisted.push(base + position);
      addTo(all.keys, key, positions, base);
    }
    for (const position of postings.overflow) all.overflow.push(base + position);
  }
  return all;
}

function addTo(keys: Map<string, number[]>, key: string, positions: readonly number[], base: number): void {
  const found = keys.get(key);
  if (found === undefined)
    keys.set(
      key,
      positions.map((position) => base + position),
    );
  else for (const position of positions) found.push(base + position);
}

type FieldRow = Pick<Row, 'pk' | 'attributes'>;

function fieldRows(field: string, { keys, values, unlisted, overflow }: Joined): readonly FieldRow[] {
  if (keys.size === 0 && overflow.length === 0) return [];
  const present = emptyBitmap();
  for (const position of overflow) addPosition(present, position);
  const rows: FieldRow[] = [];
  const buckets = new Map<string, RareKey[]>();
  for (const [key, found] of keys) {
    for (const position of found) addPosition(present, position);
    const positions = ascending(found);
    if (positions.length > RARE_COUNT_MAX) {
      rows.push({ pk: postingPartition(field, key), attributes: { bitmap: encodeBitmap(positions) } });
    } else {
      const bucket = bucketOf(key);
      const rare = buckets.get(bucket);
      if (rare === undefined) buckets.set(bucket, [{ key, positions }]);
      else rare.push({ key, positions });
    }
  }
  for (const [bucket, rare] of buckets) {
    rows.push({ pk: bucketPartition(field, bucket), attributes: { rare: encodeBucket(rare) } });
  }
  rows.push({
    pk: postingPartition(field, PRESENT_KEY),
    attributes: { bitmap: encodeBitmap(positionsOf(present).toReversed()) },
  });
  if (overflow.length > 0) {
    rows.push({ pk: overflowPartition(field), attributes: { bitmap: bitmapOf(overflow) } });
  }
  const list = compress(JSON.stringify([...values]));
  const listed = list.length <= STORED_SIZE_BYTES_MAX ? { values: list } : {};
  rows.push({ pk: valuesPartition(field), attributes: { unlisted: bitmapOf(unlisted), ...listed } });
  return rows;
}

function bitmapOf(positions: readonly number[]): Uint8Array {
  return encodeBitmap(ascending(positions));
}

/** Positions come in order but for values that share a key, in one segment. */
function ascending(positions: readonly number[]): readonly number[] {
  for (let n = 1; n < positions.length; n += 1) {
    if ((positions[n] as number) <= (positions[n - 1] as number))
      return [...new Set(positions)].sort((a, b) => a - b);
  }
  return positions;
}
