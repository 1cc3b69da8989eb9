import { expect, test } from 'vitest';
import type { OptionSpec } from '../../cli/command.ts';
import { nearest, parseArguments } from '../../cli/parse.ts';

const command = { name: 'query', usage: "'EXPR'", positionals: { min: 1, max: 2, name: 'EXPR' } };
const specs: readonly OptionSpec[] = [
  { name: 'limit', short: 'n', value: 'COUNT', about: '' },
  { name: 'output', value: 'FORMAT', choices: ['table', 'json'], about: '' },
  { name: 'field', value: 'PATH', repeatable: true, about: '' },
  { name: 'all', about: '' },
];
const parse = (...argv: string[]) => parseArguments(argv, command, specs);

test('options come before, after and between arguments, with a space or an equals sign', () => {
  const parsed = parse('--limit', '5', 'a:b', '--output=json', '-n=3'.replace('-n=3', '--all'));
  expect(parsed.positionals).toEqual(['a:b']);
  expect(Object.fromEntries(parsed.values)).toEqual({ limit: ['5'], output: ['json'], all: ['true'] });
});

test('a repeatable option keeps every value, another one is refused the second time', () => {
  expect(parse('x', '--field', 'a', '--field', 'b').values.get('field')).toEqual(['a', 'b']);
  expect(() => parse('x', '--limit', '1', '-n', '2')).toThrow('--limit was given twice');
});

test('a lone dash is an argument, and nothing after two dashes is an option', () => {
  expect(parse('-').positionals).toEqual(['-']);
  expect(parse('--', '-x', '--limit').positionals).toEqual(['-x', '--limit']);
});

test.each([
  [['x', '--limt', '5'], 'query has no option --limt. Did you mean --limit?'],
  [['x', '--limit'], '--limit needs a value: --limit COUNT'],
  [['x', '--output', 'xml'], '--output is one of table, json; found "xml"'],
  [['x', '--all=1'], '--all takes no value'],
  [[], 'EXPR is missing'],
  [['a', 'b', 'c'], '"c" is one too many'],
])('%j says what was expected', (argv, message) => {
  expect(() => parse(...argv)).toThrow(message);
});

test('the nearest name is within two edits', () => {
  expect(nearest('qurey', ['query', 'show'])).toBe('query');
  expect(nearest('xyzzy', ['query', 'show'])).toBeUndefined();
});
