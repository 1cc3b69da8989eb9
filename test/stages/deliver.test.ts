import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { HttpClient, Table } from '../../shared/ports.ts';
import { acknowledge, reopen, resolve, snooze } from '../../shared/stages/act.ts';
import { listAlerts } from '../../shared/stages/alert.ts';
import { deliver } from '../../shared/stages/deliver.ts';
import { listDead } from '../../shared/stages/delivery-rows.ts';
import { readLines } from '../../shared/stages/read-trail.ts';
import { wakeSnoozed } from '../../shared/stages/snooze.ts';
import { findingEntry } from '../alert/alerts.ts';
import { makeWorld, START_MS, type Told, type World } from './alert-world.ts';

const HOUR = 3_600_000;
const alice = { by: 'alice', via: 'command line' };
const shortly = (told: readonly Told[]) =>
  told.map(({ change, state, count }) => `${change} ${state} ${count}`);

async function actsOf({ trail }: World, kind: string): Promise<readonly Record<string, unknown>[]> {
  const acts: Record<string, unknown>[] = [];
  for await (const { line } of readLines(trail, 0, Number.MAX_SAFE_INTEGER)) {
    const act = line === '' ? undefined : JSON.parse(line).unmapped?.trailproof?.act;
    if (act?.kind === kind) acts.push(act);
  }
  return acts;
}

const firstAlert = async ({ trail }: World) => {
  const [alert] = await listAlerts(trail.table, 1);
  if (alert === undefined) throw new Error('no alert');
  return alert;
};

/** So long that every backoff, lease and pause is over. */
async function later(world: World, ms = HOUR): Promise<void> {
  world.nowMs += ms;
  await world.run();
}

describe('what is due', () => {
  test('is sent once, and stands on the trail', async () => {
    const world = makeWorld();
    await world.append(findingEntry(1));
    await world.run();
    await later(world);
    expect(shortly(world.told)).toEqual(['opened open 1']);
    expect(await actsOf(world, 'delivered')).toMatchObject([
      { sink: 'ops', state: 'open', delivery: world.told[0]?.id, attempts: 1 },
    ]);
  });

  test('is told as it is when it is told: updates that wait are one', async () => {
    const world = makeWorld();
    await world.append(findingEntry(1));
    await world.run();
    await world.append(findingEntry(2), findingEntry(3), findingEntry(4));
    await world.run();
    expect(shortly(world.told)).toEqual(['opened open 1', 'updated open 4']);
  });

  test('says who is on it, and that it is over', async () => {
    const world = makeWorld();
    await world.append(findingEntry(1));
    await world.run();
    const { uid } = await firstAlert(world);
    const ports = world.dependencies().ports;
    await acknowledge(ports, { ...alice, alertUid: uid });
    await world.run();
    await resolve(ports, { ...alice, alertUid: uid, reason: 'a planned change' });
    await world.run();
    expect(shortly(world.told).slice(1)).toEqual(['acknowledged acknowledged 1', 'resolved resolved 1']);
    await world.append(findingEntry(2));
    await world.run();
    expect(shortly(world.told).at(-1)).toBe('opened open 2');
  });

  test('is not told to the sink that it came from', async () => {
    const world = makeWorld({ sinks: ['oncall', 'ops'] });
    await world.append(findingEntry(1));
    await world.run();
    const { uid } = await firstAlert(world);
    await acknowledge(world.dependencies().ports, { ...alice, alertUid: uid, knownTo: 'oncall' });
    await world.run();
    const after = world.told.filter(({ change }) => change === 'acknowledged');
    expect(after.map(({ sink }) => sink)).toEqual(['ops']);
    await reopen(world.dependencies().ports, { ...alice, alertUid: uid });
    await world.run();
    const again = world.told.filter(({ change, knew }) => change === 'opened' && knew !== undefined);
    expect(again.map(({ sink, knew }) => [sink, knew]).toSorted()).toEqual([
      ['oncall', 'acknowledged'],
      ['ops', 'acknowledged'],
    ]);
  });

  test('speaks again when its snooze ends, and the trail says so', async () => {
    const world = makeWorld();
    await world.append(findingEntry(1));
    await world.run();
    const { uid } = await firstAlert(world);
    const { ports } = world.dependencies();
    await snooze(ports, { ...alice, alertUid: uid, untilMs: world.nowMs + HOUR });
    await world.run();
    expect(await wakeSnoozed(ports)).toEqual({ woken: 0, nextMs: START_MS + HOUR });
    world.nowMs += HOUR;
    expect(await wakeSnoozed(ports)).toEqual({ woken: 1, nextMs: undefined });
    await world.run();
    expect(shortly(world.told)).toEqual(['opened open 1', 'snoozed snoozed 1', 'opened open 1']);
    expect(await actsOf(world, 'reopen')).toMatchObject([{ by: 'trailproof' }]);
  });
});

describe('a sink', () => {
  test.each([
    ['answers 500', () => ({ status: 500, headers: {}, body: 'oops' })],
    ['answers 429', () => ({ status: 429, headers: { 'retry-after': '30' }, body: '' })],
    ['hangs', () => 'hang' as const],
    ['hangs up', () => 'close' as const],
  ])('that %s for an hour is told everything once, as it is by then', async (_, how) => {
    const world = makeWorld();
    world.behaviour.set('ops', how);
    await world.append(findingEntry(1), findingEntry(2, { hour: 5 }), findingEntry(3, { hour: 9 }));
    await world.run();
    for (let minute = 0; minute < 60; minute += 1) await later(world, 60_000);
    const over = (await listAlerts(world.trail.table, 3))[1];
    await resolve(world.dependencies().ports, { ...alice, alertUid: over?.uid ?? '', reason: 'over' });
    await world.run();
    expect(world.told).toEqual([]);
    world.behaviour.clear();
    await later(world, 181_000);
    expect(shortly(world.told).toSorted()).toEqual(['opened open 1', 'opened open 1', 'resolved resolved 1']);
    expect(new Set(world.told.map(({ about }) => about)).size).toBe(3);
    await later(world, 24 * HOUR);
    expect(world.told).toHaveLength(3);
    expect(await actsOf(world, 'delivered')).toHaveLength(3);
  });

  test('that took a request and did not say so gets it again under the same id', async () => {
    const world = makeWorld();
    world.behaviour.set('ops', () => 'lost');
    await world.append(findingEntry(1));
    await world.run();
    world.behaviour.clear();
    await later(world);
    expect(world.told.map(({ isRepeat }) => isRepeat)).toEqual([false, true]);
    expect(new Set(world.told.map(({ id }) => id)).size).toBe(1);
  });

  test('that hangs delays no other', async () => {
    const world = makeWorld({ sinks: ['slow', 'ops'] });
    world.behaviour.set('slow', () => 'hang');
    await world.append(findingEntry(1));
    await world.run();
    expect(world.told.map(({ sink }) => sink)).toEqual(['ops']);
  });

  test('is not asked again before it said, whatever else is due', async () => {
    const world = makeWorld();
    let asked = 0;
    world.behaviour.set('ops', () => {
      asked += 1;
      return { status: 429, headers: { 'retry-after': '120' }, body: '' };
    });
    await world.append(findingEntry(1), findingEntry(2, { hour: 5 }));
    await world.run();
    await later(world, 119_000);
    expect(asked).toBe(1);
    await later(world, 2_000);
    expect(asked).toBe(2);
  });

  test('is sent to at its own pace', async () => {
    const world = makeWorld({ intervalMs: 1_000 });
    await world.append(findingEntry(1), findingEntry(2, { hour: 5 }), findingEntry(3, { hour: 9 }));
    await world.run();
    expect(world.told).toHaveLength(1);
    expect((await world.pass()).nextMs).toBe(START_MS + 1_000);
    await later(world, 1_000);
    expect(world.told).toHaveLength(2);
  });

  test('that refuses one alert gets the others, and the one is a dead letter until it is redriven', async () => {
    const world = makeWorld();
    world.behaviour.set('ops', ({ body }) =>
      body.includes('"count":2') ? { status: 400, headers: {}, body: 'no' } : undefined,
    );
    await world.append(findingEntry(1), findingEntry(2), findingEntry(3, { hour: 5 }));
    await world.run();
    await later(world);
    expect(shortly(world.told)).toEqual(['opened open 1']);
    expect(await listDead(world.trail.table, 'ops', 9)).toMatchObject([{ why: 'HTTP 400', attempts: 1 }]);
    expect(await actsOf(world, 'dead')).toMatchObject([{ sink: 'ops', why: 'HTTP 400' }]);
  });

  test('that cannot be reached is asked now and then, not for each alert', async () => {
    const world = makeWorld();
    let asked = 0;
    world.behaviour.set('ops', () => {
      asked += 1;
      return 'close';
    });
    const hours = Array.from({ length: 20 }, (_, n) => n + 4);
    await world.append(...hours.map((hour) => findingEntry(hour, { hour })));
    await world.run();
    for (let minute = 0; minute < 60; minute += 1) await later(world, 60_000);
    expect(asked).toBeLessThan(300);
    world.behaviour.clear();
    await later(world, 181_000);
    expect(world.told).toHaveLength(20);
    expect(world.told.every(({ isRepeat }) => !isRepeat)).toBe(true);
  });
});

test('a sink that is back is told everything at once, whatever each delivery was waiting for', async () => {
  const world = makeWorld();
  world.behaviour.set('ops', () => 'close');
  const hours = Array.from({ length: 12 }, (_, n) => n + 4);
  await world.append(...hours.map((hour) => findingEntry(hour, { hour })));
  await world.run();
  for (let minute = 0; minute < 60; minute += 1) await later(world, 60_000);
  world.behaviour.clear();
  for (let second = 0; second < 240 && world.told.length === 0; second += 1) await later(world, 1_000);
  expect(world.told).toHaveLength(12);
});

test('two hubs on one folder send nothing twice, however their calls interleave', async () => {
  const world = makeWorld();
  await world.append(findingEntry(1), findingEntry(2, { hour: 5 }));
  await world.settle();
  const [dependencies, sink] = [world.dependencies(), world.sinks[0]!];
  await Promise.all(Array.from({ length: 4 }, () => deliver(dependencies, sink)));
  await later(world);
  expect(world.told.map(({ isRepeat }) => isRepeat)).toEqual([false, false]);
  expect(await actsOf(world, 'delivered')).toHaveLength(2);
});

test('tables made again from the trail send nothing that was sent before, and keep what people did', async () => {
  const world = makeWorld();
  await world.append(findingEntry(1), findingEntry(2, { hour: 5 }));
  await world.run();
  const { uid } = await firstAlert(world);
  await acknowledge(world.dependencies().ports, { ...alice, alertUid: uid });
  await world.run();
  const before = await listAlerts(world.trail.table, 9);
  const { length } = world.told;
  await world.rebuild();
  expect(await listAlerts(world.trail.table, 9)).toEqual(before);
  await later(world);
  expect(world.told).toHaveLength(length);
  await world.append(findingEntry(3, { hour: 5 }));
  await world.run();
  expect(shortly(world.told).slice(length)).toEqual(['updated acknowledged 2']);
});

/** Ends the process at its n-th call of a port, before or after it has its effect. */
function crashing(n: number, when: 'before' | 'after') {
  let left = n;
  const call = async <T>(effect: () => Promise<T>): Promise<T> => {
    left -= 1;
    if (left < 0 && (when === 'before' || left < -1)) throw new Error('crash');
    const result = await effect();
    if (left < 0) throw new Error('crash');
    return result;
  };
  const table = (inner: Table): Table => ({
    get: (keys) => call(() => inner.get(keys)),
    query: (pk, range) => call(() => inner.query(pk, range)),
    put: (row, condition) => call(() => inner.put(row, condition)),
    write: (rows) => call(() => inner.write(rows)),
    delete: (keys) => call(() => inner.delete(keys)),
  });
  const http = (inner: HttpClient): HttpClient => ({
    send: (request, limits) => call(() => inner.send(request, limits)),
  });
  return { table, http, crashed: () => left < 0, call };
}

test('a crash at any call of a port loses nothing, and repeats only under the same id', async () => {
  let calls = 0;
  for (const when of ['before', 'after'] as const) {
    for (let n = 0, crashed = true; crashed; n += 1) {
      const world = makeWorld();
      await world.append(findingEntry(1), findingEntry(2, { hour: 5 }));
      await world.settle();
      const [{ ports, http, describe }, sink] = [world.dependencies(), world.sinks[0]!];
      const crash = crashing(n, when);
      const objects = {
        ...ports.objects,
        put: (...given: Parameters<typeof ports.objects.put>) =>
          crash.call(() => ports.objects.put(...given)),
      };
      const broken = { ...ports, objects, table: crash.table(ports.table) };
      await deliver({ ports: broken, http: crash.http(http), describe }, sink).catch((error: Error) => {
        if (error.message !== 'crash') throw error;
      });
      crashed = crash.crashed();
      await later(world);
      const distinct = new Map(world.told.map((each) => [each.id, each]));
      expect(shortly([...distinct.values()])).toEqual(['opened open 1', 'opened open 1']);
      expect(world.told.length).toBeLessThanOrEqual(3);
      const recorded = (await actsOf(world, 'delivered')).map(({ delivery }) => delivery);
      expect(recorded.toSorted()).toEqual([...distinct.keys()].toSorted());
      await world.rebuild();
      await later(world, 24 * HOUR);
      expect(new Map(world.told.map((each) => [each.id, each])).size).toBe(2);
      calls = Math.max(calls, n);
    }
  }
  expect(calls).toBeGreaterThan(20);
});

test('whatever a sink answers, and whenever: each state is told at most once by its id, and the last one always', async () => {
  const step = fc.constantFrom(
    'finding',
    'other',
    'ack',
    'resolve',
    'down',
    '500',
    '429',
    'lost',
    'up',
    'wait',
    'rebuild',
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 14 }), async (steps) => {
      const world = makeWorld();
      let number = 1;
      await world.append(findingEntry(number));
      for (const each of steps) {
        const [alert] = await listAlerts(world.trail.table, 1);
        const { ports } = world.dependencies();
        const request = { ...alice, alertUid: alert?.uid ?? '', reason: 'over' };
        if (each === 'finding' || each === 'other') {
          number += 1;
          await world.append(findingEntry(number, each === 'other' ? { hour: 4 + number } : {}));
        }
        if (each === 'ack' && alert !== undefined) await acknowledge(ports, request);
        if (each === 'resolve' && alert !== undefined) await resolve(ports, request);
        if (each === 'up') world.behaviour.clear();
        if (each === 'down') world.behaviour.set('ops', () => 'close');
        if (each === 'lost') world.behaviour.set('ops', () => 'lost');
        if (each === '500' || each === '429')
          world.behaviour.set('ops', () => ({ status: Number(each), headers: {}, body: '' }));
        if (each === 'wait') world.nowMs += 20 * 60_000;
        if (each === 'rebuild') {
          await world.settle();
          await world.rebuild();
        }
        await world.run();
      }
      world.behaviour.clear();
      await later(world, 2 * HOUR);
      await later(world, 2 * HOUR);
      const now = await listAlerts(world.trail.table, 99);
      for (const alert of now) {
        const own = world.told.filter(({ about }) => about === alert.uid);
        expect(own.at(-1)).toMatchObject({ state: alert.status.state, count: alert.count });
        const counts = own.map(({ count }) => count);
        expect(counts).toEqual(counts.toSorted((a, b) => a - b));
      }
      const recorded = (await actsOf(world, 'delivered')).map(({ delivery }) => String(delivery));
      expect(new Set(recorded).size).toBe(recorded.length);
      const { length } = world.told;
      await world.rebuild();
      await later(world, 24 * HOUR);
      expect(world.told).toHaveLength(length);
    }),
    { numRuns: 40 },
  );
});
