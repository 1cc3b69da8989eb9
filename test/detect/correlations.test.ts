import { expect, test } from 'vitest';
import { loadRules } from '../../shared/detect/load-rules.ts';
import type { Memory, Notice } from '../../shared/detect/memory.ts';
import { cloudTrail, logsources } from './events.ts';

const START = Date.parse('2026-03-02T09:00:00Z');

const RULES = `title: Secret Refused
id: refused
name: refused
logsource: {product: aws, service: cloudtrail}
detection: {s: {eventName: GetSecretValue, errorCode: AccessDenied}, condition: s}
---
title: Any Refusal
id: failed
name: failed
logsource: {product: ocsf}
detection: {s: {status_id: 2}, condition: s}
---
`;

const correlation = (members: string) => `title: It\nid: it\ncorrelation: {timespan: 10m, ${members}}\n`;

/** The notices of refused reads by these people at these minutes, and the memory that made them. */
function noticesOf(
  text: string,
  reads: readonly (readonly [user: string, minute: number, secret?: string])[],
): { readonly notices: readonly Notice[]; readonly memory: Memory } {
  const { memories, detector, faults } = loadRules([{ path: 'rules.yml', text: RULES + text }], {
    logsources,
  });
  const [memory] = memories;
  const errors = faults.filter(({ severity }) => severity === 'error');
  if (memory === undefined || errors.length > 0) throw new Error(JSON.stringify(faults));
  const notices = reads.flatMap(([user, minute, secret = 'one'], index) => {
    const time = START + minute * 60_000;
    const each = cloudTrail('GetSecretValue', {
      eventTime: new Date(time).toISOString(),
      eventID: `event ${index}`,
      errorCode: 'AccessDenied',
      userIdentity: { type: 'IAMUser', userName: user, arn: `arn:aws:iam::111122223333:user/${user}` },
      requestParameters: { secretId: secret },
    });
    const matched = detector.detect(each);
    return memory.observe({ ...each, record: each.record, index, matched }, time);
  });
  return { notices, memory };
}

test('a notice says in words and numbers what a person can count again', () => {
  const { notices, memory } = noticesOf(
    correlation(
      'type: event_count, rules: [refused], group-by: [userIdentity.userName], condition: {gte: 3}',
    ),
    [
      ['alice', 0],
      ['bob', 1],
      ['alice', 2],
      ['alice', 5],
      ['alice', 9],
    ],
  );
  expect(notices).toMatchObject([
    {
      kind: 'new',
      rule: { id: 'it' },
      group: [{ field: 'userIdentity.userName', value: 'alice' }],
      event: { index: 3 },
      eventCount: 3,
      isAtLeast: false,
      isStaged: false,
      explanation: {
        sentence:
          'For userIdentity.userName alice: 3 × "Secret Refused" within 5 minutes, the last at 2026-03-02 09:05 UTC. ' +
          'Expected: fewer than 3 events within 10 minutes.',
        overEvents: 3,
        precedents: [{ index: 0 }],
      },
    },
  ]);
  const due = START + 15 * 60_000 + 1;
  expect(memory.waitsForMs?.(due - 1)).toBeUndefined();
  expect(memory.waitsForMs?.(due + 99_999)).toBe(due);
  expect(memory.advance?.(due - 1)).toEqual([]);
  const [update] = memory.advance?.(due) ?? [];
  expect(update).toMatchObject({ kind: 'update', key: notices[0]?.key, event: { index: 4 }, eventCount: 4 });
  expect(update?.explanation.sentence).toContain('1 more event joined, the last at 2026-03-02 09:09 UTC.');
  expect(memory.waitsForMs?.(Number.MAX_SAFE_INTEGER)).toBeUndefined();
});

test('fields are read from what the rule that matched looks at', () => {
  const { notices } = noticesOf(
    correlation(
      'type: temporal, rules: [refused, failed], group-by: [who], aliases: {who: {refused: userIdentity.userName, failed: actor.user.name}}',
    ),
    [['alice', 0]],
  );
  expect(notices).toMatchObject([{ group: [{ field: 'who', value: 'alice' }], eventCount: 1 }]);
  expect(notices[0]?.explanation.seen).toBe('1 × "Secret Refused" and 1 × "Any Refusal" at once');
});

test.each([
  [
    'value_count, condition: {field: requestParameters.secretId, gte: 2}',
    '2 different values of requestParameters.secretId in 2 × "Secret Refused" within 1 minute',
    'fewer than 2 different values of requestParameters.secretId within 10 minutes',
  ],
  [
    'value_percentile, condition: {field: requestParameters.secretId, lte: 50}',
    'the share of this requestParameters.secretId in percent is 50 over 2 × "Secret Refused" within 1 minute',
    'the share of this requestParameters.secretId in percent more than 50 within 10 minutes',
  ],
  [
    'event_count, condition: {gt: 1, lte: 7}',
    '2 × "Secret Refused" within 1 minute',
    'at most 1 or more than 7 events within 10 minutes',
  ],
])('%s is told in its own words', (members, seen, expected) => {
  const text = correlation(`rules: [refused], group-by: [userIdentity.userName], type: ${members}`);
  const { notices } = noticesOf(text, [
    ['alice', 0, 'one'],
    ['alice', 1, 'two'],
  ]);
  const notice = notices[0];
  expect([notice?.explanation.seen, notice?.explanation.expected]).toEqual([seen, expected]);
});

const EVERY = correlation(
  'rules: [refused, failed], group-by: [x], aliases: {x: {refused: eventSource, failed: api.service.name}}, type: TYPE',
);

test.each([
  ['temporal', '', 'never together within 10 minutes: "Secret Refused" and "Any Refusal"'],
  [
    'temporal_ordered',
    ', condition: {gte: 1}',
    'fewer than 1 of its 2 rules within 10 minutes in this order',
  ],
  [
    'temporal',
    ', condition: refused and failed',
    'never within 10 minutes: "Secret Refused" and "Any Refusal"',
  ],
  [
    'temporal_ordered',
    ', condition: failed and (refused or failed)',
    'never within 10 minutes in this order: "Any Refusal" and ("Secret Refused" or "Any Refusal")',
  ],
  [
    'temporal',
    ', condition: refused and not (refused and not failed)',
    'never within 10 minutes: "Secret Refused", without ("Secret Refused", without "Any Refusal")',
  ],
  [
    'temporal',
    ', condition: not refused or failed',
    'never within 10 minutes: none of "Secret Refused" or "Any Refusal"',
  ],
])('%s%s is told by the titles of its rules', (type, condition, expected) => {
  const { notices } = noticesOf(EVERY.replace('TYPE', type + condition), [['alice', 0]]);
  expect(notices[0]?.explanation.expected).toBe(expected);
});

test('the same events give the same keys, whatever the place that they have in the trail', () => {
  const text = correlation('type: event_count, rules: [refused], condition: {gte: 2}');
  const keys = [0, 1].map(() =>
    noticesOf(text, [
      ['alice', 0],
      ['bob', 1],
    ]).notices.map(({ key }) => key),
  );
  expect(keys[0]).toEqual(keys[1]);
  expect(keys[0]).toHaveLength(1);
});
