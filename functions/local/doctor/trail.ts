import { readFile } from 'node:fs/promises';
import type { ObjectStore, Table } from '../../../shared/ports.ts';
import { openCheckpoint } from '../../../shared/trail/checkpoint.ts';
import { parseVerifierKey } from '../../../shared/trail/key.ts';
import { isConsistent, type Tree } from '../../../shared/trail/sequence/consistency.ts';
import { type Head, headMoved, readHead } from '../../../shared/trail/sequence/head.ts';
import { checkpointKey } from '../../../shared/trail/sequence/published.ts';
import { placesIn } from '../compose.ts';
import { plural } from '../plural.ts';
import { broken, type Check, doubtful, healthy } from './check.ts';

type Objects = Pick<ObjectStore, 'get' | 'list'>;

const REBUILD = 'Stop whatever runs on the folder, then "trailproof rebuild".';
const VERIFY = '"trailproof verify" says what was changed. Nothing is signed until somebody has looked.';
/** A hub at work may commit between two of our reads. */
const ATTEMPTS = 3;

/** Whether the table and the bucket tell of the same tree: the head's, and the one that was published. */
export async function checkTrail(folder: string, table: Table, objects: Objects): Promise<Check> {
  for (let attempt = 1; ; attempt += 1) {
    const before = await readHead(table);
    const check = await compare(folder, before, objects);
    if (check.status === 'ok' || attempt === ATTEMPTS) return check;
    if (!(await headMoved(table, before))) return check;
  }
}

async function compare(folder: string, head: Head | undefined, objects: Objects): Promise<Check> {
  const published = await objects.get(checkpointKey);
  if (head === undefined) {
    return published === undefined
      ? healthy('trail', 'empty so far')
      : broken('trail', 'the table knows nothing of the trail that is there', REBUILD);
  }
  const known = describe(head);
  if (published === undefined) return broken('trail', `${known}, and there is no checkpoint`, VERIFY);
  const vkey = await readFile(placesIn(folder).verifierKey, 'utf8').catch(() => '');
  const key = parseVerifierKey(vkey.trim());
  const opened = openCheckpoint(published.bytes, key.ok ? [key.value] : []);
  if (!opened.ok) return broken('trail', `the checkpoint does not hold: ${opened.fault}`, VERIFY);
  const { checkpoint } = opened.value;
  if (checkpoint.size > head.size) {
    const found = `${known}, but ${plural(checkpoint.size, 'entry')} were signed: the table is an older copy`;
    return broken('trail', found, REBUILD);
  }
  if (checkpoint.size < head.applied) {
    const found = `${known}, but the checkpoint says ${plural(checkpoint.size, 'entry')}: the folder is an older copy`;
    return broken(
      'trail',
      found,
      'Restore trail/ from where the newer one is; what it held is lost otherwise.',
    );
  }
  return relate(checkpoint, head, objects);
}

async function relate(checkpoint: Tree, head: Head, objects: Objects): Promise<Check> {
  // What is committed and not applied yet lies in the staging object, not in tiles: it is checked when it is applied.
  if (head.applied < head.size) {
    const found = `${describe(head)}; the last commit waits to be applied`;
    return doubtful('trail', found, 'The next "ingest", "start" or "rebuild" finishes it.');
  }
  const read = async (key: string) => (await objects.get(key))?.bytes;
  const tree = { size: head.size, root: Buffer.from(head.root, 'base64') };
  if (!(await isConsistent(checkpoint, tree, read))) {
    return broken('trail', `${describe(head)}, and another tree of that size was signed`, VERIFY);
  }
  return healthy('trail', `${describe(head)}, signed ${new Date(head.timeMs).toISOString().slice(0, 19)}Z`);
}

function describe(head: Head): string {
  return plural(head.size, 'entry');
}

/** The clock that append times come from must not have gone back. */
export async function checkClock(table: Table, nowMs: number): Promise<Check> {
  const timeMs = (await readHead(table))?.timeMs ?? 0;
  if (timeMs <= nowMs + 60_000) return healthy('clock', 'not behind the trail');
  const found = `the last commit is ${Math.round((timeMs - nowMs) / 60_000)} min in the future`;
  return doubtful('clock', found, 'Set the clock of this machine, by NTP for instance.');
}
