import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { compileRules, parseRules } from '../../../shared/detect/sigma/index.ts';
import type { JsonValue } from '../../../shared/json/json.ts';
import { sharedFile } from '../../shared-data.ts';

interface Row {
  readonly n: number;
  readonly corpus: string;
  readonly test: string;
  readonly rule: string;
  readonly event: JsonValue;
  readonly match: boolean;
  readonly agrees: boolean;
}

/**
 * Rows on which engines and specification differ, and what we decided. `refused` is an error at load: the rule
 * never runs, and whoever wrote it is told where and why.
 */
const DECISIONS: Readonly<Record<number, readonly [outcome: boolean | 'refused', why: string]>> = {
  10: [false, 'a filter is ANDed to its rule'],
  12: [false, 'a filter without rules applies to all'],
  18: [false, 'a filter is ANDed to its rule'],
  21: [false, 'a filter without rules applies to all'],
  22: [false, 'a filter without rules applies to all'],
  24: ['refused', 'a placeholder without values is an error at load; events never fill it'],
  25: ['refused', 'a placeholder without values is an error at load; events never fill it'],
  26: ['refused', 'a placeholder without values is an error at load; events never fill it'],
  29: [true, 'the time modifiers of specification 2.1 are supported'],
  50: [false, 'a filter is ANDed to its rule'],
  54: [false, 'each filter has selection names of its own'],
  64: [true, 'YAML 1.2: a bare yes is a string'],
  70: [false, 'null matches an absent field'],
  124: [true, 'windash makes every kind of dash equal, wherever it stands (specification 2.1)'],
  125: [true, 'windash makes every kind of dash equal, wherever it stands (specification 2.1)'],
  126: [true, 'windash makes every kind of dash equal, wherever it stands (specification 2.1)'],
  160: [false, 'null is not the empty string'],
  161: [false, 'null is not the string "null"'],
  166: ['refused', 'an unknown selection is an error at load'],
  172: ['refused', 'a broken regular expression is an error at load'],
  176: ['refused', 'a quantifier over no selection is an error at load'],
  178: ['refused', 'a quantifier over no selection is an error at load'],
  181: ['refused', 'windash changes strings, not regular expressions'],
  184: ['refused', 'base64offset encodes strings, not numbers'],
  220: [false, 'white space counts as it is'],
};

const file = sharedFile('sigma/conformance.jsonl');

describe.skipIf(file === undefined)('the conformance cases of other engines', () => {
  const rows =
    file === undefined
      ? []
      : readFileSync(file, 'utf8')
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line) as Row);

  test.for(rows.filter((row) => row.agrees))('$n: $corpus $test', (row) => {
    expect(outcome(row)).toBe(row.match);
  });

  test('every disputed case has a decision, and no other case has one', () => {
    const disputed = rows.filter((row) => !row.agrees).map((row) => row.n);
    expect(Object.keys(DECISIONS).map(Number)).toEqual(disputed);
  });

  test.for(rows.filter((row) => !row.agrees))('$n is decided: $corpus $test', (row) => {
    expect(outcome(row)).toBe(DECISIONS[row.n]?.[0]);
  });
});

function outcome({ rule, event }: Row): boolean | 'refused' {
  const parsed = parseRules(rule, 'case.yml');
  const { ruleSet, faults } = compileRules(parsed.rules, { filters: parsed.filters });
  const errors = [...parsed.faults, ...faults].filter((fault) => fault.severity === 'error');
  if (errors.length > 0) return 'refused';
  return ruleSet.match({ record: event, raw: JSON.stringify(event) }).length > 0;
}
