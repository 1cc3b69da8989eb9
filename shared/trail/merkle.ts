import { hash } from 'node:crypto';

/** A SHA-256 value, 32 bytes. */
export type Hash = Uint8Array;

export const hashSizeBytes = 32;

/** The leaves from `start` up to and without `end`. */
export interface LeafRange {
  readonly start: number;
  readonly end: number;
}

/** RFC 6962 section 2.1: the hash of one leaf's bytes. */
export function leafHash(leaf: Uint8Array): Hash {
  const input = Buffer.allocUnsafe(leaf.length + 1);
  input[0] = 0x00;
  input.set(leaf, 1);
  return hash('sha256', input, 'buffer');
}

/** RFC 6962 section 2.1: the hash of an inner node. */
export function nodeHash(left: Hash, right: Hash): Hash {
  const input = Buffer.allocUnsafe(2 * hashSizeBytes + 1);
  input[0] = 0x01;
  input.set(left, 1);
  input.set(right, 1 + hashSizeBytes);
  return hash('sha256', input, 'buffer');
}

/** The root of the tree without leaves. */
export function emptyRoot(): Hash {
  return hash('sha256', '', 'buffer');
}

/**
 * The root over subtrees of one size, given as their concatenated hashes; the last may be smaller than the others.
 * Pairing neighbours and carrying an odd last one up yields the tree of RFC 6962 section 2.1.
 */
export function rootOfHashes(hashes: Uint8Array): Hash {
  let count = hashes.length / hashSizeBytes;
  if (count === 0) return emptyRoot();
  const row = Buffer.from(hashes);
  const input = Buffer.allocUnsafe(2 * hashSizeBytes + 1);
  input[0] = 0x01;
  while (count > 1) {
    const pairs = Math.floor(count / 2);
    for (let i = 0; i < pairs; i++) {
      row.copy(input, 1, i * 64, i * 64 + 64);
      row.set(hash('sha256', input, 'buffer'), i * hashSizeBytes);
    }
    if (count % 2 === 1)
      row.copy(row, pairs * hashSizeBytes, (count - 1) * hashSizeBytes, count * hashSizeBytes);
    count = pairs + (count % 2);
  }
  return row.subarray(0, hashSizeBytes);
}

/** The root over leaf hashes that are all in memory. */
export function rootOfLeaves(leafHashes: readonly Hash[]): Hash {
  return rootOfHashes(Buffer.concat(leafHashes));
}

export function sameHash(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === hashSizeBytes && Buffer.compare(left, right) === 0;
}

/**
 * The subtrees whose roots make up the inclusion proof PATH(index, D[size]) of RFC 6962 section 2.1.1, the leaf's
 * sibling first. Undefined unless both are safe integers and the index lies below the size.
 */
export function inclusionRanges(index: number, size: number): readonly LeafRange[] | undefined {
  if (!isCount(index) || !isCount(size) || index >= size) return undefined;
  const ranges: LeafRange[] = [];
  let start = 0;
  let end = size;
  while (end - start > 1) {
    const middle = start + largestPowerBelow(end - start);
    if (index < middle) {
      ranges.push({ start: middle, end });
      end = middle;
    } else {
      ranges.push({ start, end: middle });
      start = middle;
    }
  }
  return ranges.reverse();
}

/**
 * The subtrees whose roots make up the consistency proof PROOF(size1, D[size2]) of RFC 6962 section 2.1.2. Undefined
 * unless 0 < size1 <= size2: nothing can be proven from the empty tree, which every tree extends.
 */
export function consistencyRanges(size1: number, size2: number): readonly LeafRange[] | undefined {
  if (!isCount(size1) || !isCount(size2) || size1 < 1 || size1 > size2) return undefined;
  const ranges: LeafRange[] = [];
  let start = 0;
  let end = size2;
  while (end !== size1) {
    const middle = start + largestPowerBelow(end - start);
    if (size1 <= middle) {
      ranges.push({ start: middle, end });
      end = middle;
    } else {
      ranges.push({ start, end: middle });
      start = middle;
    }
  }
  // A first tree that is a complete left subtree is what the verifier already has.
  if (start !== 0) ranges.push({ start, end });
  return ranges.reverse();
}

/** RFC 9162 section 2.1.3.2. False for anything malformed; it never throws. */
export function verifyInclusion(claim: {
  readonly index: number;
  readonly size: number;
  readonly leaf: Hash;
  readonly proof: readonly Hash[];
  readonly root: Hash;
}): boolean {
  const { index, size, leaf, proof, root } = claim;
  if (!isCount(index) || !isCount(size) || index >= size) return false;
  if (![leaf, root, ...proof].every(isHash)) return false;
  let node = index;
  let last = size - 1;
  let computed = leaf;
  for (const sibling of proof) {
    if (last === 0) return false;
    if (isOdd(node) || node === last) {
      computed = nodeHash(sibling, computed);
      while (!isOdd(node) && node !== 0) {
        node = half(node);
        last = half(last);
      }
    } else {
      computed = nodeHash(computed, sibling);
    }
    node = half(node);
    last = half(last);
  }
  return last === 0 && sameHash(computed, root);
}

/** RFC 9162 section 2.1.4.2. False for anything malformed, and for size1 = 0; it never throws. */
export function verifyConsistency(claim: {
  readonly size1: number;
  readonly size2: number;
  readonly root1: Hash;
  readonly root2: Hash;
  readonly proof: readonly Hash[];
}): boolean {
  const { size1, size2, root1, root2, proof } = claim;
  if (!isCount(size1) || !isCount(size2) || size1 < 1 || size1 > size2) return false;
  // Of one size there is one tree, and nothing to hash.
  if (size1 === size2) return proof.length === 0 && Buffer.compare(root1, root2) === 0;
  if (proof.length === 0 || ![root1, root2, ...proof].every(isHash)) return false;
  let node = size1 - 1;
  let last = size2 - 1;
  while (isOdd(node)) {
    node = half(node);
    last = half(last);
  }
  const path = node === 0 ? [root1, ...proof] : proof;
  const [seed, ...rest] = path;
  if (seed === undefined) return false;
  let first = seed;
  let second = seed;
  for (const sibling of rest) {
    if (last === 0) return false;
    if (isOdd(node) || node === last) {
      first = nodeHash(sibling, first);
      second = nodeHash(sibling, second);
      while (!isOdd(node) && node !== 0) {
        node = half(node);
        last = half(last);
      }
    } else {
      second = nodeHash(second, sibling);
    }
    node = half(node);
    last = half(last);
  }
  return last === 0 && sameHash(first, root1) && sameHash(second, root2);
}

/** Sizes and indices are exact numbers from 0 to 2^53 - 1; everything above is refused, never rounded. */
export function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

/** The largest power of two below n, for n > 1. Beyond 32 bits there are no bitwise operators. */
function largestPowerBelow(n: number): number {
  let power = 1;
  while (power * 2 < n) power *= 2;
  return power;
}

function isHash(value: Uint8Array): boolean {
  return value instanceof Uint8Array && value.length === hashSizeBytes;
}

function isOdd(n: number): boolean {
  return n % 2 === 1;
}

function half(n: number): number {
  return Math.floor(n / 2);
}
