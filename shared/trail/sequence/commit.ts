import { PortError, type Row } from '../../ports.ts';
import { type Edge, edgeRoot, loadEdge } from '../grow.ts';
import { formatVerifierKey, verifierKey } from '../key.ts';
import type { PendingEntry } from '../pending.ts';
import { controlEntry } from './control.ts';
import { type Head, headMoved, swapHead } from './head.ts';
import { type Novelty, selectNew } from './novelty.ts';
import { isWholeEdge, planCommit } from './plan.ts';
import { outboxPartition, receiptRow } from './rows.ts';
import { encodeStaging } from './staging.ts';
import { type Next, surprised } from './surprise.ts';
import type { TrailPorts } from './trail-ports.ts';
import { ulid } from './ulid.ts';
import {
  type Batch,
  type CommitBounds,
  type HandedBatch,
  isStored,
  openHanded,
  readBatches,
  readWaiting,
} from './waiting.ts';

/** Steps 3 to 7, on a head that is wholly applied. */
export async function commit(
  ports: TrailPorts,
  head: Head,
  { bounds, handed }: { readonly bounds: CommitBounds; readonly handed: HandedBatch | undefined },
): Promise<Next> {
  // 3
  const rows = await readWaiting(ports, bounds);
  const inMemory = handed === undefined ? [] : await openHanded(ports, handed);
  if (rows.length + inMemory.length === 0) return 'idle';

  // 4
  const stored = await readBatches(ports, rows);
  if (stored === undefined) return 'again';
  const batches = [...stored, ...inMemory];
  const novelty = await selectNew(ports.table, {
    batches,
    preamble: preambleOf(ports, head),
    size: head.size,
  });
  if (novelty.entries.length === 0) {
    await dismiss(ports, head, batches, novelty);
    return 'again';
  }

  // 5
  const edge = await loadEdge(head.size, async (key) => (await ports.objects.get(key))?.bytes);
  if (!edge.ok || !isEdgeOf(edge.value, head)) {
    const found = edge.ok ? 'another tree' : edge.fault;
    const message = `expected the tree of ${head.size} entries with root ${head.root}, found ${found}`;
    return surprised(ports, head, { code: 'tree-damaged', message });
  }

  // 6
  const timeMs = ports.clock().getTime();
  const ver = ulid(ports);
  const plan = planCommit({ edge: edge.value, novelty, batches, timeMs, lastTimeMs: head.timeMs });
  const staging = encodeStaging(plan, ver);
  await ports.objects.put(staging.key, staging.bytes, 'any');

  // 7: lost, or the answer unknown, nothing is deleted: the staging object may be the winner's.
  const next = { ...head, ver, size: plan.size, root: plan.root, staging: staging.key, timeMs };
  const swapped = await swapHead(ports.table, next, head.ver);
  if (swapped) ports.recent?.committed(staging.key, plan, novelty.entries);
  return 'again';
}

/**
 * Nothing new is left: the rows go, then the objects, else they would fill the bounded read for ever. Only on a head
 * that has not moved meanwhile: these batches may be new in a commit that is being applied, whose receipts say so.
 */
async function dismiss(
  ports: TrailPorts,
  head: Head,
  batches: readonly Batch[],
  { receipts }: Novelty,
): Promise<void> {
  if (await headMoved(ports.table, head)) return;
  for (const receipt of receipts) await putAbsent(ports, receiptRow(receipt));
  await ports.table.delete(batches.map(({ row }) => ({ pk: outboxPartition, sk: row.id })));
  for (const { row } of batches.filter(isStored)) await ports.objects.delete(row.key);
}

async function putAbsent(ports: TrailPorts, row: Row): Promise<void> {
  try {
    await ports.table.put(row, 'absent');
  } catch (error) {
    // A receipt that is there came from whoever committed the batch: it knows better.
    if (!(error instanceof PortError) || error.code !== 'conflict') throw error;
  }
}

/** A trail begins with its own key, so that a folder alone says what to verify it with. */
function preambleOf({ signer }: TrailPorts, { size, timeMs }: Head): readonly PendingEntry[] {
  if (size > 0) return [];
  const vkey = formatVerifierKey(verifierKey(signer.name, signer.publicKey));
  return [controlEntry({ kind: 'key', source: 'trailproof', members: { vkey } }, timeMs)];
}

function isEdgeOf(edge: Edge, head: Head): boolean {
  return Buffer.from(edgeRoot(edge)).toString('base64') === head.root && isWholeEdge(edge);
}
