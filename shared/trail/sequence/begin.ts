import type { ObjectStore } from '../../ports.ts';
import { ok, type Result } from '../../result.ts';
import { signCheckpoint } from '../checkpoint.ts';
import { emptyRoot } from '../merkle.ts';
import { createHead } from './head.ts';
import { checkpointKey, readPublished } from './published.ts';
import { putOnce } from './put-once.ts';
import { type Next, surprised } from './surprise.ts';
import type { TrailPorts } from './trail-ports.ts';
import { ulid } from './ulid.ts';

/**
 * The beginning of a trail: a signed checkpoint of the empty tree, so that a fresh folder verifies, and a head. A
 * bucket that holds more belongs to a table that was lost.
 */
export async function begin(ports: TrailPorts): Promise<Next> {
  const published = await readPublished(ports);
  if (published === undefined) return beginInBucket(ports);
  if (!published.ok) {
    return surprised(ports, undefined, {
      code: 'checkpoint-invalid',
      message: `checkpoint: ${published.fault}`,
    });
  }
  const { size } = published.value.checkpoint;
  if (size > 0) {
    const message = `expected a head in the table for the trail of size ${size}, found none: run rebuild`;
    return surprised(ports, undefined, { code: 'head-missing', message });
  }
  await beginInTable(ports);
  return 'again';
}

/** Whether nothing of a trail is in the bucket: then there is none. Returns what was found first. */
export async function findTrail(objects: ObjectStore): Promise<string | undefined> {
  for (const prefix of ['tile/', 'events/', 'checkpoints/']) {
    for await (const key of objects.list(prefix)) return key;
  }
  return undefined;
}

/** The checkpoint of the empty tree. Signing it needs no swap, because every tree begins with it. */
export async function publishEmpty(ports: TrailPorts): Promise<Result<boolean>> {
  const note = await signCheckpoint({ size: 0, root: emptyRoot() }, ports.signer);
  if (!note.ok) return note;
  return ok(await putOnce(ports.objects, checkpointKey, Buffer.from(note.value)));
}

async function beginInBucket(ports: TrailPorts): Promise<Next> {
  const found = await findTrail(ports.objects);
  if (found !== undefined) {
    const message = `expected an empty bucket or a checkpoint, found ${found} and no checkpoint`;
    return surprised(ports, undefined, { code: 'checkpoint-invalid', message });
  }
  const published = await publishEmpty(ports);
  if (published.ok) return 'again';
  return surprised(ports, undefined, { code: 'signer-faulty', message: published.fault });
}

async function beginInTable(ports: TrailPorts): Promise<void> {
  const root = Buffer.from(emptyRoot()).toString('base64');
  const note = await ports.objects.get(checkpointKey);
  await createHead(ports.table, {
    ver: ulid(ports),
    size: 0,
    root,
    applied: 0,
    staging: '',
    note: Buffer.from(note?.bytes ?? []).toString(),
    timeMs: 0,
  });
}
