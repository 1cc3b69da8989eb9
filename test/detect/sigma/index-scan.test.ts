import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openCorpus } from '../../../bench/corpus.ts';
import { detectRuleTexts } from '../../../bench/detect-rules.ts';
import { compileRules, parseRules, type Rule, type RuleSet } from '../../../shared/detect/sigma/index.ts';
import type { JsonObject, JsonValue } from '../../../shared/json/json.ts';
import { sharedFile } from '../../shared-data.ts';
import { arbitraryDetections, arbitraryEvent, OPTIONS } from './arbitrary-rules.ts';

const LOGSOURCE = { product: 'test' };

/** JSON is YAML. Rules that the engine refuses are left out: others test that. */
function rulesOf(detections: readonly JsonObject[], filters: readonly JsonObject[]) {
  const documents = [
    ...detections.map((detection, n) => ({
      title: `r${n}`,
      id: `r${n}`,
      // Without a product, a rule has no aliases.
      logsource: n % 3 === 2 ? {} : LOGSOURCE,
      detection,
    })),
    ...filters.map((detection, n) => ({
      title: `f${n}`,
      logsource: LOGSOURCE,
      filter: { rules: n % 2 === 0 ? [`r${n}`] : 'any', ...detection },
    })),
  ];
  return parseRules(documents.map((each) => JSON.stringify(each)).join('\n---\n'), 'x.yml');
}

const titles = (rules: readonly Rule[]) => rules.map(({ title }) => title);

/** Whether the index finds what asking every rule finds; the number of matches, to know that there were any. */
function compare(
  ruleSet: RuleSet,
  record: JsonValue,
  raw: string | undefined,
  logsource = LOGSOURCE as object,
): number {
  const route = ruleSet.route(logsource);
  const scanned = titles(route.scan(record, raw));
  expect(titles(route.match(record, raw))).toEqual(scanned);
  return scanned.length;
}

describe('the index finds exactly the rules that a full scan finds', () => {
  test('over rules of every form, alone and together', () => {
    let matches = 0;
    fc.assert(
      fc.property(
        arbitraryDetections,
        arbitraryDetections.map((detections) => detections.slice(0, 2)),
        fc.array(arbitraryEvent, { minLength: 1, maxLength: 8 }),
        (detections, filters, events) => {
          const parsed = rulesOf(detections, filters);
          const { ruleSet } = compileRules(parsed.rules, { filters: parsed.filters, ...OPTIONS });
          for (const { record, raw } of events) {
            matches += compare(ruleSet, record, raw);
            // What was remembered of an event must not speak of the next.
            matches += compare(ruleSet, record, raw);
          }
          const [first] = events;
          for (const rule of first === undefined ? [] : ruleSet.rules.slice(0, 3)) {
            const alone = compileRules([rule], { filters: parsed.filters, ...OPTIONS }).ruleSet;
            const found = titles(ruleSet.route(LOGSOURCE).match(first?.record ?? null, first?.raw));
            const isFound = titles(alone.route(LOGSOURCE).scan(first?.record ?? null, first?.raw)).length > 0;
            expect(found.includes(rule.title)).toBe(isFound);
          }
        },
      ),
      { numRuns: 100, seed: 20_261_121 },
    );
    expect(matches).toBeGreaterThan(300);
  });

  test('over rules as public ones are, and a stream of cloud records', () => {
    const { rules } = parseRules(detectRuleTexts(400, 3).join('---\n'), 'x.yml');
    const seen = new Set(
      rules.flatMap(({ detection }) => JSON.stringify(detection).match(/(?<="value":")[^"]+/g) ?? []),
    );
    const names = [...seen];
    const corpus = openCorpus({ seed: 3, actors: 50 });
    const { ruleSet } = compileRules(rules);
    const aws = { product: 'aws', service: 'cloudtrail' };
    let matches = 0;
    for (let n = 0; n < 2_000; n++) {
      const record = JSON.parse(corpus.record(n)) as Record<string, JsonValue>;
      // Else nothing of what a rule looks for would ever happen.
      if (n % 2 === 0) record['eventName'] = names[(n * 7) % names.length] ?? '';
      if (n % 3 === 0) record['eventSource'] = names[(n * 11) % names.length] ?? '';
      if (n % 5 === 0) record['userAgent'] = `x ${names[(n * 13) % names.length]} y`;
      matches += compare(ruleSet, record, JSON.stringify(record), aws);
    }
    expect(matches).toBeGreaterThan(20);
  });
});

const folder = sharedFile('sigma');

describe.skipIf(folder === undefined)('over the public rules for cloud and CI', () => {
  const files =
    folder === undefined
      ? []
      : readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.yml'));
  const rules = files.flatMap(
    (name) => parseRules(readFileSync(join(folder ?? '', name), 'utf8'), name).rules,
  );

  test('the index finds what a full scan finds in events made of what the rules say', () => {
    const { ruleSet } = compileRules(rules);
    let matches = 0;
    for (const [n, rule] of rules.entries()) {
      for (const record of eventsFor(rule, n)) {
        const raw = JSON.stringify(record);
        matches += compare(ruleSet, record, raw, rule.logsource);
        expect(titles(ruleSet.route(undefined).match(record, raw))).toEqual(
          titles(ruleSet.route(undefined).scan(record, raw)),
        );
      }
    }
    expect(matches).toBeGreaterThan(rules.length / 2);
  });
});

/** Records with the values that a rule wants, in every other one of them some left out. */
function eventsFor(rule: Rule, n: number): readonly JsonObject[] {
  const found = JSON.stringify(rule.detection).matchAll(
    /"field":"([^"]+)","modifiers":\[[^\]]*\],"values":\[\{"value":("(?:[^"\\]|\\.)*"|[^,]+)/g,
  );
  const pairs = Array.from(found, (match) => [match[1] ?? '', JSON.parse(match[2] ?? 'null')] as const);
  const plain = pairs.map(([key, value]) => [
    key,
    typeof value === 'string' ? value.replaceAll('*', 'x') : value,
  ]);
  return [
    Object.fromEntries(plain),
    Object.fromEntries(plain.filter((_, i) => (i + n) % 2 === 0)),
    Object.fromEntries(plain.map(([key, value]) => [key, [value, 'x', `pre ${String(value)} post`]])),
  ];
}

describe('rules with parts in common', () => {
  const source = (title: string, logsource: string, detection: string) =>
    `title: ${title}\nlogsource: ${logsource}\ndetection: ${detection}\n`;

  test('that link the same parts otherwise, or mean another field by a name, stay apart', () => {
    const parts = 's: {a: x}, t: {b: y}';
    const { rules } = parseRules(
      [
        source('and', '{product: test}', `{${parts}, condition: s and t}`),
        source('or', '{product: test}', `{${parts}, condition: s or t}`),
        source('not', '{product: test}', `{${parts}, condition: s and not t}`),
        source('aliased', '{product: test}', '{s: {a|fieldref: alias}, condition: s}'),
        source('bare', '{}', '{s: {a|fieldref: alias}, condition: s}'),
        source('either', '{product: test}', "{s: {c: [abc, '*long-part*']}, condition: s}"),
      ].join('---\n'),
      'x.yml',
    );
    const { ruleSet } = compileRules(rules, OPTIONS);
    const found = (record: JsonValue) => titles(ruleSet.match({ record, logsource: LOGSOURCE }));
    expect(found({ a: 'x', b: 'y' })).toEqual(['and', 'or']);
    expect(found({ a: 'x', n: 'X' })).toEqual(['or', 'not', 'aliased']);
    expect(found({ a: 'z', alias: 'z' })).toEqual(['aliased', 'bare']);
    expect(found({ c: 'a LONG-part of it' })).toEqual(['either']);
    expect(found({ c: 'ABC' })).toEqual(['either']);
  });

  test('and values of any size are asked no more than their size asks for', () => {
    const { rules } = parseRules(detectRuleTexts(300, 3).join('---\n'), 'x.yml');
    const { ruleSet } = compileRules(rules);
    const names = rules.flatMap(
      ({ detection }) => JSON.stringify(detection).match(/(?<="value":")[^"]+/g) ?? [],
    );
    const many = Array.from({ length: 100_000 }, (_, n) => names[n % names.length] ?? '');
    const record = {
      eventName: many,
      eventSource: many,
      userAgent: 'x'.repeat(1_000_000),
      userIdentity: { arn: many },
    };
    const matched = compare(ruleSet, record, undefined, { product: 'aws', service: 'cloudtrail' });
    expect(matched).toBeGreaterThan(200);
  });
});
