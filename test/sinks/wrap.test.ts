import fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import { inert } from '../../shared/inert.ts';
import { columnsOf, wrap } from '../../shared/sinks/wrap.ts';

describe('wrapping', () => {
  test.for([
    ['one two three', ['> one two', '> three']],
    ['1. one two three', ['> 1. one', '>    two', '>    three']],
    ['abcdefghijklmno', ['> abcdefgh', '> ijklmno']],
    ['審査審査審査', ['> 審査審査', '> 審査']],
    ['a 審査審査 b', ['> a', '> 審査審査', '> b']],
    ['', ['> ']],
  ] as const)('%s', ([text, lines]) => {
    expect(wrap(text, { width: 10, indent: '> ' })).toEqual(lines);
  });

  test('never goes beyond the width, and loses nothing but spaces', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 60 }),
        fc.integer({ min: 8, max: 40 }),
        (raw, width) => {
          const text = inert(raw).replace(/^(\d{1,2}\.|[-*]) /, '');
          const lines = wrap(text, { width, indent: '' });
          expect(Math.max(...lines.map((line) => stringWidth(line)))).toBeLessThanOrEqual(width);
          expect(lines.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''));
        },
      ),
    );
  });
});

test('columns are never fewer than a terminal takes, for any character', () => {
  for (let code = 0x20; code < 0x20010; code++) {
    if (code >= 0xd800 && code < 0xe000) continue;
    const character = inert(String.fromCodePoint(code));
    if (stringWidth(character) > columnsOf(character)) expect.fail(`U+${code.toString(16)}`);
  }
});
