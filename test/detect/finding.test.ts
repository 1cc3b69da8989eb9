import { describe, expect, test } from 'vitest';
import { attacksOf } from '../../shared/detect/attack.ts';
import { compileDetector } from '../../shared/detect/detector.ts';
import { findingOf } from '../../shared/detect/finding.ts';
import type { OcsfEvent } from '../../shared/ocsf/event.ts';
import { validateEvent } from '../../shared/ocsf/validate.ts';
import { sharedFile } from '../shared-data.ts';
import { cloudTrail, folded, logsources, ruleOf, STOP_LOGGING } from './events.ts';

const NONCE = '00112233445566778899aabbccddeeff';
const stop = cloudTrail('StopLogging');

function finding(rule = STOP_LOGGING, event = stop, nonce = NONCE) {
  const entry = findingOf(ruleOf(rule), folded(event, 41), nonce);
  return { entry, event: JSON.parse(entry.line) as OcsfEvent };
}

describe('a finding', () => {
  test('is a Detection Finding that says what, who, where and by which rule', () => {
    const { event, entry } = finding();
    expect(entry).toMatchObject({
      kind: 'event',
      source: 'trailproof',
      time: Date.UTC(2026, 2, 4, 2, 17, 9),
    });
    expect(event).toMatchObject({
      class_uid: 2004,
      type_uid: 200401,
      activity_name: 'Create',
      severity_id: 4,
      severity: 'High',
      status: 'New',
      is_alert: true,
      time: stop.event.time,
      metadata: { uid: entry.uid, product: { name: 'Trailproof' }, profiles: ['cloud'] },
      cloud: { provider: 'AWS', account: { uid: '111122223333' } },
      finding_info: {
        uid: entry.uid,
        title: 'Logging Stopped',
        desc: 'The trail was stopped.',
        types: ['audit-logging-stopped'],
        src_url: 'https://example.com/why',
        analytic: { uid: '6e6f1e5e-6d3b-4a7e-9a53-0d6d6c1f2a01', name: 'Logging Stopped', type_id: 1 },
        attacks: [
          {
            tactic: { uid: 'TA0005', name: 'Defense Evasion' },
            technique: { uid: 'T1562', name: 'Impair Defenses' },
            sub_technique: { uid: 'T1562.008', name: 'Disable or Modify Cloud Logs' },
          },
        ],
        related_events: [{ uid: stop.event.metadata.uid, type_uid: stop.event.type_uid }],
        related_events_count: 1,
      },
    });
    expect(event.message).toMatch(/^Logging Stopped: .*alice.*StopLogging/);
    expect(event.evidences?.[0]).toMatchObject({
      actor: { user: { name: 'alice' } },
      api: { operation: 'StopLogging' },
      src_endpoint: { ip: '203.0.113.9' },
    });
  });

  test('keeps everything of the rule that a reader needs, its author above all', () => {
    expect(finding().event.unmapped).toEqual({
      trailproof: {
        nonce: NONCE,
        essence: finding().entry.essence,
        event: { uid: stop.event.metadata.uid, index: 41, source_product: stop.event.metadata.product.name },
        rule: {
          id: '6e6f1e5e-6d3b-4a7e-9a53-0d6d6c1f2a01',
          author: 'Alice Example',
          license: 'DRL-1.1',
          status: 'test',
          level: 'high',
          date: '2026-01-02',
          logsource: { product: 'aws', service: 'cloudtrail' },
          references: ['https://example.com/why'],
          falsepositives: ['Maintenance'],
          custom: { weight: 3 },
        },
        alert: {
          family: 'audit-logging-stopped',
          stage: 'live',
          window_ms: 1_800_000,
          group: [{ field: 'actor.user.name', values: ['alice'] }],
        },
        fields: [
          { name: 'userIdentity.arn', values: ['arn:aws:iam::111122223333:user/alice'] },
          { name: 'requestParameters.name', values: ['organisation'] },
        ],
      },
    });
  });

  test('has a uid and an essence of rule and event alone, so that it is found once', () => {
    const first = finding().entry;
    const again = finding(
      STOP_LOGGING.replace('The trail was stopped.', 'Said better.'),
      stop,
      'ff'.repeat(16),
    ).entry;
    expect(again.line).not.toBe(first.line);
    expect([again.uid, again.essence]).toEqual([first.uid, first.essence]);
    const other = finding(STOP_LOGGING.replace('6e6f1e5e', '7e6f1e5e')).entry;
    const elsewhere = finding(STOP_LOGGING, cloudTrail('StopLogging', { eventID: 'another' })).entry;
    expect(new Set([first.uid, other.uid, elsewhere.uid]).size).toBe(3);
    expect(first.uid).toMatch(/^[\da-f]{64}$/);
  });

  test('is the same bytes for the same nonce', () => {
    expect(finding().entry.line).toBe(finding().entry.line);
  });

  test.for([
    ['high', 4],
    ['informational', 1],
    ['critical', 5],
    [undefined, 0],
  ] as const)('has the severity of level %s', ([level, severity]) => {
    const rule = STOP_LOGGING.replace('level: high\n', level === undefined ? '' : `level: ${level}\n`);
    expect(finding(rule).event.severity_id).toBe(severity);
  });

  test('of a staged rule, or of one that only informs, is no alert', () => {
    expect(finding(STOP_LOGGING.replace('stage: live', 'stage: staged')).event.is_alert).toBe(false);
    expect(finding(STOP_LOGGING.replace('level: high', 'level: informational')).event.is_alert).toBe(false);
  });

  test.for([
    ['an event of a cloud', stop],
    ['an event without a cloud, an actor or an operation', bare()],
  ] as const)('over %s is a valid OCSF event', async ([, event]) => {
    const { event: found } = finding(STOP_LOGGING, event);
    expect(validateEvent(found)).toEqual([]);
    const tool = sharedFile('tools/ocsf-validate.mjs');
    const schema = sharedFile('ocsf/ocsf-schema-1.8.0.json');
    if (tool === undefined || schema === undefined) return;
    const { loadSchema, Validator } = await import(tool);
    expect(new Validator(loadSchema(schema)).validate(found, { checkVersion: true }).errors).toEqual([]);
  });
});

function bare(): typeof stop {
  const { metadata, time, class_uid, class_name, category_name, category_uid } = stop.event;
  const event = {
    metadata,
    time,
    class_uid,
    class_name,
    category_name,
    category_uid,
    type_uid: 600300,
    type_name: 'x',
    activity_id: 0,
    severity_id: 1,
  };
  return { ...stop, event: event as OcsfEvent };
}

test('tactics stand alone where no technique takes them, or where tags do not say which takes which', () => {
  const impact = { uid: 'TA0040', name: 'Impact' };
  const persistence = { uid: 'TA0003', name: 'Persistence' };
  expect(attacksOf(['attack.impact', 'car.2013-09-005'])).toEqual([{ tactic: impact }]);
  expect(attacksOf(['attack.impact', 'attack.persistence', 'attack.t1078'])).toEqual([
    { technique: { uid: 'T1078', name: 'Valid Accounts' } },
    { tactic: impact },
    { tactic: persistence },
  ]);
  expect(attacksOf(['attack.t9999.001'])).toEqual([
    { technique: { uid: 'T9999' }, sub_technique: { uid: 'T9999.001' } },
  ]);
  expect(attacksOf(['owasp.cicd-sec-1'])).toEqual([]);
});

describe('which rules see what', () => {
  const rule = (title: string, logsource: string, selection: string) =>
    `title: ${title}\nlogsource: ${logsource}\ndetection: {s: ${selection}, condition: s}\n`;
  const rules = [
    rule('Native', '{product: aws, service: cloudtrail}', '{eventName: StopLogging}'),
    rule('Other', '{product: gcp}', '{eventName: StopLogging}'),
    rule('Ocsf', '{product: ocsf}', '{api.operation: StopLogging}'),
    rule('Class', '{product: ocsf, service: api_activity}', '{api.operation: StopLogging}'),
    rule('Finding class', '{product: ocsf, service: detection_finding}', "{metadata.uid: '*'}"),
    rule('Own', '{product: trailproof}', '{finding_info.title: Logging Stopped}'),
    rule('Any over OCSF names', '{}', '{api.operation: StopLogging}'),
    rule('Any', '{}', '{eventName|startswith: Stop}'),
  ].map(ruleOf);
  const detector = compileDetector(rules, { logsources });
  const titles = (event: Parameters<typeof detector.detect>[0]) =>
    detector.detect(event).map(({ title }) => title);

  test('a native record by its logsource, and its OCSF event by class', () => {
    expect(titles(stop)).toEqual(['Native', 'Any', 'Ocsf', 'Class']);
  });

  test('our own events only by rules of product trailproof', () => {
    const own = { source: 'trailproof', event: finding().event, record: undefined, raw: '' };
    expect(titles(own)).toEqual(['Own']);
  });

  test('no finding of a rule over our own events is matched again', () => {
    const over = STOP_LOGGING.replace('{product: aws, service: cloudtrail}', '{product: trailproof}');
    const own = { source: 'trailproof', event: finding(over).event, record: undefined, raw: '' };
    expect(titles(own)).toEqual([]);
  });

  test('an event of an unknown source only by rules that ask for none', () => {
    expect(titles({ ...stop, source: 'unknown' })).toEqual(['Any', 'Ocsf', 'Class']);
  });

  test('a record that nobody asks for is not parsed', () => {
    const only = compileDetector(rules.slice(1, 3), { logsources });
    const event = {
      ...stop,
      get record(): never {
        throw new Error('parsed');
      },
    };
    expect(only.detect(event).map(({ title }) => title)).toEqual(['Ocsf']);
  });
});
