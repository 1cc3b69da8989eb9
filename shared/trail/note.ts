import { fail, ok, type Result } from '../result.ts';
import { decodeStrictBase64 } from './strict-base64.ts';

/** A C2SP signed-note: text that ends in a newline, and signatures over it. */
export interface Note {
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

export interface NoteSignature {
  readonly name: string;
  /** The key id, 8 hex digits: with the name it says which key signed. */
  readonly id: string;
  readonly signature: Uint8Array;
}

/** Verifiers must accept 16 signatures and should have a limit; Go's note package has this one. */
export const signatureCountMax = 100;

/** Cosigned checkpoints stay far below this, even with post-quantum signatures of 5 kB. */
const noteSizeBytesMax = 1024 * 1024;

/** A note in its parts, strictly: nothing is trusted yet, see `openNote`. */
export function parseNote(bytes: Uint8Array | string): Result<Note> {
  const text = noteText(bytes);
  if (text === undefined) return fail('a note is well-formed UTF-8 without control characters');
  const split = text.lastIndexOf('\n\n');
  if (split < 0) return fail('a note has an empty line before its signatures');
  const body = text.slice(0, split + 1);
  const rest = text.slice(split + 2);
  if (!rest.endsWith('\n')) return fail('a note ends with a signature line and a newline');
  const lines = rest.slice(0, -1).split('\n');
  if (lines.length > signatureCountMax) return fail(`a note has more than ${signatureCountMax} signatures`);
  const signatures: NoteSignature[] = [];
  for (const line of lines) {
    const signature = parseSignature(line);
    if (signature === undefined) return fail('malformed signature line');
    signatures.push(signature);
  }
  return ok({ text: body, signatures });
}

export function formatNote(note: Note): string {
  const lines = note.signatures.map(({ name, id, signature }) => {
    const content = Buffer.concat([Buffer.from(id, 'hex'), signature]);
    return `— ${name} ${content.toString('base64')}\n`;
  });
  return `${note.text}\n${lines.join('')}`;
}

/** Key names are not empty and have neither Unicode spaces nor a plus sign nor control characters. */
export function isKeyName(name: string): boolean {
  return name !== '' && name.isWellFormed() && !/[\s\u0085+\u0000-\u001f\u007f]/u.test(name);
}

function noteText(bytes: Uint8Array | string): string | undefined {
  if (bytes.length > noteSizeBytesMax) return undefined;
  let text: string;
  if (typeof bytes === 'string') {
    text = bytes;
  } else {
    try {
      text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    } catch {
      return undefined;
    }
  }
  return text.isWellFormed() && !/[\u0000-\u0009\u000b-\u001f]/.test(text) ? text : undefined;
}

function parseSignature(line: string): NoteSignature | undefined {
  const [dash, name = '', base64 = '', ...more] = line.split(' ');
  if (dash !== '—' || more.length > 0 || !isKeyName(name)) return undefined;
  const content = decodeStrictBase64(base64);
  if (content === undefined || content.length < 5) return undefined;
  return { name, id: Buffer.from(content.subarray(0, 4)).toString('hex'), signature: content.subarray(4) };
}
