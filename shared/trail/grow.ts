import { fail, ok, type Result } from '../result.ts';
import { decodeBundle, encodeBundle } from './bundle.ts';
import { emptyRoot, type Hash, hashSizeBytes, isCount, leafHash, rootOfHashes } from './merkle.ts';
import { edgeTilesOf, levelCount, levelsOf, type Tile, tileKey, tileWidth } from './tile.ts';

/**
 * The right edge of a tree: all that must be known of it to go on appending. It is as large as its partial tiles, at
 * most 8 KiB for each level and the entries of one bundle.
 */
export interface Edge {
  readonly size: number;
  /** For each level, the hashes of its partial tile, concatenated; empty where its last tile is full. */
  readonly levels: readonly Uint8Array[];
  /** The partial bundle; empty where the last bundle is full. */
  readonly bundle: Uint8Array;
}

export interface Growth {
  readonly edge: Edge;
  readonly root: Hash;
  /** Every tile and bundle to write, by object key: the full ones and the new edge, lowest level first. */
  readonly objects: ReadonlyMap<string, Uint8Array>;
}

export const emptyEdge: Edge = { size: 0, levels: [], bundle: new Uint8Array() };

/** Appends entries to a tree of which only the right edge is known. Pure; the edge given is not changed. */
export function grow(edge: Edge, entries: readonly Uint8Array[]): Growth {
  const objects = new Map<string, Uint8Array>();
  const levels = growTiles(edge, entries.map(leafHash), objects);
  const bundle = growBundle(edge, entries, objects);
  const next = { size: edge.size + entries.length, levels, bundle };
  return { edge: next, root: edgeRoot(next), objects };
}

/** The root of the tree that the edge belongs to. */
export function edgeRoot(edge: Edge): Hash {
  let root: Hash | undefined;
  for (const level of edge.levels) {
    if (level.length === 0) continue;
    root = rootOfHashes(root === undefined ? level : Buffer.concat([level, root]));
  }
  return root ?? emptyRoot();
}

/**
 * Reads the right edge of a tree of that size. A partial tile that is gone is taken from the full one that superseded
 * it. The caller compares `edgeRoot` with the root it knows: nothing read here is trusted yet.
 */
export async function loadEdge(
  size: number,
  read: (key: string) => Promise<Uint8Array | undefined>,
): Promise<Result<Edge>> {
  if (!isCount(size)) return fail(`not a tree size: ${size}`);
  const levels: Uint8Array[] = Array.from({ length: levelsOf(size) }, () => new Uint8Array());
  let bundle: Uint8Array = new Uint8Array();
  for (const tile of edgeTilesOf(size)) {
    const bytes = await readPrefix(tile, read);
    if (!bytes.ok) return bytes;
    if (tile.level === 'entries') bundle = bytes.value;
    else levels[tile.level] = bytes.value;
  }
  return ok({ size, levels, bundle });
}

/** The bytes of a tile, or their beginning in the full tile that superseded it; checked for width only. */
export async function readPrefix(
  tile: Tile,
  read: (key: string) => Promise<Uint8Array | undefined>,
): Promise<Result<Uint8Array>> {
  const found = await readTileOrFull(tile, read);
  if (found === undefined) return fail(`${tileKey(tile)} is missing`);
  const whole = checkWidth(found.tile, found.bytes);
  return whole.ok && found.tile.width !== tile.width ? prefix(tile, found.bytes) : whole;
}

/** The object of a tile, or of the full tile that superseded it, as it is stored. */
export async function readTileOrFull(
  tile: Tile,
  read: (key: string) => Promise<Uint8Array | undefined>,
): Promise<{ readonly tile: Tile; readonly bytes: Uint8Array } | undefined> {
  const own = await read(tileKey(tile));
  if (own !== undefined) return { tile, bytes: own };
  if (tile.width === tileWidth) return undefined;
  const full = { ...tile, width: tileWidth };
  const bytes = await read(tileKey(full));
  return bytes === undefined ? undefined : { tile: full, bytes };
}

function checkWidth(tile: Tile, bytes: Uint8Array): Result<Uint8Array> {
  if (tile.level === 'entries') {
    const entries = decodeBundle(bytes, tile.width);
    return entries.ok ? ok(bytes) : fail(`${tileKey(tile)}: ${entries.fault}`);
  }
  const expected = tile.width * hashSizeBytes;
  return bytes.length === expected
    ? ok(bytes)
    : fail(`${tileKey(tile)}: expected ${expected} bytes, found ${bytes.length}`);
}

function prefix(tile: Tile, full: Uint8Array): Result<Uint8Array> {
  if (tile.level !== 'entries') return ok(full.subarray(0, tile.width * hashSizeBytes));
  const entries = decodeBundle(full, tileWidth);
  return entries.ok ? ok(encodeBundle(entries.value.slice(0, tile.width))) : entries;
}

/** Writes the tiles of each level and hands the roots of full ones up to the next. Returns the new partial ones. */
function growTiles(
  edge: Edge,
  leafHashes: readonly Hash[],
  objects: Map<string, Uint8Array>,
): readonly Uint8Array[] {
  const levels: Uint8Array[] = [];
  let hashes: readonly Uint8Array[] = leafHashes;
  for (let level = 0; hashes.length > 0 || level < edge.levels.length; level++) {
    const row = Buffer.concat([edge.levels[level] ?? new Uint8Array(), ...hashes]);
    const widthBytes = tileWidth * hashSizeBytes;
    const roots: Hash[] = [];
    let index = Math.floor(levelCount(level, edge.size) / tileWidth);
    let offset = 0;
    for (; offset + widthBytes <= row.length; offset += widthBytes, index++) {
      const tile = row.subarray(offset, offset + widthBytes);
      objects.set(tileKey({ level, index, width: tileWidth }), tile);
      roots.push(rootOfHashes(tile));
    }
    const rest = row.subarray(offset);
    if (hashes.length > 0 && rest.length > 0) {
      objects.set(tileKey({ level, index, width: rest.length / hashSizeBytes }), rest);
    }
    // A copy, because a view would keep the whole batch in memory.
    levels.push(Uint8Array.from(rest));
    hashes = roots;
  }
  return levels;
}

function growBundle(
  edge: Edge,
  entries: readonly Uint8Array[],
  objects: Map<string, Uint8Array>,
): Uint8Array {
  let bundle = edge.bundle;
  let width = edge.size % tileWidth;
  let index = Math.floor(edge.size / tileWidth);
  for (let from = 0; from < entries.length; ) {
    const taken = entries.slice(from, from + tileWidth - width);
    bundle = Buffer.concat([bundle, encodeBundle(taken)]);
    width += taken.length;
    from += taken.length;
    objects.set(tileKey({ level: 'entries', index, width }), bundle);
    if (width === tileWidth) {
      index++;
      width = 0;
      bundle = new Uint8Array();
    }
  }
  return bundle;
}
