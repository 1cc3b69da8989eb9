import { expect, test } from 'vitest';
import { controlEntry } from '../../shared/stages/append.ts';
import type { Fold } from '../../shared/stages/fold.ts';
import { readCursor, resetFold, runFolds } from '../../shared/stages/fold-runner.ts';
import { readSourceCounts, sourceCountsFold } from '../../shared/stages/source-counts.ts';
import { pendingOf } from '../query/events.ts';
import { append, trailOf } from './query-trail.ts';

interface Seen {
  readonly first: number;
  readonly next: number;
  readonly times: readonly number[];
}

/** A fold that remembers what it was given. */
function remembering(id: string, spanSize: number): { readonly fold: Fold; readonly seen: Seen[] } {
  const seen: Seen[] = [];
  const fold: Fold = {
    id,
    spanSize,
    apply: async (events, { first, next }) => {
      seen.push({ first, next, times: events.map(({ index }) => index) });
    },
  };
  return { fold, seen };
}

const entries = (count: number, from = 0) => Array.from({ length: count }, (_, n) => pendingOf(from + n));

test('a fold with spans gets each span whole, however often it runs', async () => {
  const often = remembering('often', 100);
  const once = remembering('once', 100);
  const trail = await trailOf([]);
  for (const count of [30, 90, 250, 45]) {
    await append(trail, entries(count, count * 1000));
    await runFolds(trail, [often.fold]);
  }
  await runFolds(trail, [once.fold]);
  expect(often.seen).toEqual(once.seen);
  expect(once.seen.map(({ first, next }) => [first, next])).toEqual([
    [0, 100],
    [100, 200],
    [200, 300],
    [300, 400],
  ]);
});

test('a fold without spans gets every event once, in order, and then only what is new', async () => {
  const { fold, seen } = remembering('plain', 1);
  const trail = await trailOf(entries(1200), 500);
  expect(await runFolds(trail, [fold])).toEqual([{ id: 'plain', first: 0, next: 1201 }]);
  expect(await runFolds(trail, [fold])).toEqual([{ id: 'plain', first: 1201, next: 1201 }]);
  await append(trail, entries(3, 5000));
  await runFolds(trail, [fold]);
  const all = seen.flatMap(({ times }) => times);
  // Entry 0 is the trail's own key entry, which is no event.
  expect(all).toEqual(Array.from({ length: 1203 }, (_, n) => n + 1));
  expect(Math.max(...seen.map(({ times }) => times.length))).toBeLessThanOrEqual(500);
  expect(await readCursor(trail.table, 'plain')).toBe(1204);
});

test('control entries and erased lines are no events, but take their places', async () => {
  const { fold, seen } = remembering('plain', 1);
  const trail = await trailOf(entries(2));
  await append(trail, [
    controlEntry({ kind: 'count', source: 'trailproof', members: { events: 2 } }, 1000),
    pendingOf(9),
  ]);
  await runFolds(trail, [fold]);
  expect(seen).toEqual([{ first: 0, next: 5, times: [1, 2, 4] }]);
});

test('folds that stand at different places share one reading', async () => {
  const a = remembering('a', 1);
  const b = remembering('b', 10);
  const trail = await trailOf(entries(25));
  await runFolds(trail, [a.fold]);
  await append(trail, entries(5, 100));
  await runFolds(trail, [a.fold, b.fold]);
  expect(a.seen.map(({ first, next }) => [first, next])).toEqual([
    [0, 26],
    [26, 31],
  ]);
  expect(b.seen.map(({ first, next }) => [first, next])).toEqual([
    [0, 10],
    [10, 20],
    [20, 30],
  ]);
});

test('a crash between a fold and its cursor repeats the span and loses nothing', async () => {
  const { fold, seen } = remembering('fragile', 10);
  const trail = await trailOf(entries(25));
  const failing = {
    ...fold,
    apply: async (...given: Parameters<Fold['apply']>) => {
      await fold.apply(...given);
      if (given[1].first === 10 && seen.length === 2) throw new Error('crash');
    },
  };
  await expect(runFolds(trail, [failing])).rejects.toThrow('crash');
  expect(await readCursor(trail.table, 'fragile')).toBe(10);
  await runFolds(trail, [failing]);
  expect(seen.map(({ first }) => first)).toEqual([0, 10, 10]);
  expect(await readCursor(trail.table, 'fragile')).toBe(20);
});

test('a runner that was overtaken leaves the cursor where the other put it', async () => {
  const trail = await trailOf(entries(25));
  const other = remembering('shared', 10);
  let applied = 0;
  const slow: Fold = {
    id: 'shared',
    spanSize: 10,
    apply: async () => {
      applied += 1;
      if (applied === 1) await runFolds(trail, [other.fold]);
    },
  };
  expect(await runFolds(trail, [slow])).toEqual([{ id: 'shared', first: 0, next: 0 }]);
  expect(await readCursor(trail.table, 'shared')).toBe(20);
  expect(other.seen).toHaveLength(2);
  expect(applied).toBe(1);
});

test('a fold that is reset gets everything again', async () => {
  const { fold, seen } = remembering('again', 10);
  const trail = await trailOf(entries(25));
  await runFolds(trail, [fold]);
  await resetFold(trail.table, 'again');
  await runFolds(trail, [fold]);
  expect(seen.map(({ first }) => first)).toEqual([0, 10, 0, 10]);
});

test('a record is parsed when it is asked for, and is what was received', async () => {
  const records: unknown[] = [];
  const fold: Fold = {
    id: 'records',
    spanSize: 1,
    apply: async (events) => {
      for (const { record, raw } of events) records.push([record, raw]);
    },
  };
  const trail = await trailOf([pendingOf(0, { record: { a: 1 } })]);
  await runFolds(trail, [fold]);
  expect(records).toEqual([[{ eventName: 'Nothing', a: 1 }, '{"eventName":"Nothing","a":1}']]);
});

test('events are counted per source, once each even when a fold repeats itself', async () => {
  const trail = await trailOf([
    ...entries(10),
    pendingOf(20, { source: 'github.audit', time: 1000 }),
    pendingOf(21, { source: 'github.audit', time: 3000 }),
  ]);
  await runFolds(trail, [sourceCountsFold(trail)]);
  await resetFold(trail.table, 'sources');
  await runFolds(trail, [sourceCountsFold(trail)]);
  await append(trail, [pendingOf(30, { source: 'github.audit', time: 2000 })]);
  await Promise.all([runFolds(trail, [sourceCountsFold(trail)]), runFolds(trail, [sourceCountsFold(trail)])]);
  const counts = await readSourceCounts(trail.table);
  expect(counts.map(({ source, count }) => [source, count])).toEqual([
    ['aws.cloudtrail', 10],
    ['github.audit', 3],
  ]);
  expect(counts[1]).toMatchObject({ firstMs: 1000, lastMs: 3000 });
});
