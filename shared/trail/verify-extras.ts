import type { ObjectStore } from '../ports.ts';
import { splitBundle } from './bundle.ts';
import { openCheckpoint } from './checkpoint.ts';
import { hashSizeBytes, leafHash } from './merkle.ts';
import type { ReadObject } from './prove.ts';
import { parseTileKey, type Tile, tileKey, tileWidth, widthIn } from './tile.ts';
import type { TrustedKeys } from './verify-checkpoints.ts';
import type { FaultLog } from './verify-report.ts';

/** Objects beyond the end of the tree: extra, unless the trail has grown while it was read. */
export interface BeyondLog {
  add(object: BeyondObject): void;
  readonly found: readonly BeyondObject[];
}

export interface BeyondObject {
  readonly key: string;
  /** The first entry that it is about. */
  readonly index: number;
  /** The size that a tree must have for the object to belong to it. */
  readonly size: number;
}

const beyondCountMax = 1000;

export function beyondLog(): BeyondLog {
  const found: BeyondObject[] = [];
  return {
    found,
    add: (object) => {
      if (found.length < beyondCountMax) found.push(object);
    },
  };
}

/**
 * Goes through everything under `tile/`. Superseded partial tiles may be there or not; where they are, they must be
 * the beginning of what superseded them. Returns how many were compared.
 */
export async function checkSuperseded(
  store: { readonly list: ObjectStore['list']; readonly read: ReadObject },
  trail: { readonly size: number; readonly beyond: BeyondLog; readonly log: FaultLog },
): Promise<number> {
  const readCovering = cachedRead(store.read);
  let count = 0;
  for await (const key of store.list('tile/')) {
    const tile = parseTileKey(key);
    if (tile === undefined) {
      trail.log.add({ code: 'extra', key, message: 'not the name of a tile or a bundle' });
      continue;
    }
    const width = widthIn(trail.size, tile.level, tile.index);
    if (tile.width > width) {
      const size = (tile.index * tileWidth + tile.width) * leavesPer(tile);
      trail.beyond.add({ key, index: firstEntry(tile), size });
    }
    if (tile.width >= width) continue;
    count++;
    const bytes = await store.read(key);
    if (bytes === undefined || (await isBeginning(tile, { bytes, width, read: readCovering }))) continue;
    const message = `not the beginning of ${tileKey({ ...tile, width })}`;
    trail.log.add({ code: 'changed', key, index: firstEntry(tile), message });
  }
  return count;
}

/** Reports what lies beyond the tree, except what a newer checkpoint, read now, accounts for. */
export async function reportBeyond(
  beyond: BeyondLog,
  trail: {
    readonly size: number;
    readonly trusted: TrustedKeys;
    readonly read: ReadObject;
    readonly log: FaultLog;
  },
): Promise<void> {
  if (beyond.found.length === 0) return;
  const bytes = await trail.read('checkpoint');
  const newer = bytes === undefined ? undefined : openCheckpoint(bytes, trail.trusted.keys);
  const size = newer?.ok ? Math.max(newer.value.checkpoint.size, trail.size) : trail.size;
  for (const { key, index, size: needed } of beyond.found) {
    if (needed <= size) continue;
    const message = `beyond the ${trail.size} entries of the checkpoint; if the trail is in use, verify again`;
    trail.log.add({ code: 'extra', key, index, message });
  }
}

/**
 * Whether a partial tile is the beginning of the one that superseded it, or at least agrees with the entries or
 * hashes on the other side: where its successor was changed, which is reported elsewhere, it is not to blame.
 */
async function isBeginning(
  tile: Tile,
  found: { readonly bytes: Uint8Array; readonly width: number; readonly read: ReadObject },
): Promise<boolean> {
  const { bytes, width, read } = found;
  if (!isOfWidth(tile, bytes)) return false;
  const successor = await read(tileKey({ ...tile, width }));
  // A missing successor is reported where the tree is checked.
  if (successor === undefined || startsWith(successor, bytes)) return true;
  if (tile.level === 'entries') {
    const hashes = await read(tileKey({ ...tile, level: 0, width }));
    return hashes !== undefined && startsWith(hashes, leavesOf(bytes, tile.width));
  }
  const bundle = tile.level === 0 ? await read(tileKey({ ...tile, level: 'entries', width })) : undefined;
  return bundle !== undefined && Buffer.compare(leavesOf(bundle, tile.width), bytes) === 0;
}

function isOfWidth(tile: Tile, bytes: Uint8Array): boolean {
  if (tile.level !== 'entries') return bytes.length === tile.width * hashSizeBytes;
  const { entries, restBytes } = splitBundle(bytes, tile.width);
  return entries.length === tile.width && restBytes === 0;
}

function leavesOf(bundle: Uint8Array, width: number): Uint8Array {
  return Buffer.concat(splitBundle(bundle, width).entries.map(leafHash));
}

function startsWith(whole: Uint8Array, beginning: Uint8Array): boolean {
  return Buffer.compare(whole.subarray(0, beginning.length), beginning) === 0;
}

function leavesPer(tile: Tile): number {
  return tile.level === 'entries' ? 1 : tileWidth ** tile.level;
}

function firstEntry(tile: Tile): number {
  return tile.index * tileWidth * leavesPer(tile);
}

/** Partial tiles are listed next to each other, so the last successors are nearly always the next ones too. */
function cachedRead(read: ReadObject): ReadObject {
  const last = new Map<string, Uint8Array | undefined>();
  return async (key) => {
    if (last.has(key)) return last.get(key);
    if (last.size >= 2) last.clear();
    const bytes = await read(key);
    last.set(key, bytes);
    return bytes;
  };
}
