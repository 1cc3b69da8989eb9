import { redactText } from './redact.ts';
import type { Reject } from './source.ts';

/**
 * A reject without the secrets in the part of it that is kept. Its size and hash stay those of what was received. Bytes
 * that are no text are taken for Latin-1, in which every byte is itself and every secret looks the same.
 */
export function redactReject(reject: Reject, salt: Uint8Array): Reject {
  const isCut = reject.bytes.byteLength < reject.sizeBytes;
  const text = Buffer.from(reject.bytes).toString('latin1');
  // Where the record was cut, so may a secret have been, and half of one has no shape.
  const whole = isCut ? withoutLastWord(text) : text;
  const redacted = redactText(whole, salt);
  return redacted === text ? reject : { ...reject, bytes: new Uint8Array(Buffer.from(redacted, 'latin1')) };
}

const WORD_LENGTH_MAX = 2048;

function withoutLastWord(text: string): string {
  let end = text.length;
  while (end > text.length - WORD_LENGTH_MAX && /[A-Za-z0-9_+/=.%-]/.test(text.charAt(end - 1))) end--;
  return text.slice(0, end);
}
