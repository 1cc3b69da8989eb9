import { expect, test } from 'vitest';
import { sources } from '../../shared/sources/index.ts';
import { readEnvelope } from '../../shared/sources/read.ts';
import { appendNow } from '../../shared/stages/append.ts';
import type { FoldedEvent } from '../../shared/stages/fold.ts';
import { foldedPlaces } from '../../shared/stages/folded-places.ts';
import type { PendingEntry } from '../../shared/trail/pending.ts';
import { keepRecent } from '../../shared/trail/sequence/recent.ts';
import { pendingOf } from '../query/events.ts';
import { testTrail } from '../trail/sequence/trail.ts';

const bounds = { countMax: 5000, sizeBytesMax: 64_000_000 };

/** Records that a reader turns into events: mapped, with a secret in it, without a time, of no known shape. */
const RECORDS = [
  {
    eventVersion: '1.11',
    eventID: '00000000-0000-4000-8000-000000000001',
    eventTime: '2026-05-01T12:00:00Z',
    eventSource: 'iam.amazonaws.com',
    eventName: 'CreateUser',
    awsRegion: 'us-east-1',
    recipientAccountId: '111122223333',
    userIdentity: { type: 'IAMUser', userName: 'alice', accountId: '111122223333' },
    requestParameters: { userName: 'bob', note: '', tags: [], nothing: null, password: 'hunter2hunter2' },
  },
  {
    eventVersion: '1.11',
    eventName: 'DeleteTrail',
    awsRegion: 'eu-west-1',
    recipientAccountId: '111122223333',
  },
  JSON.parse('{"__proto__":{"polluted":true},"unknown":"shape","n":-0.0,"big":1e400}'),
];

async function placesOf(trail: ReturnType<typeof testTrail>, from = 0): Promise<readonly FoldedEvent[]> {
  const found: FoldedEvent[] = [];
  for await (const places of foldedPlaces(trail, from, Number.MAX_SAFE_INTEGER)) {
    for (const { index, event } of places) {
      if (event === undefined) continue;
      expect(event.index).toBe(index);
      found.push({ ...event, record: event.record });
    }
  }
  return found;
}

function read(): readonly PendingEntry[] {
  const body = Buffer.from(RECORDS.map((record) => JSON.stringify(record)).join('\n'));
  const { events } = readEnvelope(
    { source: undefined, receivedAt: new Date('2026-05-01T13:00:00Z'), attributes: {}, body },
    { sources, random: (sizeBytes) => new Uint8Array(sizeBytes).fill(7), salt: new Uint8Array(16) },
  );
  return events.map((event) => ({ kind: 'event', ...event }));
}

test('an event that is handed on in memory is exactly the one that its line says', async () => {
  const trail = { ...testTrail(), recent: keepRecent() };
  const entries = read();
  expect(entries.map(({ parsed }) => parsed?.event.class_uid)).toEqual([3001, 6003, 0]);
  await appendNow(trail, entries, bounds);
  const handed = await placesOf(trail);
  const { recent: _, ...cold } = trail;
  // Equal as JSON, and in what JSON does not tell: own members that are undefined.
  expect(handed).toStrictEqual(await placesOf(cold));
  expect(handed.map(({ event }) => JSON.stringify(event))).toEqual(entries.map(({ line }) => line));
});

test('folds read what is no longer in memory from the blocks, and the rest from memory, each once', async () => {
  const trail = { ...testTrail(), recent: keepRecent() };
  for (let at = 0; at < 6000; at += 1500) {
    await appendNow(
      trail,
      Array.from({ length: 1500 }, (_, n) => pendingOf(at + n)),
      bounds,
    );
  }
  for (const from of [0, 1, 3000, 4600, 6000]) {
    const indexes = (await placesOf(trail, from)).map(({ index }) => index);
    expect(indexes).toEqual(
      Array.from({ length: 6001 - Math.max(1, from) }, (_, n) => Math.max(1, from) + n),
    );
  }
});

test('a second event with the same uid and another essence is not handed on as what it was', async () => {
  const trail = { ...testTrail(), recent: keepRecent() };
  const [first] = read();
  if (first === undefined) throw new Error('expected an event');
  await appendNow(
    trail,
    [first, { ...first, essence: first.essence.replace(/.$/, (x) => (x === '0' ? '1' : '0')) }],
    bounds,
  );
  const [, conflict] = await placesOf(trail);
  expect(conflict?.event.unmapped).toMatchObject({ trailproof: { conflict: { uid: first.uid } } });
});
