import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileRules, parseRules } from '../../../shared/detect/sigma/index.ts';
import type { JsonObject, JsonValue } from '../../../shared/json/json.ts';

const WORDS = ['a', 'b', 'ab', 'A', '', '1', 'true', 'null', 'a*b'] as const;
const KEYS = ['a', 'b', 'a.b', 'c'] as const;

const scalar = fc.oneof(fc.constantFrom<JsonValue>(...WORDS, 0, 1, true, false, null), fc.string());

const { record } = fc.letrec<{ value: JsonValue; record: JsonObject }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    scalar,
    fc.array(tie('value'), { maxLength: 3 }),
    tie('record'),
  ),
  record: fc.dictionary(fc.constantFrom(...KEYS), tie('value'), { maxKeys: 3 }) as fc.Arbitrary<JsonObject>,
}));

interface Search {
  readonly field: string;
  readonly modifier: 'whole' | 'contains' | 'startswith' | 'endswith' | 'cased' | 'neq';
  readonly values: readonly (string | number | boolean | null)[];
}

const search: fc.Arbitrary<Search> = fc.record({
  field: fc.constantFrom('a', 'b', 'a.b', 'a.b.c', 'c.a'),
  modifier: fc.constantFrom('whole', 'contains', 'startswith', 'endswith', 'cased', 'neq'),
  values: fc.array(fc.constantFrom('a', 'B', 'ab', '', '*', 'a?', '?*b', 'a\\*b', 1, true), {
    minLength: 1,
    maxLength: 3,
  }),
});

/** What the specification says, written as plainly as it can be: no slots, no sharing, no fast paths. */
function naive(search: Search, record: JsonObject): boolean {
  const texts = (lookUp(record, search.field) ?? []).filter((value) => value !== null).map(textOf);
  const found = lookUp(record, search.field) !== undefined;
  const matched = search.values.some((value) => {
    if (typeof value === 'string' && isPresence(value, search.modifier)) {
      const values = lookUp(record, search.field) ?? [];
      return found && (values.length === 0 || texts.length > 0);
    }
    return texts.some((text) => regexOf(String(value), search.modifier).test(text));
  });
  return search.modifier === 'neq' ? !matched : matched;
}

function isPresence(value: string, modifier: Search['modifier']): boolean {
  return value === '*' || (value === '' && ['contains', 'startswith', 'endswith'].includes(modifier));
}

function regexOf(value: string, modifier: Search['modifier']): RegExp {
  const tokens = value.match(/\\[*?\\]|[\s\S]/g) ?? [];
  const body = tokens.map((token) => {
    if (token === '*') return '[\\s\\S]*';
    if (token === '?') return '[\\s\\S]';
    return (token.length === 2 ? token.slice(1) : token).replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
  });
  const start = modifier === 'contains' || modifier === 'endswith' ? '' : '^';
  const end = modifier === 'contains' || modifier === 'startswith' ? '' : '$';
  return new RegExp(start + body.join('') + end, modifier === 'cased' ? '' : 'i');
}

function textOf(value: JsonValue): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** Literal dotted keys first, the longest first; arrays opened everywhere. */
function lookUp(value: JsonValue, path: string): readonly JsonValue[] | undefined {
  if (Array.isArray(value)) {
    const inner = value.map((each) => lookUp(each as JsonValue, path)).filter((each) => each !== undefined);
    return inner.length === 0 ? undefined : inner.flat();
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const members = value as JsonObject;
  const segments = path.split('.');
  for (let count = segments.length; count > 0; count--) {
    const key = segments.slice(0, count).join('.');
    if (!Object.hasOwn(members, key)) continue;
    if (count === segments.length) return flat(members[key] as JsonValue);
    const inner = lookUp(members[key] as JsonValue, segments.slice(count).join('.'));
    if (inner !== undefined) return inner;
  }
  return undefined;
}

function flat(value: JsonValue): readonly JsonValue[] {
  return Array.isArray(value) ? value.flatMap((each) => flat(each as JsonValue)) : [value];
}

function sourceOf(searches: readonly Search[], condition: string): string {
  const selections = searches.map(({ field, modifier, values }, i) => {
    const key = modifier === 'whole' ? field : `${field}|${modifier}`;
    return `  s${i}:\n    ${key}: ${JSON.stringify(values)}`;
  });
  return `title: t\ndetection:\n${selections.join('\n')}\n  condition: ${condition}\n`;
}

describe('the compiled engine', () => {
  test('agrees with a plain tree walk on any record and any rule', () => {
    fc.assert(
      fc.property(
        fc.array(search, { minLength: 1, maxLength: 3 }),
        record,
        fc.boolean(),
        (searches, event, all) => {
          const source = sourceOf(searches, `${all ? 'all' : '1'} of them`);
          const parsed = parseRules(source, 'x.yml');
          const { ruleSet, faults } = compileRules(parsed.rules);
          expect([...parsed.faults, ...faults]).toEqual([]);
          const verdicts = searches.map((each) => naive(each, event));
          const expected = all ? verdicts.every(Boolean) : verdicts.some(Boolean);
          const raw = JSON.stringify(event, null, 1);
          expect(ruleSet.match({ record: event, raw }).length > 0).toBe(expected);
          expect(ruleSet.match({ record: event }).length > 0).toBe(expected);
        },
      ),
      { numRuns: 3_000 },
    );
  });

  test('never throws on a record, whatever the rule asks', () => {
    const source = [
      "'|re': 'x+'",
      'f|re|i: a',
      'f|cidr: 192.0.2.0/24',
      'f|lt: 5',
      'f|week: 7',
      'f|fieldref: g',
      'f|windash|contains: -a',
      'f|base64offset|contains: abc',
      'f.g.h|contains: x',
      "f: '*'",
      'f: null',
    ].map((line, i) => `  s${i}:\n    ${line}`);
    const { rules } = parseRules(`detection:\n${source.join('\n')}\n  condition: not all of them`, 'x.yml');
    const { ruleSet } = compileRules(rules);
    expect(ruleSet.rules).toHaveLength(1);
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), fc.option(fc.string(), { nil: undefined }), (value, raw) => {
        ruleSet.match({ record: { f: value, g: value } as JsonValue, raw });
        ruleSet.match({ record: value as JsonValue, raw: JSON.stringify(value) });
      }),
      { numRuns: 1_000 },
    );
  });

  test('never throws on a rule file, whatever is in it', () => {
    const line = fc.constantFrom(
      'title: x',
      'detection:',
      '  s:',
      '    f|re: "["',
      '    - a',
      '  condition: s',
      '---',
      'filter:',
      '  rules: []',
      '- x',
      ': :',
      '&a *a',
      '{',
      '\t',
      'action: global',
      'level: [',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(line).map((lines) => lines.join('\n')),
        ),
        (text) => {
          const parsed = parseRules(text, 'x.yml');
          compileRules(parsed.rules, { filters: parsed.filters });
        },
      ),
      { numRuns: 2_000 },
    );
  });
});
