import fc from 'fast-check';
import { expect, test } from 'vitest';
import { inert } from '../shared/inert.ts';

test('terminal escapes, line breaks and bidi overrides become visible escapes', () => {
  expect(inert('\x1b[31mred\x07')).toBe('\\u{1b}[31mred\\u{7}');
  expect(inert('a\r\nb')).toBe('a\\u{d}\\u{a}b');
  expect(inert('user\u202egpj.exe')).toBe('user\\u{202e}gpj.exe');
  expect(inert('lone \ud800 half')).toBe('lone \\u{d800} half');
});

test('a name that is drawn as nothing is shown', () => {
  expect(inert('\u3164\u115f\u1160\uffa0')).toBe('\\u{3164}\\u{115f}\\u{1160}\\u{ffa0}');
});

test('ordinary text of any script stays as it is', () => {
  expect(inert('Åsa Ñandú 東京 👩🏽')).toBe('Åsa Ñandú 東京 👩🏽');
});

test('what is too long is cut with a marker', () => {
  expect(inert('x'.repeat(600), 10)).toBe(`${'x'.repeat(10)}…`);
});

test('no value can carry a control character through', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (value) => {
      expect(inert(value)).not.toMatch(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u);
    }),
  );
});
