import type { ObjectStore } from '../ports.ts';
import { blockHash, decodeBlockBytes, formatBlockKey, parseBlockKey } from './block.ts';
import type { ReadObject } from './prove.ts';
import type { BeyondObject } from './verify-extras.ts';
import type { FaultLog } from './verify-report.ts';

/** Every block's key, 32 bytes each instead of a string, in order of first index: a trail may have millions. */
export interface BlockList {
  readonly count: number;
  key(position: number): string;
  first(position: number): number;
}

/** A line as it is stored, or a block that should hold it but cannot be read (which the log says already). */
export interface StoredLine {
  readonly block: { readonly key: string; readonly first: number; readonly day: string };
  readonly line: Uint8Array | undefined;
}

export interface LineSource {
  /** The lines of the entries from `from` to `to`; undefined where no block holds one. Called in order. */
  take(from: number, to: number): Promise<readonly (StoredLine | undefined)[]>;
  /** Checks what is left, which belongs to no entry below the size. */
  finish(size: number, beyond: (object: BeyondObject) => void): Promise<void>;
  blockCount(): number;
}

/** Lists what lies under `events/`. Folders are days, so a clock that went back may list a later index first. */
export async function listBlocks(list: ObjectStore['list'], log: FaultLog): Promise<BlockList> {
  const firsts: number[] = [];
  const days: number[] = [];
  const hashes: [high: number[], low: number[]] = [[], []];
  let sorted = true;
  for await (const key of list('events/')) {
    const block = parseBlockKey(key);
    if (block === undefined) {
      log.add({ code: 'extra', key, message: 'not the name of a block' });
      continue;
    }
    sorted &&= block.first >= (firsts.at(-1) ?? 0);
    firsts.push(block.first);
    days.push(Number(block.day.replaceAll('/', '')));
    hashes[0].push(Number.parseInt(block.hash.slice(0, 8), 16));
    hashes[1].push(Number.parseInt(block.hash.slice(8), 16));
  }
  const order = sorted
    ? undefined
    : firsts.map((_, i) => i).sort((a, b) => (firsts[a] ?? 0) - (firsts[b] ?? 0));
  const at = (position: number) => order?.[position] ?? position;
  return {
    count: firsts.length,
    first: (position) => firsts[at(position)] ?? 0,
    key: (position) => {
      const i = at(position);
      const day = String(days[i])
        .padStart(8, '0')
        .replace(/(....)(..)(..)/, '$1/$2/$3');
      const hash = hashes.map((half) => (half[i] ?? 0).toString(16).padStart(8, '0')).join('');
      return formatBlockKey({ first: firsts[i] ?? 0, day, hash });
    },
  };
}

interface LoadedBlock {
  readonly key: string;
  readonly first: number;
  readonly day: string;
  /** One after the last entry that it holds, or would hold if it could be read. */
  readonly end: number;
  readonly lines: readonly Uint8Array[] | undefined;
}

/** Hands out the lines of all blocks in order of their entries, holding one inflated block at a time. */
export function readLinesOf(blocks: BlockList, read: ReadObject, log: FaultLog): LineSource {
  const queue = blockQueue(blocks, read, log);
  let current: LoadedBlock | undefined;

  /** The next block, unless it begins after the index. One that begins before it overlaps its neighbour. */
  async function advance(index: number): Promise<boolean> {
    while (queue.nextFirst() <= index) {
      const block = await queue.load();
      if (block.first === index || current === undefined) {
        current = block;
        if (block.end > index) return true;
      } else {
        const message = `holds entries that ${current.key} holds`;
        log.add({ code: 'extra', key: block.key, index: block.first, message });
      }
    }
    return false;
  }

  return {
    blockCount: queue.count,
    take: async (from, to) => {
      const found: (StoredLine | undefined)[] = new Array(to - from).fill(undefined);
      for (let index = from; index < to; ) {
        if (current !== undefined && index < current.end) {
          found[index - from] = { block: current, line: current.lines?.[index - current.first] };
          index++;
        } else if (!(await advance(index))) {
          index = Math.max(index, Math.min(queue.nextFirst(), to));
        }
      }
      return found;
    },
    finish: async (size, beyond) => {
      if (current?.lines !== undefined && current.end > size) {
        beyond({ key: current.key, index: size, size: current.end });
      }
      while (Number.isFinite(queue.nextFirst())) {
        const block = await queue.load();
        if (block.first < size) {
          log.add({
            code: 'extra',
            key: block.key,
            index: block.first,
            message: 'holds entries of another block',
          });
        } else {
          const end = block.lines === undefined ? block.first + 1 : block.end;
          beyond({ key: block.key, index: block.first, size: end });
        }
      }
    },
  };
}

interface BlockQueue {
  load(): Promise<LoadedBlock>;
  /** The first index of the next block, infinite after the last. */
  nextFirst(): number;
  /** How many were loaded. */
  count(): number;
}

const readAheadCount = 8;

/** Blocks in order, the next few being read already: most are small, and waiting for each would be most of the time. */
function blockQueue(blocks: BlockList, read: ReadObject, log: FaultLog): BlockQueue {
  const ahead: Promise<Uint8Array | undefined>[] = [];
  let position = 0;
  const nextFirst = () => (position < blocks.count ? blocks.first(position) : Number.POSITIVE_INFINITY);
  return {
    nextFirst,
    count: () => position,
    load: async () => {
      while (ahead.length < readAheadCount && position + ahead.length < blocks.count) {
        const reading = read(blocks.key(position + ahead.length));
        // Awaited in its turn; until then a failure must not count as unhandled.
        reading.catch(() => {});
        ahead.push(reading);
      }
      const bytes = await ahead.shift();
      const key = blocks.key(position);
      position++;
      return openBlock({ key, bytes, next: nextFirst() }, log);
    },
  };
}

function openBlock(
  block: { readonly key: string; readonly bytes: Uint8Array | undefined; readonly next: number },
  log: FaultLog,
): LoadedBlock {
  const { key, bytes, next } = block;
  const { first = 0, day = '', hash = '' } = parseBlockKey(key) ?? {};
  const unreadable = { key, first, day, end: next, lines: undefined };
  const range = Number.isFinite(next) ? { index: first, next } : { index: first };
  if (bytes === undefined) {
    log.add({ code: 'missing', key, ...range, message: 'was listed and is gone' });
    return unreadable;
  }
  const lines = decodeBlockBytes(bytes);
  const named = blockHash(bytes);
  if (named !== hash) {
    log.add({
      code: 'changed',
      key,
      ...range,
      message: `its bytes have the hash ${named}, not that of its name`,
    });
  }
  if (lines.ok) return { key, first, day, end: first + lines.value.length, lines: lines.value };
  log.add({ code: 'malformed', key, ...range, message: lines.fault });
  return unreadable;
}
