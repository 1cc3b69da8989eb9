import { isUtf8 } from 'node:buffer';
import { isObject } from '../json/json.ts';
import { fail, ok, type Result } from '../result.ts';
import type { OpenedCheckpoint } from './checkpoint.ts';
import { decodeEntry, type Entry, lineHash } from './entry.ts';
import type { VerifierKey } from './key.ts';
import { leafHash } from './merkle.ts';
import { verifyTlogProof } from './proof.ts';

/** All that is needed, beside a key, to prove one event offline: what `prove UID -o FILE` writes. */
export interface ProofFile {
  /** The stored line; null where it was erased, and only the entry can be proven. */
  readonly line: string | null;
  /** The entry's JSON, the bytes of the leaf. */
  readonly entry: string;
  /** C2SP tlog-proof@v1. */
  readonly proof: string;
}

export interface ProvenEntry {
  readonly index: number;
  readonly entry: Entry;
  readonly line: string | null;
  readonly opened: OpenedCheckpoint;
}

const format = 'trailproof.proof.v1';

/** One line is 16 MiB at most by far; a file larger than this is no proof. */
export const proofFileSizeBytesMax = 64 * 1024 * 1024;

export function formatProofFile(file: ProofFile): string {
  const { line, entry, proof } = file;
  return `${JSON.stringify({ format, line, entry, proof }, undefined, 2)}\n`;
}

/** The file's parts; refused unless it is written exactly as `formatProofFile` does, so that nothing hides in it. */
export function parseProofFile(content: Uint8Array | string): Result<ProofFile> {
  const bytes = Buffer.from(content);
  if (bytes.length > proofFileSizeBytesMax) return fail(`larger than ${proofFileSizeBytesMax} bytes`);
  // What is no UTF-8 would read as the replacement character, and two files would prove one line.
  if (!isUtf8(bytes)) return fail('not UTF-8');
  const text = typeof content === 'string' ? content : bytes.toString();
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return fail('not JSON');
  }
  if (!isObject(value) || value['format'] !== format) return fail(`not of the format ${format}`);
  const { line, entry, proof } = value;
  if (typeof entry !== 'string' || typeof proof !== 'string') return fail('no entry or no proof');
  if (typeof line !== 'string' && line !== null) return fail('no line');
  const file = { line: line ?? null, entry, proof };
  // A lone surrogate would be hashed as the replacement character, and two lines would have one hash.
  if (![line ?? '', entry, proof].every((part) => part.isWellFormed())) return fail('not well-formed text');
  return formatProofFile(file) === text ? ok(file) : fail('not written in the one canonical way');
}

/** Proves that the line was committed to by a log of one of these keys; needs the file and the keys, nothing else. */
export function verifyProofFile(
  content: Uint8Array | string,
  keys: readonly VerifierKey[],
): Result<ProvenEntry> {
  const file = parseProofFile(content);
  if (!file.ok) return fail(`malformed proof file: ${file.fault}`);
  const { line, proof } = file.value;
  const entry = decodeEntry(file.value.entry);
  if (!entry.ok) return fail(`malformed entry: ${entry.fault}`);
  if (line !== null && !isLineOf(entry.value, line, file.value.entry)) {
    return fail('the line is not the one that the entry commits to');
  }
  const verified = verifyTlogProof(proof, leafHash(Buffer.from(file.value.entry)), keys);
  if (!verified.ok) return verified;
  if (verified.value.proof.extra !== undefined) return fail('extra data, which nothing authenticates');
  return ok({ index: verified.value.proof.index, entry: entry.value, line, opened: verified.value.opened });
}

function isLineOf(entry: Entry, line: string, entryJson: string): boolean {
  return entry.kind === 'event' ? lineHash(line) === entry.hash : line === entryJson;
}
