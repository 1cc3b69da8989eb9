import type { Row, Table } from '../ports.ts';
import {
  addBitmap,
  addEncoded,
  addPosition,
  type Bitmap,
  emptyBitmap,
  isEmpty,
  keepCommon,
  keepOthers,
} from '../query/bitmap.ts';
import { shortField } from '../query/fields.ts';
import { type Plan, PRESENT_KEY } from '../query/plan.ts';
import { bucketOf, positionsIn } from './index-bucket.ts';
import {
  bucketPartition,
  bytesOf,
  overflowPartition,
  postingPartition,
  sortKey,
  valuesPartition,
} from './index-rows.ts';
import { boundedKey, inflate } from './index-segment.ts';
import { rowsBackwards } from './rows-backwards.ts';

/** What the postings say about spans, newest first: spans that cannot match are never looked at. */
export interface SpanReader {
  /** The last span that begins at `first` or before and may hold a match. */
  seek(first: number): Promise<number | undefined>;
  /** The events of a span that may match; the span is one that `seek` returned last. */
  bitmap(first: number): Promise<Bitmap>;
}

export function spanReader(table: Table, plan: Plan): SpanReader {
  switch (plan.kind) {
    case 'everything':
      return { seek: async (first) => first, bitmap: async () => emptyBitmap().fill(0xff) };
    case 'and':
      return common(plan.parts.map((part) => spanReader(table, part)));
    case 'or':
      return either(plan.parts.map((part) => spanReader(table, part)));
    case 'key':
      return either([
        keyReader(table, plan.field, plan.key),
        postingReader(table, overflowPartition(plan.field)),
      ]);
    case 'without':
      return allBut(keyReader(table, plan.field, plan.key));
    case 'values':
      return either([valuesReader(table, plan), postingReader(table, overflowPartition(plan.field))]);
  }
}

function common(readers: readonly SpanReader[]): SpanReader {
  return {
    seek: async (first) => {
      let span = first;
      for (;;) {
        const before = span;
        for (const reader of readers) {
          const found = await reader.seek(span);
          if (found === undefined) return undefined;
          span = found;
        }
        if (span === before) return span;
      }
    },
    bitmap: async (first) => {
      const bitmap = emptyBitmap().fill(0xff);
      for (const reader of readers) {
        keepCommon(bitmap, await reader.bitmap(first));
        if (isEmpty(bitmap)) break;
      }
      return bitmap;
    },
  };
}

function either(readers: readonly SpanReader[]): SpanReader {
  return {
    seek: async (first) => {
      const spans: number[] = [];
      for (const reader of readers) {
        const found = await reader.seek(first);
        if (found !== undefined) spans.push(found);
      }
      return spans.length === 0 ? undefined : Math.max(...spans);
    },
    bitmap: async (first) => {
      const bitmap = emptyBitmap();
      for (const reader of readers) {
        if ((await reader.seek(first)) === first) addBitmap(bitmap, await reader.bitmap(first));
      }
      return bitmap;
    },
  };
}

/** Every span, without the events of another reader. */
function allBut(reader: SpanReader): SpanReader {
  return {
    seek: async (first) => first,
    bitmap: async (first) => {
      const bitmap = emptyBitmap().fill(0xff);
      if ((await reader.seek(first)) === first) keepOthers(bitmap, await reader.bitmap(first));
      return bitmap;
    },
  };
}

/** A key has rows of its own where it is frequent, and a place in a shared one where it is rare. */
function keyReader(table: Table, field: string, key: string): SpanReader {
  const bounded = boundedKey(key);
  const own = postingReader(table, postingPartition(field, bounded));
  if (bounded === PRESENT_KEY) return own;
  return either([
    own,
    rowReader(table, bucketPartition(field, bucketOf(bounded)), (row) => rareBitmap(row, bounded)),
  ]);
}

function rareBitmap(row: Row, key: string): Bitmap {
  const bitmap = emptyBitmap();
  const bytes = bytesOf(row, 'rare');
  if (bytes !== undefined) for (const position of positionsIn(bytes, key)) addPosition(bitmap, position);
  return bitmap;
}

function postingReader(table: Table, pk: string): SpanReader {
  return rowReader(table, pk, (row) => bitmapOf(row));
}

/** One partition, of which each row says something about one span. */
function rowReader(
  table: Table,
  pk: string,
  read: (row: Row, first: number) => Bitmap | Promise<Bitmap>,
): SpanReader {
  const rows = rowsBackwards(table, pk);
  return {
    seek: async (first) => firstOf(await rows.seek(sortKey(first))),
    bitmap: async (first) => {
      const row = await rows.seek(sortKey(first));
      return row !== undefined && firstOf(row) === first ? read(row, first) : emptyBitmap();
    },
  };
}

/** For questions about whole values: finds those that pass in the list of a span, then joins their postings. */
function valuesReader(table: Table, plan: ValuesPlan): SpanReader {
  return rowReader(table, valuesPartition(plan.field), async (row, first) => {
    const bitmap = bitmapOf(row, 'unlisted');
    const sk = sortKey(first);
    const keys = keysThatPass(row, plan);
    for (const posting of await table.get(
      keys.map((key) => ({ pk: postingPartition(plan.field, key), sk })),
    )) {
      addBitmap(bitmap, bitmapOf(posting));
    }
    const buckets = Map.groupBy(keys, bucketOf);
    const shared = await table.get(
      [...buckets.keys()].map((name) => ({ pk: bucketPartition(plan.field, name), sk })),
    );
    for (const bucket of shared) {
      for (const key of buckets.get(bucket.pk.slice(-2)) ?? []) addBitmap(bitmap, rareBitmap(bucket, key));
    }
    return bitmap;
  });
}

type ValuesPlan = Extract<Plan, { readonly kind: 'values' }>;

/** Keys of the values that pass; of a span whose list was too long, the key that every event with any value has. */
function keysThatPass(row: Row, plan: ValuesPlan): readonly string[] {
  const list = bytesOf(row, 'values');
  const keyOf = shortField(plan.field)?.key;
  if (list === undefined || keyOf === undefined) return [PRESENT_KEY];
  const values: readonly string[] = JSON.parse(inflate(list));
  return [...new Set(values.filter(plan.test).map((value) => boundedKey(keyOf(value))))];
}

function firstOf(row: Row | undefined): number | undefined {
  return row === undefined ? undefined : Number(row.sk);
}

function bitmapOf(row: Row | undefined, attribute = 'bitmap'): Bitmap {
  const bitmap = emptyBitmap();
  const bytes = row && bytesOf(row, attribute);
  if (bytes !== undefined) addEncoded(bitmap, bytes);
  return bitmap;
}
