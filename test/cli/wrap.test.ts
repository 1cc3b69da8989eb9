import fc from 'fast-check';
import { expect, test } from 'vitest';
import { wrap } from '../../cli/ui/wrap.ts';

test('a text is broken at its spaces, and keeps its indent', () => {
  expect(wrap('one two three', 7)).toEqual(['one two', 'three']);
  expect(wrap('  one two three', 9)).toEqual(['  one two', '  three']);
  expect(wrap('a-word-that-is-long b', 5)).toEqual(['a-word-that-is-long', 'b']);
  expect(wrap('', 5)).toEqual(['']);
});

test('what a terminal does not show takes no room', () => {
  expect(wrap('\u001b[1mone\u001b[0m two', 7)).toEqual(['\u001b[1mone\u001b[0m two']);
  expect(wrap('東京 東京', 8)).toEqual(['東京', '東京']);
});

test('no word is lost, and no line is wider than it must be', () => {
  const word = fc.stringMatching(/^[a-z]{1,9}$/);
  fc.assert(
    fc.property(fc.array(word, { minLength: 1 }), fc.integer({ min: 9, max: 40 }), (words, width) => {
      const lines = wrap(words.join(' '), width);
      expect(lines.join(' ')).toBe(words.join(' '));
      for (const line of lines) expect(line.length).toBeLessThanOrEqual(width);
    }),
  );
});
