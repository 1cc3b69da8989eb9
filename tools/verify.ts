/**
 * A second verifier of trails and proof files. It shares no code with shared/trail and follows docs/trail-format.md,
 * simply rather than fast, so that the two can be tested against each other and a reader can follow every step.
 *
 *   npx node tools/verify.ts DIR|PROOF [--key VKEY|FILE] [--since CHECKPOINT]
 *
 * Prints one line for each fault. Exit status 0 when there is none, 1 when there is, 2 for wrong usage.
 */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import {
  extentOf,
  type Head,
  inflate,
  leafHash,
  lineHash,
  openCheckpoint,
  parseEntry,
  rootsOf,
  sha256,
  splitBundle,
  tileName,
} from './verify-formats.ts';
import { checkProof } from './verify-proof.ts';

export interface Fault {
  readonly key: string;
  readonly index?: number;
  readonly message: string;
}

/** A trail folder, and where to put what is wrong with it. */
interface Trail {
  readonly folder: string;
  readonly vkey: string;
  readonly faults: Fault[];
}

/** Every fault of a trail folder; none means that all of it is as the log of that key signed it. */
export function checkTrail(folder: string, vkey: string, since?: string): readonly Fault[] {
  const trail: Trail = { folder, vkey, faults: [] };
  const head = openHead(trail, 'checkpoint', read(trail, 'checkpoint'));
  const tiles = new Set(listFiles(trail, 'tile'));
  const size = head?.size ?? [...tiles].map(extentOf).reduce((most, extent) => Math.max(most, extent), 0);
  if (size > tiles.size * 256) {
    say(trail, tileName('entries', Math.floor((size - 1) / 256), 256), 'most of the tree is missing');
    return trail.faults;
  }
  const entries = readEntries(trail, size);
  const leaves = entries.map((entry) => entry.leaf);
  const tree: Tree = { size, rootAt: rootsOf(leaves) };
  checkTiles(trail, leaves);
  for (const name of tiles) checkListed(trail, name, size);
  if (head !== undefined) compareRoot(trail, 'checkpoint', head, tree);
  for (const name of listFiles(trail, 'checkpoints')) {
    const earlier = openHead(trail, name, read(trail, name));
    if (earlier === undefined) continue;
    if (name !== `checkpoints/${earlier.size}`) say(trail, name, `is of size ${earlier.size}`);
    else compareRoot(trail, name, earlier, tree);
  }
  if (since !== undefined) {
    const kept = openHead(trail, 'since', readFileSync(since));
    if (kept !== undefined) compareRoot(trail, 'since', kept, tree);
  }
  checkLines(trail, entries);
  return trail.faults;
}

interface ReadEntry {
  readonly leaf: Buffer;
  /** Undefined where the entry is missing or malformed. */
  readonly members: Record<string, unknown> | undefined;
  readonly bytes: Buffer;
}

/** All entries by index; where a bundle is missing, its leaf hashes are those of the tile. */
function readEntries(trail: Trail, size: number): ReadEntry[] {
  const entries: ReadEntry[] = [];
  for (let index = 0; index * 256 < size; index++) {
    const width = Math.min(256, size - index * 256);
    const name = tileName('entries', index, width);
    const bytes = read(trail, name);
    const split = bytes === undefined ? undefined : splitBundle(bytes);
    if (bytes === undefined) say(trail, name, 'missing', index * 256);
    else if (split?.length !== width) say(trail, name, 'not the entries of its width', index * 256);
    const tile = read(trail, tileName(0, index, width));
    for (let i = 0; i < width; i++) {
      const entry = split?.[i];
      const stored = tile?.subarray(i * 32, i * 32 + 32);
      const leaf = entry === undefined ? (stored ?? Buffer.alloc(32)) : leafHash(entry);
      const isStored = stored === undefined || leaf.equals(stored);
      // Which of the two was changed only the root could say; both are named, and the tile's is taken as right.
      if (!isStored) say(trail, name, 'the entry does not hash to what its tile says', index * 256 + i);
      const members = entry === undefined ? undefined : parseEntry(entry);
      if (entry !== undefined && members === undefined) say(trail, name, 'no entry', index * 256 + i);
      entries.push({ leaf, bytes: entry ?? Buffer.alloc(0), members: isStored ? members : undefined });
    }
  }
  return entries;
}

/** Every tile of every level must be the hashes of what is below it. */
function checkTiles(trail: Trail, leaves: readonly Buffer[]): void {
  let row = leaves;
  for (let level = 0; row.length > 0; level++) {
    const above: Buffer[] = [];
    for (let index = 0; index * 256 < row.length; index++) {
      const hashes = row.slice(index * 256, index * 256 + 256);
      const name = tileName(level, index, hashes.length);
      const bytes = read(trail, name);
      if (bytes === undefined) say(trail, name, 'missing');
      else if (!bytes.equals(Buffer.concat(hashes))) say(trail, name, 'not the hashes of what is below it');
      if (hashes.length === 256) above.push(rootsOf(hashes)(256));
    }
    row = above;
  }
}

/** A listed object is a tile of the tree, or a partial one that another superseded, and then its beginning. */
function checkListed(trail: Trail, name: string, size: number): void {
  const match = /^tile\/(entries|\d+)\/((?:x\d{3}\/)*\d{3})(?:\.p\/(\d+))?$/.exec(name);
  const [, level = '', path = '', width = '256'] = match ?? [];
  const index = Number(path.replaceAll(/\D/g, ''));
  const count = level === 'entries' ? size : Math.floor(size / 256 ** Number(level));
  const right = Math.min(256, count - index * 256);
  if (
    match === null ||
    tileName(level, index, Number(width)) !== name ||
    Number(width) > right ||
    Number(width) < 1
  ) {
    say(trail, name, 'belongs to no tree of this size');
    return;
  }
  if (Number(width) === right) return;
  const bytes = read(trail, name) ?? Buffer.alloc(0);
  const whole = read(trail, tileName(level, index, right));
  const items = level === 'entries' ? splitBundle(bytes)?.length : bytes.length / 32;
  if (items !== Number(width) || whole?.subarray(0, bytes.length).equals(bytes) === false) {
    say(trail, name, 'not the beginning of the tile that superseded it');
  }
}

interface Tree {
  readonly size: number;
  rootAt(size: number): Buffer;
}

function compareRoot(trail: Trail, key: string, head: Head, tree: Tree): void {
  if (head.size > tree.size) say(trail, key, `is of size ${head.size}, the tree has ${tree.size}`);
  else if (tree.rootAt(head.size).toString('base64') !== head.root) say(trail, key, 'another root');
}

/** Each entry has its line in exactly one block; one that is gone is explained by a later entry. */
function checkLines(trail: Trail, entries: readonly ReadEntry[]): void {
  const lines = new Map<number, string>();
  const gone = new Map<number, string>();
  const erased = new Set<number>();
  for (const [index, { members }] of entries.entries()) {
    for (const { first, next } of erasures(members)) {
      if (!(first >= 0 && first < next && next <= index))
        say(trail, 'tile/entries', 'erases no earlier entry', index);
      else for (let i = first; i < next; i++) erased.add(i);
    }
    gone.set(index, 'events/');
  }
  for (const name of listFiles(trail, 'events')) {
    const match = /^events\/(\d{4}\/\d\d\/\d\d)\/(\d{12})-([0-9a-f]{16})\.ndjson\.zst$/.exec(name);
    const bytes = read(trail, name) ?? Buffer.alloc(0);
    const [, day, first = '', named] = match ?? [];
    if (match === null) say(trail, name, 'not the name of a block');
    else if (sha256(bytes).toString('hex', 0, 8) !== named) say(trail, name, 'not the bytes of its name');
    const time = entries[Number(first)]?.members?.['t'];
    const expected =
      time === undefined ? day : new Date(Number(time)).toISOString().slice(0, 10).replaceAll('-', '/');
    if (day !== expected) say(trail, name, 'lies under another day than its first entry');
    const content = inflate(bytes);
    if (content === undefined) say(trail, name, 'cannot be inflated');
    for (const [i, line] of (content?.slice(0, -1).split('\n') ?? []).entries()) {
      const index = Number(first) + i;
      const { members, bytes: own } = entries[index] ?? {};
      if (index >= entries.length) say(trail, name, 'a line beyond the tree', index);
      else if (lines.has(index)) say(trail, name, `a line that ${lines.get(index)} has`, index);
      lines.set(index, name);
      if (line === '') gone.set(index, name);
      else gone.delete(index);
      const stored = Buffer.from(line, 'latin1');
      const isOwn = members?.['k'] === 'event' ? lineHash(stored) === members['h'] : own?.equals(stored);
      if (line !== '' && members !== undefined && !isOwn)
        say(trail, name, 'not the line committed to', index);
    }
  }
  for (const [index, name] of gone) if (!erased.has(index)) say(trail, name, 'the line is missing', index);
}

/** The range of entries whose lines an entry says are to go, if it says so. */
function erasures(members: ReadEntry['members']): { first: number; next: number }[] {
  const { k, index, first, next } = members ?? {};
  if (k === 'redact') return [{ first: Number(index ?? Number.NaN), next: Number(index) + 1 }];
  return k === 'retain' ? [{ first: Number(first), next: Number(next) }] : [];
}

function openHead(trail: Trail, key: string, bytes: Buffer | undefined): Head | undefined {
  const head = bytes === undefined ? 'missing' : openCheckpoint(bytes, trail.vkey);
  if (typeof head !== 'string') return head;
  say(trail, key, head);
  return undefined;
}

function read(trail: Trail, name: string): Buffer | undefined {
  const path = join(trail.folder, name);
  return existsSync(path) && statSync(path).isFile() ? readFileSync(path) : undefined;
}

function listFiles(trail: Trail, folder: string): string[] {
  const path = join(trail.folder, folder);
  if (!existsSync(path)) return [];
  // Not recursive: that would follow links, and a link to a folder is no object.
  const found = readdirSync(path, { withFileTypes: true }).flatMap((file) =>
    file.isDirectory() ? listFiles(trail, `${folder}/${file.name}`) : [`${folder}/${file.name}`],
  );
  return found.sort();
}

function say(trail: Trail, key: string, message: string, index?: number): void {
  trail.faults.push(index === undefined ? { key, message } : { key, index, message });
}

function main(): number {
  const options = { key: { type: 'string' }, since: { type: 'string' } } as const;
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  const [path = ''] = positionals;
  if (positionals.length !== 1 || !existsSync(path)) {
    console.error('usage: npx node tools/verify.ts DIR|PROOF [--key VKEY|FILE] [--since CHECKPOINT]');
    return 2;
  }
  const inside = existsSync(join(path, 'trail', 'checkpoint')) ? join(path, 'trail') : path;
  const besides = join(inside, '..', 'keys', 'log.vkey');
  const given = values.key ?? (existsSync(besides) ? besides : undefined);
  if (given === undefined) {
    console.error('no key: give --key VKEY or --key FILE');
    return 2;
  }
  const vkey = existsSync(given) ? readFileSync(given, 'utf8') : given;
  console.log(`key: ${vkey.trim()}`);
  if (statSync(path).isFile()) {
    const problem = checkProof(readFileSync(path), vkey);
    console.log(problem ?? 'the proof holds');
    return problem === undefined ? 0 : 1;
  }
  const faults = checkTrail(inside, vkey, values.since);
  for (const { key, index, message } of faults)
    console.log(`FAULT ${key}${index === undefined ? '' : ` #${index}`}: ${message}`);
  console.log(faults.length === 0 ? 'the trail is as it was signed' : `${faults.length} faults`);
  return faults.length === 0 ? 0 : 1;
}

if (import.meta.main) process.exitCode = main();
