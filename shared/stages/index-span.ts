import type { Row } from '../ports.ts';
import { encodeBitmap } from '../query/bitmap.ts';
import { shortFields } from '../query/fields.ts';
import { PRESENT_KEY } from '../query/plan.ts';
import { overflowPartition, postingPartition, sortKey, valuesPartition } from './index-rows.ts';
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
  return shortFields.flatMap((field) => {
    const parts = segments.map((segment, n) => ({
      base: n * SEGMENT_SIZE,
      postings: segment.get(field.name),
    }));
    return fieldRows(first, field.name, joined(parts, field.key));
  });
}

interface Joined {
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

function fieldRows(
  first: number,
  field: string,
  { keys, values, unlisted, overflow }: Joined,
): readonly Row[] {
  const sk = sortKey(first);
  const rows: Row[] = [];
  const add = (pk: string, attributes: Row['attributes']): unknown => rows.push({ pk, sk, attributes });
  for (const [key, positions] of keys) add(postingPartition(field, key), { bitmap: bitmapOf(positions) });
  const present = new Set<number>(overflow);
  for (const positions of keys.values()) for (const position of positions) present.add(position);
  if (present.size === 0) return [];
  add(postingPartition(field, PRESENT_KEY), { bitmap: bitmapOf([...present]) });
  if (overflow.length > 0) add(overflowPartition(field), { bitmap: bitmapOf(overflow) });
  const list = compress(JSON.stringify([...values].sort()));
  add(valuesPartition(field), {
    unlisted: bitmapOf(unlisted),
    ...(list.length <= STORED_SIZE_BYTES_MAX ? { values: list } : {}),
  });
  return rows;
}

/** Positions of one key come ascending, but several values of one event may share a key. */
function bitmapOf(positions: readonly number[]): Uint8Array {
  return encodeBitmap([...new Set(positions)].sort((a, b) => a - b));
}
