import { fail, ok, type Result } from '../result.ts';
import { readPrefix } from './grow.ts';
import {
  consistencyRanges,
  type Hash,
  hashSizeBytes,
  inclusionRanges,
  type LeafRange,
  nodeHash,
  rootOfHashes,
} from './merkle.ts';
import { tileKey, tileWidth, widthIn } from './tile.ts';

/** Reads an object of the trail, `tile/...`; undefined where there is none. */
export type ReadObject = (key: string) => Promise<Uint8Array | undefined>;

/**
 * The inclusion proof of an entry in the tree of that size, from stored tiles: about two for each level of tiles.
 * The tiles are taken as they are; whoever hands the proof out verifies it first.
 */
export async function proveInclusion(request: {
  readonly index: number;
  readonly size: number;
  readonly read: ReadObject;
}): Promise<Result<readonly Hash[]>> {
  const ranges = inclusionRanges(request.index, request.size);
  if (ranges === undefined) return fail(`no entry ${request.index} in a tree of ${request.size}`);
  return rangeRoots(ranges, request.size, request.read);
}

/** The consistency proof between two sizes of the tree, 0 < size1 <= size2, from the tiles of the larger. */
export async function proveConsistency(request: {
  readonly size1: number;
  readonly size2: number;
  readonly read: ReadObject;
}): Promise<Result<readonly Hash[]>> {
  const ranges = consistencyRanges(request.size1, request.size2);
  if (ranges === undefined) return fail(`no proof between sizes ${request.size1} and ${request.size2}`);
  return rangeRoots(ranges, request.size2, request.read);
}

async function rangeRoots(
  ranges: readonly LeafRange[],
  size: number,
  read: ReadObject,
): Promise<Result<readonly Hash[]>> {
  const cache = new Map<string, Promise<Uint8Array | undefined>>();
  const readOnce = (key: string) => {
    const found = cache.get(key) ?? read(key);
    cache.set(key, found);
    return found;
  };
  const roots: Hash[] = [];
  for (const range of ranges) {
    const root = await rangeRoot(range, size, readOnce);
    if (!root.ok) return root;
    roots.push(root.value);
  }
  return ok(roots);
}

/** A range of a proof is complete subtrees of falling size; their roots are joined from the right. */
async function rangeRoot(range: LeafRange, size: number, read: ReadObject): Promise<Result<Hash>> {
  const roots: Hash[] = [];
  for (let start = range.start; start < range.end; ) {
    let height = 0;
    let leaves = 1;
    while (start % (leaves * 2) === 0 && start + leaves * 2 <= range.end) {
      height++;
      leaves *= 2;
    }
    const root = await subtreeRoot({ start, height }, size, read);
    if (!root.ok) return root;
    roots.push(root.value);
    start += leaves;
  }
  let joined = roots.pop();
  for (let left = roots.pop(); left !== undefined && joined !== undefined; left = roots.pop()) {
    joined = nodeHash(left, joined);
  }
  return joined === undefined ? fail('an empty range') : ok(joined);
}

/** The root of the complete subtree of 2^height leaves from `start`: it lies within one tile. */
async function subtreeRoot(
  subtree: { readonly start: number; readonly height: number },
  size: number,
  read: ReadObject,
): Promise<Result<Hash>> {
  const level = Math.floor(subtree.height / 8);
  const first = subtree.start / tileWidth ** level;
  const index = Math.floor(first / tileWidth);
  const tile = { level, index, width: widthIn(size, level, index) };
  const bytes = await readPrefix(tile, read);
  if (!bytes.ok) return bytes;
  const from = (first % tileWidth) * hashSizeBytes;
  const hashes = bytes.value.subarray(from, from + 2 ** (subtree.height % 8) * hashSizeBytes);
  return hashes.length === 0 ? fail(`${tileKey(tile)} is too narrow`) : ok(rootOfHashes(hashes));
}
