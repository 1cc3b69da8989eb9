import { readFileSync } from 'node:fs';
import { array, assert, asyncProperty, nat, property } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeBundle } from '../../shared/trail/bundle.ts';
import { type Edge, edgeRoot, emptyEdge, grow, loadEdge } from '../../shared/trail/grow.ts';
import { leafHash, rootOfLeaves } from '../../shared/trail/merkle.ts';
import { tileKey, tilesBetween, tilesOf } from '../../shared/trail/tile.ts';
import { sharedFile } from '../shared-data.ts';

const entries = Array.from({ length: 66_000 }, (_, i) => Buffer.from(`entry-${i}`));
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

const plain = (edge: Edge) => ({ ...edge, levels: edge.levels.map(hex), bundle: hex(edge.bundle) });

/** Grows in batches of those sizes, collecting all that is written. */
function growInBatches(sizes: readonly number[]) {
  const objects = new Map<string, Uint8Array>();
  let edge: Edge = emptyEdge;
  for (const size of sizes) {
    const growth = grow(edge, entries.slice(edge.size, edge.size + size));
    for (const [key, bytes] of growth.objects) objects.set(key, bytes);
    edge = growth.edge;
  }
  return { objects, edge };
}

describe('grow', () => {
  test.each([1, 2, 255, 256, 257, 512, 65_536, 65_800])('a tree of %i has the root of its leaves', (size) => {
    const growth = grow(emptyEdge, entries.slice(0, size));
    expect(hex(growth.root)).toBe(hex(rootOfLeaves(entries.slice(0, size).map(leafHash))));
    expect([...growth.objects.keys()]).toEqual([...tilesOf(size)].map(tileKey));
    expect(hex(growth.objects.get('tile/entries/000') ?? growth.edge.bundle)).toBe(
      hex(encodeBundle(entries.slice(0, Math.min(size, 256)))),
    );
  });

  test('growing in any batches writes the same tiles as growing at once', () => {
    assert(
      property(array(nat(700), { maxLength: 8 }), (sizes) => {
        const { objects, edge } = growInBatches(sizes);
        const once = grow(emptyEdge, entries.slice(0, edge.size));
        expect(plain(edge)).toEqual(plain(once.edge));
        expect(hex(edgeRoot(edge))).toBe(hex(once.root));
        for (const [key, bytes] of once.objects) expect(objects.get(key), key).toEqual(bytes);
      }),
      { numRuns: 40 },
    );
  });

  test('an append writes exactly the tiles that the smaller tree does not have', () => {
    assert(
      property(nat(1500), nat(700), (size, more) => {
        const edge = grow(emptyEdge, entries.slice(0, size)).edge;
        const { objects } = grow(edge, entries.slice(size, size + more));
        expect([...objects.keys()].sort()).toEqual([...tilesBetween(size, size + more)].map(tileKey).sort());
      }),
      { numRuns: 40 },
    );
  });

  test('appending nothing writes nothing', () => {
    const { edge } = grow(emptyEdge, entries.slice(0, 300));
    expect(grow(edge, [])).toMatchObject({ edge, objects: new Map() });
  });
});

describe('loadEdge', () => {
  test('the edge that was written is read again', async () => {
    await assert(
      asyncProperty(array(nat(700), { maxLength: 5 }), async (sizes) => {
        const { objects, edge } = growInBatches(sizes);
        const loaded = await loadEdge(edge.size, async (key) => objects.get(key));
        expect(loaded.ok && plain(loaded.value)).toEqual(plain(edge));
      }),
      { numRuns: 40 },
    );
  });

  test('a partial tile that is gone is read from the full tile after it', async () => {
    const { objects } = growInBatches([300, 400]);
    for (const key of objects.keys()) if (key.includes('.p/44')) objects.delete(key);
    const edge = await loadEdge(300, async (key) => objects.get(key));
    expect(edge.ok && plain(edge.value)).toEqual(plain(grow(emptyEdge, entries.slice(0, 300)).edge));
  });

  test('a tile that is missing or of another width is a fault that names it', async () => {
    const { objects } = growInBatches([300]);
    objects.set('tile/0/001.p/44', Buffer.alloc(31));
    expect(await loadEdge(300, async (key) => objects.get(key))).toEqual({
      ok: false,
      fault: 'tile/0/001.p/44: expected 1408 bytes, found 31',
    });
    objects.delete('tile/0/001.p/44');
    expect(await loadEdge(300, async (key) => objects.get(key))).toEqual({
      ok: false,
      fault: 'tile/0/001.p/44 is missing',
    });
  });
});

describe('logs written by Tessera', () => {
  const file = sharedFile('tlog/vectors/tessera_posix_roots.json');
  test.skipIf(file === undefined)('its roots and files are ours', () => {
    const vector = JSON.parse(readFileSync(file!, 'utf8'));
    for (const [size, root] of Object.entries(vector.roots)) {
      expect(hex(grow(emptyEdge, entries.slice(0, Number(size))).root), size).toBe(root);
    }
    const two = grow(emptyEdge, entries.slice(0, 2));
    for (const [key, bytes] of two.objects) expect(hex(bytes)).toBe(vector.log_2[key]);
  });
});
