import { assert, asyncProperty, integer, nat } from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { emptyEdge, grow } from '../../shared/trail/grow.ts';
import { type Hash, leafHash, verifyConsistency, verifyInclusion } from '../../shared/trail/merkle.ts';
import { proveConsistency, proveInclusion } from '../../shared/trail/prove.ts';

const entries = Array.from({ length: 66_100 }, (_, i) => Buffer.from(`entry-${i}`));
const total = entries.length;
let objects: Map<string, Uint8Array>;
const read = async (key: string) => objects.get(key);
const roots = new Map<number, Hash>();

function rootAt(size: number): Hash {
  const root = roots.get(size) ?? grow(emptyEdge, entries.slice(0, size)).root;
  roots.set(size, root);
  return root;
}

beforeAll(() => {
  objects = new Map(grow(emptyEdge, entries).objects);
});

async function includes(index: number, size: number): Promise<boolean> {
  const proof = await proveInclusion({ index, size, read });
  if (!proof.ok) throw new Error(proof.fault);
  return verifyInclusion({
    index,
    size,
    leaf: leafHash(entries[index]!),
    proof: proof.value,
    root: rootAt(size),
  });
}

async function extendsTree(size1: number, size2: number): Promise<boolean> {
  const proof = await proveConsistency({ size1, size2, read });
  if (!proof.ok) throw new Error(proof.fault);
  return verifyConsistency({ size1, size2, root1: rootAt(size1), root2: rootAt(size2), proof: proof.value });
}

describe('proofs from tiles', () => {
  test.each([0, 1, 255, 256, 511, 65_535, 65_536, 65_537, 66_047, 66_048, 66_099])(
    'entry %i of the whole tree is proven',
    async (index) => expect(await includes(index, total)).toBe(true),
  );

  test('any entry of any earlier tree is proven from the tiles of the later one', async () => {
    const sizes = [1, 2, 255, 256, 257, 512, 1000, 65_536, 65_537, total];
    await assert(
      asyncProperty(nat(sizes.length - 1), nat(), async (s, i) => includes(i % sizes[s]!, sizes[s]!)),
      { numRuns: 300 },
    );
  });

  test('any two sizes are proven consistent', async () => {
    const sizes = [1, 2, 3, 255, 256, 257, 300, 512, 777, 65_535, 65_536, 65_537, total];
    for (const size1 of sizes) {
      for (const size2 of sizes) if (size1 <= size2) expect(await extendsTree(size1, size2)).toBe(true);
    }
  });

  test('a proof reads few tiles', async () => {
    await assert(
      asyncProperty(integer({ min: 0, max: total - 1 }), async (index) => {
        const keys = new Set<string>();
        await proveInclusion({ index, size: total, read: async (key) => keys.add(key) && objects.get(key) });
        expect(keys.size).toBeLessThanOrEqual(6);
      }),
      { numRuns: 50 },
    );
  });

  test('what does not exist is a fault, not a proof', async () => {
    expect((await proveInclusion({ index: 5, size: 5, read })).ok).toBe(false);
    expect((await proveConsistency({ size1: 0, size2: 5, read })).ok).toBe(false);
    expect((await proveConsistency({ size1: 6, size2: 5, read })).ok).toBe(false);
    const none = await proveInclusion({ index: 0, size: 2, read: async () => undefined });
    expect(none).toEqual({ ok: false, fault: 'tile/0/000.p/2 is missing' });
  });
});
