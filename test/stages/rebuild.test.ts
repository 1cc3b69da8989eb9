import { expect, test } from 'vitest';
import { MemoryTable } from '../../shared/adapters/memory/table.ts';
import type { Table } from '../../shared/ports.ts';
import { controlEntry, enqueue, sequence } from '../../shared/stages/append.ts';
import { readLines, trailSize } from '../../shared/stages/read-trail.ts';
import { rebuild } from '../../shared/stages/rebuild.ts';
import { encodeBlock } from '../../shared/trail/block.ts';
import { readHead } from '../../shared/trail/sequence/head.ts';
import { keysIn, type TestTrail, testEvent, testTrail } from '../trail/sequence/trail.ts';

async function filledTrail(): Promise<TestTrail> {
  const trail = testTrail();
  await enqueue(
    trail,
    Array.from({ length: 300 }, (_, index) => testEvent(`event ${index}`)),
  );
  await sequence(trail);
  trail.time.ms += 1000;
  await enqueue(trail, [testEvent('event 3', 'forged'), testEvent('last')]);
  await enqueue(trail, [controlEntry({ kind: 'count', source: 'trailproof', members: { events: 302 } }, 1)]);
  await sequence(trail);
  return trail;
}

async function allRows(table: Table): Promise<readonly unknown[]> {
  const pks = ['block', 'outbox'];
  const uids = Array.from({ length: 65_536 }, (_, index) => `uid#${index.toString(16).padStart(4, '0')}`);
  return (await Promise.all([...pks, ...uids].map((pk) => table.query(pk, {})))).flat();
}

test('from the bucket alone come the same rows, and the same head but for its ver', async () => {
  const trail = await filledTrail();
  const table = new MemoryTable();
  const rebuilt = await rebuild({ ...trail, table });
  expect(rebuilt).toEqual({ ok: true, value: { size: 304, blocks: 6, uids: 304, batches: 0, removed: [] } });
  expect(await allRows(table)).toEqual(await allRows(trail.table));
  const [before, after] = [await readHead(trail.table), await readHead(table)];
  expect(after).toEqual({ ...before, ver: after?.ver, staging: '', timeMs: 0 });
  expect(after?.ver).not.toBe(before?.ver);
  expect(trail.alarms).toEqual([]);
});

test('after a rebuild what was appended before is still known, and what contradicts it too', async () => {
  const trail = { ...(await filledTrail()), table: new MemoryTable() };
  await rebuild(trail);
  await enqueue(trail, [
    testEvent('event 7'),
    testEvent('event 3', 'forged'),
    testEvent('event 7', 'forged'),
  ]);
  await enqueue(trail, [controlEntry({ kind: 'count', source: 'trailproof', members: { events: 302 } }, 1)]);
  expect(await sequence(trail)).toBe('idle');
  expect(await trailSize(trail)).toBe(305);
});

test('without a head in the table nobody begins where there is a trail', async () => {
  const trail = { ...(await filledTrail()), table: new MemoryTable() };
  await enqueue(trail, [testEvent('new')]);
  expect(await sequence(trail)).toBe('stopped');
  expect(trail.alarms.map(({ code }) => code)).toEqual(['head-missing']);
});

test('batches in the inbox wait again, and rows without an object are gone', async () => {
  const trail = await filledTrail();
  await enqueue(trail, [testEvent('waiting')]);
  const row = { pk: 'outbox', sk: '01ARZ3NDEKTSV4RRFFQ69G5FAV', attributes: {} };
  await trail.table.write([row]);
  const rebuilt = await rebuild(trail);
  expect(rebuilt).toMatchObject({ ok: true, value: { batches: 1 } });
  expect(await sequence(trail)).toBe('idle');
  expect(await trailSize(trail)).toBe(305);
  expect(trail.alarms).toEqual([]);
});

test('a block that no entry explains is removed', async () => {
  const trail = await filledTrail();
  const stray = encodeBlock([testEvent('stray').line]);
  const key = 'events/2026/11/20/000000000001-0123456789abcdef.ndjson.zst';
  await trail.objects.put(key, stray, 'any');
  expect(await rebuild(trail)).toMatchObject({ ok: true, value: { removed: [key], size: 304 } });
  expect(await keysIn(trail, 'events/')).toHaveLength(6);
});

test('a bucket that is an older copy than the table is refused, and nothing is changed', async () => {
  const trail = await filledTrail();
  const old = await trail.objects.get('checkpoints/301');
  await trail.objects.put('checkpoint', old?.bytes ?? new Uint8Array(), 'any');
  await trail.objects.delete('tile/0/001.p/48');
  const before = await readHead(trail.table);
  expect(await rebuild(trail)).toMatchObject({ ok: false, fault: { code: 'inconsistent' } });
  expect(await readHead(trail.table)).toEqual(before);
});

test('a checkpoint that was lost is published again from what the table knows', async () => {
  const trail = await filledTrail();
  const published = await trail.objects.get('checkpoint');
  await trail.objects.delete('checkpoint');
  for await (const key of trail.objects.list('checkpoints/')) await trail.objects.delete(key);
  expect(await rebuild(trail)).toMatchObject({ ok: true, value: { size: 304, blocks: 6 } });
  expect((await trail.objects.get('checkpoint'))?.bytes).toEqual(published?.bytes);
  await enqueue(trail, [testEvent('new')]);
  expect(await sequence(trail)).toBe('idle');
  expect(trail.alarms).toEqual([]);
});

test('a bucket without a checkpoint of our key is refused', async () => {
  const trail = { ...(await filledTrail()), table: new MemoryTable() };
  for (const key of ['checkpoint', 'checkpoints/301'])
    await trail.objects.put(key, Buffer.from('forged'), 'any');
  expect(await rebuild(trail)).toMatchObject({ ok: false, fault: { code: 'checkpoint-invalid' } });
});

test('lines that are gone without a word are an alarm, and the rest is rebuilt', async () => {
  const trail = { ...(await filledTrail()), table: new MemoryTable() };
  const [first = ''] = await keysIn(trail, 'events/');
  await trail.objects.delete(first);
  expect(await rebuild(trail)).toMatchObject({ ok: true, value: { blocks: 5, size: 304 } });
  expect(trail.alarms).toMatchObject([
    { code: 'block-missing', message: expect.stringContaining('0 to 63') },
  ]);
});

test('a block that was damaged stays where it is, because nothing else holds its lines', async () => {
  const trail = { ...(await filledTrail()), table: new MemoryTable() };
  const [first = ''] = await keysIn(trail, 'events/');
  const damaged = Buffer.from((await trail.objects.get(first))?.bytes ?? []);
  damaged[200] = (damaged[200] ?? 0) ^ 1;
  await trail.objects.put(first, damaged, 'any');
  expect(await rebuild(trail)).toMatchObject({ ok: true, value: { blocks: 5, removed: [] } });
  expect((await trail.objects.get(first))?.bytes).toEqual(new Uint8Array(damaged));
  expect(trail.alarms).toMatchObject([
    { code: 'block-missing', message: expect.stringContaining('0 to 63') },
  ]);
});

test('lines that a retain entry explains are no alarm, and read as empty', async () => {
  const trail = await filledTrail();
  const members = { first: 0, next: 301 };
  await enqueue(trail, [controlEntry({ kind: 'retain', source: 'trailproof', members }, 1)]);
  await sequence(trail);
  for (const key of (await keysIn(trail, 'events/')).slice(0, 5)) await trail.objects.delete(key);
  const fresh = { ...trail, table: new MemoryTable() };
  expect(await rebuild(fresh)).toMatchObject({ ok: true, value: { blocks: 2, size: 305 } });
  expect(trail.alarms).toEqual([]);
  const lines: string[] = [];
  for await (const { line } of readLines(fresh, 299, 303)) lines.push(line === '' ? '' : 'line');
  expect(lines).toEqual(['', '', 'line', 'line']);
});

test('an erased line gives its uid back from the entry that erased it', async () => {
  const trail = await filledTrail();
  const { uid, essence } = testEvent('last');
  const members = { index: 302, uid, essence };
  await enqueue(trail, [controlEntry({ kind: 'redact', source: 'trailproof', members }, 1)]);
  await sequence(trail);
  const block = (await keysIn(trail, 'events/'))[5] ?? '';
  const lines: string[] = [];
  for await (const { line } of readLines(trail, 301, 304)) lines.push(line);
  const erased = encodeBlock(lines.map((line, offset) => (offset === 1 ? '' : line)));
  const { blockKey } = await import('../../shared/trail/block.ts');
  await trail.objects.put(blockKey({ first: 301, timeMs: trail.time.ms, bytes: erased }), erased, 'any');
  await trail.objects.delete(block);
  const fresh = { ...trail, table: new MemoryTable() };
  expect(await rebuild(fresh)).toMatchObject({ ok: true, value: { size: 305, removed: [] } });
  await enqueue(fresh, [testEvent('last')]);
  await sequence(fresh);
  expect(await trailSize(fresh)).toBe(305);
});
