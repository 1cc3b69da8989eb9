import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  ANY_ONE,
  ANY_RUN,
  literalPrefix,
  longestLiteral,
  matchesWildcard,
  wildcardOf,
} from '../../shared/query/wildcard.ts';

const patternText = (text: string): string => text.replaceAll('*', ANY_RUN).replaceAll('?', ANY_ONE);

test('it matches what a regular expression of the same meaning matches', () => {
  const letters = fc.array(fc.constantFrom('a', 'b', '*', '?'), { maxLength: 8 }).map((all) => all.join(''));
  const texts = fc.array(fc.constantFrom('a', 'b'), { maxLength: 10 }).map((all) => all.join(''));
  fc.assert(
    fc.property(letters, texts, (pattern, text) => {
      const regex = new RegExp(`^${pattern.replaceAll('*', '.*').replaceAll('?', '.')}$`);
      expect(matchesWildcard(wildcardOf(patternText(pattern)), text)).toBe(regex.test(text));
    }),
    { numRuns: 5000 },
  );
});

test('what matches holds the longest literal and begins with the prefix', () => {
  const pattern = wildcardOf(patternText('ali?e*example*.com'));
  expect(longestLiteral(pattern)).toBe('example');
  expect(literalPrefix(pattern)).toBe('ali');
  expect(literalPrefix(wildcardOf(patternText('*a')))).toBe('');
});

test('a hostile text does not make it slow: work grows with length, not with its power', () => {
  const pattern = wildcardOf(patternText(`${'a*'.repeat(40)}b`));
  expect(matchesWildcard(pattern, 'a'.repeat(200_000))).toBe(false);
});
