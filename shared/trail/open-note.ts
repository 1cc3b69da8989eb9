import type { Signer } from '../ports.ts';
import { fail, ok, type Result } from '../result.ts';
import { cosignedMessage, parseCosignature } from './cosignature.ts';
import { verifyMessage } from './ed25519.ts';
import { keyId, type VerifierKey } from './key.ts';
import { formatNote, isKeyName, type Note, type NoteSignature, parseNote } from './note.ts';

/** A note of which at least one signature holds. */
export interface OpenedNote {
  readonly note: Note;
  readonly verified: readonly VerifiedSignature[];
  /** Signatures by keys that the reader does not know; they say nothing. */
  readonly unknown: readonly NoteSignature[];
}

export interface VerifiedSignature {
  readonly key: VerifierKey;
  /** Of a cosignature: when the witness says it signed, in seconds since the epoch. */
  readonly timeS?: number;
}

/**
 * Verifies a note against the keys that the reader trusts. Unknown signatures are ignored; one by a known key that
 * does not hold, or none that holds, refuses the whole note.
 */
export function openNote(bytes: Uint8Array | string, keys: readonly VerifierKey[]): Result<OpenedNote> {
  const note = parseNote(bytes);
  if (!note.ok) return fail(`malformed note: ${note.fault}`);
  const verified = new Map<string, VerifiedSignature>();
  const unknown: NoteSignature[] = [];
  for (const signature of note.value.signatures) {
    const tag = `${signature.name}+${signature.id}`;
    const [key, another] = keys.filter((known) => known.name === signature.name && known.id === signature.id);
    if (another !== undefined) return fail(`ambiguous key ${tag}`);
    if (key === undefined) {
      unknown.push(signature);
    } else if (!verified.has(tag)) {
      const checked = verifySignature(key, note.value.text, signature.signature);
      if (checked === undefined) return fail(`invalid signature by ${tag}`);
      verified.set(tag, checked);
    }
  }
  if (verified.size === 0) return fail('unverified note: no signature by a known key');
  return ok({ note: note.value, verified: [...verified.values()], unknown });
}

/** Signs a text as a note. The signature is checked before anyone sees it. */
export async function signNote(text: string, signer: Signer): Promise<Result<string>> {
  if (!isKeyName(signer.name)) return fail('the signer has no valid key name');
  const signature = await signer.sign(Buffer.from(text));
  if (!verifyMessage(signer.publicKey, Buffer.from(text), signature)) {
    return fail(`what ${signer.name} signed does not verify with its public key`);
  }
  const id = keyId(signer.name, 1, signer.publicKey);
  return ok(formatNote({ text, signatures: [{ name: signer.name, id, signature }] }));
}

function verifySignature(
  key: VerifierKey,
  text: string,
  signature: Uint8Array,
): VerifiedSignature | undefined {
  switch (key.type) {
    case 1:
      return verifyMessage(key.publicKey, Buffer.from(text), signature) ? { key } : undefined;
    case 4: {
      const parts = parseCosignature(signature);
      if (parts === undefined) return undefined;
      const message = cosignedMessage(parts.timeS, text);
      return verifyMessage(key.publicKey, message, parts.signature) ? { key, timeS: parts.timeS } : undefined;
    }
  }
}
