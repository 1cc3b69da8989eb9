import { describe, expect, test } from 'vitest';
import { checkRules } from '../../shared/detect/check.ts';
import { loadRules } from '../../shared/detect/load-rules.ts';
import type { RuleFolder } from '../../shared/detect/rule-folder.ts';
import { testRules } from '../../shared/detect/run-tests.ts';
import { formatFault } from '../../shared/detect/sigma/index.ts';
import { readSequence } from '../../shared/detect/test-sequence.ts';
import { baselineText, DEPLOYMENT } from './baseline/observations.ts';
import { cloudTrail, logsources, readEvents } from './events.ts';

const stop = JSON.parse(cloudTrail('StopLogging').raw);

function sequence(steps: readonly unknown[]) {
  return readSequence(JSON.stringify(steps), readEvents);
}

function times(steps: readonly unknown[]): readonly string[] {
  const read = sequence(steps);
  if (read === undefined || !read.ok) throw new Error(JSON.stringify(read));
  return read.value.events.map(({ event }) => new Date(event.time).toISOString().slice(0, 16));
}

describe('a test file that is an array', () => {
  test('is a trail of records in their own time', () => {
    expect(times([stop, { ...stop, eventTime: '2026-03-05T00:00:00Z' }])).toEqual([
      '2026-03-04T02:17',
      '2026-03-05T00:00',
    ]);
  });

  test('may set the time of a step, from the beginning or after the one before, and repeat it', () => {
    expect(
      times([
        { at: '2026-01-01T09:00:00Z', repeat: 3, every: '12h', record: stop },
        { after: '3h', record: stop },
        { repeat: 2, every: '1d', record: stop },
      ]),
    ).toEqual([
      '2026-01-01T09:00',
      '2026-01-01T21:00',
      '2026-01-02T09:00',
      '2026-01-02T12:00',
      '2026-03-04T02:17',
      '2026-03-05T02:17',
    ]);
  });

  test('counts repetitions where a record asks for it', () => {
    const record = { ...stop, requestParameters: { name: 'trail-{{n}}' } };
    const read = sequence([{ repeat: 3, every: '1m', record }]);
    if (read === undefined || !read.ok) throw new Error('not read');
    expect(read.value.events.map(({ record: each }) => (each as typeof stop).requestParameters.name)).toEqual(
      ['trail-0', 'trail-1', 'trail-2'],
    );
    expect(read.value.last).toBe(0);
  });

  test('is one whose elements are told by their number when they are not understood', () => {
    const fault = (step: unknown) => {
      const read = sequence([stop, step]);
      return read === undefined || read.ok ? undefined : read.fault;
    };
    expect(fault({ record: stop, repeat: 0, every: '1h' })).toContain('element 2: expected repeat');
    expect(fault({ record: stop, repeat: 2 })).toContain('expected every, with repeat');
    expect(fault({ record: stop, after: 'soon' })).toContain('expected after to be a time');
    expect(fault({ record: stop, at: 'noon' })).toContain('expected at to be a time');
    expect(fault({ record: stop, at: '2026-01-01', after: '1h' })).toContain(
      'expected at or after, found both',
    );
    expect(fault({ record: stop, times: 3 })).toContain('unknown member times');
    expect(fault({ a: 1 })).toContain('element 2: expected an event that a source can read');
  });

  test('is no sequence where it is no array', () => {
    expect(readSequence(JSON.stringify(stop), readEvents)).toBeUndefined();
    expect(readSequence('no json', readEvents)).toBeUndefined();
  });
});

const UNUSUAL = baselineText('type: new_value\nfield: actor\nlearning: 7d\nmin-events: 5');
const text = `${DEPLOYMENT}---\n${UNUSUAL}`.replace('api.operation: Deploy', 'api.operation: StopLogging');
const by = (userName: string) => ({ ...stop, userIdentity: { ...stop.userIdentity, userName } });
const usual = { repeat: 20, every: '12h', record: stop };

function folder(match: readonly unknown[], ignore: readonly unknown[] = [], rules = text): RuleFolder {
  const files = (sequences: readonly unknown[], under: string) =>
    sequences.map((each, n) => ({ path: `r/${under}/${n}.json`, text: JSON.stringify(each) }));
  return {
    name: 'r',
    rule: { path: 'r/rule.yml', text: rules },
    runbook: undefined,
    match: files(match, 'match'),
    ignore: files(ignore, 'ignore'),
  };
}

function faults(each: RuleFolder): readonly string[] {
  return testRules(each, loadRules([each.rule], { logsources }), readEvents).faults.map(formatFault);
}

describe('testing rules that remember', () => {
  test('asks that they notice something at the end of a match, and nothing in what they must ignore', () => {
    const noticed = [usual, { after: '1h', record: by('mallory') }];
    expect(faults(folder([noticed], [[usual, { after: '1h', record: stop }]]))).toEqual([]);
    expect(faults(folder([noticed], [noticed]))).toEqual([
      "r/ignore/0.json:1:1: error: expected no rule to match, and 'Something Unusual' does",
    ]);
    expect(faults(folder([noticed, [...noticed, { after: '2d', record: stop }]]))).toEqual([
      'r/match/1.json:1:1: error: expected a rule of r to match, and none does',
    ]);
  });

  test('counts what is staged as nothing', () => {
    const early = [
      { ...usual, repeat: 4 },
      { after: '1h', record: by('mallory') },
    ];
    expect(faults(folder([early]))).toEqual([
      'r/match/0.json:1:1: error: expected a rule of r to match, and none does',
      "r/rule.yml:6:1: error: no event under match/ shows that 'Something Unusual' matches",
    ]);
  });

  test('lets time come as far as on a trail: one event from the future does not hurry those that wait', () => {
    const rules = `title: Stopped
name: stopped
logsource: {product: aws, service: cloudtrail}
detection: {s: {eventName: StopLogging}, condition: s}
---
title: Announced
name: announced
logsource: {product: aws, service: cloudtrail}
detection: {s: {eventName: PutEventSelectors}, condition: s}
---
title: Stopped Unannounced
correlation: {type: temporal, rules: [stopped, announced], timespan: 1h, lateness: 15m, condition: stopped and not announced}
`;
    const call = (eventName: string, at: string) => ({ at, record: { ...stop, eventName } });
    const future = call('DescribeTrails', '2026-11-01T00:00:00Z');
    const stopped = call('StopLogging', '2026-03-02T10:05:00Z');
    const announcedLate = call('PutEventSelectors', '2026-03-02T10:00:00Z');
    const match = [[future, stopped], announcedLate.record];
    expect(faults(folder(match, [[future, stopped, announcedLate]], rules))).toEqual([]);
  });

  test('begins every file with an empty memory', () => {
    const noticed = [usual, { after: '1h', record: by('mallory') }];
    expect(faults(folder([noticed, noticed]))).toEqual([]);
  });

  test('takes a single event as a test of the rules that look at one, those that are only observed too', () => {
    expect(faults(folder([stop], [stop]))).toEqual([
      "r/ignore/0.json:1:1: error: expected no rule to match, and 'Deployment' does",
      "r/rule.yml:6:1: error: no event under match/ shows that 'Something Unusual' matches",
    ]);
  });
});

describe('loading rules of every kind', () => {
  test('keeps silent what is only observed, unless something that observes it says generate', () => {
    const load = (rules: string) => loadRules([{ path: 'r.yml', text: rules }], { logsources });
    const titles = (rules: string) => [...load(rules).silent].map(({ title }) => title);
    expect(titles(text)).toEqual(['Deployment']);
    expect(titles(text.replace('type: new_value', 'generate: true\n  type: new_value'))).toEqual([]);
    const other = UNUSUAL.replace('5d0c7b52', '6d0c7b52').replace('type:', 'generate: true\n  type:');
    expect(titles(`${text}---\n${other}`)).toEqual([]);
    expect(titles(DEPLOYMENT)).toEqual([]);
    expect(load(text).remembering.map(({ title }) => title)).toEqual(['Something Unusual']);
    expect(load(DEPLOYMENT).memories).toEqual([]);
  });

  test('leaves out what is faulty, and that alone', () => {
    const broken = UNUSUAL.replace('5d0c7b52', '6d0c7b52').replace('rules: [deployment]', 'rules: [nothing]');
    const loaded = loadRules([{ path: 'r.yml', text: `${text}---\n${broken}` }], { logsources });
    expect(loaded.remembering.length).toBe(1);
    expect(loaded.faults.map(({ message }) => message)).toEqual([
      '"nothing" is the id or name of no rule at work; a baseline observes rules without a memory',
      'alias service names "deployment", which is none of the observed rules',
      'alias actor names "deployment", which is none of the observed rules',
    ]);
  });

  test('lints baselines in the style of all rules', () => {
    const { faults: found, rules } = checkRules([folder([])], { logsources, read: readEvents });
    expect(rules.map(({ title }) => title)).toEqual(['Deployment', 'Something Unusual']);
    const messages = found.map(({ message }) => message);
    expect(messages).toContain("'Something Unusual': expected description");
    expect(messages).toContain("'Something Unusual': expected a tag owasp.cicd-sec-<1 to 10>");
    expect(messages).not.toContain("'Something Unusual': expected logsource with a product");
  });
});
