import { isCount } from './merkle.ts';

/**
 * A resource of C2SP tlog-tiles: up to 256 hashes of one level, or the entries below a level 0 tile. A width below
 * 256 makes it a partial one.
 */
export interface Tile {
  readonly level: number | 'entries';
  readonly index: number;
  /** 1 to 256. */
  readonly width: number;
}

export const tileWidth = 256;

/** The object key, `tile/<L>/<N>[.p/<W>]`; N in groups of three digits, all but the last marked with an x. */
export function tileKey(tile: Tile): string {
  const suffix = tile.width === tileWidth ? '' : `.p/${tile.width}`;
  return `tile/${tile.level}/${groups(tile.index)}${suffix}`;
}

/** The tile that a key names; undefined unless the key is exactly what `tileKey` writes for it. */
export function parseTileKey(key: string): Tile | undefined {
  const match =
    /^tile\/(entries|[0-9]{1,2})\/((?:x[0-9]{3}\/){0,5}[0-9]{3})(?:\.p\/([1-9][0-9]{0,2}))?$/.exec(key);
  const [, level = '', index = '', width] = match ?? [];
  if (match === null) return undefined;
  const tile = {
    level: level === 'entries' ? level : Number(level),
    index: Number(index.replaceAll(/[x/]/g, '')),
    width: width === undefined ? tileWidth : Number(width),
  } as const;
  // Writing it again refuses leading zeroes, a width of 256 or more written as partial, and rounded numbers.
  if (!isCount(tile.index) || tile.width > tileWidth || (tile.level !== 'entries' && tile.level > 63)) {
    return undefined;
  }
  return tileKey(tile) === key ? tile : undefined;
}

/** How many hashes a level has in a tree of that size: floor(size / 256^level). */
export function levelCount(level: number, size: number): number {
  let count = size;
  for (let l = 0; l < level; l++) count = Math.floor(count / tileWidth);
  return count;
}

/** How many levels of tiles a tree of that size has. */
export function levelsOf(size: number): number {
  let levels = 0;
  for (let count = size; count > 0; count = Math.floor(count / tileWidth)) levels++;
  return levels;
}

/** How wide a tile is in a tree of that size; 0 where the tree has no such tile. */
export function widthIn(size: number, level: number | 'entries', index: number): number {
  const count = levelCount(level === 'entries' ? 0 : level, size) - index * tileWidth;
  return Math.max(0, Math.min(tileWidth, count));
}

/** Every tile and bundle that a tree of that size consists of: level by level, the bundles last. */
export function* tilesOf(size: number): Generator<Tile> {
  yield* tilesBetween(0, size);
}

/** The partial tiles of a tree of that size, the partial bundle last: what a sequencer must read to go on. */
export function edgeTilesOf(size: number): readonly Tile[] {
  const tiles: Tile[] = [];
  for (let level = 0; level < levelsOf(size); level++) {
    const count = levelCount(level, size);
    if (count % tileWidth !== 0) {
      tiles.push({ level, index: Math.floor(count / tileWidth), width: count % tileWidth });
    }
  }
  const first = tiles[0];
  return first?.level === 0 ? [...tiles, { ...first, level: 'entries' }] : tiles;
}

/** The tiles and bundles of a tree of size `to` that a tree of size `from` does not have: what an append writes. */
export function* tilesBetween(from: number, to: number): Generator<Tile> {
  for (let level = 0; level < levelsOf(to); level++) yield* newTiles(level, from, to);
  yield* newTiles('entries', from, to);
}

function* newTiles(level: number | 'entries', from: number, to: number): Generator<Tile> {
  const before = levelCount(level === 'entries' ? 0 : level, from);
  const after = levelCount(level === 'entries' ? 0 : level, to);
  if (before >= after) return;
  for (let index = Math.floor(before / tileWidth); index * tileWidth < after; index++) {
    yield { level, index, width: Math.min(tileWidth, after - index * tileWidth) };
  }
}

function groups(index: number): string {
  const digits = String(index);
  const padded = digits.padStart(Math.ceil(digits.length / 3) * 3, '0');
  const parts = padded.match(/.{3}/g) ?? [];
  return parts.map((part, i) => (i === parts.length - 1 ? part : `x${part}`)).join('/');
}
