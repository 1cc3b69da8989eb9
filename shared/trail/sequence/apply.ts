import { concurrently } from '../../concurrently.ts';
import { PortError } from '../../ports.ts';
import { signCheckpoint } from '../checkpoint.ts';
import { parseTileKey, tileKey, tileWidth } from '../tile.ts';
import type { Alarm } from './alarm.ts';
import { isConsistent, type Tree } from './consistency.ts';
import { type Head, swapHead } from './head.ts';
import { archivedCheckpointKey, checkpointKey, openOwn, type Published, readPublished } from './published.ts';
import { putOnce } from './put-once.ts';
import { blockRow, outboxPartition, receiptRow, uidRow } from './rows.ts';
import { decodeStaging, type Staging } from './staging.ts';
import { removeSuperseded } from './superseded.ts';
import { type Next, surprised } from './surprise.ts';
import type { TrailPorts } from './trail-ports.ts';

export const committedTopic = 'committed';

const writesAtOnce = 16;

/** Step 8: makes a committed head true in the bucket. Anyone may do it, any number of times. */
export async function apply(ports: TrailPorts, head: Head): Promise<Next> {
  // 8.1
  const staging = await readStaging(ports, head);
  if (staging === undefined) return surprised(ports, head, unreadable(head));

  // 8.2
  const published = await checkConsistency(ports, head, staging);
  if (isAlarm(published)) return surprised(ports, head, published);

  const rival = await findRival(ports, staging);
  if (rival !== undefined) return surprised(ports, head, fork(rival));

  // 8.3
  const forked = await writeObjects(ports, staging);
  if (forked !== undefined) return surprised(ports, head, fork(forked));
  const note = await signCheckpoint(treeOf(head), ports.signer);
  if (!note.ok) return surprised(ports, head, { code: 'signer-faulty', message: note.fault });
  await writeRows(ports, staging);

  // 8.4
  if (published.checkpoint.size < head.size) {
    if (!(await replaceCheckpoint(ports, note.value, published.version))) return 'again';
  }
  if (staging.archived)
    await putOnce(ports.objects, archivedCheckpointKey(head.size), Buffer.from(note.value));

  // 8.5
  if (!(await swapHead(ports.table, { ...head, applied: head.size, note: note.value }, head.ver)))
    return 'again';
  await ports.objects.delete(head.staging);
  for (const [, key] of staging.batches) await ports.objects.delete(key);
  await removeSuperseded(ports.objects, staging);
  await ports.bus.publish([{ topic: committedTopic, body: String(head.size) }]);
  return 'again';
}

async function readStaging(ports: TrailPorts, head: Head): Promise<Staging | undefined> {
  const recent = ports.recent?.staging(head.staging);
  if (recent !== undefined) return recent;
  const stored = await ports.objects.get(head.staging);
  if (stored === undefined) return undefined;
  const staging = decodeStaging(head.staging, stored.bytes);
  return staging.ok ? staging.value : undefined;
}

/**
 * The new tree must begin with the one that the head knows to be signed, and with the one that is published. This is
 * what catches a table restored from an old copy before anything is signed.
 */
async function checkConsistency(ports: TrailPorts, head: Head, staging: Staging): Promise<Published | Alarm> {
  const read = async (key: string): Promise<Uint8Array | undefined> =>
    staging.objects.get(key) ?? (await ports.objects.get(key))?.bytes;
  const noted = openOwn(head.note, ports.signer);
  if (!noted.ok) return { code: 'checkpoint-invalid', message: `the head's own checkpoint: ${noted.fault}` };
  const published = await readPublished(ports);
  if (published?.ok !== true) {
    return { code: 'checkpoint-invalid', message: `checkpoint: ${published?.fault ?? 'missing'}` };
  }
  const { checkpoint } = published.value;
  if (checkpoint.size > head.size) {
    const message = `expected a checkpoint of at most ${head.size} entries, found one of ${checkpoint.size}`;
    return { code: 'checkpoint-ahead', message };
  }
  for (const older of [noted.value, checkpoint]) {
    if (await isConsistent(older, treeOf(head), read)) continue;
    const message = `expected the tree of ${head.size} entries to begin with the signed one of ${older.size}`;
    return { code: 'inconsistent', message };
  }
  return published.value;
}

/**
 * Another commit on the same base, begun before the table was restored, has left no checkpoint yet, but it has left
 * its first bundle. Returns the key of what it left.
 */
async function findRival(ports: TrailPorts, staging: Staging): Promise<string | undefined> {
  const index = Math.floor(staging.base / tileWidth);
  for await (const key of ports.objects.list(tileKey({ level: 'entries', index, width: tileWidth }))) {
    const width = parseTileKey(key)?.width ?? 0;
    if (index * tileWidth + width > staging.base && !staging.objects.has(key)) return key;
  }
  return undefined;
}

/** The first bundle goes first, where a rival would look for it. Returns the key where something else lies. */
async function writeObjects(ports: TrailPorts, staging: Staging): Promise<string | undefined> {
  const objects = [...staging.objects].map(([key, bytes]) => ({ key, bytes }));
  const first = objects.filter(({ key }) => key.startsWith('tile/entries/')).slice(0, 1);
  const rest = objects.filter((object) => !first.includes(object));
  for (const group of [first, rest]) {
    const forked = await concurrently(group, writesAtOnce, async ({ key, bytes }) =>
      (await putOnce(ports.objects, key, bytes)) ? undefined : key,
    );
    const key = forked.find((found) => found !== undefined);
    if (key !== undefined) return key;
  }
  return undefined;
}

/** Rows that make the entries known come before the outbox rows go: else a batch could be appended twice. */
async function writeRows(ports: TrailPorts, staging: Staging): Promise<void> {
  const uids = staging.uids.map(([uid, essence], index) =>
    uidRow({ uid, essence, index: staging.base + index }),
  );
  await ports.table.write([...uids, ...staging.blocks.map(blockRow), ...staging.receipts.map(receiptRow)]);
  await ports.table.delete(staging.batches.map(([id]) => ({ pk: outboxPartition, sk: id })));
}

/** Whether the checkpoint was still the one that the consistency check saw. */
async function replaceCheckpoint(ports: TrailPorts, note: string, version: string): Promise<boolean> {
  try {
    await ports.objects.put(checkpointKey, Buffer.from(note), { version });
    return true;
  } catch (error) {
    if (error instanceof PortError && error.code === 'conflict') return false;
    throw error;
  }
}

function treeOf(head: Head): Tree {
  return { size: head.size, root: Buffer.from(head.root, 'base64') };
}

function isAlarm(value: Published | Alarm): value is Alarm {
  return 'code' in value;
}

function unreadable(head: Head): Alarm {
  return {
    code: 'staging-unreadable',
    message: `expected the staged commit of size ${head.size} at ${head.staging}`,
  };
}

function fork(key: string): Alarm {
  return { code: 'fork', message: `expected nothing at ${key}, or the bytes of this commit` };
}
