import { fail, ok, type Result } from '../result.ts';
import { edgeRoot, loadEdge } from '../trail/grow.ts';
import { sameHash } from '../trail/merkle.ts';
import type { Alarm } from '../trail/sequence/alarm.ts';
import { apply } from '../trail/sequence/apply.ts';
import { deleteHead, type Head, writeHead } from '../trail/sequence/head.ts';
import { isWholeEdge } from '../trail/sequence/plan.ts';
import { checkpointKey } from '../trail/sequence/published.ts';
import type { TrailPorts } from '../trail/sequence/trail-ports.ts';
import { ulid } from '../trail/sequence/ulid.ts';
import { rebuildBlocks } from './rebuild-blocks.ts';
import { type LargestCheckpoint, largestCheckpoint } from './rebuild-checkpoint.ts';
import { rebuildOutbox } from './rebuild-outbox.ts';
import { type Unfinished, unfinishedCommit } from './rebuild-staging.ts';

export interface RebuildReport {
  readonly size: number;
  readonly blocks: number;
  readonly uids: number;
  /** Batches that wait in the inbox. */
  readonly batches: number;
  /** Blocks that no entry explains: they were never committed. */
  readonly removed: readonly string[];
}

/**
 * Head and rows again, from the bucket alone, with everything else stopped. The table may be empty, or an old copy;
 * without a head in it a sequencer that is started meanwhile refuses to begin. Index and folds follow from their
 * cursors, which are the caller's to reset.
 */
export async function rebuild(ports: TrailPorts): Promise<Result<RebuildReport, Alarm>> {
  const largest = await largestCheckpoint(ports);
  if (!largest.ok) return largest;
  const damaged = await checkTree(ports, largest.value);
  if (damaged !== undefined) return fail(damaged);
  const unfinished = await unfinishedCommit(ports, largest.value.checkpoint.size);
  if (!unfinished.ok) return unfinished;

  await deleteHead(ports.table);
  const blocks = await rebuildBlocks(ports, largest.value.checkpoint.size, unfinished.value);
  const batches = await rebuildOutbox(ports);
  await publishAgain(ports, largest.value);
  await removeStaging(ports, unfinished.value);
  const head = headOf(ports, largest.value, unfinished.value);
  await writeHead(ports.table, head);
  if (head.applied < head.size && (await apply(ports, head)) === 'stopped') {
    return fail({
      code: 'staging-unreadable',
      message: `the commit of size ${head.size} could not be finished`,
    });
  }
  return ok({ size: head.size, ...blocks, batches });
}

/** The tree must be there as it was signed. Where only the table knows of it, the bucket may be an older one. */
async function checkTree(
  ports: TrailPorts,
  { checkpoint, isNoted }: LargestCheckpoint,
): Promise<Alarm | undefined> {
  const edge = await loadEdge(checkpoint.size, async (key) => (await ports.objects.get(key))?.bytes);
  if (edge.ok && sameHash(edgeRoot(edge.value), checkpoint.root) && isWholeEdge(edge.value)) return undefined;
  const found = edge.ok ? 'another tree' : edge.fault;
  const message = `expected the signed tree of ${checkpoint.size} entries: ${found}`;
  return isNoted
    ? { code: 'inconsistent', message: `${message}: the bucket is an old copy` }
    : { code: 'tree-damaged', message };
}

/** `checkpoint` itself may be what was lost, or be an older one. */
async function publishAgain(ports: TrailPorts, { note }: LargestCheckpoint): Promise<void> {
  const published = await ports.objects.get(checkpointKey);
  if (published !== undefined && Buffer.compare(published.bytes, note) === 0) return;
  await ports.objects.put(checkpointKey, note, 'any');
}

async function removeStaging(ports: TrailPorts, unfinished: Unfinished | undefined): Promise<void> {
  for await (const key of ports.objects.list('staging/')) {
    if (key !== unfinished?.key) await ports.objects.delete(key);
  }
}

/** Its `ver` is new, so that a sequencer which slept through all this cannot commit on what it knew. */
function headOf(ports: TrailPorts, largest: LargestCheckpoint, unfinished: Unfinished | undefined): Head {
  const { size, root } = largest.checkpoint;
  return {
    ver: ulid(ports),
    size: unfinished?.staging.size ?? size,
    root: unfinished?.staging.root ?? Buffer.from(root).toString('base64'),
    applied: size,
    staging: unfinished?.key ?? '',
    note: Buffer.from(largest.note).toString(),
    timeMs: unfinished?.staging.timeMs ?? 0,
  };
}
