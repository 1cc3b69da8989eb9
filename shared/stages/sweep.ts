import { decodeBatch } from '../trail/sequence/batch.ts';
import { readHead } from '../trail/sequence/head.ts';
import { asidePartition, outboxPartition, receiptPartition } from '../trail/sequence/rows.ts';
import { parseStagingKey } from '../trail/sequence/staging.ts';
import type { TrailPorts } from '../trail/sequence/trail-ports.ts';
import { isUlid, ulidTimeDigits } from '../trail/sequence/ulid.ts';
import { enqueue } from './append.ts';

/** So long may whoever wrote an inbox object take to write its row, and whoever waits for a receipt to read it. */
const ageMinMs = 7 * 24 * 3_600_000;

/**
 * Tidies what crashes left in passing. Safe at any time and beside anything: the storage has no lifecycle rule of its
 * own for these objects, because a rule cannot know what a stopped sequencer still needs.
 */
export async function sweep(ports: TrailPorts): Promise<void> {
  await sweepStaging(ports);
  await sweepInbox(ports);
  await sweepReceipts(ports);
}

/**
 * A staging object goes once the trail has grown past the size that it began from: it was applied, or it lost. The
 * one that is still to be applied begins exactly at what is applied.
 */
async function sweepStaging({ table, objects }: TrailPorts): Promise<void> {
  const head = await readHead(table);
  if (head === undefined) return;
  for await (const key of objects.list('staging/')) {
    const name = parseStagingKey(key);
    if (name !== undefined && name.base < head.applied) await objects.delete(key);
  }
}

/** An object that no row names was left by whoever died before writing the row, or after deleting it. */
async function sweepInbox(ports: TrailPorts): Promise<void> {
  const before = ulidTimeDigits(ports.clock().getTime() - ageMinMs);
  for await (const key of ports.objects.list('inbox/')) {
    const id = key.slice('inbox/'.length);
    if (!isUlid(id) || id >= before || (await isNamed(ports, id))) continue;
    await redeliver(ports, key);
  }
}

async function isNamed({ table }: TrailPorts, id: string): Promise<boolean> {
  const rows = await table.get([outboxPartition, asidePartition].map((pk) => ({ pk, sk: id })));
  return rows.length > 0;
}

/** New object and row first, then the old object: uids make it harmless that both may be appended. */
async function redeliver(ports: TrailPorts, key: string): Promise<void> {
  const stored = await ports.objects.get(key);
  if (stored === undefined) return;
  const entries = decodeBatch(stored.bytes);
  if (!entries.ok) {
    ports.onAlarm({ code: 'inbox-unreadable', message: `${key}, which no row names: ${entries.fault}` });
    return;
  }
  await enqueue(ports, entries.value);
  await ports.objects.delete(key);
}

async function sweepReceipts({ table, clock }: TrailPorts): Promise<void> {
  const to = ulidTimeDigits(clock().getTime() - ageMinMs);
  for (;;) {
    const rows = await table.query(receiptPartition, { to, limit: 1000 });
    if (rows.length === 0) return;
    await table.delete(rows.map(({ pk, sk }) => ({ pk, sk })));
  }
}
