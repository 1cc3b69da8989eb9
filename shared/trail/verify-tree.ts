import { readPrefix, readTileOrFull } from './grow.ts';
import { type Hash, hashSizeBytes, rootOfHashes, sameHash } from './merkle.ts';
import type { ReadObject } from './prove.ts';
import { levelCount, type Tile, tileKey, tileWidth, widthIn } from './tile.ts';
import type { FaultLog } from './verify-report.ts';

/** Hashes side by side; those that nothing could tell are not known. */
export interface Row {
  readonly hashes: Uint8Array;
  readonly known: readonly boolean[];
}

/**
 * Recomputes the tree from its leaves, in order, and compares it with every stored tile on the way. Where the two
 * differ, the tile above decides which is to blame; at the right edge the signed root does.
 */
export interface TreeCheck {
  /** The leaves of the next full bundle: what they are by the tree. Not yet part of it, see `push`. */
  settle(leaves: Row): Promise<Row>;
  /** Adds a settled row of 256 leaves to the tree. */
  push(row: Row): Promise<void>;
  /** The leaves of the last, partial bundle, and the whole right edge. */
  finish(leaves: Row): Promise<Row>;
  /** The root of what was pushed and the first `count` leaves of a row; undefined if it cannot be known. */
  rootAt(row: Row, count: number): Hash | undefined;
  tileCount(): number;
}

export const emptyRow: Row = { hashes: new Uint8Array(), known: [] };

export interface StoredTree {
  readonly size: number;
  /** What the log signed; undefined where no signature holds. */
  readonly root: Hash | undefined;
  readonly read: ReadObject;
  readonly log: FaultLog;
}

export function checkTree(tree: StoredTree): TreeCheck {
  /** For each level above the leaves, the row that is not full yet. */
  const above: Row[] = [];
  /** For each level, how many full rows were settled: the index of the next tile. */
  const pushed: number[] = [];
  let tiles = 0;

  async function settleAt(level: number, index: number, computed: Row): Promise<Row> {
    const tile = { level, index, width: computed.known.length };
    tiles++;
    const stored = await readStored(tile, tree);
    if (stored === undefined || differences(computed, stored).length === 0) return merge(computed, stored);
    const parent = await parentHash(tile, tree);
    const blame = judge(parent, rootOf([stored]), rootOf([merge(computed, stored)]));
    report(tile, blame, differences(computed, stored), tree.log);
    return blame === 'tile' ? merge(computed, stored) : stored;
  }

  async function pushAt(level: number, row: Row): Promise<void> {
    const upper = append(above[level + 1] ?? emptyRow, rootOf([row]));
    above[level + 1] = upper;
    if (upper.known.length < tileWidth) return;
    above[level + 1] = emptyRow;
    const index = pushed[level + 1] ?? 0;
    pushed[level + 1] = index + 1;
    await pushAt(level + 1, await settleAt(level + 1, index, upper));
  }

  return {
    tileCount: () => tiles,
    settle: (leaves) => settleAt(0, pushed[0] ?? 0, leaves),
    push: (row) => {
      pushed[0] = (pushed[0] ?? 0) + 1;
      return pushAt(0, row);
    },
    rootAt: (row, count) => rootOf([slice(row, count), ...above.slice(1)]),
    finish: async (leaves) => {
      const computed = [leaves, ...above.slice(1)];
      const stored: (Row | undefined)[] = [];
      for (const [level, row] of computed.entries()) {
        const index = Math.floor(levelCount(level, tree.size) / tileWidth);
        const width = row.known.length;
        if (width > 0) tiles++;
        stored.push(width === 0 ? undefined : await readStored({ level, index, width }, tree));
      }
      const settled = settleEdge(computed, stored, tree);
      for (const [level, row] of settled.entries()) above[level] = row;
      return settled[0] ?? leaves;
    },
  };
}

type HashTile = Tile & { readonly level: number };

async function readStored(tile: HashTile, { read, log }: StoredTree): Promise<Row | undefined> {
  const found = await readTileOrFull(tile, read);
  const sizeBytes = (found?.tile.width ?? 0) * hashSizeBytes;
  if (found !== undefined && found.bytes.length === sizeBytes) {
    const hashes = found.bytes.subarray(0, tile.width * hashSizeBytes);
    return { hashes, known: new Array(tile.width).fill(true) };
  }
  const key = tileKey(found?.tile ?? tile);
  const index = tile.index * tileWidth ** (tile.level + 1);
  if (found === undefined) log.add({ code: 'missing', key, index, message: 'the tile is missing' });
  else log.add({ code: 'malformed', key, index, message: `expected ${sizeBytes} bytes` });
  return undefined;
}

/** What the stored tile above says of this full one; a tile that is itself wrong elsewhere may still say it. */
async function parentHash(tile: HashTile, { size, read }: StoredTree): Promise<Hash | undefined> {
  const level = tile.level + 1;
  const index = Math.floor(tile.index / tileWidth);
  const bytes = await readPrefix({ level, index, width: widthIn(size, level, index) }, read);
  const from = (tile.index % tileWidth) * hashSizeBytes;
  return bytes.ok ? bytes.value.subarray(from, from + hashSizeBytes) : undefined;
}

/** Where several rows of the edge differ from what is stored, the choice that yields the signed root is right. */
function settleEdge(
  computed: readonly Row[],
  stored: readonly (Row | undefined)[],
  tree: StoredTree,
): readonly Row[] {
  const differing = computed.flatMap((row, level) => {
    const found = stored[level];
    return found !== undefined && differences(row, found).length > 0 ? [level] : [];
  });
  const pick = (choice: number): readonly Row[] =>
    computed.map((row, level) => {
      const found = stored[level];
      const bit = differing.indexOf(level);
      return bit >= 0 && found !== undefined && Math.floor(choice / 2 ** bit) % 2 === 1
        ? found
        : merge(row, found);
    });
  let right: number | undefined;
  for (let choice = 0; choice < 2 ** differing.length && right === undefined; choice++) {
    const root = rootOf(pick(choice));
    if (root !== undefined && tree.root !== undefined && sameHash(root, tree.root)) right = choice;
  }
  for (const [bit, level] of differing.entries()) {
    const row = computed[level];
    const found = stored[level];
    if (row === undefined || found === undefined) continue;
    const index = Math.floor(levelCount(level, tree.size) / tileWidth);
    const tile = { level, index, width: row.known.length };
    const isStored = Math.floor((right ?? 0) / 2 ** bit) % 2 === 1;
    const blame = right === undefined ? 'either' : isStored ? 'below' : 'tile';
    report(tile, blame, differences(row, found), tree.log);
  }
  return pick(right ?? 0);
}

type Blame = 'tile' | 'below' | 'either';

function judge(parent: Hash | undefined, stored: Hash | undefined, computed: Hash | undefined): Blame {
  if (parent === undefined) return 'either';
  if (stored !== undefined && sameHash(stored, parent)) return 'below';
  return computed !== undefined && sameHash(computed, parent) ? 'tile' : 'either';
}

/** One fault for each run of hashes that differ: against the tile, what lies below it, or both. */
function report(
  tile: { readonly level: number; readonly index: number; readonly width: number },
  blame: Blame,
  differing: readonly number[],
  log: FaultLog,
): void {
  const key = tileKey(tile);
  const leavesEach = tileWidth ** tile.level;
  const unsure = blame === 'either' ? ' (or the other way round)' : '';
  for (const { from, to } of runs(differing)) {
    const index = (tile.index * tileWidth + from) * leavesEach;
    const next = (tile.index * tileWidth + to) * leavesEach;
    if (blame !== 'below') {
      log.add({
        code: 'changed',
        key,
        index,
        next,
        message: `does not hold the hashes of what is below it${unsure}`,
      });
    }
    if (blame === 'tile') continue;
    if (tile.level === 0) {
      const bundle = tileKey({ ...tile, level: 'entries' });
      log.add({
        code: 'changed',
        key: bundle,
        index,
        next,
        message: `not the entries that ${key} has${unsure}`,
      });
    } else {
      const child = { level: tile.level - 1, index: tile.index * tileWidth + from, width: tileWidth };
      const message = `it, or its entries, are not what ${key} says${unsure}`;
      log.add({ code: 'changed', key: tileKey(child), index, next, message });
    }
  }
}

/** Maximal runs of consecutive numbers. */
export function runs(numbers: readonly number[]): readonly { readonly from: number; readonly to: number }[] {
  const found: { from: number; to: number }[] = [];
  for (const n of numbers) {
    const last = found.at(-1);
    if (last?.to === n) last.to = n + 1;
    else found.push({ from: n, to: n + 1 });
  }
  return found;
}

/** The root over rows of ever higher levels, lowest first; undefined where a hash is not known. */
function rootOf(rows: readonly Row[]): Hash | undefined {
  if (rows.some((row) => row.known.includes(false))) return undefined;
  let root: Hash | undefined;
  for (const { hashes } of rows) {
    if (hashes.length > 0) root = rootOfHashes(root === undefined ? hashes : Buffer.concat([hashes, root]));
  }
  return root ?? rootOfHashes(new Uint8Array());
}

function differences(computed: Row, stored: Row): readonly number[] {
  if (Buffer.compare(computed.hashes, stored.hashes) === 0) return [];
  return computed.known.flatMap((known, i) =>
    known && !sameHash(hashAt(computed, i), hashAt(stored, i)) ? [i] : [],
  );
}

/** What is computed, and where that is unknown, what is stored. */
function merge(computed: Row, stored: Row | undefined): Row {
  if (stored === undefined || !computed.known.includes(false)) return computed;
  const hashes = Buffer.from(stored.hashes);
  for (const [i, known] of computed.known.entries())
    if (known) hashes.set(hashAt(computed, i), i * hashSizeBytes);
  return { hashes, known: stored.known };
}

function hashAt(row: Row, i: number): Hash {
  return row.hashes.subarray(i * hashSizeBytes, (i + 1) * hashSizeBytes);
}

function slice(row: Row, count: number): Row {
  return { hashes: row.hashes.subarray(0, count * hashSizeBytes), known: row.known.slice(0, count) };
}

function append(row: Row, hash: Hash | undefined): Row {
  return {
    hashes: Buffer.concat([row.hashes, hash ?? new Uint8Array(hashSizeBytes)]),
    known: [...row.known, hash !== undefined],
  };
}
