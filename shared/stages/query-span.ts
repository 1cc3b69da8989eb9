import type { Row, Table } from '../ports.ts';
import { addBitmap, addEncoded, type Bitmap, emptyBitmap, isEmpty, keepCommon } from '../query/bitmap.ts';
import { shortField } from '../query/fields.ts';
import { type Plan, PRESENT_KEY } from '../query/plan.ts';
import { bytesOf, overflowPartition, postingPartition, sortKey, valuesPartition } from './index-rows.ts';
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
        postingReader(table, postingPartition(plan.field, boundedKey(plan.key))),
        postingReader(table, overflowPartition(plan.field)),
      ]);
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

function postingReader(table: Table, pk: string): SpanReader {
  const rows = rowsBackwards(table, pk);
  return {
    seek: async (first) => firstOf(await rows.seek(sortKey(first))),
    bitmap: async (first) => {
      const row = await rows.seek(sortKey(first));
      return firstOf(row) === first ? bitmapOf(row) : emptyBitmap();
    },
  };
}

/** For questions about whole values: finds those that pass in the list of a span, then joins their postings. */
function valuesReader(table: Table, plan: Extract<Plan, { readonly kind: 'values' }>): SpanReader {
  const rows = rowsBackwards(table, valuesPartition(plan.field));
  return {
    seek: async (first) => firstOf(await rows.seek(sortKey(first))),
    bitmap: async (first) => {
      const row = await rows.seek(sortKey(first));
      if (row === undefined || firstOf(row) !== first) return emptyBitmap();
      const bitmap = bitmapOf(row, 'unlisted');
      const sk = sortKey(first);
      const keys = keysThatPass(row, plan).map((key) => ({ pk: postingPartition(plan.field, key), sk }));
      for (const posting of await table.get(keys)) addBitmap(bitmap, bitmapOf(posting));
      return bitmap;
    },
  };
}

/** Keys of the values that pass; of a span whose list was too long, the key that every event with any value has. */
function keysThatPass(row: Row, plan: Extract<Plan, { readonly kind: 'values' }>): readonly string[] {
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
