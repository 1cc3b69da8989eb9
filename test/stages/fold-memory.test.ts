import { expect, test } from 'vitest';
import type { Fold, FoldMemory } from '../../shared/stages/fold.ts';
import { readCursor, resetFold, runFolds, type SnapshotBounds } from '../../shared/stages/fold-runner.ts';
import { watermarkEntry } from '../../shared/stages/watermark-entry.ts';
import { pendingOf } from '../query/events.ts';
import { keysIn } from '../trail/sequence/trail.ts';
import { append, trailOf } from './query-trail.ts';

const OFTEN: SnapshotBounds = { countMax: 10, bytesPerEntry: 1_000, smallBytes: 0, chunkCountMax: 5 };
const AT_END: SnapshotBounds = { ...OFTEN, countMax: 1_000_000, smallBytes: 1_000 };

interface Adding extends Fold {
  readonly memory: FoldMemory;
  /** What it remembers: how many events there were up to each. */
  readonly counts: Map<number, number>;
  readonly restored: (string | undefined)[];
  readonly watermarks: number[];
}

/** A fold that counts events: wrong as soon as it sees one twice, or misses one. */
function adding(): Adding {
  let count = 0;
  const counts = new Map<number, number>();
  const restored: (string | undefined)[] = [];
  const watermarks: number[] = [];
  const memory: FoldMemory = {
    standing: undefined,
    snapshot: () => Buffer.from(String(count)),
    restore: (bytes) => {
      restored.push(bytes && Buffer.from(bytes).toString());
      count = Number(Buffer.from(bytes ?? []).toString());
    },
  };
  const apply: Fold['apply'] = async (events, { ticks = [] }) => {
    for (const { watermarkMs } of ticks) watermarks.push(watermarkMs);
    for (const { index } of events) {
      count += 1;
      counts.set(index, count);
    }
  };
  return { id: 'adding', spanSize: 1, memory, apply, counts, restored, watermarks };
}

const entries = (count: number, from = 0) => Array.from({ length: count }, (_, n) => pendingOf(from + n));
const snapshots = async (trail: Parameters<typeof keysIn>[0]) => keysIn(trail, 'state/adding/');

test('a fold goes on from memory, and another from its last snapshot', async () => {
  const trail = await trailOf(entries(34));
  const first = adding();
  await runFolds(trail, [first], OFTEN);
  expect(first.counts.get(34)).toBe(34);
  expect(await readCursor(trail.table, 'adding')).toBe(30);
  await append(trail, entries(3, 100));
  await runFolds(trail, [first], OFTEN);
  expect(first.counts.get(37)).toBe(37);
  const second = adding();
  await runFolds(trail, [second], OFTEN);
  expect([second.restored, second.counts.get(37), second.counts.size]).toEqual([['29'], 37, 8]);
});

test('one snapshot is kept, named by its cursor, and the row names it', async () => {
  const trail = await trailOf(entries(34));
  await runFolds(trail, [adding()], OFTEN);
  const [row] = await trail.table.get([{ pk: 'cursor#adding', sk: 'cursor' }]);
  expect(await snapshots(trail)).toEqual([row?.attributes['snapshot']]);
  expect(row?.attributes['snapshot']).toMatch(/^state\/adding\/000000000030-[0-9a-f]{16}$/);
});

test('a small memory is kept at the end of every run, a large one seldom', async () => {
  const trail = await trailOf(entries(20));
  await runFolds(trail, [adding()], AT_END);
  expect(await readCursor(trail.table, 'adding')).toBe(21);
  const large = adding();
  const fold = { ...large, id: 'large', memory: { ...large.memory, snapshot: () => Buffer.alloc(50_000) } };
  await runFolds(trail, [fold], OFTEN);
  expect(await readCursor(trail.table, 'large')).toBe(10);
});

test.each([
  ['lost', (trail: Awaited<ReturnType<typeof trailOf>>, key: string) => trail.objects.delete(key)],
  [
    'damaged',
    (trail: Awaited<ReturnType<typeof trailOf>>, key: string) =>
      trail.objects.put(key, Buffer.from('x'), 'any'),
  ],
])('a snapshot that is %s is made again from the first entry', async (_, harm) => {
  const trail = await trailOf(entries(20));
  await runFolds(trail, [adding()], AT_END);
  const [key = ''] = await snapshots(trail);
  await harm(trail, key);
  const again = adding();
  expect(await runFolds(trail, [again], AT_END)).toEqual([{ id: 'adding', first: 0, next: 21 }]);
  expect([again.restored, again.counts.get(20)]).toEqual([[undefined], 20]);
  const after = adding();
  await append(trail, entries(1, 100));
  await runFolds(trail, [after], AT_END);
  expect([after.restored, after.counts.get(21)]).toEqual([['20'], 21]);
});

test('a fold that is reset forgets, though its snapshot lies there', async () => {
  const trail = await trailOf(entries(20));
  const fold = adding();
  await runFolds(trail, [fold], AT_END);
  await resetFold(trail.table, 'adding');
  await runFolds(trail, [fold], AT_END);
  expect([fold.restored, fold.counts.get(20)]).toEqual([[undefined, undefined], 20]);
});

test('what fails half-way is not gone on from', async () => {
  const trail = await trailOf(entries(34));
  const fold = adding();
  let failures = 1;
  const failing: Fold = {
    ...fold,
    apply: async (events, span) => {
      await fold.apply(events, span);
      if (span.first === 20 && failures-- > 0) throw new Error('down');
    },
  };
  await expect(runFolds(trail, [failing], OFTEN)).rejects.toThrow('down');
  await runFolds(trail, [failing], OFTEN);
  expect([fold.restored, fold.counts.get(34)]).toEqual([[undefined, '19'], 34]);
});

test('a runner that was overtaken takes over what the other remembers', async () => {
  const trail = await trailOf(entries(20));
  const [slow, quick] = [adding(), adding()];
  let isFirst = true;
  const slowed: Fold = {
    ...slow,
    apply: async (events, span) => {
      await slow.apply(events, span);
      if (isFirst) await runFolds(trail, [quick], OFTEN);
      isFirst = false;
    },
  };
  await runFolds(trail, [slowed], OFTEN);
  await append(trail, entries(20, 100));
  await runFolds(trail, [slowed], OFTEN);
  expect(slow.restored).toEqual([undefined, '19']);
  expect(slow.counts.get(40)).toBe(40);
  expect(await snapshots(trail)).toHaveLength(1);
});

test('a snapshot that another runner has just superseded is not a lost one', async () => {
  const trail = await trailOf(entries(20));
  await runFolds(trail, [adding()], AT_END);
  await append(trail, entries(5, 100));
  const late = adding();
  const { table } = trail;
  let isFirst = true;
  const slow = {
    get: async (keys: Parameters<typeof table.get>[0]) => {
      const rows = await table.get(keys);
      // Between the row and the snapshot that it names.
      if (isFirst && keys[0]?.pk === 'cursor#adding') {
        isFirst = false;
        await runFolds(trail, [adding()], AT_END);
      }
      return rows;
    },
    put: table.put.bind(table),
    write: table.write.bind(table),
    delete: table.delete.bind(table),
    query: table.query.bind(table),
  };
  await runFolds({ objects: trail.objects, table: slow }, [late], AT_END);
  expect(late.restored).toEqual(['25']);
});

test('snapshots that nothing names are cleared away by the next that begins', async () => {
  const trail = await trailOf(entries(34));
  await runFolds(trail, [adding()], OFTEN);
  await trail.objects.put('state/adding/000000000010-0123456789abcdef', Buffer.from('old'), 'any');
  await trail.objects.put('state/adding/000000000040-0123456789abcdef', Buffer.from('on its way'), 'any');
  await runFolds(trail, [adding()], OFTEN);
  const names = (await snapshots(trail)).map((key) => key.split('/').at(-1)?.slice(0, 12));
  expect(names).toEqual(['000000000030', '000000000040']);
});

test('count entries tell folds of the time, by what they say or by when they were appended', async () => {
  const trail = await trailOf(entries(2));
  const { ms } = trail.time;
  await append(trail, [watermarkEntry(5_000), watermarkEntry(5_000), watermarkEntry(ms + 99_999_999)]);
  const fold = adding();
  await runFolds(trail, [fold], AT_END);
  expect(fold.watermarks).toHaveLength(2);
  expect(fold.watermarks[0]).toBe(5_000);
  expect(Math.abs((fold.watermarks[1] ?? 0) - ms)).toBeLessThan(60_000);
});
