import { hash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import {
  BOUNDS,
  decodeState,
  encodeState,
  type Firing,
  silentRules,
} from '../../../../shared/detect/sigma/correlation/index.ts';
import { type Loaded, loadSound, Run } from './engine.ts';

const BASE = `title: Login
id: login
name: login
detection: {s: {type: login}, condition: s}
---
title: Logout
id: logout
name: logout
detection: {s: {type: logout}, condition: s}
---
`;

const correlation = (members: string, id = 'it') =>
  `title: ${id}\nid: ${id}\ncorrelation: {rules: [login], group-by: [user], timespan: 10s, ${members}}\n---\n`;

const COUNT = correlation('type: event_count, condition: {gte: 3}');

function runOf(text: string, bounds = BOUNDS): Run {
  return new Run(loadSound(BASE + text), bounds);
}

const login = (seconds: number, more: object = {}) => ({
  time: seconds * 1000,
  event: { type: 'login', user: 'alice', ...more },
});

/** How many findings each event opened. */
function fired(run: Run, events: readonly Parameters<Run['take']>[0][]): readonly number[] {
  return events.map((event) => run.take(event).filter(({ kind }) => kind === 'new').length);
}

describe('windows', () => {
  test('both ends of a window belong to it', () => {
    expect(fired(runOf(COUNT), [login(0), login(5), login(10)])).toEqual([0, 0, 1]);
    expect(fired(runOf(COUNT), [login(0), login(5), login(10.001)])).toEqual([0, 0, 0]);
  });

  test('a correlation fires once, until its window has passed', () => {
    const events = [0, 1, 2, 3, 12, 12.001, 13].map((second) => login(second));
    expect(fired(runOf(COUNT), events)).toEqual([0, 0, 1, 0, 0, 1, 0]);
    const run = runOf(COUNT);
    const [update] = events.flatMap((event) => run.take(event).filter(({ kind }) => kind === 'update'));
    expect(update).toMatchObject({ eventCount: 5, joinedCount: 2, event: { time: 12_000 } });
  });

  test('what joins a finding is told once, when its window closes', () => {
    const run = runOf(COUNT);
    fired(run, [login(0), login(1), login(2), login(3), login(4)]);
    const [update, ...more] = run.take(login(30, { user: 'bob' }));
    expect(more).toEqual([]);
    expect(update).toMatchObject({ kind: 'update', eventCount: 5, joinedCount: 2, event: { time: 4000 } });
    expect(run.take(login(31, { user: 'bob' }))).toEqual([]);
  });

  test('a finding that nothing joined has no update', () => {
    const run = runOf(COUNT);
    fired(run, [login(0), login(1), login(2)]);
    expect(run.advance(100_000)).toEqual([]);
  });

  test('a late event is counted in the windows of its own time', () => {
    expect(fired(runOf(COUNT), [login(0), login(9), login(4)])).toEqual([0, 0, 1]);
    expect(fired(runOf(COUNT), [login(20), login(18), login(11)])).toEqual([0, 0, 1]);
  });

  test('a history that is read after a newer one is judged as if it were alone', () => {
    const run = runOf(COUNT);
    fired(run, [login(1_000_000, { user: 'bob' }), login(1_000_000, { user: 'bob' })]);
    expect(fired(run, [login(0), login(1), login(2)])).toEqual([0, 0, 1]);
    expect(run.state.plans[0]?.lateCount).toBe(3);
  });

  test('an event is forgotten when time has moved on by two timespans since it came', () => {
    const run = runOf(COUNT);
    fired(run, [login(0), login(1)]);
    run.take(login(40, { user: 'bob' }));
    expect(run.take(login(2))).toEqual([]);
    expect(run.state.groupCount).toBe(2);
  });
});

describe('lateness', () => {
  const late = correlation('type: event_count, condition: {gte: 3}, lateness: 5s');

  test('events wait until nothing earlier is waited for', () => {
    const run = runOf(late);
    expect(fired(run, [login(0), login(2), login(1), login(6.999)])).toEqual([0, 0, 0, 0]);
    expect(run.take(login(7))).toMatchObject([{ kind: 'new', event: { time: 2000 } }]);
  });

  test('order of arrival within it changes nothing', () => {
    const ordered = correlation('rules: [login, logout], type: temporal_ordered, lateness: 5s').replace(
      'rules: [login], ',
      '',
    );
    const logout = { time: 3000, event: { type: 'logout', user: 'alice' } };
    for (const events of [
      [login(1), logout],
      [logout, login(1)],
    ]) {
      const run = runOf(ordered);
      expect(fired(run, events)).toEqual([0, 0]);
      expect(run.advance(20_000)).toMatchObject([{ kind: 'new', event: { time: 3000 } }]);
    }
  });

  test('an event that is later than that is counted, and judged at once', () => {
    const run = runOf(late);
    fired(run, [login(0), login(1), login(50)]);
    expect(run.state.plans[0]?.lateCount).toBe(0);
    expect(fired(run, [login(44), login(44.5), login(44.9)])).toEqual([0, 0, 1]);
    expect(run.state.plans[0]?.lateCount).toBe(3);
  });

  test('more than a bound does not wait', () => {
    const run = runOf(late, { ...BOUNDS, heldCountMax: 10 });
    for (let n = 0; n < 100; n += 1) run.take(login(n / 1000, { user: `user ${n}` }));
    expect(run.state.plans[0]?.held.length).toBe(10);
  });
});

describe('groups', () => {
  test('an event without a field of the group does not take part', () => {
    const run = runOf(COUNT);
    const bare = { time: 1000, event: { type: 'login' } };
    const empty = { time: 1000, event: { type: 'login', user: null } };
    expect(fired(run, [bare, bare, bare, empty, empty, empty])).toEqual([0, 0, 0, 0, 0, 0]);
    expect(run.state.groupCount).toBe(0);
  });

  test('an event with several values is in the group of each, up to a bound', () => {
    const run = runOf(COUNT);
    const users = Array.from({ length: 100 }, (_, n) => `user ${n}`);
    run.take(login(0, { user: users }));
    expect(run.state.groupCount).toBe(16);
  });

  test('without group-by all events are one group', () => {
    const run = runOf(COUNT.replace('group-by: [user], ', ''));
    expect(fired(run, [login(0), login(1, { user: 'bob' }), login(2, { user: 'eve' })])).toEqual([0, 0, 1]);
  });

  test('no value of an event is taken for another, or for something of ours', () => {
    const values = [
      '__proto__',
      'constructor',
      '',
      '["=a","=b"]',
      '#x',
      'é',
      'e\u0301',
      '\ud800',
      'A',
      'a',
      '1',
      '01',
    ];
    const run = runOf(COUNT.replace('gte: 3', 'gte: 2'));
    for (const user of values) expect(run.take(login(0, { user }))).toEqual([]);
    const firings = values.flatMap((user) => run.take(login(1, { user })));
    expect(firings.map(({ group: [user] }) => user)).toEqual(values.map((user) => user.toWellFormed()));
  });

  test('values of a megabyte are told apart, and not kept', () => {
    const run = runOf(COUNT.replace('gte: 3', 'gte: 2'));
    const long = 'x'.repeat(1_000_000);
    expect(fired(run, [login(0, { user: `${long}1` }), login(1, { user: `${long}2` })])).toEqual([0, 0]);
    const asHash = `#${hash('sha256', `${long}2`, 'base64url')}`;
    expect(fired(run, [login(1, { user: asHash })])).toEqual([0]);
    const [firing] = run.take(login(2, { user: `${long}2` }));
    expect(firing?.group[0]?.length).toBeLessThan(300);
    expect(encodeState(run.loaded.set, run.state).length).toBeLessThan(10_000);
  });
});

describe('conditions', () => {
  test('distinct values are counted by tuple, and null is no value', () => {
    const run = runOf(correlation('type: value_count, condition: {field: [ip, port], gte: 3}'));
    const events = [
      login(0, { ip: 'a', port: 1 }),
      login(1, { ip: 'a', port: 1 }),
      login(2, { ip: 'a', port: null }),
      login(3, { ip: 'a', port: 2 }),
      login(4, { ip: 'b', port: 2 }),
    ];
    expect(fired(run, events)).toEqual([0, 0, 0, 0, 1]);
  });

  test('what is not a number is not summed', () => {
    const run = runOf(correlation('type: value_sum, condition: {field: bytes, gt: 10}'));
    const bytes = ['6', 'many', '1e999', '0x10', true, 6];
    expect(
      fired(
        run,
        bytes.map((value, n) => login(n, { bytes: value })),
      ),
    ).toEqual([0, 0, 0, 0, 0, 1]);
  });

  test('a percentile lies between values in proportion', () => {
    const run = runOf(
      correlation('type: value_percentile, condition: {field: ms, percentile: 75, gte: 3.5}'),
    );
    expect(
      fired(
        run,
        [1, 2, 3, 5].map((ms, n) => login(n, { ms })),
      ),
    ).toEqual([0, 0, 0, 1]);
  });

  test('one event is one step of an order, and both rules of a set', () => {
    const both = { time: 0, event: { type: ['login', 'logout'], user: 'alice' } };
    const text = (type: string) =>
      correlation(`rules: [login, logout], type: ${type}`).replace('rules: [login], ', '');
    expect(fired(runOf(text('temporal')), [both])).toEqual([1]);
    expect(fired(runOf(text('temporal_ordered')), [both, { ...both, time: 1 }])).toEqual([0, 1]);
  });
});

describe('correlations of correlations', () => {
  const chain = `${COUNT}title: then
id: then
correlation:
  type: temporal_ordered
  rules: [it, logout]
  group-by: [who]
  timespan: 1m
  aliases: {who: {login: user, logout: actor}}
`;
  const logout = { time: 5000, event: { type: 'logout', actor: 'alice' } };

  test('a firing is an event of the correlation above, with the fields of the event that made it fire', () => {
    const run = runOf(chain);
    expect(fired(run, [login(0), login(1), login(2)])).toEqual([0, 0, 1]);
    expect(run.take(logout)).toMatchObject([
      { correlation: { id: 'then' }, group: ['alice'], eventCount: 2 },
    ]);
    expect(runOf(chain).take(logout)).toEqual([]);
  });

  test('without generate, only the uppermost makes findings', () => {
    const { set, correlations } = loadSound(BASE + chain);
    const unheard = silentRules(set.references);
    expect(correlations.map((each) => unheard.has(each))).toEqual([false, false].map((_, n) => n === 0));
    expect([...unheard].map(({ title }) => title).sort()).toEqual(['Login', 'Logout', 'it']);
    const generating = loadSound(BASE + chain.replace('timespan: 1m', 'timespan: 1m\n  generate: true'));
    expect([...silentRules(generating.set.references)].map(({ title }) => title)).toEqual(['Login']);
  });
});

describe('room', () => {
  test('any number of groups takes bounded room, and what was lost is owned up to', () => {
    const run = runOf(COUNT, { ...BOUNDS, groupCountMax: 500 });
    for (let n = 0; n < 20_000; n += 1) run.take(login(n / 10_000, { user: `user ${n}` }));
    expect(run.state.groupCount).toBe(500);
    expect(run.state.plans[0]?.groups.size).toBe(500);
    expect(run.state.plans[0]?.evictedCount).toBe(19_500);
    const firings = [1, 2, 3].flatMap((n) => run.take(login(2 + n / 10, { user: 'eve' })));
    expect(firings).toMatchObject([{ isAtLeast: true, eventCount: 3 }]);
  });

  test('one group takes bounded room however many its events, and counts on', () => {
    const run = runOf(correlation('type: value_count, condition: {field: ip, gte: 500}'));
    const firings: Firing[] = [];
    for (let n = 0; n < 10_000; n += 1) {
      const ip = n % 20 === 0 ? `ip ${n / 20}` : 'same';
      firings.push(...run.take(login(n / 1000, { ip })));
    }
    expect(run.state.eventCount).toBeLessThanOrEqual(1_250);
    expect(firings).toMatchObject([{ measured: 500, isAtLeast: true }]);
  });

  test('the busiest correlation makes room, not the others', () => {
    const run = runOf(
      COUNT +
        correlation('type: event_count, condition: {gte: 2}, rules: [logout]', 'quiet').replace(
          'rules: [login], ',
          '',
        ),
      {
        ...BOUNDS,
        groupCountMax: 100,
      },
    );
    run.take({ time: 0, event: { type: 'logout', user: 'alice' } });
    for (let n = 0; n < 1_000; n += 1) run.take(login(n / 1000, { user: `user ${n}` }));
    expect(run.take({ time: 2000, event: { type: 'logout', user: 'alice' } })).toHaveLength(1);
  });

  test('a finding whose group is forgotten for want of room is brought up to date before', () => {
    const run = runOf(COUNT, { ...BOUNDS, groupCountMax: 5 });
    fired(run, [login(0), login(1), login(2), login(3)]);
    const told = [1, 2, 3, 4, 5].flatMap((n) => run.take(login(4, { user: `user ${n}` })));
    expect(told).toMatchObject([{ kind: 'update', eventCount: 4 }]);
    expect(run.state.plans[0]?.closing).toEqual([]);
  });

  test('what is estimated to be taken comes back to nothing when all is forgotten', () => {
    const run = runOf(COUNT + correlation('type: value_count, condition: {field: ip, gte: 2}', 'other'));
    for (let n = 0; n < 3_000; n += 1) {
      run.take(login(n / 100, { user: `user ${n % 7}`, ip: `ip ${n % 31}` }));
    }
    expect(run.state.sizeBytes).toBeGreaterThan(10_000);
    run.advance(Number.POSITIVE_INFINITY);
    expect([run.state.groupCount, run.state.eventCount, run.state.sizeBytes]).toEqual([0, 0, 0]);
  });
});

describe('snapshots', () => {
  const text =
    COUNT + correlation('type: value_count, condition: {field: ip, gte: 2}, lateness: 3s', 'other');

  function busy(run: Run, restarts: boolean): readonly Firing[] {
    return Array.from({ length: 200 }, (_, n) => {
      const firings = run.take(login((n * 7) % 50, { user: `user ${n % 5}`, ip: `ip ${n % 3}` }));
      if (restarts) run.restart();
      return firings;
    }).flat();
  }

  test('a run that goes through its snapshots is the same run, to the byte', () => {
    const [whole, cut] = [runOf(text), runOf(text)];
    expect(busy(cut, true)).toEqual(busy(whole, false));
    expect(encodeState(cut.loaded.set, cut.state)).toBe(encodeState(whole.loaded.set, whole.state));
    expect([cut.state.sizeBytes, cut.state.dueMs]).toEqual([whole.state.sizeBytes, whole.state.dueMs]);
  });

  test('what was dropped for want of room is known after a restart', () => {
    const run = runOf(correlation('type: event_count, condition: {gte: 2}'));
    for (let n = 0; n < 2_000; n += 1) run.take(login(n / 1000));
    const before = encodeState(run.loaded.set, run.state);
    run.restart();
    expect(encodeState(run.loaded.set, run.state)).toBe(before);
    expect([...(run.state.plans[0]?.groups.values() ?? [])][0]?.lostMs).toBeGreaterThan(0);
  });

  test('a changed correlation starts afresh, and the others keep what they remember', () => {
    const run = runOf(text);
    fired(run, [login(0, { ip: 'a' }), login(1, { ip: 'a' })]);
    const changed: Loaded = loadSound(`# moved down by a line\n${BASE}${text.replace('gte: 3', 'gte: 2')}`);
    run.restart(changed);
    const [first, second] = run.state.plans;
    expect([first?.groups.size, second?.held.length]).toEqual([0, 2]);
  });

  test('a base rule that changed makes another correlation', () => {
    const one = loadSound(BASE + COUNT).set.plans[0]?.name;
    const other = loadSound(BASE.replace('type: login}', 'type: login, ok: 1}') + COUNT).set.plans[0]?.name;
    expect(other).not.toBe(one);
  });

  test('bytes that are no snapshot are no memory', () => {
    for (const broken of ['', '{', 'null', '{"version":1,"plans":[]}']) {
      const run = runOf(text);
      expect(decodeState(run.loaded.set, broken)).toEqual(run.state);
    }
  });
});
