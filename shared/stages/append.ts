import { hash } from 'node:crypto';
import type { PendingEntry } from '../trail/pending.ts';
import { checkBatch, encodeBatch } from '../trail/sequence/batch.ts';
import { outboxRow, type Receipt, readReceiptRow, receiptPartition } from '../trail/sequence/rows.ts';
import { type SequenceOutcome, sequence } from '../trail/sequence/sequence.ts';
import type { TrailPorts } from '../trail/sequence/trail-ports.ts';
import { ulid } from '../trail/sequence/ulid.ts';
import type { CommitBounds } from '../trail/sequence/waiting.ts';

export { batchCountMax, batchSizeBytesMax } from '../trail/sequence/batch.ts';
export { controlEntry } from '../trail/sequence/control.ts';
export { type SequenceOutcome, sequence } from '../trail/sequence/sequence.ts';
export type { TrailPorts } from '../trail/sequence/trail-ports.ts';

/**
 * Leaves entries to be appended, durably: when this returns, the transport that brought them may be acknowledged.
 * When it throws they may or may not be appended; delivering them again is harmless. Returns the batch's id, under
 * which its receipt will be.
 */
export async function enqueue(
  ports: Pick<TrailPorts, 'objects' | 'table' | 'clock' | 'random'>,
  entries: readonly PendingEntry[],
): Promise<string> {
  const id = ulid(ports);
  const key = `inbox/${id}`;
  const { bytes, sizeBytes } = encodeBatch(entries);
  const sha256 = hash('sha256', bytes, 'hex');
  // The object first: a row without one would be set aside as lost. Nobody else has this id, so a request that a
  // network delivers twice finds only itself.
  await ports.objects.put(key, bytes, 'any');
  await ports.table.put(outboxRow({ id, key, count: entries.length, sizeBytes, sha256 }), 'any');
  return id;
}

/**
 * Commits entries at once, and what waits with them, without leaving them anywhere before: for what can be read again
 * until it is known to be on the trail, as a file can. They are durable when this returns, and not before. Returns the
 * batch's id, under which its receipt is unless the sequencer stopped.
 */
export async function appendNow(
  ports: TrailPorts,
  entries: readonly PendingEntry[],
  bounds: CommitBounds,
): Promise<{ readonly id: string; readonly outcome: SequenceOutcome }> {
  checkBatch(entries);
  const id = ulid(ports);
  return { id, outcome: await sequence(ports, bounds, { id, entries }) };
}

/** What became of these batches, as far as it is known. */
export async function readReceipts(
  ports: Pick<TrailPorts, 'table'>,
  ids: readonly string[],
): Promise<readonly Receipt[]> {
  const rows = await ports.table.get(ids.map((id) => ({ pk: receiptPartition, sk: id })));
  return rows.map(readReceiptRow);
}
