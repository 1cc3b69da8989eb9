import { expect, test } from 'vitest';
import { enqueue, readReceipts, sequence } from '../../shared/stages/append.ts';
import { trailSize } from '../../shared/stages/read-trail.ts';
import { sweep } from '../../shared/stages/sweep.ts';
import { keysIn, type TestTrail, testEvent, testTrail } from '../trail/sequence/trail.ts';

const dayMs = 86_400_000;

/** A batch whose row is gone, as a crash between row and object leaves it. */
async function forgottenBatch(trail: TestTrail): Promise<string> {
  const id = await enqueue(trail, [testEvent('a')]);
  await trail.table.delete([{ pk: 'outbox', sk: id }]);
  return id;
}

test('an inbox object that no row names is delivered again after a week, and not before', async () => {
  const trail = testTrail();
  const id = await forgottenBatch(trail);
  trail.time.ms += 6 * dayMs;
  await sweep(trail);
  expect(await keysIn(trail, 'inbox/')).toEqual([`inbox/${id}`]);
  trail.time.ms += 2 * dayMs;
  await sweep(trail);
  expect(await keysIn(trail, 'inbox/')).not.toContain(`inbox/${id}`);
  await sequence(trail);
  expect(await trailSize(trail)).toBe(2);
  expect(await keysIn(trail, 'inbox/')).toEqual([]);
});

test('an inbox object that a row names stays, however old', async () => {
  const trail = testTrail();
  const id = await enqueue(trail, [testEvent('a')]);
  trail.time.ms += 30 * dayMs;
  await sweep(trail);
  expect(await keysIn(trail, 'inbox/')).toEqual([`inbox/${id}`]);
});

test('a batch set aside stays for a person', async () => {
  const trail = testTrail();
  const id = await enqueue(trail, [testEvent('a')]);
  await trail.objects.put(`inbox/${id}`, Uint8Array.of(1, 2, 3), 'any');
  expect(await sequence(trail)).toBe('idle');
  expect(trail.alarms.map(({ code }) => code)).toEqual(['inbox-unreadable']);
  trail.time.ms += 30 * dayMs;
  await sweep(trail);
  expect(await keysIn(trail, 'inbox/')).toEqual([`inbox/${id}`]);
  expect(await trail.table.query('outbox-aside', {})).toHaveLength(1);
});

test('an old object that no row names and nobody can read raises an alarm and stays', async () => {
  const trail = testTrail();
  const id = await forgottenBatch(trail);
  await trail.objects.put(`inbox/${id}`, Uint8Array.of(1, 2, 3), 'any');
  trail.time.ms += 8 * dayMs;
  await sweep(trail);
  expect(trail.alarms.map(({ code }) => code)).toEqual(['inbox-unreadable']);
  expect(await keysIn(trail, 'inbox/')).toEqual([`inbox/${id}`]);
});

test('a staging object goes once the trail has grown past its base', async () => {
  const trail = testTrail();
  await enqueue(trail, [testEvent('a')]);
  await sequence(trail);
  const name = (base: number): string => `staging/${String(base).padStart(12, '0')}-${'0'.repeat(64)}`;
  for (const base of [0, 1, 2, 3]) await trail.objects.put(name(base), Uint8Array.of(1), 'any');
  await sweep(trail);
  expect(await keysIn(trail, 'staging/')).toEqual([name(2), name(3)]);
});

test('receipts go after a week', async () => {
  const trail = testTrail();
  const id = await enqueue(trail, [testEvent('a')]);
  await sequence(trail);
  await sweep(trail);
  expect(await readReceipts(trail, [id])).toHaveLength(1);
  trail.time.ms += 8 * dayMs;
  await sweep(trail);
  expect(await readReceipts(trail, [id])).toEqual([]);
});
