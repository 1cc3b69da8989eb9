import { hash } from 'node:crypto';
import { decodeBatch } from '../trail/sequence/batch.ts';
import { asidePartition, outboxPartition, outboxRow } from '../trail/sequence/rows.ts';
import type { TrailPorts } from '../trail/sequence/trail-ports.ts';
import { isUlid } from '../trail/sequence/ulid.ts';

/**
 * A row for every inbox object, and none for those that are gone. What was committed already is dropped by its uids.
 * Returns how many batches wait.
 */
export async function rebuildOutbox(ports: TrailPorts): Promise<number> {
  for (const pk of [outboxPartition, asidePartition]) {
    const rows = await ports.table.query(pk, {});
    await ports.table.delete(rows.map(({ sk }) => ({ pk, sk })));
  }
  let count = 0;
  for await (const key of ports.objects.list('inbox/')) if (await rebuildRow(ports, key)) count += 1;
  return count;
}

async function rebuildRow(ports: TrailPorts, key: string): Promise<boolean> {
  const id = key.slice('inbox/'.length);
  const stored = await ports.objects.get(key);
  const entries = stored === undefined ? undefined : decodeBatch(stored.bytes);
  if (stored === undefined || !isUlid(id) || entries?.ok !== true) {
    ports.onAlarm({ code: 'inbox-unreadable', message: `${key}: not a batch that can be delivered` });
    return false;
  }
  const sizeBytes = entries.value.reduce((sum, { line }) => sum + line.length, 0);
  const sha256 = hash('sha256', stored.bytes, 'hex');
  await ports.table.put(outboxRow({ id, key, count: entries.value.length, sizeBytes, sha256 }), 'any');
  return true;
}
