import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MemoryTable } from '../../shared/adapters/memory/table.ts';
import type { Row, RowKey } from '../../shared/ports.ts';
import type { FoldedEvent } from '../../shared/stages/fold.ts';
import { readCursor, resetFold, runFolds } from '../../shared/stages/fold-runner.ts';
import { indexFold, unindex } from '../../shared/stages/index.ts';
import { bucketOf, encodeBucket, positionsIn } from '../../shared/stages/index-bucket.ts';
import {
  decodeSegment,
  encodeSegment,
  inflate,
  STORED_SIZE_BYTES_MAX,
  segmentOf,
} from '../../shared/stages/index-segment.ts';
import { blockKey, decodeBlock, encodeBlock } from '../../shared/trail/block.ts';
import { type BlockRow, blockRow, readBlockRow } from '../../shared/trail/sequence/rows.ts';
import { type EventParts, pendingOf, subjectOf } from '../query/events.ts';
import type { TestTrail } from '../trail/sequence/trail.ts';
import { append, ask, eventsOf, trailOf } from './query-trail.ts';

/** A table whose every row can be listed. */
class ListedTable extends MemoryTable {
  readonly keys = new Map<string, RowKey>();

  override async put(...given: Parameters<MemoryTable['put']>): Promise<void> {
    await super.put(...given);
    this.#note([given[0]]);
  }

  override async write(rows: readonly Row[]): Promise<void> {
    await super.write(rows);
    this.#note(rows);
  }

  async indexRows(): Promise<readonly Row[]> {
    const keys = [...this.keys.values()].filter(({ pk }) => /^(post|over|values)#|^segment$/.test(pk));
    const rows = await this.get(keys);
    return rows.toSorted((a, b) => (`${a.pk} ${a.sk}` < `${b.pk} ${b.sk}` ? -1 : 1));
  }

  #note(rows: readonly RowKey[]): void {
    for (const { pk, sk } of rows) this.keys.set(`${pk} ${sk}`, { pk, sk });
  }
}

function person(n: number): EventParts {
  return {
    actor: { user: { name: n % 3 === 0 ? nameOf(n) : 'alice' } },
    resources: [{ uid: `arn:aws:s3:::bucket-${n % 70}` }],
  };
}

/** Five events of one span are person-900's: one fewer, and the name is a rare one. */
function nameOf(n: number): string {
  return n >= 900 && n < 915 ? 'person-900' : `person-${n}`;
}

const entries = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, n) => pendingOf(from + n, person(from + n)));

async function listed(count: number): Promise<TestTrail & { readonly table: ListedTable }> {
  const trail = { ...(await trailOf([])), table: new ListedTable() };
  await trail.objects.delete('checkpoint');
  await append(trail, entries(0, count), 1500);
  return trail;
}

test('the rows of the index depend on the trail alone, not on when or how often it ran', async () => {
  const once = await listed(5700);
  await runFolds(once, [indexFold(once)]);
  const often = await listed(400);
  for (const [from, to] of [
    [400, 1600],
    [1600, 4900],
    [4900, 5700],
  ] as const) {
    await runFolds(often, [indexFold(often)]);
    await append(often, entries(from, to), 1500);
  }
  await runFolds(often, [indexFold(often)]);
  await runFolds(often, [indexFold(often)]);
  expect(await often.table.indexRows()).toEqual(await once.table.indexRows());
  expect(await readCursor(once.table, 'index')).toBe(5500);

  await resetFold(once.table, 'index');
  const before = await once.table.indexRows();
  await runFolds(once, [indexFold(once)]);
  expect(await once.table.indexRows()).toEqual(before);
});

test('a segment that another runner has removed is made again from the trail', async () => {
  const whole = await listed(5600);
  await runFolds(whole, [indexFold(whole)]);
  const holed = await listed(4800);
  await runFolds(holed, [indexFold(holed)]);
  await holed.table.delete([{ pk: 'segment', sk: '000000001500' }]);
  await append(holed, entries(4800, 5600), 1500);
  await runFolds(holed, [indexFold(holed)]);
  const posts = (rows: readonly Row[]) => rows.filter(({ pk }) => pk.startsWith('post#'));
  expect(posts(await holed.table.indexRows())).toEqual(posts(await whole.table.indexRows()));
});

test('no row comes near the 400 KB that DynamoDB allows, whatever an event holds', async () => {
  const noise = (n: number) =>
    Buffer.from(
      Array.from({ length: 150 }, (_, k) => (n * 31 + k * k * 17 + ((k * n) % 251)) % 256),
    ).toString('base64');
  const trail = { ...(await trailOf([])), table: new ListedTable() };
  await trail.objects.delete('checkpoint');
  const hostile = Array.from({ length: 5100 }, (_, n) =>
    pendingOf(n, {
      resources: Array.from({ length: 12 }, (_, k) => ({ name: `${noise(n * 12 + k)}-${n}-${k}` })),
    }),
  );
  await append(trail, hostile, 1000);
  await runFolds(trail, [indexFold(trail)]);
  const sizes = (await trail.table.indexRows()).map(({ attributes }) =>
    Object.values(attributes).reduce<number>(
      (sum, value) => sum + (value instanceof Uint8Array ? value.length : 0),
      0,
    ),
  );
  expect(Math.max(...sizes)).toBeLessThan(360_000);
  const name = `${noise(700 * 12 + 11)}-700-11`;
  expect(await ask(trail, { expression: `resource:"${name}"` })).toHaveLength(1);
});

test('after an erasure the index is what it would be had the event never been there', async () => {
  for (const count of [5300, 1300]) {
    const trail = await listed(count);
    await runFolds(trail, [indexFold(trail)]);
    const own = (await eventsOf(trail)).filter(({ event }) => event.actor?.user?.name === 'person-900');
    expect(own).toHaveLength(5);
    const fresh = await listed(count);
    for (const erased of own.slice(0, 2)) {
      await eraseLine(trail, erased.index);
      await unindex(trail, erased, await readCursor(trail.table, 'index'));
      await eraseLine(fresh, erased.index);
    }
    await runFolds(fresh, [indexFold(fresh)]);
    expect(await trail.table.indexRows()).toEqual((await fresh.table.indexRows()).filter(leftBy(count)));
    expect(await ask(trail, { expression: 'actor:person-900' })).toHaveLength(3);
  }
});

/** Whoever makes a span again has no use for its segments, which the fold leaves until it goes on. */
function leftBy(count: number) {
  return ({ pk, sk }: Row): boolean => count < 5000 || pk !== 'segment' || Number(sk) >= 5000;
}

test('the last word of an erased person is gone from every list', async () => {
  const trail = await listed(5300);
  await runFolds(trail, [indexFold(trail)]);
  const [erased] = (await eventsOf(trail)).filter(({ event }) => event.actor?.user?.name === 'person-1200');
  await eraseLine(trail, (erased as FoldedEvent).index);
  await unindex(trail, erased as FoldedEvent, await readCursor(trail.table, 'index'));
  expect(JSON.stringify(await readable(trail.table))).not.toContain('person-1200');
  expect(await ask(trail, { expression: 'actor:person-1200' })).toEqual([]);
});

/** Empties one line of its block, as an erasure does. */
async function eraseLine(trail: TestTrail, index: number): Promise<void> {
  const rows = (await trail.table.query('block', {})).map(readBlockRow);
  const row = rows.findLast(({ first }) => first <= index) as BlockRow;
  const stored = await trail.objects.get(row.key);
  const lines = decodeBlock(stored?.bytes ?? new Uint8Array());
  if (!lines.ok) throw new Error(lines.fault);
  const bytes = encodeBlock(lines.value.map((line, n) => (row.first + n === index ? '' : line)));
  const key = blockKey({ first: row.first, timeMs: 0, bytes });
  await trail.objects.put(key, bytes, 'any');
  await trail.table.put(blockRow({ ...row, key }), 'any');
}

/** Every index row with its lists inflated. */
async function readable(table: ListedTable): Promise<readonly unknown[]> {
  return (await table.indexRows()).map(({ pk, sk, attributes }) => [
    pk,
    sk,
    ...['values', 'fields'].map((name) => {
      const bytes = attributes[name];
      return bytes instanceof Uint8Array ? inflate(bytes) : '';
    }),
  ]);
}

test('what is read back of a segment is what was stored, for the fields asked for', () => {
  const events = Array.from({ length: 20 }, (_, n) => ({ position: n, subject: subjectOf(person(n), n) }));
  const { bytes, segment } = encodeSegment(segmentOf(events));
  const read = decodeSegment(bytes, new Set(['actor', 'status']));
  expect([...read.keys()]).toEqual(['actor', 'status']);
  expect(read.get('actor')).toEqual(segment.get('actor'));
  expect(bytes.length).toBeLessThan(STORED_SIZE_BYTES_MAX);
});

test('a bucket gives back the positions of each of its keys', () => {
  const keys = fc.uniqueArray(fc.string({ maxLength: 12 }), { minLength: 1, maxLength: 30 });
  fc.assert(
    fc.property(keys, fc.nat(4990), (names, base) => {
      const rare = names.map((key, n) => ({ key, positions: [base, base + (n % 9) + 1] }));
      const bytes = encodeBucket(rare);
      for (const { key, positions } of rare) {
        expect(positionsIn(bytes, key)).toEqual(expect.arrayContaining(positions));
        expect(bucketOf(key)).toMatch(/^[0-9a-f]{2}$/);
      }
    }),
  );
});
