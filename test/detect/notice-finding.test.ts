import { describe, expect, test } from 'vitest';
import { noticeFinding } from '../../shared/detect/finding.ts';
import type { Notice } from '../../shared/detect/memory.ts';
import { at as valueAt } from '../../shared/json/json.ts';
import type { OcsfEvent } from '../../shared/ocsf/event.ts';
import { validateEvent } from '../../shared/ocsf/validate.ts';
import { sharedFile } from '../shared-data.ts';
import { cloudTrail, folded, ruleOf, STOP_LOGGING } from './events.ts';

const NONCE = '00112233445566778899aabbccddeeff';
const stop = cloudTrail('StopLogging');
const at = { uid: stop.event.metadata.uid, index: 41, time: stop.event.time };
const before = { uid: 'ab'.repeat(32), index: 17, time: stop.event.time - 86_400_000 };
const more = { uid: 'cd'.repeat(32), index: 44, time: stop.event.time + 60_000 };

const NOTICE: Notice = {
  rule: ruleOf(STOP_LOGGING),
  kind: 'new',
  key: '["api","x"]',
  event: at,
  group: [{ field: 'service', value: 'payments-api' }],
  events: [at],
  eventCount: 1,
  isAtLeast: false,
  isStaged: false,
  explanation: {
    sentence: 'payments-api was deployed 24 times in 12 days, always by deploy-bot; this time by alice.',
    expected: 'always by deploy-bot',
    seen: 'by alice',
    overEvents: 24,
    overDays: 12,
    precedents: [before],
  },
};
const UPDATE: Notice = { ...NOTICE, kind: 'update', events: [at, more], eventCount: 2 };

function finding(notice: Notice, matched: ReturnType<typeof folded> | undefined = folded(stop, 41)) {
  const entry = noticeFinding(notice, matched, NONCE);
  return { entry, event: JSON.parse(entry.line) as OcsfEvent };
}

describe('a finding of a notice', () => {
  test('is a Detection Finding that explains itself', () => {
    const { entry, event } = finding(NOTICE);
    expect(event).toMatchObject({
      class_uid: 2004,
      activity_id: 1,
      severity: 'High',
      is_alert: true,
      count: 1,
      time: at.time,
      message: `Logging Stopped: ${NOTICE.explanation.sentence}`,
      metadata: { uid: entry.uid },
      finding_info: {
        uid: entry.uid,
        title: 'Logging Stopped',
        desc: `The trail was stopped.\n\n${NOTICE.explanation.sentence}`,
        attacks: [{ technique: { uid: 'T1562' } }],
        related_events: [{ uid: at.uid, type_uid: stop.event.type_uid }],
        related_events_count: 1,
        first_seen_time: at.time,
        last_seen_time: at.time,
      },
      evidences: [{ actor: { user: { name: 'alice' } } }],
      cloud: { account: { uid: '111122223333' } },
    });
    expect(event.unmapped?.['trailproof']).toMatchObject({
      nonce: NONCE,
      event: { uid: at.uid, index: 41, source_product: 'CloudTrail' },
      group: [{ field: 'service', value: 'payments-api' }],
      explanation: {
        sentence: NOTICE.explanation.sentence,
        expected: 'always by deploy-bot',
        seen: 'by alice',
        over_events: 24,
        over_days: 12,
        is_at_least: false,
        is_learning: false,
        precedents: [before],
      },
      alert: { stage: 'live', group: [{ field: 'actor.user.name', values: ['alice'] }] },
    });
  });

  test('is updated by an entry of its own, under the same finding', () => {
    const [first, update] = [finding(NOTICE), finding(UPDATE)];
    expect(update.entry.uid).not.toBe(first.entry.uid);
    expect(update.event).toMatchObject({
      activity_id: 2,
      activity_name: 'Update',
      time: more.time,
      count: 2,
      metadata: { uid: update.entry.uid },
      finding_info: {
        uid: first.entry.uid,
        related_events: [{ uid: at.uid }, { uid: more.uid }],
        related_events_count: 2,
        first_seen_time: at.time,
        last_seen_time: more.time,
      },
    });
  });

  test('follows from rule and notice alone, whatever the nonce', () => {
    const again = noticeFinding(
      { ...NOTICE, explanation: { ...NOTICE.explanation, sentence: 'Said better.' } },
      folded(stop, 41),
      'ff'.repeat(16),
    );
    const { entry } = finding(NOTICE);
    expect([again.uid, again.essence]).toEqual([entry.uid, entry.essence]);
    expect(finding({ ...NOTICE, key: 'another' }).entry.uid).not.toBe(entry.uid);
    expect(
      finding({ ...NOTICE, rule: ruleOf(STOP_LOGGING.replace('6e6f1e5e', '7e6f1e5e')) }).entry.uid,
    ).not.toBe(entry.uid);
  });

  test('alerts nobody while the rule learns', () => {
    const { event } = finding({ ...NOTICE, isStaged: true });
    expect(event.is_alert).toBe(false);
    expect(event.unmapped).toMatchObject({
      trailproof: { alert: { stage: 'staged' }, explanation: { is_learning: true } },
    });
  });

  test('says so where more was seen than is remembered', () => {
    expect(finding({ ...NOTICE, isAtLeast: true }).event.message).toContain('Counts are at least these');
  });

  test('shares alerts by the groups of the rule, where its settings name them or name nothing', () => {
    const alertGroup = (text: string) => {
      const { event } = finding({ ...NOTICE, rule: ruleOf(text) });
      return valueAt(event.unmapped, 'trailproof', 'alert', 'group');
    };
    const own = { field: 'service', values: ['payments-api'] };
    expect(alertGroup(STOP_LOGGING.replace('  group-by: [actor.user.name]\n', ''))).toEqual([own]);
    expect(alertGroup(STOP_LOGGING.replace('[actor.user.name]', '[service, api.operation]'))).toEqual([
      own,
      { field: 'api.operation', values: ['StopLogging'] },
    ]);
  });

  test('brings a rule’s budget and its severity by environment to the alerts', () => {
    const rule = ruleOf(
      STOP_LOGGING.replace('stage: live', 'stage: live\n  budget: 5\n  severity: {Production: critical}'),
    );
    expect(finding({ ...NOTICE, rule }).event.unmapped).toMatchObject({
      trailproof: { alert: { budget: 5, severity: { production: 'critical' } } },
    });
  });

  test('is not looked at again by rules over our own events, when it is about those', () => {
    const logsource = (event: OcsfEvent) => valueAt(event.unmapped, 'trailproof', 'rule', 'logsource');
    expect(logsource(finding(NOTICE).event)).toBeUndefined();
    const own = { ...finding(NOTICE), source: 'trailproof', record: undefined, raw: '' };
    expect(logsource(finding(NOTICE, folded(own, 50)).event)).toEqual({ product: 'trailproof' });
  });

  test.for([
    ['new', NOTICE, folded(stop, 41)],
    ['update', UPDATE, folded(stop, 41)],
    ['whose event is not at hand', NOTICE, undefined],
    ['of hostile values', hostile(), folded(stop, 41)],
  ] as const)('%s is a valid OCSF event', async ([, notice, matched]) => {
    const event = JSON.parse(noticeFinding(notice, matched, NONCE).line) as OcsfEvent;
    expect(validateEvent(event)).toEqual([]);
    const tool = sharedFile('tools/ocsf-validate.mjs');
    const schema = sharedFile('ocsf/ocsf-schema-1.8.0.json');
    if (tool === undefined || schema === undefined) return;
    const { loadSchema, Validator } = await import(tool);
    expect(new Validator(loadSchema(schema)).validate(event, { checkVersion: true }).errors).toEqual([]);
  });

  test('stays small, whatever was seen', () => {
    expect(noticeFinding(hostile(), folded(stop, 41), NONCE).line.length).toBeLessThan(30_000);
  });
});

function hostile(): Notice {
  const long = `\u0000<script>\u202E${'x'.repeat(100_000)}`;
  return {
    ...NOTICE,
    group: [{ field: 'service', value: long }],
    events: Array.from({ length: 500 }, (_, index) => ({ ...more, index })),
    eventCount: 1_000_000,
    explanation: { ...NOTICE.explanation, sentence: long, expected: long, seen: long },
  };
}
