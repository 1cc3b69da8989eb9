import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type LoadedRules, loadRules } from '../../shared/detect/load-rules.ts';
import type { ObjectStore, Table } from '../../shared/ports.ts';
import { type DetectFold, detectFold } from '../../shared/stages/detect.ts';
import {
  type FoldPorts,
  runFolds,
  type SnapshotBounds,
  type WarmStart,
  warmFolds,
} from '../../shared/stages/fold-runner.ts';
import { readFoldedEvent } from '../../shared/stages/folded-event.ts';
import { foldedPlaces } from '../../shared/stages/folded-places.ts';
import { trailSize } from '../../shared/stages/read-trail.ts';
import { watermarkEntry } from '../../shared/stages/watermark-entry.ts';
import type { PendingEntry } from '../../shared/trail/pending.ts';
import { cloudTrail, logsources } from '../detect/events.ts';
import { SeededRandom } from '../simulation/random.ts';
import type { TestTrail } from '../trail/sequence/trail.ts';
import { keysIn } from '../trail/sequence/trail.ts';
import { append, counting, trailOf } from './query-trail.ts';

const BASE = `title: Refused
id: refused
logsource: {product: aws, service: cloudtrail}
detection: {s: {eventName: GetSecretValue, errorCode: AccessDenied}, condition: s}
---
title: Read
id: read
logsource: {product: aws, service: cloudtrail}
detection: {s: {eventName: GetSecretValue, errorCode: null}, condition: s}
`;
const by = 'group-by: [userIdentity.userName]';

/** Every kind of rule that remembers: as events arrive, waiting for late ones, above another, and all baselines. */
const RULES = {
  many: `correlation: {type: event_count, rules: [refused], ${by}, timespan: 10m, condition: {gte: 3}, generate: true}`,
  secrets: `correlation: {type: value_count, rules: [refused, read], ${by}, timespan: 10m, lateness: 6m, condition: {field: requestParameters.secretId, gte: 4}}`,
  after: `correlation: {type: temporal_ordered, rules: [many, read], ${by}, timespan: 15m, generate: true}`,
  again: `correlation: {type: event_count, rules: [secrets], ${by}, timespan: 1h, condition: {gte: 2}, generate: true}`,
  address: `baseline: {type: new_value, rules: [read], ${by}, field: [sourceIPAddress], learning: 1h, min-events: 3}`,
  rare: `baseline: {type: rare_value, rules: [read, refused], ${by}, field: [sourceIPAddress], min-events: 3, condition: {lte: 0.3}}`,
  rate: `baseline: {type: rate, rules: [read, refused], ${by}, timespan: 2m, memory: 2h, learning: 10m, min-events: 3, condition: {gte: 1.5}}`,
} as const;
type Id = keyof typeof RULES;
const IDS = Object.keys(RULES) as readonly Id[];

const START = Date.parse('2026-11-19T00:00:00Z');
const COUNT = 120;
const AT_END: SnapshotBounds = {
  countMax: 1_000,
  bytesPerEntry: 1,
  smallBytes: 1_000_000,
  chunkCountMax: 30,
};

const TRAILS = [0, 1, 2].map(entriesOf);

/** Hours of three users in one order, some of it late; time is told to pass now and then. */
function entriesOf(seed: number): readonly PendingEntry[] {
  const random = new SeededRandom(seed);
  return Array.from({ length: COUNT }, (_, n) => {
    if (n % 37 === 36) return watermarkEntry(START + n * 45_000);
    const lateMs = random.chance(0.2) ? random.between(1, 8) * 60_000 : 0;
    const { event, source, raw } = cloudTrail('GetSecretValue', {
      eventTime: new Date(START + n * 45_000 - lateMs).toISOString(),
      eventID: `event-${n}`,
      requestID: `request-${n}`,
      userIdentity: {
        type: 'IAMUser',
        userName: random.pick(['alice', 'bob', 'carol']),
        accountId: '111122223333',
      },
      sourceIPAddress: `203.0.113.${random.between(1, 5)}`,
      requestParameters: { secretId: `secret-${random.between(1, 6)}` },
      ...(random.chance(0.5) ? { errorCode: 'AccessDenied' } : {}),
    });
    const { uid } = event.metadata;
    const line = JSON.stringify({ ...event, raw_data: raw });
    return { kind: 'event', uid, essence: `1:${uid}`, source, time: event.time, line };
  });
}

function rulesOf(ids: readonly Id[], base = BASE, edit = (rules: string) => rules): LoadedRules {
  const documents = ids.map((id) => `title: ${id} rule\nid: ${id}\n${RULES[id]}\n`);
  const text = [base, ...documents.map(edit)].join('---\n');
  const rules = loadRules([{ path: 'rules.yml', text }], { logsources });
  if (rules.faults.length > 0) throw new Error(JSON.stringify(rules.faults));
  return rules;
}

interface Detecting extends DetectFold {
  /** What was found, but for the nonce, in its order. */
  readonly found: Finding[];
}

interface Finding {
  readonly rule: string;
  /** The same for a finding and its update. */
  readonly uid: string;
  readonly isUpdate: boolean;
  readonly line: string;
}

function detecting(trail: FoldPorts, rules: LoadedRules, id = 'detect'): Detecting {
  const found: Finding[] = [];
  const fold = detectFold({
    ...rules,
    eventAt: (index) => readFoldedEvent(trail, index),
    nonce: () => '0'.repeat(32),
    async enqueue(findings) {
      for (const { line } of findings) {
        const { finding_info, activity_id } = JSON.parse(line);
        const { uid, analytic } = finding_info;
        found.push({ rule: analytic.uid, uid, isUpdate: activity_id === 2, line });
      }
    },
  });
  return { ...fold, id, found };
}

/** What each rule remembers, as its part of the snapshot has it, and how far time has come. */
function partsOf({ memory }: DetectFold): ReadonlyMap<string, string> {
  const bytes = Buffer.from(memory?.snapshot() ?? []);
  const size = bytes.readUInt32BE();
  const header = JSON.parse(bytes.subarray(4, 4 + size).toString());
  const parts = new Map([['watermark', JSON.stringify(header.watermark)]]);
  let from = 4 + size;
  for (const { id, size: length } of header.parts) {
    const part = JSON.parse(bytes.subarray(from, from + length).toString());
    const rules = id === 'baselines' ? part[1] : part.plans;
    for (const rule of rules) parts.set(rule[0], JSON.stringify(rule));
    from += length;
  }
  return parts;
}

/** Findings of rules that were new when `before` was found; of what began before, nobody is told more. */
function dueAfter(
  before: readonly Finding[],
  after: readonly Finding[],
  fresh: ReadonlySet<string>,
): readonly Finding[] {
  const begun = new Set(before.map(({ uid }) => uid));
  return after.filter(({ rule, uid, isUpdate }) => !(fresh.has(rule) && isUpdate && begun.has(uid)));
}

const ports = ({ objects, table }: TestTrail): FoldPorts => ({ objects, table });

interface Added {
  readonly trail: TestTrail;
  /** All rules from the beginning on, and the same with some of them added at `cut`. */
  readonly whole: Detecting;
  readonly before: readonly Finding[];
}

/** A trail up to `cut`, detected over without some of the rules, and by another fold with all of them. */
async function upTo(
  cut: number,
  entries: readonly PendingEntry[],
  old: LoadedRules,
  all: LoadedRules,
): Promise<Added> {
  const trail = await trailOf(entries.slice(0, cut), 40);
  await runFolds(ports(trail), [detecting(trail, old)], AT_END);
  const whole = detecting(trail, all, 'whole');
  await runFolds(ports(trail), [whole], AT_END);
  return { trail, whole, before: whole.found.splice(0) };
}

test('a rule that is added knows, to the byte, what it would know had it always been there', async () => {
  const rules = new Set<string>();
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...TRAILS),
      fc.integer({ min: 1, max: COUNT - 5 }),
      fc.subarray([...IDS], { minLength: 1 }),
      async (entries, cut, fresh) => {
        const isFresh = new Set<string>(fresh);
        // What a rule refers to is there with it.
        const needs = { after: 'many', again: 'secrets' } as Partial<Record<Id, Id>>;
        const kept = IDS.filter((id) => !isFresh.has(id) && !isFresh.has(needs[id] ?? ''));
        for (const id of IDS) if (!kept.includes(id)) isFresh.add(id);
        const { trail, whole, before } = await upTo(cut, entries, rulesOf(kept), rulesOf(IDS));

        const added = detecting(trail, rulesOf(IDS));
        await warmFolds(ports(trail), [added]);
        expect(partsOf(added)).toEqual(partsOf(whole));
        expect(added.found).toEqual([]);

        await append(trail, entries.slice(cut));
        await runFolds(ports(trail), [added, whole], AT_END);
        expect(partsOf(added)).toEqual(partsOf(whole));
        expect(added.found).toEqual(dueAfter(before, whole.found, isFresh));
        for (const { rule } of added.found) if (isFresh.has(rule)) rules.add(rule);
      },
    ),
    { numRuns: 12 },
  );
  expect(rules.size).toBeGreaterThan(2);
});

/** A trail of which most is there when these rules are added. */
const CUT = 90;
const FRESH = ['after', 'secrets', 'again', 'address'] as const;
const OLD = IDS.filter((id) => !(FRESH as readonly string[]).includes(id));
const [ENTRIES = []] = TRAILS;

test('of what was found before a rule was there nobody is told, nor waited for, nor told more', async () => {
  const { trail, whole, before } = await upTo(CUT, ENTRIES, rulesOf([]), rulesOf(IDS));
  const added = detecting(trail, rulesOf(IDS));
  await runFolds(ports(trail), [added], AT_END);
  expect(added.found).toEqual([]);
  // By then every window has ended, of which some have more events than was told.
  const later = START + 30 * 86_400_000;
  expect(whole.waitsForMs(later)).toBeGreaterThan(added.waitsForMs(later) ?? 0);

  await append(trail, [watermarkEntry(later)]);
  await runFolds(ports(trail), [whole], AT_END);
  expect(new Set(whole.found.flatMap(({ isUpdate, rule }) => (isUpdate ? rule : []))).size).toBeGreaterThan(
    2,
  );
  // The one that was shown the trail, and one that was restored from what it kept.
  const restored = detecting(trail, rulesOf(IDS));
  for (const fold of [restored, added]) {
    await warmFolds(ports(trail), [fold], () => expect.fail('expected nothing to be shown'));
  }
  await applyRest(trail, [restored, added]);
  for (const fold of [restored, added]) {
    expect(fold.found).toEqual(dueAfter(before, whole.found, new Set(IDS)));
    expect(fold.found.length).toBeLessThan(whole.found.length);
    expect(partsOf(fold)).toEqual(partsOf(whole));
  }
});

/** Brings folds of one cursor up to the end, as if each were alone. */
async function applyRest(trail: TestTrail, folds: readonly Detecting[]): Promise<void> {
  const next = Number((await cursorOf(trail))?.['next']);
  const end = await trailSize(trail);
  for (const fold of folds) {
    for await (const places of foldedPlaces(ports(trail), next, end)) {
      const events = places.flatMap(({ event }) => event ?? []);
      const ticks = places.flatMap(({ tick }) => tick ?? []);
      const [first, last] = [places[0]?.index ?? next, places.at(-1)?.index ?? end];
      await fold.apply(events, { first, next: last + 1, ticks });
    }
  }
}

test('only what is new is shown the trail, once, and it is said how far', async () => {
  const { trail } = await upTo(CUT, ENTRIES, rulesOf(OLD), rulesOf(IDS));
  const told: WarmStart[] = [];
  const added = detecting(trail, rulesOf(IDS));
  await warmFolds(ports(trail), [added], (progress) => told.push(progress));
  const total = Number((await cursorOf(trail))?.['next']);
  expect(total).toBeGreaterThan(CUT);
  expect(told.at(-1)).toEqual({
    names: ['secrets rule', 'after rule', 'again rule', 'address rule'],
    done: total,
    total,
  });

  const { trail: watched, reads } = counting(trail);
  const again = detecting(watched, rulesOf(IDS));
  await warmFolds(ports(watched), [again], () => expect.fail('expected nothing to be shown'));
  expect(partsOf(again)).toEqual(partsOf(added));
  expect(reads).toEqual([(await cursorOf(trail))?.['snapshot']]);
});

test.each([
  ['a rule that it looks at', BASE.replace('AccessDenied', "'Access*'"), (rules: string) => rules, 6],
  ['its own condition', BASE, (rules: string) => rules.replace('gte: 2', 'gte: 3'), 1],
])('what changed in %s is shown the trail again, and the others are not', async (_, base, edit, count) => {
  const trail = await trailOf(ENTRIES.slice(0, CUT), 40);
  const before = detecting(trail, rulesOf(IDS));
  await runFolds(ports(trail), [before], AT_END);
  const changed = rulesOf(IDS, base, edit);
  const whole = detecting(trail, changed, 'whole');
  await runFolds(ports(trail), [whole], AT_END);
  const after = detecting(trail, changed);
  const told: WarmStart[] = [];
  await warmFolds(ports(trail), [after], (progress) => told.push(progress));
  expect(partsOf(after)).toEqual(partsOf(whole));
  const kept = partsOf(before);
  expect([...partsOf(after).keys()].filter((name) => !kept.has(name))).toHaveLength(count);
  expect(told[0]?.names).toHaveLength(count);
});

test('killed anywhere on the way, whoever comes next does it again, and it comes to the same', async () => {
  const { whole } = await upTo(CUT, ENTRIES, rulesOf([]), rulesOf(IDS));
  const expected = partsOf(whole);
  let kills = 0;
  for (let isThrough = false; !isThrough; ) {
    const trail = await trailOf(ENTRIES.slice(0, CUT), 40);
    await runFolds(ports(trail), [detecting(trail, rulesOf(OLD))], AT_END);
    const dying = dyingPorts(trail, kills);
    const outcome = await warmFolds(dying, [detecting(dying, rulesOf(IDS))]).then(
      () => 'through',
      (error: unknown) => error,
    );
    isThrough = outcome === 'through';
    if (!isThrough) expect(outcome).toBeInstanceOf(Killed);
    kills += isThrough ? 0 : 1;
    const next = detecting(trail, rulesOf(IDS));
    await runFolds(ports(trail), [next], AT_END);
    expect(partsOf(next)).toEqual(expected);
    expect(next.found).toEqual([]);
    // What the killed one left is cleared away by who begins after the cursor has moved.
    await append(trail, ENTRIES.slice(CUT, CUT + 5));
    await runFolds(ports(trail), [next], AT_END);
    await warmFolds(ports(trail), [detecting(trail, rulesOf(IDS))]);
    expect(await keysIn(trail, 'state/detect/')).toEqual([(await cursorOf(trail))?.['snapshot']]);
  }
  // Among them reading the trail, the snapshot, its row, and the snapshot before.
  expect(kills).toBeGreaterThan(8);
});

test('two that do it at once leave one snapshot, and both go on from it', async () => {
  const { trail, whole } = await upTo(CUT, ENTRIES, rulesOf(OLD), rulesOf(IDS));
  const both = [detecting(trail, rulesOf(IDS)), detecting(trail, rulesOf(IDS))];
  await Promise.all(both.map((fold) => warmFolds(ports(trail), [fold])));
  for (const fold of both) {
    await warmFolds(ports(trail), [fold], () => expect.fail('expected nothing to be shown'));
    expect(partsOf(fold)).toEqual(partsOf(whole));
  }
  expect(await keysIn(trail, 'state/detect/')).toEqual([(await cursorOf(trail))?.['snapshot']]);
});

class Killed extends Error {}

/** Ports that are gone once call number `at` has had its effect. */
function dyingPorts(trail: TestTrail, at: number): FoldPorts {
  let count = 0;
  const dying = <T extends ObjectStore | Table>(port: T): T =>
    new Proxy(port, {
      get: (_, name) => {
        const call = Reflect.get(port, name);
        if (typeof call !== 'function') return call;
        return (...args: unknown[]) => {
          const number = count++;
          if (number > at) throw new Killed();
          const result = Reflect.apply(call, port, args);
          if (number < at) return result;
          if (!(result instanceof Promise)) throw new Killed();
          return result.then(() => {
            throw new Killed();
          });
        };
      },
    });
  return { objects: dying(trail.objects), table: dying(trail.table) };
}

async function cursorOf({ table }: TestTrail) {
  return (await table.get([{ pk: 'cursor#detect', sk: 'cursor' }]))[0]?.attributes;
}
