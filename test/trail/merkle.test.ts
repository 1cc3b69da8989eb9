import { readFileSync } from 'node:fs';
import { assert, constantFrom, nat, property, tuple } from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  consistencyRanges,
  emptyRoot,
  type Hash,
  inclusionRanges,
  type LeafRange,
  leafHash,
  nodeHash,
  rootOfLeaves,
  verifyConsistency,
  verifyInclusion,
} from '../../shared/trail/merkle.ts';
import { sharedFile } from '../shared-data.ts';

const hex = (hash: Uint8Array) => Buffer.from(hash).toString('hex');

/** MTH by the recursive text of RFC 6962 section 2.1, to compare with. */
function mth(leaves: readonly Hash[]): Hash {
  const [only] = leaves;
  if (only === undefined) return emptyRoot();
  if (leaves.length === 1) return only;
  let k = 1;
  while (k * 2 < leaves.length) k *= 2;
  return nodeHash(mth(leaves.slice(0, k)), mth(leaves.slice(k)));
}

const leaves = Array.from({ length: 70 }, (_, i) => leafHash(Buffer.from(`leaf ${i}`)));
const prefixRoot = (size: number) => mth(leaves.slice(0, size));
const hashes = (ranges: readonly LeafRange[] | undefined) =>
  (ranges ?? []).map(({ start, end }) => mth(leaves.slice(start, end)));
const inclusion = (index: number, size: number) => ({
  index,
  size,
  leaf: leaves[index]!,
  proof: hashes(inclusionRanges(index, size)),
  root: prefixRoot(size),
});
const consistency = (size1: number, size2: number) => ({
  size1,
  size2,
  root1: prefixRoot(size1),
  root2: prefixRoot(size2),
  proof: hashes(consistencyRanges(size1, size2)),
});

describe('hashes', () => {
  test('the empty tree, the empty leaf and one node are those of RFC 6962', () => {
    expect(hex(emptyRoot())).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
    expect(hex(leafHash(Buffer.alloc(0)))).toBe(
      '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
    );
    expect(hex(nodeHash(leafHash(Buffer.alloc(0)), leafHash(Buffer.from('00', 'hex'))))).toBe(
      'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
    );
  });

  test('the root of any number of leaves is that of the recursive definition', () => {
    for (let size = 0; size <= leaves.length; size++) {
      expect(hex(rootOfLeaves(leaves.slice(0, size)))).toBe(hex(prefixRoot(size)));
    }
  });

  const roots = sharedFile('tlog/vectors/rfc6962-roots.json');
  test.skipIf(roots === undefined)('the reference leaves have the reference roots', () => {
    const vector = JSON.parse(readFileSync(roots!, 'utf8'));
    const all = vector.leaves.map((leaf: string) => leafHash(Buffer.from(leaf, 'hex')));
    for (let size = 0; size <= 8; size++) {
      expect(hex(rootOfLeaves(all.slice(0, size)))).toBe(vector.roots[size]);
    }
  });
});

describe('inclusion', () => {
  test('the proof of every leaf in every size verifies', () => {
    for (let size = 1; size <= 40; size++) {
      for (let index = 0; index < size; index++) expect(verifyInclusion(inclusion(index, size))).toBe(true);
    }
  });

  test('no proof exists for an index outside the tree or for numbers that are not exact', () => {
    expect(inclusionRanges(1, 1)).toBeUndefined();
    expect(inclusionRanges(-1, 1)).toBeUndefined();
    expect(inclusionRanges(0.5, 1)).toBeUndefined();
    expect(inclusionRanges(0, 2 ** 53)).toBeUndefined();
  });

  test('any change of a proof makes it fail', () => {
    assert(
      property(nat(69), nat(68), nat(5), nat(), (last, at, change, salt) => {
        const index = at % (last + 1);
        const good = inclusion(index, last + 1);
        const proof = [...good.proof];
        const place = proof.length === 0 ? 0 : salt % proof.length;
        const flipped = (hash: Hash) =>
          hash.map((byte, i) => (i === salt % 32 ? byte ^ (1 << (salt % 8)) : byte));
        const changes = [
          () => ({
            ...good,
            proof: proof.length === 0 ? [good.root] : proof.with(place, flipped(proof[place]!)),
          }),
          () => ({ ...good, proof: [...proof, good.root] }),
          () => ({ ...good, proof: proof.length === 0 ? [good.leaf] : proof.toSpliced(place, 1) }),
          () => ({ ...good, root: flipped(good.root) }),
          () => ({ ...good, leaf: flipped(good.leaf) }),
          () => ({ ...good, index: last + 1 + (salt % 100) }),
        ];
        return verifyInclusion(good) && !verifyInclusion(changes[change]!());
      }),
      { numRuns: 2000 },
    );
  });

  test('a proof does not verify for another index', () => {
    for (let index = 1; index < 33; index++) {
      expect(verifyInclusion({ ...inclusion(index, 33), index: index - 1 })).toBe(false);
    }
  });
});

describe('consistency', () => {
  test('the proof between every two sizes verifies', () => {
    for (let size2 = 1; size2 <= 40; size2++) {
      for (let size1 = 1; size1 <= size2; size1++) {
        expect(verifyConsistency(consistency(size1, size2))).toBe(true);
      }
    }
  });

  test('nothing is proven from the empty tree, backwards, or for numbers that are not exact', () => {
    expect(consistencyRanges(0, 5)).toBeUndefined();
    expect(consistencyRanges(6, 5)).toBeUndefined();
    expect(verifyConsistency({ ...consistency(1, 1), size1: 0 })).toBe(false);
    expect(verifyConsistency({ ...consistency(2, 5), size1: 5, size2: 2 })).toBe(false);
    expect(verifyConsistency({ ...consistency(2, 5), size2: 2 ** 53 })).toBe(false);
  });

  test('any change of a proof makes it fail', () => {
    const sizes = tuple(nat(68), nat(69)).filter(([a, b]) => a < b);
    assert(
      property(sizes, nat(4), nat(), ([a, b], change, salt) => {
        const good = consistency(a + 1, b + 1);
        const place = salt % good.proof.length;
        const flipped = (hash: Hash) =>
          hash.map((byte, i) => (i === salt % 32 ? byte ^ (1 << (salt % 8)) : byte));
        const changes = [
          () => ({ ...good, proof: good.proof.with(place, flipped(good.proof[place]!)) }),
          () => ({ ...good, proof: [...good.proof, good.root2] }),
          () => ({ ...good, proof: good.proof.toSpliced(place, 1) }),
          () => ({ ...good, root1: flipped(good.root1) }),
          () => ({ ...good, root2: flipped(good.root2) }),
        ];
        return verifyConsistency(good) && !verifyConsistency(changes[change]!());
      }),
      { numRuns: 2000 },
    );
  });

  test('hashes of another length are refused', () => {
    assert(
      property(constantFrom(0, 16, 31, 33, 64), (length) => {
        const odd = new Uint8Array(length);
        const good = consistency(3, 7);
        return (
          !verifyConsistency({ ...good, root1: odd }) &&
          !verifyConsistency({ ...good, root2: odd }) &&
          !verifyConsistency({ ...good, proof: [...good.proof.slice(1), odd] })
        );
      }),
    );
  });
});

/** Base64 as Go writes it; a null proof is an empty one. Numbers above 2^53 arrive rounded and are refused anyway. */
const decode = (base64: string) => new Uint8Array(Buffer.from(base64, 'base64'));

// The subtree files concern Merkle tree certificates, which this log does not have.
describe('vectors of transparency-dev/merkle', () => {
  const inclusionFile = sharedFile('tlog/vectors/merkle/inclusion.json');
  test.skipIf(inclusionFile === undefined)('every inclusion proof is judged as expected', () => {
    const cases = JSON.parse(readFileSync(inclusionFile!, 'utf8'));
    expect(cases.length).toBeGreaterThan(90);
    for (const { leafIdx, treeSize, root, leafHash: leaf, proof, desc, wantErr } of cases) {
      const claim = { index: leafIdx, size: treeSize, leaf: decode(leaf), root: decode(root) };
      const valid = verifyInclusion({ ...claim, proof: (proof ?? []).map(decode) });
      expect(valid, desc).toBe(!wantErr);
    }
  });

  const consistencyFile = sharedFile('tlog/vectors/merkle/consistency.json');
  test.skipIf(consistencyFile === undefined)('every consistency proof is judged as expected', () => {
    const cases = JSON.parse(readFileSync(consistencyFile!, 'utf8'));
    expect(cases.length).toBeGreaterThan(90);
    for (const { size1, size2, root1, root2, proof, desc, wantErr } of cases) {
      const claim = { size1, size2, root1: decode(root1), root2: decode(root2) };
      const valid = verifyConsistency({ ...claim, proof: (proof ?? []).map(decode) });
      expect(valid, desc).toBe(!wantErr);
    }
  });
});
