import fc from 'fast-check';
import { expect, test } from 'vitest';
import { matchesPattern } from '../../shared/alert/pattern.ts';

test.each([
  ['shop-prod', 'shop-prod', true],
  ['shop-prod', 'SHOP-PROD', true],
  ['shop-prod', 'shop-prod-2', false],
  ['shop-*', 'shop-', true],
  ['*-prod*', 'my-prod', true],
  ['a*b*c', 'axxbxxc', true],
  ['a*b*c', 'axxcxxb', false],
  ['*', '', true],
  ['', 'a', false],
  ['a.c', 'abc', false],
  ['[a-z]+', 'abc', false],
])('%j says of %j: %j', (pattern, text, expected) => {
  expect(matchesPattern(pattern, text)).toBe(expected);
});

test('a star stands for what a regular expression would say it does', () => {
  const letters = fc.string({ unit: fc.constantFrom('a', 'b', '*'), maxLength: 8 });
  const texts = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 10 });
  fc.assert(
    fc.property(letters, texts, (pattern, text) => {
      const expected = new RegExp(`^${pattern.replaceAll(/\*+/g, '.*')}$`).test(text);
      expect(matchesPattern(pattern, text)).toBe(expected);
    }),
  );
});

test('a text made to be slow is not', () => {
  expect(matchesPattern(`${'*a'.repeat(30)}*b`, 'a'.repeat(100_000))).toBe(false);
});
