import { type ObjectStore, PortError, type Table } from '../ports.ts';
import { blockHash, decodeBlock, parseBlockKey } from '../trail/block.ts';
import { decodeBundle } from '../trail/bundle.ts';
import { decodeEntry, type Entry } from '../trail/entry.ts';
import { readPrefix } from '../trail/grow.ts';
import type { TrailLine } from '../trail/pending.ts';
import { readHead } from '../trail/sequence/head.ts';
import { type BlockRow, blockPartition, blockSortKey, readBlockRow } from '../trail/sequence/rows.ts';
import { tileKey, tileWidth, widthIn } from '../trail/tile.ts';

interface ReadPorts {
  readonly objects: ObjectStore;
  readonly table: Table;
}

/** How much of the trail is in the bucket and signed: what a fold may read up to. */
export async function trailSize(ports: ReadPorts): Promise<number> {
  return (await readHead(ports.table))?.applied ?? 0;
}

/**
 * The lines from one index up to and without another, in order, one block in memory at a time. A line that was
 * erased, or whose block has expired, is empty; its entry remains.
 * @throws PortError `not-found` when a block that should be there is missing or is not what was committed: a reader
 * that went on would leave out events without anybody knowing.
 */
export async function* readLines(ports: ReadPorts, from: number, to: number): AsyncGenerator<TrailLine> {
  const end = Math.min(to, await trailSize(ports));
  const entries = entryReader(ports.objects, await trailSize(ports));
  let next = from;
  for await (const row of blockRows(ports.table, from, end)) {
    for (; next < row.first; next += 1) yield lineOf(next, await entries(next), '');
    const lines = await readBlock(ports.objects, row);
    for (; next < Math.min(row.first + row.count, end); next += 1) {
      yield lineOf(next, await entries(next), lines[next - row.first] ?? '');
    }
  }
  for (; next < end; next += 1) yield lineOf(next, await entries(next), '');
}

/** The rows of the blocks that hold any of these entries, a page at a time. */
async function* blockRows(table: Table, from: number, end: number): AsyncGenerator<BlockRow> {
  const [before] = await table.query(blockPartition, {
    to: blockSortKey(from),
    order: 'descending',
    limit: 1,
  });
  let start = before?.sk ?? blockSortKey(from);
  for (;;) {
    const page = await table.query(blockPartition, { from: start, to: blockSortKey(end), limit: 100 });
    for (const row of page.map(readBlockRow)) {
      if (row.first < end && row.first + row.count > from) yield row;
    }
    const last = page.at(-1);
    if (last === undefined || page.length < 100) return;
    start = blockSortKey(Number(last.sk) + 1);
  }
}

/** The row comes from the table, which is trusted; the block's own name checks its bytes. */
async function readBlock(objects: ObjectStore, row: BlockRow): Promise<readonly string[]> {
  const stored = await objects.get(row.key);
  if (stored === undefined) throw new PortError('not-found', `expected the block ${row.key}, found nothing`);
  const intact = parseBlockKey(row.key)?.hash === blockHash(stored.bytes);
  const lines = decodeBlock(stored.bytes);
  if (intact && lines.ok && lines.value.length === row.count) return lines.value;
  throw new PortError('not-found', `expected the block ${row.key} as it was committed, found other bytes`);
}

/**
 * Entries by index, from one bundle at a time.
 * @throws PortError `not-found` from the function returned, where the bundle is missing or damaged.
 */
export function entryReader(objects: ObjectStore, size: number): (index: number) => Promise<Entry> {
  let bundleIndex = -1;
  let bundle: readonly Uint8Array[] = [];
  return async (index) => {
    const wanted = Math.floor(index / tileWidth);
    if (wanted !== bundleIndex) {
      bundle = await readBundle(objects, wanted, size);
      bundleIndex = wanted;
    }
    const entry = decodeEntry(bundle[index % tileWidth] ?? new Uint8Array());
    if (entry.ok) return entry.value;
    throw new PortError('not-found', `expected an entry at ${index}: ${entry.fault}`);
  };
}

async function readBundle(objects: ObjectStore, index: number, size: number): Promise<readonly Uint8Array[]> {
  const tile = { level: 'entries', index, width: widthIn(size, 'entries', index) } as const;
  const bytes = await readPrefix(tile, async (key) => (await objects.get(key))?.bytes);
  const entries = bytes.ok ? decodeBundle(bytes.value, tile.width) : bytes;
  if (entries.ok) return entries.value;
  throw new PortError('not-found', `expected the bundle ${tileKey(tile)}: ${entries.fault}`);
}

function lineOf(index: number, { kind, source, timeMs }: Entry, line: string): TrailLine {
  return { index, kind, source, timeMs, line };
}
