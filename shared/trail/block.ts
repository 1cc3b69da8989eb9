import { hash } from 'node:crypto';
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { fail, ok, type Result } from '../result.ts';
import { zstdFrameEnd } from './zstd-frame.ts';

/** What a block's object key says of it. */
export interface BlockKey {
  /** Index of the entry that its first line belongs to. */
  readonly first: number;
  /** UTC day of that entry's append time, `yyyy/mm/dd`. */
  readonly day: string;
  /** First 16 hex digits of the SHA-256 of the object's bytes. */
  readonly hash: string;
}

/** The most that a block's lines may come to; a sequencer commits less at once, and a reader inflates no more. */
export const blockSizeBytesMax = 128 * 1024 * 1024;

/** The key under which a block is stored: its name checks its bytes. */
export function blockKey(block: { first: number; timeMs: number; bytes: Uint8Array }): string {
  return formatBlockKey({ first: block.first, day: utcDay(block.timeMs), hash: blockHash(block.bytes) });
}

export function formatBlockKey(key: BlockKey): string {
  return `events/${key.day}/${String(key.first).padStart(12, '0')}-${key.hash}.ndjson.zst`;
}

/** What the key says; undefined unless it is exactly what `formatBlockKey` writes for a day that exists. */
export function parseBlockKey(key: string): BlockKey | undefined {
  const match = /^events\/([0-9]{4}\/[0-9]{2}\/[0-9]{2})\/([0-9]{12})-([0-9a-f]{16})\.ndjson\.zst$/.exec(key);
  const [, day = '', first = '', hash16 = ''] = match ?? [];
  const timeMs = Date.parse(`${day.replaceAll('/', '-')}T00:00:00Z`);
  if (match === null || Number.isNaN(timeMs) || utcDay(timeMs) !== day) return undefined;
  return { first: Number(first), day, hash: hash16 };
}

export function blockHash(bytes: Uint8Array): string {
  return hash('sha256', bytes, 'hex').slice(0, 16);
}

/** `yyyy/mm/dd` of a time in ms, in UTC. */
export function utcDay(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 10).replaceAll('-', '/');
}

/**
 * The lines as zstd NDJSON, one frame with a checksum: each line and a newline, an erased line empty.
 * @throws RangeError for lines that cannot be told apart again, which no caller may produce.
 */
export function encodeBlock(lines: readonly string[]): Uint8Array {
  if (lines.length === 0) throw new RangeError('a block has at least one line');
  if (lines.some((line) => line.includes('\n'))) throw new RangeError('a line contains a newline');
  const content = Buffer.from(`${lines.join('\n')}\n`);
  if (content.length > blockSizeBytesMax) throw new RangeError(`a block of ${content.length} bytes`);
  return zstdCompressSync(content, { params: { [constants.ZSTD_c_checksumFlag]: 1 } });
}

/** The lines of a block as text, in log order; an erased line is empty. */
export function decodeBlock(bytes: Uint8Array, sizeBytesMax = blockSizeBytesMax): Result<readonly string[]> {
  const content = inflateBlock(bytes, sizeBytesMax);
  if (!content.ok) return content;
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(content.value);
    return ok(text.slice(0, -1).split('\n'));
  } catch {
    return fail('not UTF-8');
  }
}

/** The lines of a block as bytes, views into one buffer. */
export function decodeBlockBytes(
  bytes: Uint8Array,
  sizeBytesMax = blockSizeBytesMax,
): Result<readonly Uint8Array[]> {
  const content = inflateBlock(bytes, sizeBytesMax);
  if (!content.ok) return content;
  const lines: Uint8Array[] = [];
  for (let start = 0; start < content.value.length; ) {
    const end = content.value.indexOf(0x0a, start);
    lines.push(content.value.subarray(start, end));
    start = end + 1;
  }
  return ok(lines);
}

/** Exactly one zstd frame of newline-terminated lines, bounded. */
function inflateBlock(bytes: Uint8Array, sizeBytesMax: number): Result<Buffer> {
  if (zstdFrameEnd(bytes) !== bytes.length) return fail('not exactly one zstd frame');
  let content: Buffer;
  try {
    content = zstdDecompressSync(bytes, { maxOutputLength: sizeBytesMax });
  } catch (error) {
    const tooLarge = error instanceof RangeError;
    return fail(tooLarge ? `inflates to more than ${sizeBytesMax} bytes` : 'zstd cannot be inflated');
  }
  if (content.at(-1) !== 0x0a) return fail('the last line has no newline');
  return ok(content);
}
