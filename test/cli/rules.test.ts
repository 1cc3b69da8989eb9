import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { temporaryFolders } from '../temporary-folder.ts';
import { cloudTrailRecord } from './support/roads.ts';
import { call } from './support/trailproof.ts';

const folders = temporaryFolders();
const RULE = 'audit-logging-stopped';

const stopped = (number: number, user: string) =>
  cloudTrailRecord(number, {
    eventSource: 'cloudtrail.amazonaws.com',
    eventName: 'StopLogging',
    requestParameters: { name: 'organisation' },
    userIdentity: {
      type: 'IAMUser',
      principalId: `AIDAEXAMPLE${user}`,
      arn: `arn:aws:iam::111122223333:user/${user}`,
      accountId: '111122223333',
      userName: user,
    },
  });

/** Sixty ordinary calls, and three by which logging stops: two of them within the hour of one person. */
const RECORDS = [
  ...Array.from({ length: 60 }, (_, n) => cloudTrailRecord(n)),
  stopped(100, 'mallory'),
  stopped(110, 'mallory'),
  stopped(3_000, 'trent'),
];

describe('rules over a trail', () => {
  let data = '';
  const run = (...argv: readonly string[]) =>
    call([...argv, '--data', data], { nowMs: Date.UTC(2026, 4, 8) });
  const json = async (...argv: readonly string[]) => JSON.parse((await run(...argv, '--output', 'json')).out);

  beforeAll(async () => {
    data = folders();
    const input = RECORDS.map((record) => JSON.stringify(record)).join('\n');
    expect(await call(['ingest', '-', '--data', data], { input })).toMatchObject({ status: 0 });
  });

  const uidOf = async (expression: string): Promise<string> => {
    const [first] = await json('query', expression, '--fields', 'metadata.uid');
    return first['metadata.uid'];
  };

  test('explain shows each condition with what the event has, and says what it does not look at', async () => {
    const uid = await uidOf('operation:StopLogging AND NOT source:trailproof');
    const { status, out, err } = await run('rules', 'explain', RULE, uid.slice(0, 12));
    expect([status, err]).toEqual([0, '']);
    expect(out).toContain('✔ yes matches  CloudTrail Stopped Or Deleted');
    expect(out).toMatch(/✔ yes eventName is one of "StopLogging".*\n.*the event has "StopLogging"/);
    expect(out).toMatch(
      /✘ no {2}eventSource is "config\.amazonaws\.com"\n.*has "cloudtrail\.amazonaws\.com"/,
    );
    expect(out).toMatch(/errorCode has a value\n.*the event has no such field/);
    expect(out).toMatch(/And \d rules look at other sources/);
  });

  test('explain of an event that does not match says why not, and exits 0', async () => {
    const uid = await uidOf('operation:PutBucketPolicy');
    const { status, out } = await run('rules', 'explain', 'CloudTrail Stopped Or Deleted', uid);
    expect(status).toBe(0);
    expect(out).toContain('✘ no  does not match  CloudTrail Stopped Or Deleted');
    expect(out).toMatch(/✘ no {2}eventName is one of .*\n.*the event has "PutBucketPolicy"/);
  });

  test('explain of a finding is about the event that was found', async () => {
    const [finding] = await json('findings');
    const { rules, event } = await json('rules', 'explain', finding.rule.id, finding.uid);
    expect(event.uid).toBe(finding.events[0]);
    expect(rules).toMatchObject([
      { matches: true, kind: 'rule', looksAt: 'record', rule: { id: finding.rule.id } },
    ]);
  });

  test('replay finds what was found live, groups it alike, and writes nothing', async () => {
    const before = digest(data);
    const replayed = await json('rules', 'replay', RULE);
    const live = (await json('findings')) as { rule: { title: string } }[];
    const own = live.filter(({ rule }) => /CloudTrail Stopped/.test(rule.title));
    const alerts = ((await json('alerts')) as { title: string }[]).filter(({ title }) =>
      /Stopped/.test(title),
    );
    expect(replayed).toMatchObject({
      events: 63,
      fires: own.length,
      alerts: alerts.length,
      isAtLeast: false,
    });
    expect([own.length, alerts.length, replayed.groups]).toEqual([3, 2, 2]);
    expect(replayed.top[0]).toMatchObject({
      fires: 2,
      sample: { uid: expect.stringMatching(/^[0-9a-f]{64}$/) },
    });
    expect(replayed.samples[0].events).toHaveLength(1);
    expect(digest(data)).toBe(before);
  });

  test('replay looks at the span of time that it is given, and reckons a week from it', async () => {
    const early = await json('rules', 'replay', RULE, '--until', '2026-05-05');
    expect(early).toMatchObject({ events: 62, fires: 2, alerts: 1 });
    const late = await json('rules', 'replay', RULE, '--since', '2026-05-05', '--until', '2026-05-19');
    expect(late).toMatchObject({ events: 1, fires: 1, alerts: 1, alertsPerWeek: 0.5 });
    const whole = await json('rules', 'replay', RULE);
    const { since } = await json('rules', 'replay', RULE, '--since', '400d');
    // Of the year before its first event the trail knows nothing.
    expect(since).toBe(whole.since);
    const { out } = await run('rules', 'replay', RULE, '--since', '3d');
    expect(out).toMatch(/fires +1\n.*groups +1\n.*alerts +1\n.*alerts per week +2\.3\n/);
  });

  test('replay of a new rule from a path needs no restart, and a staged one says what it would tell', async () => {
    const path = join(folders(), 'new.yml');
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(
      path,
      `title: Policy Put
id: 6f1e2f7c-2b53-4d9b-9a51-7a5f0a3c1d10
level: high
logsource: {product: aws, service: cloudtrail}
detection:
  selection: {eventName: PutBucketPolicy}
  condition: selection
trailproof: {stage: staged, family: policy-put, group-by: [actor.user.name], window: 1d}
`,
    );
    expect(await json('rules', 'replay', path)).toMatchObject({ fires: 60, groups: 1, alerts: 1 });
    expect((await run('rules', 'replay', path)).out).toContain('if it were live: it is staged');
  });

  test('replay of a rule with a fault exits 1, with its place', async () => {
    const path = join(folders(), 'bad.yml');
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, 'title: Bad\ndetection: {s: {f|containz: x}, condition: s}\n');
    const { status, err } = await run('rules', 'replay', path);
    expect(status).toBe(1);
    expect(err).toMatch(/bad\.yml:2:19: unknown modifier "containz"/);
  });

  test('replay of a correlation remembers as it would have live', async () => {
    const path = join(folders(), 'many.yml');
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(
      path,
      `title: Put
name: put
logsource: {product: aws, service: cloudtrail}
detection: {s: {eventName: PutBucketPolicy}, condition: s}
---
title: Many Puts
id: 0b7a3d52-8a0e-4e6c-b8f4-1c5d2e3f4a5b
level: medium
correlation: {type: event_count, rules: [put], group-by: [userIdentity.userName], timespan: 10m, condition: {gte: 5}}
`,
    );
    const replayed = await json('rules', 'replay', path);
    expect(replayed).toMatchObject({ alerts: expect.any(Number) });
    expect(replayed.fires).toBeGreaterThan(0);
    expect(replayed.top.every(({ rule }: { rule: string }) => rule.startsWith('0b7a3d52'))).toBe(true);
    const uid = replayed.top[0].sample.uid;
    const explained = await json('rules', 'explain', path, uid);
    expect(explained.rules).toMatchObject([
      { kind: 'rule', matches: true },
      {
        kind: 'event_count',
        matches: true,
        observed: [{ reference: 'put', group: [{ field: 'userIdentity.userName', values: ['alice'] }] }],
        said: [expect.stringContaining('5 events')],
      },
    ]);
  });

  test.for([
    [['rules', 'explain', RULE], 'takes a RULE'],
    [['rules', 'replay'], 'takes one RULE'],
    [['rules', 'replay', 'logging-stopped'], 'Did you mean "audit-logging-stopped"'],
    [['rules', 'replay', 'zzz'], 'No rule has the id, name, title, folder or path "zzz"'],
  ] as const)('%j is refused: %s', async ([argv, message]) => {
    const { status, err } = await run(...argv);
    expect(status).toBe(2);
    expect(err.replace(/\s+/g, ' ')).toContain(message);
  });

  test('hostile values stay inert in an explanation', async () => {
    const name = 'x\u001b[31m\u202e';
    const input = JSON.stringify({ ...stopped(200, 'eve'), errorCode: name });
    const own = folders();
    expect(await call(['ingest', '-', '--data', own], { input })).toMatchObject({ status: 0 });
    const [event] = JSON.parse(
      (
        await call([
          'query',
          'operation:StopLogging',
          '--data',
          own,
          '--output',
          'json',
          '--fields',
          'metadata.uid',
        ])
      ).out,
    );
    const { out } = await call(['rules', 'explain', RULE, event['metadata.uid'], '--data', own]);
    expect(out).toContain('\\u{1b}[31m\\u{202e}');
    expect(out).not.toContain('\u001b');
    expect(out).not.toContain('\u202e');
  });
});

/** Every file of a data folder, by name, size and content. */
function digest(folder: string): string {
  const hash = createHash('sha256');
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' }).toSorted()) {
    const path = join(folder, name);
    // SQLite's shared memory is no data: whoever opens the table makes it.
    if (!statSync(path).isFile() || /-(shm|wal)$/.test(name)) continue;
    hash.update(`${name}\n`).update(readFileSync(path));
  }
  return hash.digest('hex');
}
