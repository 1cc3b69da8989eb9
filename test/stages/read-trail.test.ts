import { expect, test } from 'vitest';
import { enqueue, sequence } from '../../shared/stages/append.ts';
import { readLines } from '../../shared/stages/read-trail.ts';
import { keysIn, type TestTrail, testEvent, testTrail } from '../trail/sequence/trail.ts';

async function trailOfThreeBlocks(): Promise<TestTrail> {
  const trail = testTrail();
  for (const name of ['a', 'b', 'c']) {
    await enqueue(
      trail,
      Array.from({ length: 200 }, (_, index) => testEvent(`${name} ${index}`)),
    );
    await sequence(trail);
    trail.time.ms += 1000;
  }
  return trail;
}

async function indicesOf(trail: TestTrail, from: number, to: number): Promise<readonly number[]> {
  const indices: number[] = [];
  for await (const { index } of readLines(trail, from, to)) indices.push(index);
  return indices;
}

const range = (from: number, to: number): readonly number[] =>
  Array.from({ length: Math.max(0, to - from) }, (_, offset) => from + offset);

test.each([
  [0, 601],
  [0, 1],
  [200, 202],
  [201, 401],
  [399, 10_000],
  [5, 5],
  [601, 700],
])('lines from %i to %i are read in order, across blocks and no further than the trail', async (from, to) => {
  const trail = await trailOfThreeBlocks();
  expect(await indicesOf(trail, from, to)).toEqual(range(from, Math.min(to, 601)));
});

test('an empty trail has no lines', async () => {
  expect(await indicesOf(testTrail(), 0, 10)).toEqual([]);
});

test('a line comes with its kind, its source and when it was appended', async () => {
  const trail = await trailOfThreeBlocks();
  for await (const line of readLines(trail, 201, 202)) {
    expect(line).toEqual({
      index: 201,
      kind: 'event',
      source: 'aws.cloudtrail',
      timeMs: Date.parse('2026-11-20T10:00:01Z'),
      line: testEvent('b 0').line,
    });
  }
});

test.each(['missing', 'changed'])('a block that is %s is an error, never left out', async (fault) => {
  const trail = await trailOfThreeBlocks();
  const second = (await keysIn(trail, 'events/')).find((key) => key.includes('/000000000128-')) ?? '';
  if (fault === 'missing') await trail.objects.delete(second);
  else await trail.objects.put(second, Uint8Array.of(1, 2, 3), 'any');
  await expect(indicesOf(trail, 100, 300)).rejects.toThrow(/expected the block/);
  expect(await indicesOf(trail, 0, 100)).toHaveLength(100);
});
