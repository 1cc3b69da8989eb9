import { hash } from 'node:crypto';
import { concurrently } from '../../concurrently.ts';
import { fail, type Result } from '../../result.ts';
import type { PendingEntry } from '../pending.ts';
import { decodeBatch } from './batch.ts';
import {
  asidePartition,
  type OutboxRow,
  outboxPartition,
  outboxRow,
  readOutboxRow,
  receiptPartition,
} from './rows.ts';
import type { TrailPorts } from './trail-ports.ts';

/** How much one commit takes at most. Whole batches only, and always at least one. */
export interface CommitBounds {
  readonly countMax: number;
  readonly sizeBytesMax: number;
}

export interface Batch {
  readonly row: OutboxRow;
  readonly entries: readonly PendingEntry[];
}

/**
 * A batch that whoever commits it has in memory, and nobody else has anywhere: nothing of it is acknowledged before
 * its receipt is there.
 */
export interface HandedBatch {
  /** A ulid that no other batch has. */
  readonly id: string;
  readonly entries: readonly PendingEntry[];
}

/** The batch, unless it has its receipt: then it is committed and applied, or was known before. */
export async function openHanded(
  ports: Pick<TrailPorts, 'table'>,
  { id, entries }: HandedBatch,
): Promise<readonly Batch[]> {
  const [receipt] = await ports.table.get([{ pk: receiptPartition, sk: id }]);
  if (receipt !== undefined) return [];
  return [{ row: { id, key: '', count: entries.length, sizeBytes: 0, sha256: '' }, entries }];
}

/** Whether an outbox row and an inbox object are behind a batch. */
export function isStored({ row }: Batch): boolean {
  return row.key !== '';
}

/** A batch of one entry each is the smallest there is; more rows than this are never read at once. */
const rowCountMax = 1000;
const readsAtOnce = 8;

/** Step 3: waiting outbox rows, oldest first, whole rows, up to the bounds. */
export async function readWaiting(ports: TrailPorts, bounds: CommitBounds): Promise<readonly OutboxRow[]> {
  const rows = (await ports.table.query(outboxPartition, { limit: rowCountMax })).map(readOutboxRow);
  const taken: OutboxRow[] = [];
  let count = 0;
  let sizeBytes = 0;
  for (const row of rows) {
    count += row.count;
    sizeBytes += row.sizeBytes;
    if (taken.length > 0 && (count > bounds.countMax || sizeBytes > bounds.sizeBytesMax)) break;
    taken.push(row);
  }
  return taken;
}

/**
 * Step 4, its first half: the objects that the rows name. Undefined when one of them cannot be read; then its row is
 * gone by now, because somebody committed it or it was set aside, and the caller begins again.
 */
export async function readBatches(
  ports: TrailPorts,
  rows: readonly OutboxRow[],
): Promise<readonly Batch[] | undefined> {
  const read = await concurrently(rows, readsAtOnce, (row) => readBatch(ports, row));
  const batches: Batch[] = [];
  for (const [index, row] of rows.entries()) {
    const entries = read[index];
    if (entries?.ok === true) batches.push({ row, entries: entries.value });
    else await setAside(ports, row, entries?.fault ?? 'not read');
  }
  return batches.length === rows.length ? batches : undefined;
}

async function readBatch(ports: TrailPorts, row: OutboxRow): Promise<Result<readonly PendingEntry[]>> {
  const stored = await ports.objects.get(row.key);
  if (stored === undefined) return fail('the object is missing');
  if (hash('sha256', stored.bytes, 'hex') !== row.sha256)
    return fail('the object is not the one that was written');
  return decodeBatch(stored.bytes);
}

/**
 * Rows go before objects, always: so an object missing while its row remains was lost, and not committed by somebody
 * else meanwhile. A row whose batch has a receipt is a late echo of its own writing, and says nothing.
 */
async function setAside(ports: TrailPorts, row: OutboxRow, fault: string): Promise<void> {
  const key = { pk: outboxPartition, sk: row.id };
  const [found] = await ports.table.get([key]);
  if (found === undefined) return;
  const [receipt] = await ports.table.get([{ pk: receiptPartition, sk: row.id }]);
  if (receipt === undefined) {
    ports.onAlarm({ code: 'inbox-unreadable', message: `batch ${row.id} of ${row.count} entries: ${fault}` });
    const aside = outboxRow(row);
    await ports.table.put(
      { ...aside, pk: asidePartition, attributes: { ...aside.attributes, fault } },
      'any',
    );
  }
  await ports.table.delete([key]);
}
