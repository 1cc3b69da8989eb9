// Clauses of the commit protocol whose absence shows in one schedule of thousands: each by the schedule itself.
import { expect, test } from 'vitest';
import { PortError, type Row, type Table } from '../../../shared/ports.ts';
import { enqueue, readReceipts, sequence } from '../../../shared/stages/append.ts';
import { sweep } from '../../../shared/stages/sweep.ts';
import { keysIn, type TestTrail, testEvent, testTrail } from './trail.ts';

const dayMs = 86_400_000;

/** The same table, with some of its methods replaced. */
function tableWith(table: Table, changed: Partial<Table>): Table {
  return {
    get: (keys) => table.get(keys),
    put: (row, condition) => table.put(row, condition),
    write: (rows) => table.write(rows),
    delete: (keys) => table.delete(keys),
    query: (pk, range) => table.query(pk, range),
    ...changed,
  };
}

const crash = (): never => {
  throw new PortError('unavailable', 'the process died here');
};

test('a batch that somebody else has half applied is not dismissed as known', async () => {
  const trail = testTrail();
  await sequence(trail);
  const id = await enqueue(trail, [testEvent('a')]);
  const receipts: Row[] = [];
  const table = tableWith(trail.table, {
    put: async (row, condition) => {
      if (row.pk === 'receipt') receipts.push(row);
      await trail.table.put(row, condition);
    },
    write: async (rows) => {
      receipts.push(...rows.filter(({ pk }) => pk === 'receipt'));
      await trail.table.write(rows);
    },
  });
  const dying = tableWith(table, {
    write: async (rows) => {
      await trail.table.write(rows.filter(({ pk }) => pk.startsWith('uid#')));
      crash();
    },
  });
  // The other one commits and dies between this one's reading of the rows and its looking up of uids.
  let begun = false;
  const objects: TestTrail['objects'] = Object.create(trail.objects, {
    get: {
      value: async (key: string) => {
        if (key.startsWith('inbox/') && !begun) {
          begun = true;
          await expect(sequence({ ...trail, table: dying })).rejects.toThrow('died');
        }
        return trail.objects.get(key);
      },
    },
    put: { value: trail.objects.put.bind(trail.objects) },
    list: { value: trail.objects.list.bind(trail.objects) },
    delete: { value: trail.objects.delete.bind(trail.objects) },
  });
  expect(await sequence({ ...trail, objects, table })).toBe('idle');
  expect(receipts.map(({ attributes }) => attributes)).toEqual([{ appended: 1, duplicates: 0 }]);
  expect(await readReceipts(trail, [id])).toEqual([{ id, appended: 1, duplicates: 0 }]);
});

test('a batch that comes back by an echo of its row keeps its receipt, in a commit and in a dismissal', async () => {
  const trail = testTrail();
  const id = await enqueue(trail, [testEvent('a')]);
  const [row] = await trail.table.query('outbox', {});
  const batch = (await trail.objects.get(`inbox/${id}`))?.bytes ?? new Uint8Array();
  await sequence(trail);
  for (const others of [[testEvent('b')], []]) {
    await trail.objects.put(`inbox/${id}`, batch, 'absent');
    await trail.table.put(row ?? { pk: '', sk: '', attributes: {} }, 'absent');
    if (others.length > 0) await enqueue(trail, others);
    expect(await sequence(trail)).toBe('idle');
    expect(await readReceipts(trail, [id])).toEqual([{ id, appended: 1, duplicates: 0 }]);
  }
  expect(await trail.table.query('outbox', {})).toEqual([]);
  expect(trail.alarms).toEqual([]);
});

test('a sweep that dies while it delivers again has deleted nothing', async () => {
  const trail = testTrail();
  await enqueue(trail, [testEvent('a')]).catch(() => undefined);
  const [row] = await trail.table.query('outbox', {});
  await trail.table.delete([{ pk: 'outbox', sk: row?.sk ?? '' }]);
  trail.time.ms += 8 * dayMs;
  const dying = tableWith(trail.table, { put: async () => crash() });
  await expect(sweep({ ...trail, table: dying })).rejects.toThrow('died');
  expect(await keysIn(trail, 'inbox/')).toContain(`inbox/${row?.sk}`);
});
