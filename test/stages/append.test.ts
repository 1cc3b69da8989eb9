import { expect, test } from 'vitest';
import { appendNow, controlEntry, enqueue, readReceipts, sequence } from '../../shared/stages/append.ts';
import { readLines, trailSize } from '../../shared/stages/read-trail.ts';
import { blockHash } from '../../shared/trail/block.ts';
import { openCheckpoint } from '../../shared/trail/checkpoint.ts';
import { parseNote } from '../../shared/trail/note.ts';
import type { TrailLine } from '../../shared/trail/pending.ts';
import { keepRecent } from '../../shared/trail/sequence/recent.ts';
import { verifyTrail } from '../../shared/trail/verify.ts';
import { keysIn, type TestTrail, testEvent, testTrail, testVerifierKey } from '../trail/sequence/trail.ts';

async function linesOf(
  trail: TestTrail,
  from = 0,
  to = Number.MAX_SAFE_INTEGER,
): Promise<readonly TrailLine[]> {
  const lines: TrailLine[] = [];
  for await (const line of readLines(trail, from, to)) lines.push(line);
  return lines;
}

async function eventsOf(trail: TestTrail): Promise<readonly Record<string, never>[]> {
  return (await linesOf(trail)).filter(({ kind }) => kind === 'event').map(({ line }) => JSON.parse(line));
}

async function expectNoFault(trail: TestTrail): Promise<void> {
  const report = await verifyTrail({ store: trail.objects, keys: [testVerifierKey] });
  expect(report.faults).toEqual([]);
  expect(trail.alarms).toEqual([]);
}

test('an empty trail has a signed checkpoint, and nothing else', async () => {
  const trail = testTrail();
  expect(await sequence(trail)).toBe('idle');
  expect(await keysIn(trail, '')).toEqual(['checkpoint']);
  const note = (await trail.objects.get('checkpoint'))?.bytes ?? '';
  const opened = openCheckpoint(note, [testVerifierKey]);
  expect(opened).toMatchObject({ ok: true, value: { checkpoint: { origin: 'example.com/trail', size: 0 } } });
  await expectNoFault(trail);
});

test('what is enqueued is appended in order, after the key of the trail itself', async () => {
  const trail = testTrail();
  const entries = Array.from({ length: 700 }, (_, index) => testEvent(`event ${index}`));
  const id = await enqueue(trail, entries);
  expect(await trailSize(trail)).toBe(0);
  expect(await sequence(trail)).toBe('idle');
  const [first, ...rest] = await linesOf(trail);
  expect(first).toMatchObject({ index: 0, kind: 'key', source: 'trailproof' });
  expect(rest.map(({ line }) => line)).toEqual(entries.map(({ line }) => line));
  expect(rest.map(({ index }) => index)).toEqual(entries.map((_, index) => index + 1));
  expect(await readReceipts(trail, [id])).toEqual([{ id, appended: 700, duplicates: 0 }]);
  await expectNoFault(trail);
});

test('nothing is left in passing once all is applied, and the doorbell has rung', async () => {
  const trail = testTrail();
  for (const name of ['a', 'b', 'c']) {
    await enqueue(trail, [testEvent(name)]);
    await sequence(trail);
  }
  for (const prefix of ['inbox/', 'staging/']) expect(await keysIn(trail, prefix)).toEqual([]);
  expect(await trail.table.query('outbox', {})).toEqual([]);
  expect(trail.rung.map(({ body }) => body)).toEqual(['2', '3', '4']);
  await expectNoFault(trail);
});

test('a block is named by its day, its first index and the hash of its bytes', async () => {
  const trail = testTrail();
  await enqueue(trail, [testEvent('a')]);
  await sequence(trail);
  const [key = ''] = await keysIn(trail, 'events/');
  const bytes = (await trail.objects.get(key))?.bytes ?? new Uint8Array();
  expect(key).toBe(`events/2026/11/20/000000000000-${blockHash(bytes)}.ndjson.zst`);
});

test('the same event again is a duplicate, in the table and within one commit', async () => {
  const trail = testTrail();
  const first = await enqueue(trail, [testEvent('a'), testEvent('a')]);
  await sequence(trail);
  const second = await enqueue(trail, [testEvent('b'), testEvent('a')]);
  const third = await enqueue(trail, [testEvent('a'), testEvent('b')]);
  await sequence(trail);
  expect(await readReceipts(trail, [first, second, third])).toEqual([
    { id: first, appended: 1, duplicates: 1 },
    { id: second, appended: 1, duplicates: 1 },
    { id: third, appended: 0, duplicates: 2 },
  ]);
  expect(await trailSize(trail)).toBe(3);
  await expectNoFault(trail);
});

test('batches that hold nothing new, or nothing at all, are dismissed with their receipts', async () => {
  const trail = testTrail();
  await enqueue(trail, [testEvent('a')]);
  await sequence(trail);
  const again = await enqueue(trail, [testEvent('a')]);
  const empty = await enqueue(trail, []);
  expect(await sequence(trail)).toBe('idle');
  expect(await readReceipts(trail, [again, empty])).toEqual([
    { id: again, appended: 0, duplicates: 1 },
    { id: empty, appended: 0, duplicates: 0 },
  ]);
  expect(await keysIn(trail, 'inbox/')).toEqual([]);
  expect(await trail.table.query('outbox', {})).toEqual([]);
  await expectNoFault(trail);
});

test('another essence under the same uid is appended as a conflict that names the first', async () => {
  const trail = testTrail();
  await enqueue(trail, [testEvent('a')]);
  await sequence(trail);
  const forged = testEvent('a', 'forged', 'with "quotes" and __proto__');
  await enqueue(trail, [forged, forged]);
  await sequence(trail);
  await enqueue(trail, [forged]);
  await sequence(trail);
  const [first, conflict, ...rest] = await eventsOf(trail);
  expect(rest).toEqual([]);
  expect(first).toMatchObject({ metadata: { uid: testEvent('a').uid } });
  expect(conflict).toEqual({
    ...JSON.parse(forged.line),
    metadata: { uid: expect.stringMatching(/^[0-9a-f]{64}$/), version: '1.8.0' },
    unmapped: {
      trailproof: { essence: forged.essence, nonce: '00', conflict: { uid: forged.uid, index: 1 } },
    },
  });
  expect((conflict as { metadata?: { uid: string } } | undefined)?.metadata?.uid).not.toBe(forged.uid);
  await expectNoFault(trail);
});

test('a conflict within one commit names the first of that commit', async () => {
  const trail = testTrail();
  await enqueue(trail, [testEvent('x'), testEvent('a')]);
  await enqueue(trail, [testEvent('a', 'forged'), testEvent('a', 'third'), testEvent('a', 'forged')]);
  await sequence(trail);
  const conflicts = (await eventsOf(trail)).map((event) => event['unmapped']?.['trailproof']?.['conflict']);
  const named = { uid: testEvent('a').uid, index: 2 };
  expect(conflicts).toEqual([undefined, undefined, named, named]);
  await expectNoFault(trail);
});

test('an essence of another version is a duplicate: it cannot be compared', async () => {
  const trail = testTrail();
  const event = testEvent('a');
  await enqueue(trail, [event, { ...event, essence: event.essence.replace('1:', '2:ff') }]);
  await sequence(trail);
  expect(await eventsOf(trail)).toHaveLength(1);
});

test('control entries take their time from the commit, and say a thing once', async () => {
  const trail = testTrail();
  const count = controlEntry({ kind: 'count', source: 'trailproof', members: { events: 3 } }, 5);
  await enqueue(trail, [count]);
  await sequence(trail);
  await enqueue(trail, [controlEntry({ kind: 'count', source: 'trailproof', members: { events: 3 } }, 6)]);
  await sequence(trail);
  const [, ...rest] = await linesOf(trail);
  expect(rest.map(({ line }) => line)).toEqual([
    `{"v":1,"k":"count","t":${trail.time.ms},"src":"trailproof","events":3}`,
  ]);
  await expectNoFault(trail);
});

test('one commit takes whole batches up to its bounds, and at least one', async () => {
  const trail = testTrail();
  for (const name of ['a', 'b', 'c', 'd']) {
    await enqueue(trail, [testEvent(`${name}1`), testEvent(`${name}2`)]);
    trail.time.ms += 1;
  }
  await enqueue(
    trail,
    [1, 2, 3, 4, 5].map((n) => testEvent(`e${n}`)),
  );
  await sequence(trail, { countMax: 4, sizeBytesMax: 1e9 });
  const counts = (await trail.table.query('block', {})).map(({ attributes }) => attributes['count']);
  expect(counts).toEqual([5, 4, 5]);
  await sequence(trail);
  await enqueue(trail, [testEvent('x')]);
  await enqueue(trail, [testEvent('y')]);
  await sequence(trail, { countMax: 100, sizeBytesMax: 1 });
  expect(await trail.table.query('block', {})).toHaveLength(5);
  await expectNoFault(trail);
});

test('one checkpoint an hour is kept for good', async () => {
  const trail = testTrail();
  for (const minutes of [0, 20, 39, 2, 61]) {
    trail.time.ms += minutes * 60_000;
    await enqueue(trail, [testEvent(String(trail.time.ms))]);
    await sequence(trail);
  }
  const sizes = (await keysIn(trail, 'checkpoints/')).map((key) => Number(key.split('/')[1]));
  expect(sizes.sort((a, b) => a - b)).toEqual([2, 5, 6]);
  const note = parseNote((await trail.objects.get('checkpoints/5'))?.bytes ?? '');
  expect(note).toMatchObject({ ok: true, value: { text: expect.stringContaining('\n5\n') } });
  await expectNoFault(trail);
});

test('partial tiles go once the full tile is there', async () => {
  const trail = testTrail();
  for (let batch = 0; batch < 9; batch += 1) {
    await enqueue(
      trail,
      Array.from({ length: 30 }, (_, index) => testEvent(`${batch} ${index}`)),
    );
    await sequence(trail);
  }
  expect(await keysIn(trail, 'tile/0/000.p/')).toEqual([]);
  expect(await keysIn(trail, 'tile/entries/000.p/')).toEqual([]);
  expect(await keysIn(trail, 'tile/entries/')).toEqual(['tile/entries/000', 'tile/entries/001.p/15']);
  await expectNoFault(trail);
});

test.each([
  ['a uid that is not 64 hex digits', { uid: 'A'.repeat(64) }],
  ['a line that is two', { line: '{}\n{}' }],
  ['an empty line', { line: '' }],
  ['a control entry whose uid does not follow from it', { kind: 'config' as const }],
])('%s is refused before anything is written', async (_, change) => {
  const trail = testTrail();
  await expect(enqueue(trail, [{ ...testEvent('a'), ...change }])).rejects.toThrow(RangeError);
  expect(await keysIn(trail, '')).toEqual([]);
});

test('a block row says when its events happened, and leaves out what Trailproof itself says', async () => {
  const trail = testTrail();
  await enqueue(trail, [
    { ...testEvent('b'), time: 2000 },
    { ...testEvent('a'), time: 1000 },
  ]);
  await sequence(trail);
  await enqueue(trail, [controlEntry({ kind: 'count', source: 'trailproof', members: { events: 2 } }, 5)]);
  await sequence(trail);
  const ranges = (await trail.table.query('block', {})).map(({ attributes }) => [
    attributes['fromMs'],
    attributes['toMs'],
  ]);
  expect(ranges).toEqual([
    [1000, 2000],
    [trail.time.ms, trail.time.ms],
  ]);
});

test('what is handed over in memory is on the trail when it returns, and was nowhere before', async () => {
  const trail = { ...testTrail(), recent: keepRecent() };
  const bounds = { countMax: 100, sizeBytesMax: 1_000_000 };
  const waiting = await enqueue(trail, [testEvent('waiting')]);
  const first = await appendNow(trail, [testEvent('a'), testEvent('b')], bounds);
  const second = await appendNow(trail, [testEvent('b'), testEvent('c')], bounds);
  expect([first.outcome, second.outcome]).toEqual(['idle', 'idle']);
  expect(await readReceipts(trail, [waiting, first.id, second.id])).toMatchObject([
    { appended: 1, duplicates: 0 },
    { appended: 2, duplicates: 0 },
    { appended: 1, duplicates: 1 },
  ]);
  expect(await eventsOf(trail)).toHaveLength(4);
  for (const prefix of ['inbox/', 'staging/']) expect(await keysIn(trail, prefix)).toEqual([]);
  await expectNoFault(trail);
});

test('nothing is handed over that could not be read back from a batch', async () => {
  const trail = testTrail();
  const entry = { ...testEvent('a'), line: 'two\nlines' };
  await expect(appendNow(trail, [entry], { countMax: 1, sizeBytesMax: 1 })).rejects.toThrow(RangeError);
  expect(await trailSize(trail)).toBe(0);
});
