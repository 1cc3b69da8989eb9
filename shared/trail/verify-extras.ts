import type { ObjectStore } from '../ports.ts';
import { splitBundle } from './bundle.ts';
import { openCheckpoint } from './checkpoint.ts';
import { hashSizeBytes } from './merkle.ts';
import type { ReadObject } from './prove.ts';
import { parseTileKey, type Tile, tileKey, tileWidth, widthIn } from './tile.ts';
import type { TrustedKeys } from './verify-checkpoints.ts';
import type { FaultLog } from './verify-report.ts';

/** Objects beyond the end of the tree: extra, unless the trail has grown while it was read. */
export interface BeyondLog {
  add(key: string, index: number): void;
  readonly found: readonly { readonly key: string; readonly index: number }[];
}

const beyondCountMax = 1000;

export function beyondLog(): BeyondLog {
  const found: { key: string; index: number }[] = [];
  return {
    found,
    add: (key, index) => {
      if (found.length < beyondCountMax) found.push({ key, index });
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
    if (tile.width > width)
      trail.beyond.add(key, firstEntry(tile) + (width > 0 ? leavesPer(tile) * width : 0));
    if (tile.width >= width) continue;
    count++;
    const covering = await readCovering(tileKey({ ...tile, width }));
    const bytes = await store.read(key);
    // A missing or changed covering tile is reported where the tree is checked.
    if (bytes === undefined || covering === undefined || isPrefix(tile, bytes, covering)) continue;
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
  for (const { key, index } of beyond.found) {
    if (index < size) continue;
    const message = `beyond the ${trail.size} entries of the checkpoint; if the trail is in use, verify again`;
    trail.log.add({ code: 'extra', key, index, message });
  }
}

function isPrefix(tile: Tile, bytes: Uint8Array, covering: Uint8Array): boolean {
  if (Buffer.compare(bytes, covering.subarray(0, bytes.length)) !== 0) return false;
  if (tile.level !== 'entries') return bytes.length === tile.width * hashSizeBytes;
  const { entries, restBytes } = splitBundle(bytes, tile.width);
  return entries.length === tile.width && restBytes === 0;
}

function leavesPer(tile: Tile): number {
  return tile.level === 'entries' ? 1 : tileWidth ** tile.level;
}

function firstEntry(tile: Tile): number {
  return tile.index * tileWidth * leavesPer(tile);
}

/** Partial tiles are listed next to each other, so the last covering tile is nearly always the next one's too. */
function cachedRead(read: ReadObject): ReadObject {
  let last: { key: string; bytes: Uint8Array | undefined } | undefined;
  return async (key) => {
    if (last?.key !== key) last = { key, bytes: await read(key) };
    return last.bytes;
  };
}
