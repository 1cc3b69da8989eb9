import { fail, ok, type Result } from '../result.ts';
import type { Checkpoint } from '../trail/checkpoint.ts';
import { sameHash } from '../trail/merkle.ts';
import type { Alarm } from '../trail/sequence/alarm.ts';
import { findTrail, publishEmpty } from '../trail/sequence/begin.ts';
import { readHead } from '../trail/sequence/head.ts';
import { checkpointKey, openOwn } from '../trail/sequence/published.ts';
import type { TrailPorts } from '../trail/sequence/trail-ports.ts';

/** The largest checkpoint whose signature holds, and its bytes. */
export interface LargestCheckpoint {
  readonly checkpoint: Checkpoint;
  readonly note: Uint8Array;
  /** The bucket has it no more, or not yet: only the table knows it. */
  readonly isNoted: boolean;
}

export async function largestCheckpoint(ports: TrailPorts): Promise<Result<LargestCheckpoint, Alarm>> {
  let largest: LargestCheckpoint | undefined;
  for await (const { note, isNoted } of notes(ports)) {
    const checkpoint = openOwn(note, ports.signer);
    if (!checkpoint.ok) continue;
    const found = { checkpoint: checkpoint.value, note, isNoted };
    if (largest !== undefined && isForkOf(found, largest)) {
      const message = `expected one tree of ${found.checkpoint.size} entries, found two that were signed`;
      return fail({ code: 'inconsistent', message });
    }
    if (found.checkpoint.size > (largest?.checkpoint.size ?? -1)) largest = found;
  }
  if (largest !== undefined) return ok(largest);
  if (await beginsHere(ports)) return largestCheckpoint(ports);
  const message = 'expected a checkpoint that the key of this trail signed, found none';
  return fail({ code: 'checkpoint-invalid', message });
}

/** A bucket without anything of a trail holds the empty one. */
async function beginsHere(ports: TrailPorts): Promise<boolean> {
  if ((await ports.objects.get(checkpointKey)) !== undefined) return false;
  if ((await findTrail(ports.objects)) !== undefined) return false;
  return (await publishEmpty(ports)).ok;
}

/** The published one first: of two of one size it may carry more cosignatures. The table's last, if it has one. */
async function* notes(ports: TrailPorts): AsyncGenerator<Pick<LargestCheckpoint, 'note' | 'isNoted'>> {
  for await (const key of checkpointKeys(ports)) {
    const stored = await ports.objects.get(key);
    if (stored !== undefined) yield { note: stored.bytes, isNoted: false };
  }
  const head = await readHead(ports.table);
  if (head !== undefined) yield { note: Buffer.from(head.note), isNoted: true };
}

async function* checkpointKeys(ports: TrailPorts): AsyncGenerator<string> {
  yield checkpointKey;
  yield* ports.objects.list('checkpoints/');
}

function isForkOf({ checkpoint: a }: LargestCheckpoint, { checkpoint: b }: LargestCheckpoint): boolean {
  return a.size === b.size && !sameHash(a.root, b.root);
}
