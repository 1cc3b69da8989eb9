import { zstdDecompressSync } from 'node:zlib';
import { type ObjectStore, PortError, type Table } from '../ports.ts';
import { blockHash, blockSizeBytesMax, parseBlockKey } from '../trail/block.ts';
import { type BlockRow, blockPartition, blockSortKey, readBlockRow } from '../trail/sequence/rows.ts';
import type { Region } from './query-index.ts';
import { rowsBackwards } from './rows-backwards.ts';

/** Entries of one block that may match, newest first. */
export interface BlockTask {
  readonly row: BlockRow;
  readonly indexes: readonly number[];
}

/** The blocks that hold candidates, newest first; those that `wanted` refuses are passed over unread. */
export async function* tasksOf(
  table: Table,
  regions: AsyncIterable<Region>,
  wanted: (row: BlockRow) => boolean,
): AsyncGenerator<BlockTask> {
  const rows = rowsBackwards(table, blockPartition);
  const rowAt = async (index: number): Promise<BlockRow | undefined> => {
    const row = await rows.seek(blockSortKey(index));
    return row && readBlockRow(row);
  };
  for await (const { first, next, candidates } of regions) {
    if (candidates === 'all') {
      for (let row = await rowAt(next - 1); row !== undefined; row = await rowAt(row.first - 1)) {
        const from = Math.max(first, row.first);
        if (row.first + row.count <= first) break;
        if (wanted(row)) yield { row, indexes: descending(from, Math.min(next, row.first + row.count)) };
        if (row.first <= first) break;
      }
      continue;
    }
    for (let at = 0; at < candidates.length; ) {
      const row = await rowAt(candidates[at] as number);
      if (row === undefined) break;
      const start = at;
      while (at < candidates.length && (candidates[at] as number) >= row.first) at += 1;
      // Entries after the last line of the block belong to a block that has expired.
      const indexes = candidates.slice(start, at).filter((index) => index < row.first + row.count);
      if (indexes.length > 0 && wanted(row)) yield { row, indexes };
    }
  }
}

function descending(from: number, to: number): readonly number[] {
  return Array.from({ length: Math.max(0, to - from) }, (_, n) => to - 1 - n);
}

/** Blocks being read at once: the next ones are on their way while the lines of this one are asked. */
const AHEAD = 4;

/** The blocks of tasks, in order. */
export async function* opened(
  objects: ObjectStore,
  tasks: AsyncGenerator<BlockTask>,
): AsyncGenerator<{ readonly indexes: readonly number[]; readonly block: OpenBlock }> {
  const ahead: { readonly indexes: readonly number[]; readonly block: Promise<OpenBlock> }[] = [];
  for (let ended = false; ; ) {
    while (!ended && ahead.length < AHEAD) {
      const { value: task, done } = await tasks.next();
      ended = done === true;
      if (ended) break;
      const block = openBlock(objects, task.row);
      // It is awaited below, in its turn; its failure is nobody's until then, or at all when the asker has enough.
      block.catch(() => undefined);
      ahead.push({ indexes: task.indexes, block });
    }
    const next = ahead.shift();
    if (next === undefined) return;
    yield { indexes: next.indexes, block: await next.block };
  }
}

/** The lines of one block, of which only those that are asked for become text. */
export interface OpenBlock {
  /** The line of an entry of this block; empty where it was erased. */
  readonly line: (index: number) => string;
}

/**
 * Reads and inflates a block once per question. The row comes from the table, which is trusted; the block's own name
 * checks its bytes.
 * @throws PortError `not-found` when the block is missing or is not what was committed: an answer that left events
 * out without a word would be worse than none.
 */
export async function openBlock(objects: ObjectStore, row: BlockRow): Promise<OpenBlock> {
  const stored = await objects.get(row.key);
  if (stored === undefined) throw new PortError('not-found', `expected the block ${row.key}, found nothing`);
  const intact = parseBlockKey(row.key)?.hash === blockHash(stored.bytes);
  const content = intact ? inflate(stored.bytes) : undefined;
  const ends = content && lineEnds(content);
  if (content === undefined || ends?.length !== row.count) {
    throw new PortError('not-found', `expected the block ${row.key} as it was committed, found other bytes`);
  }
  return {
    line: (index) => {
      const position = index - row.first;
      const start = position === 0 ? 0 : (ends[position - 1] ?? 0) + 1;
      return content.toString('utf8', start, ends[position] ?? start);
    },
  };
}

/** Into one buffer, where the frame says how large. Blocks are small: another thread would cost more than it saves. */
function inflate(bytes: Uint8Array): Buffer | undefined {
  const sizeBytes = Math.min(contentSizeBytes(bytes) ?? CHUNK_SIZE_BYTES, blockSizeBytesMax);
  // One byte more: a buffer that is filled to its end is followed by an empty one.
  const options = { maxOutputLength: blockSizeBytesMax, chunkSize: Math.max(sizeBytes, MIN_SIZE_BYTES) + 1 };
  try {
    return zstdDecompressSync(bytes, options);
  } catch {
    return undefined;
  }
}

const CHUNK_SIZE_BYTES = 1024 * 1024;
/** node:zlib refuses a smaller chunk. */
const MIN_SIZE_BYTES = 64;

/** Frame_Content_Size of a zstd frame, where it is written (RFC 8878 section 3.1.1.1). */
function contentSizeBytes(bytes: Uint8Array): number | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 18) return undefined;
  const descriptor = view.getUint8(4);
  const single = (descriptor & 0x20) !== 0;
  const at = 5 + (single ? 0 : 1) + ([0, 1, 2, 4][descriptor & 3] ?? 0);
  switch (descriptor >> 6) {
    case 0:
      return single ? view.getUint8(at) : undefined;
    case 1:
      return view.getUint16(at, true) + 256;
    case 2:
      return view.getUint32(at, true);
    default:
      return Number(view.getBigUint64(at, true));
  }
}

/** Where each line's newline is. */
function lineEnds(content: Buffer): readonly number[] {
  const ends: number[] = [];
  for (let end = content.indexOf(NEWLINE); end !== -1; end = content.indexOf(NEWLINE, end + 1))
    ends.push(end);
  return ends;
}

const NEWLINE = 0x0a;
