import { beforeAll, expect, test } from 'vitest';
import { loadRules } from '../../shared/detect/load-rules.ts';
import { PortError } from '../../shared/ports.ts';
import { enqueue, sequence } from '../../shared/stages/append.ts';
import { type DetectFold, detectFold } from '../../shared/stages/detect.ts';
import { runFolds, type SnapshotBounds } from '../../shared/stages/fold-runner.ts';
import { readFoldedEvent } from '../../shared/stages/folded-event.ts';
import { watermarkEntry } from '../../shared/stages/watermark-entry.ts';
import type { PendingEntry } from '../../shared/trail/pending.ts';
import { cloudTrail, logsources } from '../detect/events.ts';
import { Model } from '../simulation/model.ts';
import { portsOf } from '../simulation/ports.ts';
import { protocol } from '../simulation/protocol.ts';
import { SeededRandom } from '../simulation/random.ts';
import { type Faults, noFaults, type Process, Scheduler } from '../simulation/scheduler.ts';
import { type TableState, World } from '../simulation/world.ts';

/** Every kind of rule that remembers: as events arrive, waiting for late ones, above another, and a baseline. */
const RULES = `title: Refused
id: refused
logsource: {product: aws, service: cloudtrail}
detection: {s: {eventName: GetSecretValue, errorCode: AccessDenied}, condition: s}
level: low
---
title: Read
id: read
logsource: {product: aws, service: cloudtrail}
detection: {s: {eventName: GetSecretValue, errorCode: null}, condition: s}
level: low
---
title: Many Refused
id: many
correlation: {type: event_count, rules: [refused], group-by: [userIdentity.userName], timespan: 10m, condition: {gte: 3}, generate: true}
---
title: Many Secrets
id: secrets
correlation:
  type: value_count
  rules: [refused, read]
  group-by: [userIdentity.userName]
  timespan: 10m
  lateness: 6m
  condition: {field: requestParameters.secretId, gte: 4}
---
title: Read After Many Refused
id: after
correlation: {type: temporal_ordered, rules: [many, read], group-by: [userIdentity.userName], timespan: 15m, generate: true}
---
title: New Address
id: address
baseline: {type: new_value, rules: [read], group-by: [userIdentity.userName], field: [sourceIPAddress], learning: 1h, min-events: 3}
`;

const START = Date.parse('2026-11-19T00:00:00Z');

/** A day of three users in one order, some of it late, one of it from the future; time is told to pass now and then. */
function trailEntries(): readonly PendingEntry[] {
  const random = new SeededRandom(11);
  return Array.from({ length: 120 }, (_, n) => {
    const isFuture = n === 40;
    const lateMs = random.chance(0.2) ? random.between(1, 8) * 60_000 : 0;
    const time = isFuture ? START + 90 * 86_400_000 : START + n * 45_000 - lateMs;
    if (n % 37 === 36) return watermarkEntry(START + n * 45_000);
    const user = random.pick(['alice', 'bob', 'carol']);
    const { event, source, raw } = cloudTrail('GetSecretValue', {
      eventTime: new Date(time).toISOString(),
      eventID: `event-${n}`,
      requestID: `request-${n}`,
      userIdentity: { type: 'IAMUser', userName: user, accountId: '111122223333' },
      sourceIPAddress: `203.0.113.${random.between(1, 3)}`,
      requestParameters: { secretId: `secret-${random.between(1, 6)}` },
      ...(random.chance(0.5) ? { errorCode: 'AccessDenied' } : {}),
    });
    const { uid } = event.metadata;
    const line = JSON.stringify({ ...event, raw_data: raw });
    return { kind: 'event', uid, essence: `1:${uid}`, source, time: event.time, line };
  });
}

/** A trail as it lies in a bucket and a table. */
interface Snapshot {
  readonly table: TableState;
  readonly objects: ReadonlyMap<string, { bytes: Uint8Array; version: string }>;
}

interface Detected {
  /** In the order in which they were left, each once: everything but the nonce. */
  readonly findings: readonly string[];
  readonly crashes: number;
  readonly world: World;
}

let trail: Snapshot;
let whole: readonly string[];

beforeAll(async () => {
  const world = new World();
  await simulate(world, 1, noFaults, async (process, { ports }) => {
    const entries = trailEntries();
    for (let at = 0; at < entries.length; at += 20) {
      await enqueue(ports(process), entries.slice(at, at + 20));
      await sequence(ports(process));
    }
  });
  trail = { table: world.copyTable(), objects: new Map(world.objects) };
  whole = (await detect(1, noFaults, { countMax: 1_000, bytesPerEntry: 1, smallBytes: 0 })).findings;
});

type Program = (
  process: Process,
  simulated: { ports: (process: Process) => ReturnType<typeof portsOf> },
) => Promise<void>;

/** Runs programs at once in a world until nothing is left to do. */
async function simulate(world: World, seed: number, faults: Faults, ...programs: readonly Program[]) {
  const random = new SeededRandom(seed);
  const model = new Model(world);
  const scheduler = new Scheduler({
    random,
    portError: (code, message) => new PortError(code, message),
    tick: () => {
      world.timeMs += 1;
    },
  });
  scheduler.faults = faults;
  const ports = (process: Process) =>
    portsOf({ world, scheduler, model, random, protocol, process, skewMs: 0 });
  const running = programs.map((program, n) =>
    scheduler.start(`${n}`, (process) => program(process, { ports })),
  );
  await scheduler.run(() => running.every(({ alive, ended }) => !alive || ended), 50_000);
  if (scheduler.violation !== undefined) throw scheduler.violation;
  return { scheduler, running };
}

function foldOver(
  ports: ReturnType<typeof portsOf>,
  leave: (findings: readonly PendingEntry[]) => Promise<void>,
  nonce: () => string,
): DetectFold {
  const rules = loadRules([{ path: 'rules.yml', text: RULES }], { logsources });
  if (rules.faults.length > 0) throw new Error(JSON.stringify(rules.faults));
  return detectFold({ ...rules, eventAt: (index) => readFoldedEvent(ports, index), enqueue: leave, nonce });
}

/** Detects over the trail with runners that crash, fail, and overtake one another, until one of them came to its end. */
async function detect(seed: number, faults: Faults, bounds: SnapshotBounds, runners = 1): Promise<Detected> {
  const world = new World();
  world.restoreTable(trail.table);
  for (const [key, object] of trail.objects) world.objects.set(key, object);
  const left = new Map<string, string>();
  const random = new SeededRandom(seed);
  const size = Number(world.row({ pk: 'head', sk: 'head' })?.attributes['applied']);
  let crashes = 0;
  let nonces = 0;
  const leave = (findings: readonly PendingEntry[]) => {
    for (const { uid, line } of findings) {
      const bare = line.replace(/"nonce":"[^"]*"/, '"nonce":""');
      if ((left.get(uid) ?? bare) !== bare)
        throw new Error(`two findings of ${uid}:\n${left.get(uid)}\n${bare}`);
      left.set(uid, bare);
    }
  };
  const runner: Program = async (process, { ports }) => {
    const own = ports(process);
    const enqueueOnce = async (findings: readonly PendingEntry[]) => {
      // Durable before it returns, as one object: a crash at it leaves all of them or none.
      await own.objects.put(`test/${process.name}`, new Uint8Array(), 'any');
      leave(findings);
    };
    const fold = foldOver(own, enqueueOnce, () => String(nonces++).padStart(32, '0'));
    for (;;) {
      try {
        const [progress] = await runFolds(own, [fold], bounds);
        if (progress?.next === size) return;
      } catch (error) {
        if (!(error instanceof PortError)) throw error;
      }
    }
  };
  for (let round = 0; ; round += 1) {
    const programs = Array.from({ length: runners }, () => runner);
    const { scheduler, running } = await simulate(
      world,
      seed * 1_000 + round,
      round < 40 ? faults : noFaults,
      ...programs,
    );
    crashes += scheduler.crashes;
    if (running.some(({ ended }) => ended)) break;
    // A crash may also lose what the disk had not; here what is kept is lost now and then.
    if (random.chance(0.1)) for (const key of world.keys('state/')) world.objects.delete(key);
  }
  return { findings: [...left.values()], crashes, world };
}

const kindsOf = (findings: readonly string[]) =>
  new Set(findings.map((line) => `${JSON.parse(line).finding_info.title} ${JSON.parse(line).activity_id}`));

test('the day has findings of every kind of rule, and updates of them', () => {
  expect([...kindsOf(whole)].sort()).toEqual([
    'Many Refused 1',
    'Many Refused 2',
    'Many Secrets 1',
    'Many Secrets 2',
    'New Address 1',
    'New Address 2',
    'Read 1',
    'Read After Many Refused 1',
    'Read After Many Refused 2',
    'Refused 1',
  ]);
});

const FAULTS: Faults = { crash: 0.015, error: 0.015, pause: 0.02 };

test.each([
  ['at every entry', { countMax: 1, bytesPerEntry: 1_000_000, smallBytes: 0, chunkCountMax: 1 }, 2],
  ['seldom', { countMax: 25, bytesPerEntry: 1_000_000, smallBytes: 0, chunkCountMax: 7 }, 5],
  [
    'at the end of a run only',
    { countMax: 1_000, bytesPerEntry: 1, smallBytes: 1_000_000, chunkCountMax: 20 },
    5,
  ],
] as const)('killed anywhere, with snapshots %s, a runner finds the same', async (_, bounds, seeds) => {
  let crashes = 0;
  for (let seed = 1; seed <= seeds; seed += 1) {
    const detected = await detect(seed, FAULTS, bounds);
    expect(detected.findings.toSorted()).toEqual(whole.toSorted());
    crashes += detected.crashes;
  }
  expect(crashes).toBeGreaterThanOrEqual(seeds);
});

test('two runners that overtake one another find the same, and leave one snapshot', async () => {
  for (let seed = 1; seed <= 4; seed += 1) {
    const { findings, world } = await detect(
      seed,
      { crash: 0.005, error: 0.02, pause: 0.1 },
      { countMax: 15, bytesPerEntry: 1_000_000, smallBytes: 1_000_000, chunkCountMax: 5 },
      2,
    );
    expect(findings.toSorted()).toEqual(whole.toSorted());
    const named = world.row({ pk: 'cursor#detect', sk: 'cursor' })?.attributes['snapshot'];
    expect(world.keys('state/detect/')).toContain(named);
  }
});

test('however the trail is cut, the findings are the same, and in the same order', async () => {
  for (const chunkCountMax of [1, 3, 50]) {
    const { findings } = await detect(1, noFaults, {
      countMax: 4,
      bytesPerEntry: 1,
      smallBytes: 0,
      chunkCountMax,
    });
    expect(findings).toEqual(whole);
  }
});
