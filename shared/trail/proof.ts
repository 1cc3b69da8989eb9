import { fail, ok, type Result } from '../result.ts';
import { type OpenedCheckpoint, openCheckpoint } from './checkpoint.ts';
import type { VerifierKey } from './key.ts';
import { type Hash, hashSizeBytes, isCount, verifyInclusion } from './merkle.ts';
import { decodeStrictBase64 } from './strict-base64.ts';

/** C2SP tlog-proof@v1: an entry's place in a log, with the checkpoint that commits to it. */
export interface TlogProof {
  readonly index: number;
  /** The leaf's sibling first. */
  readonly hashes: readonly Hash[];
  /** The checkpoint as the log published it, cosignatures and all. */
  readonly checkpoint: string;
  /** Not authenticated; this log writes none. */
  readonly extra?: Uint8Array;
}

const header = 'c2sp.org/tlog-proof@v1';

/** A tree of 2^53 entries is not deeper. */
const hashCountMax = 53;

export function formatTlogProof(proof: TlogProof): string {
  const extra = proof.extra === undefined ? '' : `extra ${Buffer.from(proof.extra).toString('base64')}\n`;
  const hashes = proof.hashes.map((hash) => `${Buffer.from(hash).toString('base64')}\n`).join('');
  return `${header}\n${extra}index ${proof.index}\n${hashes}\n${proof.checkpoint}`;
}

/** The parts of a proof, strictly; what they prove is for `verifyTlogProof` to say. */
export function parseTlogProof(text: string): Result<TlogProof> {
  const split = text.indexOf('\n\n');
  if (split < 0) return fail('a proof has an empty line before its checkpoint');
  const [first, ...lines] = text.slice(0, split).split('\n');
  if (first !== header) return fail(`a proof begins with ${header}`);
  const extra = lines[0]?.startsWith('extra ') ? decodeStrictBase64(lines[0].slice(6)) : null;
  if (extra === undefined) return fail('the extra data is not base64');
  if (extra !== null) lines.shift();
  const index = /^index (0|[1-9][0-9]{0,15})$/.exec(lines.shift() ?? '')?.[1];
  if (index === undefined || !isCount(Number(index))) return fail('the index is no decimal number');
  if (lines.length > hashCountMax) return fail(`a proof has more than ${hashCountMax} hashes`);
  const hashes: Hash[] = [];
  for (const line of lines) {
    const hash = decodeStrictBase64(line);
    if (hash?.length !== hashSizeBytes) return fail('a hash of the proof is not the base64 of 32 bytes');
    hashes.push(hash);
  }
  const proof = { index: Number(index), hashes, checkpoint: text.slice(split + 2) };
  return ok(extra === null ? proof : { ...proof, extra });
}

/** Whether the leaf is where the proof says, in a tree that one of these keys signed. */
export function verifyTlogProof(
  text: string,
  leaf: Hash,
  keys: readonly VerifierKey[],
): Result<{ readonly proof: TlogProof; readonly opened: OpenedCheckpoint }> {
  const proof = parseTlogProof(text);
  if (!proof.ok) return proof;
  const opened = openCheckpoint(proof.value.checkpoint, keys);
  if (!opened.ok) return fail(`checkpoint: ${opened.fault}`);
  const { size, root } = opened.value.checkpoint;
  const { index, hashes } = proof.value;
  if (!verifyInclusion({ index, size, leaf, proof: hashes, root })) {
    return fail(`the hashes do not lead from the entry at ${index} to the root of the checkpoint`);
  }
  return ok({ proof: proof.value, opened: opened.value });
}
