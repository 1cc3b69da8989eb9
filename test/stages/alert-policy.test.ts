import { describe, expect, test } from 'vitest';
import { validateEvent } from '../../shared/ocsf/validate.ts';
import { acknowledge, act, leave, resolve, silence, snooze, unsilence } from '../../shared/stages/act.ts';
import { listAlerts, listFindings, listSilences } from '../../shared/stages/alert.ts';
import { enqueue } from '../../shared/stages/append.ts';
import { listDead } from '../../shared/stages/delivery-rows.ts';
import { readLines } from '../../shared/stages/read-trail.ts';
import { announceSinks } from '../../shared/stages/sinks.ts';
import { findingEntry } from '../alert/alerts.ts';
import { STOP_LOGGING } from '../detect/events.ts';
import { sharedFile } from '../shared-data.ts';
import { makeWorld, START_MS, type World } from './alert-world.ts';

const HOUR = 3_600_000;
const alice = { by: 'alice', via: 'command line' };
const BUDGETED = STOP_LOGGING.replace('  window: 30m', '  window: 30m\n  budget: 2');
const at = (hour: number) => Date.UTC(2026, 2, 4, hour);

const portsOf = (world: ReturnType<typeof makeWorld>) => world.dependencies().ports;
const states = async ({ trail }: World) =>
  (await listAlerts(trail.table, 99)).map(({ fate, status, count }) => `${fate} ${status.state} ${count}`);

describe('a silence', () => {
  const during = { match: { family: ['audit-*'] }, reason: 'CHG-1', fromMs: at(4), untilMs: at(6) };

  test('keeps quiet what happened under it, whenever it is told, and nothing else', async () => {
    const world = makeWorld();
    const uid = await silence(portsOf(world), { ...alice, ...during });
    expect(uid.ok).toBe(true);
    await world.run();
    await world.append(
      findingEntry(1, { hour: 3 }),
      findingEntry(2, { hour: 5 }),
      findingEntry(3, { hour: 7 }),
    );
    await world.run();
    expect(await states(world)).toEqual(['told open 1', 'silenced open 1', 'told open 1']);
    expect(world.told).toHaveLength(2);
    expect(world.opened).toHaveLength(2);
    const [, quiet] = await listAlerts(world.trail.table, 9);
    expect(quiet?.silence).toBe(uid.ok ? uid.value : '');
  });

  test('that is over lets the same alert speak, with all that is in it', async () => {
    const world = makeWorld();
    await silence(portsOf(world), { ...alice, ...during, untilMs: at(5) + 600_000 });
    await world.run();
    await world.append(findingEntry(1, { hour: 5 }));
    await world.run();
    expect(world.told).toEqual([]);
    await world.append(findingEntry(2, { hour: 5, more: { eventTime: '2026-03-04T05:20:00Z' } }));
    await world.run();
    expect(world.told).toMatchObject([{ change: 'opened', count: 2 }]);
  });

  test('opens nothing again that was resolved', async () => {
    const world = makeWorld();
    await world.append(findingEntry(1, { hour: 3 }));
    await world.run();
    const [alert] = await listAlerts(world.trail.table, 1);
    await resolve(portsOf(world), { ...alice, alertUid: alert?.uid ?? '' });
    await silence(portsOf(world), { ...alice, ...during, fromMs: at(3) });
    await world.run();
    await world.append(findingEntry(2, { hour: 3 }));
    await world.run();
    expect(await states(world)).toEqual(['told resolved 2']);
  });

  test('that somebody ends is over from then on, and the trail says who did what', async () => {
    const world = makeWorld();
    const begun = await silence(portsOf(world), { ...alice, ...during, fromMs: at(2), untilMs: at(9) });
    await world.run();
    world.nowMs = at(4);
    await unsilence(portsOf(world), { by: 'bob', via: 'console', silenceUid: begun.ok ? begun.value : '' });
    await world.run();
    await world.append(findingEntry(1, { hour: 3 }), findingEntry(2, { hour: 5 }));
    await world.run();
    expect(await states(world)).toEqual(['told open 1', 'silenced open 1']);
    expect(await listSilences(world.trail.table)).toMatchObject([
      { owner: 'alice', reason: 'CHG-1', untilMs: at(4), endedBy: 'bob' },
    ]);
    await world.rebuild();
    expect(await listSilences(world.trail.table)).toMatchObject([{ untilMs: at(4), endedBy: 'bob' }]);
    expect(await states(world)).toEqual(['told open 1', 'silenced open 1']);
  });

  test.each([
    [{ match: {} }, 'says what it is for'],
    [{ reason: ' ' }, 'has a reason'],
    [{ untilMs: START_MS }, 'ends after'],
    [{ untilMs: START_MS + 31 * 24 * HOUR }, 'at most 30 days'],
  ])('with %j is refused', async (more, why) => {
    const world = makeWorld();
    const begun = await silence(portsOf(world), { ...alice, ...during, fromMs: START_MS, ...more });
    expect(begun).toMatchObject({ ok: false, fault: expect.stringContaining(why) });
  });

  test('of a severity leaves alone what nobody has weighed', async () => {
    const world = makeWorld();
    await silence(portsOf(world), { ...alice, ...during, match: { severity: ['low', 'high'] } });
    await world.run();
    await world.append(findingEntry(1, { hour: 5, rule: STOP_LOGGING.replace('level: high\n', '') }));
    await world.run();
    expect(await states(world)).toEqual(['told open 1']);
  });
});

describe('a rule over its budget', () => {
  test('goes to a digest that says so, once a week, brought up to date once a day', async () => {
    const world = makeWorld();
    const rule = BUDGETED;
    for (let hour = 4; hour < 9; hour += 1) await world.append(findingEntry(hour, { hour, rule }));
    await world.run();
    expect((await states(world)).toSorted()).toEqual([
      'digest open 1',
      'digest open 1',
      'digest open 1',
      'told open 1',
      'told open 1',
      'told open 3',
    ]);
    expect(world.told.map(({ change, count }) => `${change} ${count}`)).toEqual([
      'opened 1',
      'opened 1',
      'digest 3',
    ]);
    const [digest] = (await listAlerts(world.trail.table, 9)).filter(({ isDigest }) => isDigest);
    expect(digest?.message).toContain('2 times a week');
    expect(digest?.message).toContain('3 more were found');
    await world.append(findingEntry(20, { hour: 20, rule }));
    await world.run();
    expect(world.told).toHaveLength(3);
    world.nowMs += 24 * HOUR;
    await world.run();
    expect(world.told.slice(3)).toMatchObject([{ change: 'digest', count: 4, about: digest?.uid }]);
  });

  test('still tells what is worse than all that used it up, also of what was counted already', async () => {
    const world = makeWorld({
      places: [{ environment: 'production', accounts: ['2222*'], resources: [] }],
    });
    const rule = BUDGETED.replace('level: high', 'level: low').replace(
      '  budget: 2',
      '  budget: 2\n  severity: {production: critical}',
    );
    const production = (hour: number) => ({
      hour,
      rule,
      more: { recipientAccountId: '222233334444', userIdentity: { type: 'IAMUser', userName: 'alice' } },
    });
    for (let hour = 4; hour < 8; hour += 1) {
      await world.append(findingEntry(hour, { hour, rule }));
      await world.run();
    }
    const before = world.told.length;
    await world.append(findingEntry(10, production(10)), findingEntry(11, production(7)));
    await world.run();
    const critical = (await listAlerts(world.trail.table, 99)).filter(
      ({ severity, isDigest }) => severity === 'critical' && isDigest !== true,
    );
    expect(critical.map(({ fate, count }) => `${fate} ${count}`).toSorted()).toEqual(['told 1', 'told 2']);
    expect(world.told.slice(before).map(({ change }) => change)).toEqual(['opened', 'opened']);
    for (const hour of [12, 13]) await world.append(findingEntry(hour, production(hour)));
    await world.run();
    expect(world.told.slice(before + 2)).toEqual([]);
  });

  test('is within it again next week, and repeats of what was told still are', async () => {
    const world = makeWorld();
    const rule = BUDGETED;
    for (let hour = 4; hour < 7; hour += 1) await world.append(findingEntry(hour, { hour, rule }));
    await world.run();
    await world.append(findingEntry(30, { hour: 4, rule }));
    await world.append(findingEntry(31, { rule, more: { eventTime: '2026-03-10T05:00:00Z' } }));
    await world.run();
    expect(world.told.slice(3).map(({ change, count }) => `${change} ${count}`)).toEqual([
      'updated 2',
      'opened 1',
    ]);
  });
});

describe('a severity that nobody has weighed', () => {
  const unweighed = STOP_LOGGING.replace('level: high\n', '');
  const level = (word: string) => STOP_LOGGING.replace('level: high', `level: ${word}`);

  test.each([
    [unweighed, level('low'), 'unknown'],
    [level('medium'), unweighed, 'unknown'],
    [unweighed, level('high'), 'high'],
    [level('critical'), unweighed, 'critical'],
  ])('is lowered by nothing mild, and lowers nothing severe', async (first, second, severity) => {
    const world = makeWorld();
    await world.append(findingEntry(1, { rule: first }));
    await world.run();
    await world.append(findingEntry(2, { rule: second }));
    await world.run();
    expect(await listAlerts(world.trail.table, 9)).toMatchObject([{ severity, count: 2 }]);
  });
});

describe('the environment', () => {
  const rule = STOP_LOGGING.replace('level: high', 'level: low').replace(
    '  window: 30m',
    '  window: 30m\n  severity: {production: critical, sandbox: informational}',
  );
  const place = (environment: string) => ({ environment, accounts: ['1111*'], resources: [] });

  test.each([
    ['production', 'critical', 1],
    ['staging', 'low', 1],
  ] as const)('%s makes it %s', async (environment, severity, count) => {
    const world = makeWorld({ places: [place(environment)] });
    await world.append(findingEntry(1, { rule }));
    await world.run();
    expect(await listAlerts(world.trail.table, 9)).toMatchObject([{ environment, severity }]);
    expect(world.told).toHaveLength(count);
  });

  test('in which a rule is mere information has findings and no alerts', async () => {
    const world = makeWorld({ places: [place('sandbox')] });
    await world.append(findingEntry(1, { rule }));
    await world.run();
    expect(await states(world)).toEqual([]);
    expect(await listFindings(world.trail.table, 9)).toHaveLength(1);
  });
});

describe('routes', () => {
  const world = () =>
    makeWorld({
      sinks: ['oncall', 'ops', 'siem'],
      places: [{ environment: 'production', accounts: ['1111*'], resources: [] }],
      routing: {
        routes: [
          { match: { family: ['nothing'] }, sinks: ['oncall'] },
          {
            match: { severity: ['critical', 'high'], environment: ['prod*'] },
            sinks: ['oncall'],
            continue: true,
          },
          { match: { account: ['111122223333'] }, sinks: ['ops', 'oncall'] },
          { sinks: ['siem'] },
        ],
      },
    });

  test('send an alert to the sinks of the first that matches, and go on where it says so', async () => {
    const sent = world();
    await sent.append(findingEntry(1));
    await sent.run();
    expect(sent.told.map(({ sink }) => sink).toSorted()).toEqual(['oncall', 'ops']);
  });

  test('let through what nobody has weighed, wherever they ask for a severity', async () => {
    const sent = makeWorld({
      sinks: ['oncall', 'ops'],
      routing: { routes: [{ match: { severity: ['critical'] }, sinks: ['oncall'] }, { sinks: ['ops'] }] },
    });
    await sent.append(findingEntry(1, { rule: STOP_LOGGING.replace('level: high\n', '') }));
    await sent.append(findingEntry(2, { hour: 5 }));
    await sent.run();
    expect(sent.told.map(({ sink }) => sink).toSorted()).toEqual(['oncall', 'ops']);
  });

  test('that match nothing send it everywhere', async () => {
    const sent = makeWorld({
      sinks: ['ops', 'siem'],
      routing: { routes: [{ match: { family: ['other'] }, sinks: ['ops'] }] },
    });
    await sent.append(findingEntry(1));
    await sent.run();
    expect(sent.told.map(({ sink }) => sink).toSorted()).toEqual(['ops', 'siem']);
  });

  test('send a new sink nothing that was opened before it was there, today or after a rebuild', async () => {
    const sent = makeWorld({ sinks: ['ops', 'siem'] });
    const { ports } = sent.dependencies();
    await announceSinks(ports, ['ops'], alice);
    await sent.settle();
    await enqueue(ports, [findingEntry(1)]);
    await sent.run();
    await sent.append(findingEntry(2, { hour: 5 }));
    await sent.run();
    const bySink = () => sent.told.map(({ sink }) => sink).toSorted();
    expect(bySink()).toEqual(['ops', 'ops', 'siem']);
    await sent.rebuild();
    await sent.run();
    expect(bySink()).toEqual(['ops', 'ops', 'siem']);
  });
});

test('a rule that says that a condition is over resolves what its group alerted about', async () => {
  const world = makeWorld();
  await world.append(findingEntry(1));
  await world.run();
  const over = STOP_LOGGING.replace('6e6f', '8e6f')
    .replace('title: Logging Stopped', 'title: Logging Started Again')
    .replace(
      '  family: audit-logging-stopped',
      '  family: audit-logging-started\n  resolves: audit-logging-stopped',
    );
  await world.append(findingEntry(2, { rule: over, hour: 3 }));
  await world.run();
  expect(await listAlerts(world.trail.table, 9)).toMatchObject([
    { status: { state: 'resolved', by: 'Logging Started Again', via: 'rule' }, count: 1 },
  ]);
  expect(world.told.map(({ change }) => change)).toEqual(['opened', 'resolved']);
});

test('what somebody has acknowledged is open again when it becomes worse', async () => {
  const world = makeWorld();
  await world.append(findingEntry(1));
  await world.run();
  const [alert] = await listAlerts(world.trail.table, 1);
  await acknowledge(portsOf(world), { ...alice, alertUid: alert?.uid ?? '' });
  await world.run();
  await world.append(findingEntry(2));
  await world.run();
  expect(await states(world)).toEqual(['told acknowledged 2']);
  const worse = STOP_LOGGING.replace('level: high', 'level: critical').replace('6e6f', '7e6f');
  await world.append(findingEntry(3, { rule: worse }));
  await world.run();
  expect(await states(world)).toEqual(['told open 3']);
  expect(world.told.map(({ change }) => change)).toEqual(['opened', 'acknowledged', 'updated', 'opened']);
});

test('an act that changes nothing is no entry, so that an echo ends there', async () => {
  const world = makeWorld();
  await world.append(findingEntry(1));
  await world.run();
  const [alert] = await listAlerts(world.trail.table, 1);
  const request = { ...alice, alertUid: alert?.uid ?? '' };
  expect(await acknowledge(portsOf(world), request)).toMatchObject({
    value: { outcome: 'left to be appended' },
  });
  await world.run();
  expect(await acknowledge(portsOf(world), request)).toMatchObject({ value: { outcome: 'already' } });
  await resolve(portsOf(world), request);
  await world.run();
  expect(await acknowledge(portsOf(world), request)).toMatchObject({ value: { outcome: 'already' } });
  expect(await act(portsOf(world), { ...request, kind: 'snooze', untilMs: world.nowMs })).toMatchObject({
    ok: false,
  });
  expect(await acknowledge(portsOf(world), { ...alice, alertUid: 'ffff' })).toMatchObject({ ok: false });
});

test('a dead letter that is redriven is sent again under the same id, and refused again it is dead again', async () => {
  const world = makeWorld();
  const asked: string[] = [];
  world.behaviour.set('ops', ({ headers }) => {
    asked.push(headers['id'] ?? '');
    return { status: 400, headers: {}, body: 'no' };
  });
  await world.append(findingEntry(1));
  await world.run();
  for (let round = 0; round < 2; round += 1) {
    const [letter] = await listDead(world.trail.table, 'ops', 9);
    const { subject = '', about = '', generation } = letter ?? {};
    if (round === 1) world.behaviour.clear();
    await leave(
      portsOf(world),
      { kind: 'redrive', sink: 'ops', subject, about, ...alice },
      { key: `${generation}` },
    );
    await world.run();
  }
  expect(asked).toHaveLength(2);
  expect(new Set([...asked, world.told[0]?.id]).size).toBe(1);
  expect(await listDead(world.trail.table, 'ops', 9)).toEqual([]);
  await world.rebuild();
  expect(await listDead(world.trail.table, 'ops', 9)).toEqual([]);
  await world.run();
  expect(world.told).toHaveLength(1);
});

test('every entry that people and deliveries leave is a valid OCSF event', async () => {
  const world = makeWorld({ sinks: ['ops', 'other'] });
  world.behaviour.set('other', () => ({ status: 400, headers: {}, body: 'no' }));
  const ports = portsOf(world);
  await world.append(findingEntry(1));
  await world.run();
  const [alert] = await listAlerts(world.trail.table, 1);
  const request = { ...alice, alertUid: alert?.uid ?? '', reason: 'looking \u202e into it' };
  await snooze(ports, { ...request, untilMs: world.nowMs + HOUR });
  await world.run();
  await acknowledge(ports, request);
  await world.run();
  await resolve(ports, request);
  await world.run();
  await act(ports, { ...request, kind: 'reopen' });
  const begun = await silence(ports, {
    ...alice,
    match: { who: ['a*'] },
    reason: 'r',
    untilMs: world.nowMs + HOUR,
  });
  await world.run();
  await unsilence(ports, { ...alice, silenceUid: begun.ok ? begun.value : '' });
  const [letter] = await listDead(world.trail.table, 'other', 9);
  const { subject = '', about = '' } = letter ?? {};
  await leave(ports, { kind: 'redrive', sink: 'other', subject, about, ...alice }, {});
  await leave(ports, { kind: 'test', sink: 'ops', outcome: 'retry', why: 'HTTP 500', ...alice }, {});
  await world.run();
  const tool = sharedFile('tools/ocsf-validate.mjs');
  const schema = sharedFile('ocsf/ocsf-schema-1.8.0.json');
  const theirs =
    tool === undefined || schema === undefined
      ? undefined
      : await import(tool).then(({ loadSchema, Validator }) => new Validator(loadSchema(schema)));
  const kinds = new Set<string>();
  for await (const { line } of readLines(world.trail, 0, Number.MAX_SAFE_INTEGER)) {
    const event = JSON.parse(line);
    const kind = event.unmapped?.trailproof?.act?.kind;
    if (kind === undefined) continue;
    kinds.add(kind);
    expect({ kind, faults: validateEvent(event) }).toEqual({ kind, faults: [] });
    const errors = theirs?.validate(event, { checkVersion: true }).errors ?? [];
    expect({ kind, errors }).toEqual({ kind, errors: [] });
  }
  expect([...kinds].toSorted()).toEqual([
    'acknowledge',
    'dead',
    'delivered',
    'redrive',
    'reopen',
    'resolve',
    'silence',
    'sinks',
    'snooze',
    'test',
    'unsilence',
  ]);
});
