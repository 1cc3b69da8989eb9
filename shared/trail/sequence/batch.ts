import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { at, isObject, stringAt } from '../../json/json.ts';
import { fail, ok, type Result } from '../../result.ts';
import { decodeEntry } from '../entry.ts';
import type { EntryKind, PendingEntry } from '../pending.ts';
import { zstdFrameEnd } from '../zstd-frame.ts';
import { controlUid } from './control.ts';

/** The most that one batch may hold; whoever has more makes several. */
export const batchCountMax = 20_000;
export const batchSizeBytesMax = 64 * 1024 * 1024;

const uidPattern = /^[0-9a-f]{64}$/;
const essenceLengthMax = 200;

export interface EncodedBatch {
  readonly bytes: Uint8Array;
  /** Uncompressed. */
  readonly sizeBytes: number;
}

/**
 * Entries as zstd NDJSON, two lines each: what the sequencer needs to know, then the line itself, whose bytes are
 * kept and never parsed.
 * @throws RangeError for what no caller may pass on: an entry that could not be read back, or too many of them.
 */
export function encodeBatch(entries: readonly PendingEntry[]): EncodedBatch {
  if (entries.length > batchCountMax) throw new RangeError(`a batch of ${entries.length} entries`);
  const lines: string[] = [];
  for (const entry of entries) {
    checkEntry(entry);
    const { kind, uid, essence, source, time } = entry;
    lines.push(JSON.stringify({ kind, uid, essence, source, time }), entry.line);
  }
  const content = Buffer.from(lines.length === 0 ? '' : `${lines.join('\n')}\n`);
  if (content.length > batchSizeBytesMax) throw new RangeError(`a batch of ${content.length} bytes`);
  // The fastest level: this object lives for seconds.
  const params = { [constants.ZSTD_c_compressionLevel]: 1, [constants.ZSTD_c_checksumFlag]: 1 };
  return { bytes: zstdCompressSync(content, { params }), sizeBytes: content.length };
}

/** The entries of a batch, each checked again: the object came from a bucket that anybody may have written to. */
export function decodeBatch(bytes: Uint8Array): Result<readonly PendingEntry[]> {
  if (zstdFrameEnd(bytes) !== bytes.length) return fail('not exactly one zstd frame');
  let text: string;
  try {
    const content = zstdDecompressSync(bytes, { maxOutputLength: batchSizeBytesMax });
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(content);
  } catch {
    return fail('not zstd of UTF-8 text, or too large');
  }
  if (text === '') return ok([]);
  if (!text.endsWith('\n')) return fail('the last line has no newline');
  const lines = text.slice(0, -1).split('\n');
  if (lines.length % 2 !== 0 || lines.length / 2 > batchCountMax)
    return fail('not two lines an entry, or too many');
  const entries: PendingEntry[] = [];
  for (let index = 0; index < lines.length; index += 2) {
    const entry = readEntry(lines[index] ?? '', lines[index + 1] ?? '');
    if (entry === undefined) return fail(`entry ${index / 2} is not one`);
    entries.push(entry);
  }
  return ok(entries);
}

/** @throws RangeError as encodeBatch does, for a batch that is handed over without being encoded. */
export function checkBatch(entries: readonly PendingEntry[]): void {
  if (entries.length > batchCountMax) throw new RangeError(`a batch of ${entries.length} entries`);
  for (const entry of entries) checkEntry(entry);
}

function checkEntry(entry: PendingEntry): void {
  if (!isEntry(entry))
    throw new RangeError('an entry has a 64-digit uid, an essence, a source, a time and a line');
}

function readEntry(header: string, line: string): PendingEntry | undefined {
  let value: unknown;
  try {
    value = JSON.parse(header);
  } catch {
    return undefined;
  }
  if (!isObject(value)) return undefined;
  const entry = {
    kind: stringAt(value, 'kind') as EntryKind,
    uid: stringAt(value, 'uid') ?? '',
    essence: stringAt(value, 'essence') ?? '',
    source: stringAt(value, 'source') ?? '',
    time: Number(at(value, 'time')),
    line,
  };
  return isEntry(entry) ? entry : undefined;
}

function isEntry(entry: PendingEntry): boolean {
  const { kind, uid, essence, source, time, line } = entry;
  return (
    uidPattern.test(uid) &&
    essence !== '' &&
    essence.length <= essenceLengthMax &&
    source !== '' &&
    source.length <= essenceLengthMax &&
    Number.isFinite(time) &&
    line !== '' &&
    !line.includes('\n') &&
    (kind === 'event' || isControl(entry))
  );
}

/** A control entry's uid follows from its line, so that a rebuild finds it again. */
function isControl({ kind, uid, source, line }: PendingEntry): boolean {
  const entry = decodeEntry(line);
  if (!entry.ok || entry.value.kind === 'event') return false;
  return entry.value.kind === kind && entry.value.source === source && controlUid(entry.value) === uid;
}
