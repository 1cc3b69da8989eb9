import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MemoryTable } from '../../shared/adapters/memory/table.ts';
import type { Table } from '../../shared/ports.ts';
import { alertFold, listAlerts, listFindings } from '../../shared/stages/alert.ts';
import { applySinks } from '../../shared/stages/alert-sinks.ts';
import { readDue } from '../../shared/stages/delivery-rows.ts';
import type { FoldedEvent } from '../../shared/stages/fold.ts';
import { findingAt, minute } from '../alert/alerts.ts';
import { cloudTrail, folded, STOP_LOGGING } from '../detect/events.ts';
import { crashingTable } from './crashing-table.ts';

async function apply(...spans: readonly (readonly FoldedEvent[])[]) {
  const table = new MemoryTable();
  const told: string[] = [];
  const fold = alertFold({ table, changed: (alert, change) => told.push(`${change} ${alert.count}`) });
  for (const span of spans) await fold.apply(span, { first: 0, next: 1_000 });
  return { told, alerts: await listAlerts(table, 100), findings: await listFindings(table, 100) };
}

const mallory = {
  type: 'IAMUser',
  arn: 'arn:aws:iam::111122223333:user/mallory',
  accountId: '111122223333',
  userName: 'mallory',
};

describe('alerts', () => {
  test('are one per group and window: what is repeated updates, and never alerts again', async () => {
    const { alerts, told } = await apply([
      findingAt(5, minute(0)),
      findingAt(7, minute(10)),
      findingAt(9, minute(29)),
    ]);
    expect(told).toEqual(['opened 1', 'updated 2', 'updated 3']);
    expect(alerts).toHaveLength(1);
    expect(alerts[0]).toMatchObject({
      count: 3,
      firstTime: Date.UTC(2026, 2, 4, 2, 0),
      lastTime: Date.UTC(2026, 2, 4, 2, 29),
      family: 'audit-logging-stopped',
      who: 'alice',
    });
    expect(alerts[0]?.findings.map(({ index }) => index)).toEqual([5, 7, 9]);
  });

  test('open anew for another actor, and after the window', async () => {
    const { alerts } = await apply([
      findingAt(5, minute(0)),
      findingAt(6, { ...minute(1), userIdentity: mallory }),
      findingAt(7, minute(31)),
    ]);
    expect(alerts.map(({ who, count }) => [who, count])).toEqual([
      ['alice', 1],
      ['mallory', 1],
      ['alice', 1],
    ]);
    expect(new Set(alerts.map(({ uid }) => uid)).size).toBe(3);
  });

  test('take in a late event by its own time', async () => {
    const { alerts } = await apply([findingAt(5, minute(20)), findingAt(6, minute(5))]);
    expect(alerts[0]).toMatchObject({
      count: 2,
      firstTime: Date.UTC(2026, 2, 4, 2, 5),
      lastTime: Date.UTC(2026, 2, 4, 2, 20),
    });
  });

  test('open anew for what is later than any lateness', async () => {
    const { alerts } = await apply([findingAt(5, minute(40)), findingAt(6, minute(5))]);
    expect(alerts.map(({ count }) => count)).toEqual([1, 1]);
  });

  test('stay one when late events of another time come in between', async () => {
    const { alerts, told } = await apply([
      findingAt(5, minute(40)),
      findingAt(6, minute(0)),
      findingAt(7, minute(41)),
      findingAt(8, minute(1)),
    ]);
    expect(told).toEqual(['opened 1', 'opened 1', 'updated 2', 'updated 2']);
    expect(alerts.map(({ count }) => count)).toEqual([2, 2]);
  });

  test('say who, what and where of the finding that they are called by', async () => {
    const worse = STOP_LOGGING.replace('level: high', 'level: critical').replace('6e6f', '7e6f');
    const { alerts } = await apply([
      findingAt(5, minute(0)),
      findingAt(
        6,
        { ...minute(1), requestParameters: { name: 'the-other' }, sourceIPAddress: '198.51.100.7' },
        worse,
      ),
      findingAt(7, minute(2)),
    ]);
    expect(alerts[0]).toMatchObject({ count: 3, where: 'the-other', from: '198.51.100.7' });
  });

  test('are called by the worst of their findings', async () => {
    const worse = STOP_LOGGING.replace('level: high', 'level: critical')
      .replace('title: Logging', 'title: All Logging')
      .replace('6e6f', '7e6f');
    const { alerts } = await apply([
      findingAt(5, minute(0)),
      findingAt(6, minute(1), worse),
      findingAt(7, minute(2)),
    ]);
    expect(alerts[0]).toMatchObject({ count: 3, severity: 'critical', title: 'All Logging Stopped' });
  });

  test('are not made of staged rules, whose findings are listed all the same', async () => {
    const { alerts, findings, told } = await apply([
      findingAt(5, {}, STOP_LOGGING.replace('stage: live', 'stage: staged')),
    ]);
    expect([alerts, told]).toEqual([[], []]);
    expect(findings).toMatchObject([
      { index: 5, alertUid: undefined, finding: { title: 'Logging Stopped' } },
    ]);
  });

  test('are made of a finding whose rule has no level', async () => {
    const { alerts } = await apply([findingAt(5, {}, STOP_LOGGING.replace('level: high\n', ''))]);
    expect(alerts[0]?.severity).toBe('unknown');
  });

  test('are made of our own findings only', async () => {
    const forged = { ...findingAt(5), source: 'aws.cloudtrail' };
    expect((await apply([forged, folded(cloudTrail('StopLogging'), 6)])).findings).toEqual([]);
  });

  test('keep the latest twenty findings and count them all', async () => {
    const { alerts } = await apply(Array.from({ length: 30 }, (_, i) => findingAt(i + 1, minute(0))));
    expect(alerts[0]?.count).toBe(30);
    expect(alerts[0]?.findings.map(({ index }) => index)).toEqual(
      Array.from({ length: 20 }, (_, i) => i + 11),
    );
  });

  test('list the newest first, each finding with its alert', async () => {
    const { alerts, findings } = await apply([
      findingAt(5, minute(0)),
      findingAt(6, { ...minute(1), userIdentity: mallory }),
    ]);
    expect(findings.map(({ index }) => index)).toEqual([6, 5]);
    expect(findings.map(({ alertUid }) => alertUid)).toEqual(alerts.map(({ uid }) => uid));
  });
});

test('spans applied again, from anywhere, change nothing and tell nobody', async () => {
  const events = [0, 3, 31, 35, 66, 67].map((at, i) =>
    findingAt(i + 1, { ...minute(at), ...(i % 2 === 0 ? {} : { userIdentity: mallory }) }),
  );
  const once = await apply(events);
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(events.length), { maxLength: 4 }), async (cuts) => {
      const crashes = cuts.flatMap((cut, i) => [
        events.slice(cuts[i - 1] === undefined ? 0 : Math.min(cuts[i - 1]!, cut), cut),
      ]);
      const prefix = crashes.length === 0 ? [] : [events.slice(0, Math.max(...cuts)), ...crashes];
      const repeated = await apply(...prefix, events);
      expect(repeated).toEqual(once);
    }),
    { numRuns: 50 },
  );
});

test('a crash between any two writes is healed by applying the span again', async () => {
  const events = [
    findingAt(1, minute(0)),
    findingAt(2, minute(5)),
    findingAt(3, minute(40)),
    findingAt(4, minute(45)),
  ];
  const whole = await apply(events);
  let changes = 0;
  for (let crashed = true; crashed; changes += 1) {
    const table = new MemoryTable();
    crashed = await alertFold({ table: crashingTable(table, changes) })
      .apply(events, { first: 0, next: 5 })
      .then(
        () => false,
        (error: Error) => error.message === 'crash',
      );
    await alertFold({ table }).apply(events, { first: 0, next: 5 });
    expect(await listAlerts(table, 9)).toEqual(whole.alerts);
    expect(await listFindings(table, 9)).toEqual(whole.findings);
  }
  expect(changes).toBeGreaterThan(8);
});

test('whatever call it crashes at, what is due to a sink is due when the span is applied again', async () => {
  const events = [
    findingAt(1, minute(0)),
    findingAt(2, minute(5)),
    findingAt(3, minute(40)),
    findingAt(4, minute(45)),
  ];
  const routing = { sinks: ['ops'], routes: [] };
  const dueAfter = async (changes: number, when: 'before' | 'after') => {
    const table = new MemoryTable();
    await applySinks(table, ['ops'], 0);
    const crashed = await alertFold({ table: crashingTable(table, changes, when), routing })
      .apply(events, { first: 0, next: 5 })
      .then(
        () => false,
        (error: Error) => error.message === 'crash',
      );
    await alertFold({ table, routing }).apply(events, { first: 0, next: 5 });
    const due = await readDue(table, 'ops', { limit: 99 });
    // A version that was superseded may still be due: whoever comes to it finds that there is nothing to tell.
    const newest = new Map(due.map(({ subject, version }) => [subject, version]));
    return { crashed, newest: [...newest] };
  };
  const whole = [
    ['a000000000001', 2],
    ['a000000000003', 4],
  ];
  for (const when of ['before', 'after'] as const) {
    let found = await dueAfter(0, when);
    let changes = 0;
    for (; found.crashed; changes += 1) {
      expect({ changes, newest: found.newest }).toEqual({ changes, newest: whole });
      found = await dueAfter(changes + 1, when);
    }
    expect(found.newest).toEqual(whole);
    expect(changes).toBeGreaterThan(12);
  }
});

test('a runner that lags behind another takes nothing back', async () => {
  const events = [findingAt(1, minute(0)), findingAt(2, minute(5)), findingAt(3, minute(9))];
  const whole = await apply(events);
  for (let at = 0; at < 8; at += 1) {
    const table = new MemoryTable();
    let left = at;
    const overtaken = async () => {
      left -= 1;
      if (left === -1) await alertFold({ table }).apply(events, { first: 0, next: 9 });
    };
    const lagging: Table = {
      get: (keys) => table.get(keys),
      query: (pk, range) => table.query(pk, range),
      put: async (row, condition) => {
        await overtaken();
        await table.put(row, condition);
      },
      write: async (rows) => {
        await overtaken();
        await table.write(rows);
      },
      delete: (keys) => table.delete(keys),
    };
    await alertFold({ table: lagging }).apply(events.slice(0, 1), { first: 0, next: 2 });
    if (left >= 0) await alertFold({ table }).apply(events, { first: 0, next: 9 });
    expect(await listAlerts(table, 9)).toEqual(whole.alerts);
  }
});

test('a runner that lags behind the entry of a sink sends it nothing that is older', async () => {
  const table = new MemoryTable();
  await applySinks(table, ['ops'], 0);
  await applySinks(table, ['late', 'ops'], 50);
  await applySinks(table, ['ops'], 0);
  const routing = { sinks: ['ops', 'late'], routes: [] };
  await alertFold({ table, routing }).apply([findingAt(5, minute(0)), findingAt(60, minute(50))], {
    first: 0,
    next: 99,
  });
  expect((await listAlerts(table, 9)).map(({ sinks }) => sinks)).toEqual([['ops', 'late'], ['ops']]);
});
