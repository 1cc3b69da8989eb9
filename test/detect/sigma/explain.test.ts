import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  compileRules,
  explainRule,
  type ItemExplanation,
  parseRules,
  type SearchExplanation,
} from '../../../shared/detect/sigma/index.ts';
import type { JsonValue } from '../../../shared/json/json.ts';
import { arbitraryDetections, arbitraryEvent, OPTIONS } from './arbitrary-rules.ts';

const SOURCE = `title: Stopped
id: stopped
logsource: {product: aws, service: cloudtrail}
detection:
  selection:
    eventName: [StopLogging, DeleteTrail]
    userIdentity.arn|contains: ':role/'
  anyway:
    - errorCode: null
    - requestParameters.names|startswith|cased: x
  filter_known: {sourceIPAddress|cidr: 192.0.2.0/24, userAgent|fieldref: tool}
  condition: selection and 1 of any* and not 1 of filter_*
---
title: Not ours
logsource: {product: aws}
filter:
  rules: [stopped]
  ours: {accountId: '111122223333'}
  condition: not ours
`;

const EVENT = {
  eventName: 'stoplogging',
  userIdentity: { arn: 'arn:aws:iam::111122223333:role/a' },
  requestParameters: { names: ['X', null, 'y'] },
  sourceIPAddress: '192.0.2.9',
  userAgent: 'cli',
  tool: 'CLI',
  accountId: '111122223333',
};

function explain(record: JsonValue, logsource = { product: 'aws', service: 'cloudtrail' }) {
  const { rules, filters } = parseRules(SOURCE, 'x.yml');
  const [rule] = rules;
  if (rule === undefined) throw new Error('the rule does not load');
  return explainRule(rule, { record, raw: JSON.stringify(record), logsource }, { filters });
}

function itemsOf(search: SearchExplanation): readonly ItemExplanation[] {
  return search.kind === 'item' ? [search] : search.parts.flatMap(itemsOf);
}

describe('an explanation', () => {
  const explained = explain(EVENT);
  const items = explained.detection.selections.flatMap(({ search }) => itemsOf(search));
  const item = (field: string) => items.find((each) => each.field === field);

  test('says for each item what was wanted, what is there, and whether it holds', () => {
    expect(item('eventName')).toMatchObject({
      holds: true,
      modifiers: [],
      expected: ['StopLogging', 'DeleteTrail'],
      found: ['stoplogging'],
      foundCount: 1,
      isPresent: true,
    });
    expect(item('errorCode')).toMatchObject({ holds: true, expected: ['null'], found: [], isPresent: false });
    expect(item('requestParameters.names')).toMatchObject({
      holds: false,
      modifiers: ['startswith', 'cased'],
      found: ['X', 'y', 'null'],
      foundCount: 3,
    });
    expect(item('userAgent')).toMatchObject({
      holds: true,
      found: ['cli'],
      references: [{ field: 'tool', found: ['CLI'] }],
    });
  });

  test('says how the condition came out, filters of other documents included', () => {
    expect(explained.matches).toBe(false);
    expect(explained.detection.condition).toEqual({
      kind: 'and',
      holds: false,
      operands: [
        { kind: 'selection', name: 'selection', holds: true },
        { kind: 'selection', name: 'anyway', holds: true },
        { kind: 'not', holds: false, operand: { kind: 'selection', name: 'filter_known', holds: true } },
      ],
    });
    expect(explained.filters).toMatchObject([{ title: 'Not ours', detection: { holds: false } }]);
    const other = explain({ ...EVENT, sourceIPAddress: '198.51.100.1', accountId: '444455556666' });
    expect([other.matches, other.detection.holds, other.filters[0]?.detection.holds]).toEqual([
      true,
      true,
      true,
    ]);
    expect(explain({ ...EVENT, sourceIPAddress: '198.51.100.1' })).toMatchObject({
      matches: false,
      detection: { holds: true },
    });
  });

  test('says where an event is none of the rule', () => {
    const elsewhere = explain(
      { ...EVENT, sourceIPAddress: '', accountId: '' },
      { product: 'azure', service: 'x' },
    );
    expect(elsewhere).toMatchObject({
      matches: false,
      detection: { holds: true },
      logsource: { holds: false },
    });
  });

  test('bounds what it shows of an event', () => {
    const many = explain({ ...EVENT, eventName: Array.from({ length: 50 }, () => 'x'.repeat(10_000)) });
    const found = many.detection.selections.flatMap(({ search }) => itemsOf(search))[0];
    expect([found?.foundCount, found?.found.length, found?.found[0]?.length]).toEqual([50, 10, 501]);
  });

  test('comes to the verdict that matching comes to, whatever the rule', () => {
    fc.assert(
      fc.property(arbitraryDetections, arbitraryEvent, (detections, { record, raw }) => {
        const logsource = { product: 'test' };
        const documents = detections.map((detection, n) => ({
          title: `r${n}`,
          id: `r${n}`,
          logsource,
          detection,
        }));
        const { rules } = parseRules(documents.map((each) => JSON.stringify(each)).join('\n---\n'), 'x.yml');
        const matched = new Set(compileRules(rules, OPTIONS).ruleSet.match({ record, raw, logsource }));
        for (const rule of rules) {
          expect(explainRule(rule, { record, raw, logsource }, OPTIONS).matches).toBe(matched.has(rule));
        }
      }),
      { numRuns: 60, seed: 7 },
    );
  });
});
