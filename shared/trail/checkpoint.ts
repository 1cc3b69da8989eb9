import type { Signer } from '../ports.ts';
import { fail, ok, type Result } from '../result.ts';
import type { VerifierKey } from './key.ts';
import { emptyRoot, type Hash, hashSizeBytes, isCount, sameHash } from './merkle.ts';
import { openNote, signNote, type VerifiedSignature } from './open-note.ts';
import { decodeStrictBase64 } from './strict-base64.ts';

/** C2SP tlog-checkpoint: what a log says that its tree is. */
export interface Checkpoint {
  readonly origin: string;
  readonly size: number;
  readonly root: Hash;
  /** Lines after the third; this log writes none, and keeps those of others. */
  readonly extensions: readonly string[];
}

export interface OpenedCheckpoint {
  readonly checkpoint: Checkpoint;
  /** The key of the log that signed it. */
  readonly key: VerifierKey;
  /** Those of the witnesses given whose cosignature holds. */
  readonly cosignatures: readonly VerifiedSignature[];
  /** How many signatures are by keys that the reader did not give. */
  readonly unknownCount: number;
}

/** The note text: origin, size, base64 root, one line each. */
export function checkpointText(checkpoint: Omit<Checkpoint, 'extensions'>): string {
  return `${checkpoint.origin}\n${checkpoint.size}\n${Buffer.from(checkpoint.root).toString('base64')}\n`;
}

export function parseCheckpointText(text: string): Result<Checkpoint> {
  if (!text.endsWith('\n')) return fail('a checkpoint ends with a newline');
  const lines = text.slice(0, -1).split('\n');
  const [origin = '', size = '', root = '', ...extensions] = lines;
  if (lines.length < 3 || lines.includes('')) return fail('a checkpoint has three or more lines, none empty');
  if (!/^(?:0|[1-9][0-9]{0,15})$/.test(size) || !isCount(Number(size)))
    return fail('the size is no decimal number');
  const hash = decodeStrictBase64(root);
  if (hash?.length !== hashSizeBytes) return fail('the root is not the base64 of 32 bytes');
  if (size === '0' && !sameHash(hash, emptyRoot()))
    return fail('the root of size 0 is not that of the empty tree');
  return ok({ origin, size: Number(size), root: hash, extensions });
}

/** The signed note of a tree head. The signer's name is the origin. */
export async function signCheckpoint(
  head: { readonly size: number; readonly root: Hash },
  signer: Signer,
): Promise<Result<string>> {
  const text = checkpointText({ origin: signer.name, ...head });
  const parsed = parseCheckpointText(text);
  return parsed.ok ? signNote(text, signer) : parsed;
}

/**
 * A checkpoint that one of these keys signed as the log of its own name. Keys of type 4 are witnesses; their
 * cosignatures are reported, and one that does not hold refuses the checkpoint.
 */
export function openCheckpoint(
  note: Uint8Array | string,
  keys: readonly VerifierKey[],
): Result<OpenedCheckpoint> {
  const opened = openNote(note, keys);
  if (!opened.ok) return opened;
  const checkpoint = parseCheckpointText(opened.value.note.text);
  if (!checkpoint.ok) return fail(`malformed checkpoint: ${checkpoint.fault}`);
  const { origin } = checkpoint.value;
  const signed = opened.value.verified.find(({ key }) => key.type === 1 && key.name === origin);
  if (signed === undefined) return fail('no known key of the name in its origin line signed it');
  return ok({
    checkpoint: checkpoint.value,
    key: signed.key,
    cosignatures: opened.value.verified.filter(({ key }) => key.type === 4),
    unknownCount: opened.value.unknown.length,
  });
}
