import type { StoredObject } from '../../shared/ports.ts';
import { decodeBlock, parseBlockKey } from '../../shared/trail/block.ts';
import { decodeBundle } from '../../shared/trail/bundle.ts';
import { openCheckpoint } from '../../shared/trail/checkpoint.ts';
import { decodeEntry, type Entry, lineHash } from '../../shared/trail/entry.ts';
import { readPrefix } from '../../shared/trail/grow.ts';
import { verifierKey } from '../../shared/trail/key.ts';
import {
  type Hash,
  leafHash,
  rootOfLeaves,
  verifyConsistency,
  verifyInclusion,
} from '../../shared/trail/merkle.ts';
import { proveConsistency, proveInclusion } from '../../shared/trail/prove.ts';
import { conflictUid, contradicts } from '../../shared/trail/sequence/conflict.ts';
import { parseStagingKey } from '../../shared/trail/sequence/staging.ts';
import { tileWidth, widthIn } from '../../shared/trail/tile.ts';
import type { Model } from './model.ts';
import { simulatedName, simulatedPublicKey } from './ports.ts';
import { Violation } from './scheduler.ts';
import type { World } from './world.ts';

const ownKey = verifierKey(simulatedName, simulatedPublicKey);

/** Everything that must be true once all is quiet, found from the bucket and the table by other code than wrote them. */
export async function checkWorld(world: World, model: Model): Promise<void> {
  const size = checkedSize(world);
  const entries = await readEntries(world, size);
  const leaves = entries.map((bytes) => leafHash(bytes));
  checkSignatures(model, leaves, size);
  const lines = readBlocks(world, entries);
  const essences = checkUids(world, lines);
  checkAcknowledged(model, essences);
  checkReceipts(world, model, lines);
  checkQuiet(world, model, size);
  await checkProofs(world, model, leaves, size);
}

function checkedSize(world: World): number {
  const note = world.objects.get('checkpoint')?.bytes ?? '';
  const opened = openCheckpoint(note, [ownKey]);
  if (!opened.ok) throw new Violation('every proof valid', opened.fault);
  return opened.value.checkpoint.size;
}

async function readEntries(world: World, size: number): Promise<readonly Uint8Array[]> {
  const entries: Uint8Array[] = [];
  for (let index = 0; index * tileWidth < size; index += 1) {
    const tile = { level: 'entries', index, width: widthIn(size, 'entries', index) } as const;
    const bytes = await readPrefix(tile, reader(world));
    const bundle = bytes.ok ? decodeBundle(bytes.value, tile.width) : bytes;
    if (!bundle.ok) throw new Violation('every proof valid', bundle.fault);
    entries.push(...bundle.value);
  }
  return entries;
}

function reader(world: World): (key: string) => Promise<Uint8Array | undefined> {
  return async (key) => (world.objects.get(key) as StoredObject | undefined)?.bytes;
}

/** All that was ever signed is a beginning of the one tree, so that any two of them are consistent. */
function checkSignatures(model: Model, leaves: readonly Hash[], size: number): void {
  for (const [signed, roots] of model.signatures) {
    if (signed > size)
      throw new Violation('checkpoint never goes back', `${signed} was signed, ${size} published`);
    const root = Buffer.from(rootOfLeaves(leaves.slice(0, signed))).toString('base64');
    if (!roots.has(root))
      throw new Violation('no fork', `the tree of ${signed} entries is not the one signed`);
  }
}

/** The lines of all entries: each block is explained by entries, and together they are the whole trail. */
function readBlocks(world: World, entries: readonly Uint8Array[]): readonly string[] {
  const lines: string[] = [];
  const keys = world.keys('events/').map((key) => ({ key, first: parseBlockKey(key)?.first ?? -1 }));
  for (const { key, first } of keys.toSorted((a, b) => a.first - b.first)) {
    const block = decodeBlock(world.objects.get(key)?.bytes ?? new Uint8Array());
    if (!block.ok || first !== lines.length) throw new Violation('no orphan', `${key} is not the next block`);
    for (const line of block.value) {
      const entry = decodeEntry(entries[lines.length] ?? new Uint8Array());
      if (!entry.ok || !explains(entry.value, line))
        throw new Violation('no orphan', `${key}: no entry for a line`);
      lines.push(line);
    }
    const row = world.row({ pk: 'block', sk: String(first).padStart(12, '0') });
    if (row?.attributes['key'] !== key || row.attributes['count'] !== block.value.length) {
      throw new Violation('nothing lost', `the table does not know the block ${key}`);
    }
  }
  if (lines.length !== entries.length)
    throw new Violation('nothing lost', `${lines.length} lines of ${entries.length}`);
  return lines;
}

function explains(entry: Entry, line: string): boolean {
  return entry.kind !== 'event' || entry.hash === lineHash(line);
}

/** No uid twice, and each where the table says. Returns the essence of each uid. */
function checkUids(world: World, lines: readonly string[]): ReadonlyMap<string, string> {
  const essences = new Map<string, string>();
  const places = new Map<string, number>();
  for (const [index, line] of lines.entries()) {
    const event = JSON.parse(line);
    if (event.k !== undefined) continue;
    const uid: string = event.metadata.uid;
    if (essences.has(uid)) throw new Violation('nothing twice', `the uid ${uid} is in the trail twice`);
    essences.set(uid, event.unmapped.trailproof.essence);
    places.set(uid, index);
  }
  for (const [uid, index] of places) {
    const row = world.row({ pk: `uid#${uid.slice(0, 4)}`, sk: uid.slice(4) });
    if (row?.attributes['index'] === index) continue;
    throw new Violation('every proof valid', `the table does not know that ${uid} is at ${index}`);
  }
  return essences;
}

function checkAcknowledged(model: Model, essences: ReadonlyMap<string, string>): void {
  for (const [id, entries] of model.acknowledged) {
    if (model.lost.has(id) && model.alarms.some(({ message }) => message.includes(id))) continue;
    for (const { uid, essence } of entries) {
      const first = essences.get(uid);
      const kept = first !== undefined && !contradicts(essence, first);
      if (kept || essences.has(conflictUid(uid, essence))) continue;
      throw new Violation('nothing lost', `an event of batch ${id} was acknowledged and is not in the trail`);
    }
  }
}

/** Each batch has one, which adds up; and together they appended what is there. */
function checkReceipts(world: World, model: Model, lines: readonly string[]): void {
  if (model.forgotten) return;
  let appended = 0;
  for (const receipt of model.receipts.values()) appended += Number.parseInt(receipt, 10);
  const events = lines.filter((line) => !line.startsWith('{"v":1,"k"')).length;
  if (appended !== events)
    throw new Violation('receipts exact', `${appended} appended by receipts, ${events} there`);
  for (const [id, entries] of model.acknowledged) {
    if (model.lost.has(id)) continue;
    const receipt = world.row({ pk: 'receipt', sk: id });
    const sum = Number(receipt?.attributes['appended']) + Number(receipt?.attributes['duplicates']);
    if (sum !== entries.length)
      throw new Violation('receipts exact', `batch ${id}: ${sum} of ${entries.length}`);
  }
}

function checkQuiet(world: World, model: Model, size: number): void {
  const head = world.row({ pk: 'head', sk: 'head' })?.attributes;
  if (head?.['size'] !== size || head['applied'] !== size) {
    throw new Violation('nothing stuck', `the head is not the checkpoint of ${size}`);
  }
  const inbox = world.keys('inbox/').filter((key) => !model.lost.has(key.slice('inbox/'.length)));
  // Whoever dies between staging and swap with a batch that only it had leaves one behind; the next commit lets it go.
  const staged = world.keys('staging/').filter((key) => parseStagingKey(key)?.base !== size);
  const waiting = [...inbox, ...staged, ...world.rows('outbox').map(({ sk }) => sk)];
  if (waiting.length > 0) throw new Violation('nothing stuck', `left over: ${waiting.join(', ')}`);
  const aside = world.rows('outbox-aside').map(({ sk }) => sk);
  const unexplained = aside.filter((id) => !model.lost.has(id));
  if (unexplained.length > 0) throw new Violation('no false alarm', `set aside: ${unexplained.join(', ')}`);
}

async function checkProofs(world: World, model: Model, leaves: readonly Hash[], size: number): Promise<void> {
  const root = rootOfLeaves(leaves);
  for (const index of new Set([0, Math.floor(size / 2), size - 1])) {
    const leaf = leaves[index];
    if (leaf === undefined) continue;
    const proof = await proveInclusion({ index, size, read: reader(world) });
    if (proof.ok && verifyInclusion({ index, size, leaf, proof: proof.value, root })) continue;
    throw new Violation('every proof valid', `entry ${index} of ${size}`);
  }
  for (const size1 of [...model.signatures.keys()].filter((signed) => signed > 0).slice(-3)) {
    const proof = await proveConsistency({ size1, size2: size, read: reader(world) });
    const root1 = rootOfLeaves(leaves.slice(0, size1));
    if (proof.ok && verifyConsistency({ size1, size2: size, root1, root2: root, proof: proof.value }))
      continue;
    throw new Violation('every proof valid', `consistency of ${size1} and ${size}`);
  }
}
