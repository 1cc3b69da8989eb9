import type { Signer } from '../../ports.ts';
import { fail, ok, type Result } from '../../result.ts';
import { type Checkpoint, openCheckpoint } from '../checkpoint.ts';
import { verifierKey } from '../key.ts';
import type { TrailPorts } from './trail-ports.ts';

export const checkpointKey = 'checkpoint';

/** The checkpoint that everybody sees, and the version of the object that it was read from. */
export interface Published {
  readonly checkpoint: Checkpoint;
  readonly version: string;
}

/** The key under which the checkpoint of a size is kept for good. */
export function archivedCheckpointKey(size: number): string {
  return `checkpoints/${size}`;
}

/** Undefined where there is none; a fault where our own key did not sign it. */
export async function readPublished(ports: TrailPorts): Promise<Result<Published> | undefined> {
  const stored = await ports.objects.get(checkpointKey);
  if (stored === undefined) return undefined;
  const checkpoint = openOwn(stored.bytes, ports.signer);
  return checkpoint.ok ? ok({ checkpoint: checkpoint.value, version: stored.version }) : checkpoint;
}

/** A checkpoint of this very trail: signed by its key, under its name. */
export function openOwn(note: Uint8Array | string, signer: Signer): Result<Checkpoint> {
  const opened = openCheckpoint(note, [verifierKey(signer.name, signer.publicKey)]);
  return opened.ok ? ok(opened.value.checkpoint) : fail(opened.fault);
}
