import fc from 'fast-check';
import { expect, test } from 'vitest';
import { inert } from '../../shared/inert.ts';
import { cutInert, wholeCommand } from '../../shared/sinks/cut.ts';
import { anyHostile } from './hostile.ts';

test.for([
  ['short', 10, 'short'],
  ['exactly ten', 11, 'exactly ten'],
  ['one too many', 11, 'one too ma…'],
  ['ab\u202ecd', 9, 'ab…'],
  ['ab\u202e', 10, 'ab\\u{202e}'],
  ['ab🚨cd', 5, 'ab🚨…'],
  ['ab🚨cd', 4, 'ab…'],
  ['\ud800', 8, '\\u{d800}'],
  ['\ud800', 7, '…'],
  ['', 1, ''],
] as const)('%j in %i is %j', ([value, max, expected]) => {
  expect(cutInert(value, max)).toBe(expected);
});

test('keeps within the length, loses nothing but the end, and cuts no escape in half', () => {
  fc.assert(
    fc.property(anyHostile, fc.integer({ min: 1, max: 60 }), (value, max) => {
      const whole = inert(value, value.length);
      const found = cutInert(value, max);
      expect(found.length).toBeLessThanOrEqual(max);
      if (found === whole) return;
      expect(found.endsWith('…')).toBe(true);
      expect(whole.startsWith(found.slice(0, -1))).toBe(true);
      // What is cut off begins with a character of the value, whole or as its escape.
      const pieces = [...value].map((character) => inert(character));
      const starts = new Set(pieces.map((_, n) => pieces.slice(0, n).join('').length));
      expect(starts).toContain(found.length - 1);
    }),
  );
});

test('looks only at what it shows of a value', () => {
  let looked = 0;
  cutInert('x'.repeat(1_000_000), 100, (character) => {
    looked += 1;
    return character;
  });
  expect(looked).toBeLessThan(110);
});

test('a command is whole, with its own lines, or not at all', () => {
  expect(wholeCommand('one\n  two\u202e', 100)).toBe('one\n  two\\u{202e}');
  expect(wholeCommand('x'.repeat(101), 100)).toBeUndefined();
  expect(wholeCommand('\u202e'.repeat(100), 100)).toBeUndefined();
});
