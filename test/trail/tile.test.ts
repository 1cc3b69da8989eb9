import { readFileSync } from 'node:fs';
import { assert, nat, property } from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  edgeTilesOf,
  parseTileKey,
  tileKey,
  tilesBetween,
  tilesOf,
  widthIn,
} from '../../shared/trail/tile.ts';
import { sharedFile } from '../shared-data.ts';

const keys = (tiles: Iterable<Parameters<typeof tileKey>[0]>) => [...tiles].map(tileKey);

describe('tile keys', () => {
  test('a key has its level, its index in groups of three, and the width of a partial tile', () => {
    expect(tileKey({ level: 0, index: 0, width: 256 })).toBe('tile/0/000');
    expect(tileKey({ level: 0, index: 1_234_067, width: 256 })).toBe('tile/0/x001/x234/067');
    expect(tileKey({ level: 5, index: 1000, width: 7 })).toBe('tile/5/x001/000.p/7');
    expect(tileKey({ level: 'entries', index: 255, width: 253 })).toBe('tile/entries/255.p/253');
  });

  test('every key that is written is read again', () => {
    assert(
      property(nat(63), nat({ max: Number.MAX_SAFE_INTEGER }), nat(255), (level, index, width) => {
        const tile = { level: level === 63 ? ('entries' as const) : level, index, width: width + 1 };
        expect(parseTileKey(tileKey(tile))).toEqual(tile);
      }),
    );
  });

  test.each([
    'tile/0/0',
    'tile/0/00',
    'tile/0/0000',
    'tile/0/x000/001',
    'tile/0/x000/x001/000',
    'tile/00/000',
    'tile/64/000',
    'tile/-1/000',
    'tile/0/000.p/0',
    'tile/0/000.p/256',
    'tile/0/000.p/007',
    'tile/0/000.p/',
    'tile/0/000.p',
    'tile/0/000/',
    '/tile/0/000',
    'tile/0/x001',
    'tile/0/001/002',
    'tile/0/x999/x999/x999/x999/x999/999',
    'tile/data/000',
    'tile/entries/x001/',
    'tile/0/000\n',
  ])('%s is no tile key', (key) => {
    expect(parseTileKey(key)).toBeUndefined();
  });

  const file = sharedFile('tlog/vectors/tile-paths.json');
  test.skipIf(file === undefined)('the paths of Tessera are written and read as Tessera does', () => {
    const vector = JSON.parse(readFileSync(file!, 'utf8'));
    for (const [level, index, partial, key] of vector.tilePath) {
      const tile = { level, index, width: partial === 0 ? 256 : partial };
      expect(tileKey(tile)).toBe(key);
      expect(parseTileKey(key)).toEqual(tile);
    }
    for (const [index, partial, key] of vector.entriesPath) {
      expect(tileKey({ level: 'entries', index, width: partial === 0 ? 256 : partial })).toBe(key);
    }
    for (const [seq, size, key] of vector.entriesPathForLogIndex) {
      const index = Math.floor(seq / 256);
      expect(tileKey({ level: 'entries', index, width: widthIn(size, 'entries', index) })).toBe(key);
    }
    for (const path of vector.parseErrors) expect(parseTileKey(`tile/0/${path}`), path).toBeUndefined();
  });
});

describe('the tiles of a tree', () => {
  test('a tree of 70,000 consists of the tiles that C2SP counts', () => {
    const all = keys(tilesOf(70_000));
    const count = (pattern: RegExp) => all.filter((key) => pattern.test(key)).length;
    expect(count(/^tile\/0\/[^.]*$/)).toBe(273);
    expect(count(/^tile\/1\/[^.]*$/)).toBe(1);
    expect(count(/^tile\/entries\/[^.]*$/)).toBe(273);
    expect(all.filter((key) => key.includes('.p/'))).toEqual([
      'tile/0/273.p/112',
      'tile/1/001.p/17',
      'tile/2/000.p/1',
      'tile/entries/273.p/112',
    ]);
  });

  test('a tree of 256 has one full tile, and one hash above it', () => {
    expect(keys(tilesOf(256))).toEqual(['tile/0/000', 'tile/1/000.p/1', 'tile/entries/000']);
    expect(keys(edgeTilesOf(256))).toEqual(['tile/1/000.p/1']);
  });

  test('the empty tree has none', () => {
    expect(keys(tilesOf(0))).toEqual([]);
    expect(keys(edgeTilesOf(0))).toEqual([]);
  });

  test('the edge is the partial tiles', () => {
    assert(
      property(nat(200_000), (size) => {
        const partial = keys(tilesOf(size)).filter((key) => key.includes('.p/'));
        expect(keys(edgeTilesOf(size))).toEqual(partial);
      }),
      { numRuns: 50 },
    );
  });

  test('an append writes what the larger tree has and the smaller has not', () => {
    assert(
      property(nat(70_000), nat(3000), (from, more) => {
        const before = new Set(keys(tilesOf(from)));
        expect(keys(tilesBetween(from, from + more))).toEqual(
          keys(tilesOf(from + more)).filter((key) => !before.has(key)),
        );
      }),
      { numRuns: 50 },
    );
  });
});
