import { utcDay } from './block.ts';
import { splitBundle } from './bundle.ts';
import { decodeEntry, type Entry, entryText, lineHash } from './entry.ts';
import { readTileOrFull } from './grow.ts';
import { type Hash, hashSizeBytes, leafHash } from './merkle.ts';
import type { EntryKind } from './pending.ts';
import type { ReadObject } from './prove.ts';
import { tileKey, tileWidth, widthIn } from './tile.ts';
import type { LineSource, StoredLine } from './verify-blocks.ts';
import type { EarlierCheckpoints } from './verify-checkpoints.ts';
import type { ErasureCheck } from './verify-erasure.ts';
import type { FaultLog } from './verify-report.ts';
import { emptyRow, type Row, type TreeCheck } from './verify-tree.ts';

/** All that a walk over the entries of a trail needs and gathers. */
export interface Walk {
  readonly size: number;
  readonly log: FaultLog;
  readonly read: ReadObject;
  readonly tree: TreeCheck;
  readonly earlier: EarlierCheckpoints;
  readonly lines: LineSource;
  readonly erasures: ErasureCheck;
  readonly kinds: Record<EntryKind, number>;
  readonly counts: { entries: number; lines: number; bundles: number };
}

/**
 * Bundle by bundle up to a limit: entries against tiles, lines against entries, roots against what was signed
 * earlier. Returns the root, undefined where the limit lies below the size.
 */
export async function walkEntries(
  walk: Walk,
  limit: number,
  onProgress: ((entries: number, size: number) => void) | undefined,
): Promise<Hash | undefined> {
  const { size, tree } = walk;
  await compareEarlier(walk, { from: 0, to: 1, base: 0 }, emptyRow);
  let last = emptyRow;
  for (let from = 0; from < limit; from += tileWidth) {
    const width = widthIn(size, 'entries', from / tileWidth);
    const entries = await readEntries(walk, from, width);
    const leaves = leavesOf(entries, width);
    const row = width === tileWidth ? await tree.settle(leaves) : await tree.finish(leaves);
    await checkEntries(walk, from, committed(entries, leaves, row));
    if (width === tileWidth) {
      await compareEarlier(walk, { from: from + 1, to: from + width, base: from }, row);
      await tree.push(row);
      await compareEarlier(walk, { from: from + width, to: from + width + 1, base: from + width }, emptyRow);
    } else {
      await compareEarlier(walk, { from: from + 1, to: from + width + 1, base: from }, row);
      last = row;
    }
    onProgress?.(from + width, size);
  }
  if (limit < size) {
    reportShort(walk, limit);
    return undefined;
  }
  if (size % tileWidth === 0) await tree.finish(emptyRow);
  return tree.rootAt(last, last.known.length);
}

/** Earlier checkpoints of sizes from `from` to before `to`, which the pushed rows and this one, at `base`, make up. */
async function compareEarlier(
  walk: Walk,
  sizes: { readonly from: number; readonly to: number; readonly base: number },
  row: Row,
): Promise<void> {
  for (const size of walk.earlier.take(sizes.from, sizes.to)) {
    await walk.earlier.check(size, walk.tree.rootAt(row, size - sizes.base));
  }
}

/** The entries of one bundle; what is missing or malformed is reported, and undefined. */
async function readEntries(
  walk: Walk,
  from: number,
  width: number,
): Promise<readonly (Uint8Array | undefined)[]> {
  const tile = { level: 'entries', index: from / tileWidth, width } as const;
  const found = await readTileOrFull(tile, walk.read);
  const key = tileKey(found?.tile ?? tile);
  if (found === undefined) {
    walk.log.add({ code: 'missing', key, index: from, next: from + width, message: 'the bundle is missing' });
    return [];
  }
  walk.counts.bundles++;
  const { entries, restBytes } = splitBundle(found.bytes, width);
  if (entries.length < width) {
    const index = from + entries.length;
    walk.log.add({ code: 'malformed', key, index, next: from + width, message: 'entries are cut off' });
  } else if (restBytes > 0 && found.tile.width === width) {
    const message = `${restBytes} bytes after the last entry`;
    walk.log.add({ code: 'malformed', key, index: from + width - 1, message });
  }
  return entries;
}

function leavesOf(entries: readonly (Uint8Array | undefined)[], width: number): Row {
  const hashes = Buffer.alloc(width * hashSizeBytes);
  const known: boolean[] = [];
  for (let i = 0; i < width; i++) {
    const entry = entries[i];
    known.push(entry !== undefined);
    if (entry !== undefined) hashes.set(leafHash(entry), i * hashSizeBytes);
  }
  return { hashes, known };
}

/** Those entries that are the ones in the tree; nothing is concluded from others. */
function committed(
  entries: readonly (Uint8Array | undefined)[],
  leaves: Row,
  settled: Row,
): readonly (Uint8Array | undefined)[] {
  return leaves.known.map((known, i) => {
    const at = i * hashSizeBytes;
    const same = Buffer.compare(
      leaves.hashes.subarray(at, at + hashSizeBytes),
      settled.hashes.subarray(at, at + hashSizeBytes),
    );
    return known && same === 0 ? entries[i] : undefined;
  });
}

async function checkEntries(
  walk: Walk,
  from: number,
  entries: readonly (Uint8Array | undefined)[],
): Promise<void> {
  const lines = await walk.lines.take(from, from + entries.length);
  for (const [i, bytes] of entries.entries()) {
    if (bytes === undefined) continue;
    const index = from + i;
    walk.counts.entries++;
    const entry = decodeEntry(bytes);
    if (!entry.ok) {
      const key = tileKey({ level: 'entries', index: from / tileWidth, width: entries.length });
      walk.log.add({ code: 'malformed', key, index, message: `not an entry: ${entry.fault}` });
      continue;
    }
    walk.kinds[entry.value.kind]++;
    checkControl(walk, index, entry.value);
    checkLine(walk, { index, entry: entry.value, stored: lines[i] });
  }
}

function checkControl(walk: Walk, index: number, entry: Entry): void {
  if (entry.kind === 'event') return;
  const fault = walk.erasures.explain(index, entry);
  if (fault === undefined) return;
  const bundle = Math.floor(index / tileWidth);
  const key = tileKey({ level: 'entries', index: bundle, width: widthIn(walk.size, 'entries', bundle) });
  walk.log.add({ code: 'malformed', key, index, message: fault });
}

function checkLine(
  walk: Walk,
  place: { readonly index: number; readonly entry: Entry; readonly stored: StoredLine | undefined },
): void {
  const { index, entry, stored } = place;
  if (stored === undefined) {
    walk.erasures.missing({ index, block: undefined, timeMs: entry.timeMs });
    return;
  }
  const { block, line } = stored;
  // A block that cannot be read is one fault, not one for each of its lines.
  if (line === undefined) return;
  if (block.first === index && block.day !== utcDay(entry.timeMs)) {
    const message = `lies under another day than that of its first entry, ${utcDay(entry.timeMs)}`;
    walk.log.add({ code: 'changed', key: block.key, index, message });
  }
  if (line.length === 0) {
    walk.erasures.missing({ index, block: block.key, timeMs: entry.timeMs });
    return;
  }
  walk.counts.lines++;
  const isOwn =
    entry.kind === 'event'
      ? lineHash(line) === entry.hash
      : Buffer.compare(line, Buffer.from(entryText(entry))) === 0;
  if (!isOwn) {
    walk.log.add({ code: 'changed', key: block.key, index, message: 'the line is not the one committed to' });
  }
}

/** The checkpoint promises more than there is: one fault, however much more. */
function reportShort(walk: Walk, limit: number): void {
  const index = Math.floor(limit / tileWidth);
  const width = widthIn(walk.size, 'entries', index);
  for (const level of ['entries', 0] as const) {
    walk.log.add({
      code: 'missing',
      key: tileKey({ level, index, width }),
      index: limit,
      next: walk.size,
      message: `the tree ends at ${limit}, its checkpoint says ${walk.size}`,
    });
  }
}
