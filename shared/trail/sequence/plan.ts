import { blockKey, encodeBlock } from '../block.ts';
import { decodeBundle } from '../bundle.ts';
import { encodeEntry, lineHash, withAppendTime } from '../entry.ts';
import { type Edge, grow } from '../grow.ts';
import { leafHash } from '../merkle.ts';
import type { PendingEntry } from '../pending.ts';
import { tileWidth } from '../tile.ts';
import type { Novelty } from './novelty.ts';
import type { BlockRow } from './rows.ts';
import type { Staging } from './staging.ts';
import { type Batch, isStored } from './waiting.ts';

const archiveEveryMs = 3_600_000;

/** Everything that one commit is made of, computed from memory. */
export interface CommitParts {
  /** Its root is the head's. */
  readonly edge: Edge;
  readonly novelty: Novelty;
  readonly batches: readonly Batch[];
  /** Append time, ms. */
  readonly timeMs: number;
  /** Of the commit before, ms; 0 where unknown. */
  readonly lastTimeMs: number;
}

/** Step 6, its first half: entries, tiles, block and the new root. Pure. */
export function planCommit({ edge, novelty, batches, timeMs, lastTimeMs }: CommitParts): Staging {
  const lines = novelty.entries.map((entry) => finalLine(entry, timeMs));
  const growth = grow(
    edge,
    novelty.entries.map((entry, index) => leafOf(entry, lines[index] ?? '', timeMs)),
  );
  const blocks = blocksOf(lines, novelty.entries, { first: edge.size, timeMs });
  return {
    base: edge.size,
    size: growth.edge.size,
    root: Buffer.from(growth.root).toString('base64'),
    timeMs,
    archived: Math.floor(timeMs / archiveEveryMs) !== Math.floor(lastTimeMs / archiveEveryMs),
    blocks: blocks.map(({ row }) => row),
    uids: novelty.entries.map(({ uid, essence }) => [uid, essence]),
    receipts: novelty.receipts,
    batches: batches.filter(isStored).map(({ row }) => [row.id, row.key]),
    objects: new Map([...growth.objects, ...blocks.map(({ row, bytes }) => [row.key, bytes] as const)]),
  };
}

/** Lines of one block: whoever asks for one of them inflates all. */
const BLOCK_COUNT = 64;

function blocksOf(
  lines: readonly string[],
  entries: readonly PendingEntry[],
  { first, timeMs }: { readonly first: number; readonly timeMs: number },
): readonly { readonly row: BlockRow; readonly bytes: Uint8Array }[] {
  const blocks: { readonly row: BlockRow; readonly bytes: Uint8Array }[] = [];
  for (let at = 0; at < lines.length; at += BLOCK_COUNT) {
    const own = lines.slice(at, at + BLOCK_COUNT);
    const bytes = encodeBlock(own);
    const key = blockKey({ first: first + at, timeMs, bytes });
    const times = timeRange(eventTimes(entries.slice(at, at + BLOCK_COUNT)), timeMs);
    blocks.push({ row: { first: first + at, key, count: own.length, ...times }, bytes });
  }
  return blocks;
}

/** The partial bundle is not in the root: its entries must be those that the lowest partial tile has the hashes of. */
export function isWholeEdge({ bundle, levels, size }: Edge): boolean {
  const entries = decodeBundle(bundle, size % tileWidth);
  if (!entries.ok) return false;
  return Buffer.concat(entries.value.map(leafHash)).equals(levels[0] ?? new Uint8Array());
}

/** A control entry says when it was appended; an event's line is what it was when it arrived. */
export function finalLine({ kind, line }: PendingEntry, timeMs: number): string {
  if (kind === 'event') return line;
  const timed = withAppendTime(line, timeMs);
  if (!timed.ok) throw new RangeError(`a control entry that was checked when it was read: ${timed.fault}`);
  return timed.value;
}

function leafOf({ kind, source }: PendingEntry, line: string, timeMs: number): Uint8Array {
  if (kind !== 'event') return Buffer.from(line);
  return encodeEntry({ kind, hash: lineHash(line), timeMs, source });
}

/** Times of events, which a reader looks for; a block without any is where it was appended. */
export function timeRange(times: readonly number[], timeMs: number): Pick<BlockRow, 'fromMs' | 'toMs'> {
  let [fromMs = timeMs, toMs = timeMs] = [times[0], times[0]];
  for (const time of times) {
    fromMs = Math.min(fromMs, time);
    toMs = Math.max(toMs, time);
  }
  return { fromMs, toMs };
}

function eventTimes(entries: readonly PendingEntry[]): readonly number[] {
  return entries.filter(({ kind }) => kind === 'event').map(({ time }) => time);
}
