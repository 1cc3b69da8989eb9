import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  addBitmap,
  addEncoded,
  emptyBitmap,
  encodeBitmap,
  isEmpty,
  keepCommon,
  positionsOf,
  SPAN_SIZE,
} from '../../shared/query/bitmap.ts';

const positions = fc
  .oneof(
    fc.uniqueArray(fc.nat(SPAN_SIZE - 1), { maxLength: 40 }),
    fc.uniqueArray(fc.nat(SPAN_SIZE - 1), { minLength: 700, maxLength: 2000 }),
  )
  .map((all) => all.sort((a, b) => a - b));

function bitmapOf(all: readonly number[]): Uint8Array {
  const bitmap = emptyBitmap();
  addEncoded(bitmap, encodeBitmap(all));
  return bitmap;
}

test('what is stored comes back, last first, in at most one bit per entry', () => {
  fc.assert(
    fc.property(positions, (all) => {
      expect(positionsOf(bitmapOf(all))).toEqual(all.toReversed());
      expect(encodeBitmap(all).length).toBeLessThanOrEqual(1 + SPAN_SIZE / 8);
      expect(isEmpty(bitmapOf(all))).toBe(all.length === 0);
    }),
  );
});

test('joining and keeping what is common are what they are for sets', () => {
  fc.assert(
    fc.property(positions, positions, (a, b) => {
      const common = bitmapOf(a);
      keepCommon(common, bitmapOf(b));
      expect(new Set(positionsOf(common))).toEqual(new Set(a.filter((position) => b.includes(position))));
      const both = bitmapOf(a);
      addBitmap(both, bitmapOf(b));
      expect(new Set(positionsOf(both))).toEqual(new Set([...a, ...b]));
    }),
  );
});

test('the ends of a span are positions like any other', () => {
  expect(positionsOf(bitmapOf([0, SPAN_SIZE - 1]))).toEqual([SPAN_SIZE - 1, 0]);
});

test('bytes that are no stored form never add a position outside the span', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 800 }), (bytes) => {
      const bitmap = emptyBitmap();
      addEncoded(bitmap, bytes);
      expect(bitmap.length).toBe(SPAN_SIZE / 8);
    }),
  );
});
