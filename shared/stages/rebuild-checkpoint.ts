import { fail, ok, type Result } from '../result.ts';
import type { Checkpoint } from '../trail/checkpoint.ts';
import { sameHash } from '../trail/merkle.ts';
import type { Alarm } from '../trail/sequence/alarm.ts';
import { findTrail, publishEmpty } from '../trail/sequence/begin.ts';
import { checkpointKey, openOwn } from '../trail/sequence/published.ts';
import type { TrailPorts } from '../trail/sequence/trail-ports.ts';

/** The largest checkpoint whose signature holds, and its bytes. */
export interface LargestCheckpoint {
  readonly checkpoint: Checkpoint;
  readonly note: Uint8Array;
}

export async function largestCheckpoint(ports: TrailPorts): Promise<Result<LargestCheckpoint, Alarm>> {
  let largest: LargestCheckpoint | undefined;
  for await (const key of checkpointKeys(ports)) {
    const stored = await ports.objects.get(key);
    const checkpoint = stored === undefined ? undefined : openOwn(stored.bytes, ports.signer);
    if (stored === undefined || checkpoint?.ok !== true) continue;
    const found = { checkpoint: checkpoint.value, note: stored.bytes };
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

/** The published one first: of two of one size it may carry more cosignatures. */
async function* checkpointKeys(ports: TrailPorts): AsyncGenerator<string> {
  yield checkpointKey;
  yield* ports.objects.list('checkpoints/');
}

function isForkOf({ checkpoint: a }: LargestCheckpoint, { checkpoint: b }: LargestCheckpoint): boolean {
  return a.size === b.size && !sameHash(a.root, b.root);
}
