/** The formats that tools/verify.ts reads, each as docs/trail-format.md has it; nothing of shared/trail. */
import { createHash, createPublicKey, verify } from 'node:crypto';
import { zstdDecompressSync } from 'node:zlib';

export interface Head {
  readonly origin: string;
  readonly size: number;
  readonly root: string;
}

export function sha256(...parts: readonly (Buffer | string)[]): Buffer {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
}

export const lineHash = (line: Buffer): string => sha256(line).toString('base64');
export const leafHash = (entry: Buffer): Buffer => sha256(Buffer.from([0]), entry);
export const nodeHash = (left: Buffer, right: Buffer): Buffer => sha256(Buffer.from([1]), left, right);

/**
 * The Merkle tree hash of RFC 6962 section 2.1 over the first `size` leaves, by its recursive definition. Larger
 * subtrees are kept, because the roots of earlier sizes share them.
 */
export function rootsOf(leaves: readonly Buffer[]): (size: number) => Buffer {
  const kept = new Map<string, Buffer>();
  const rootOf = (start: number, end: number): Buffer => {
    const [only = sha256()] = leaves.slice(start, Math.min(end, start + 1));
    if (end - start <= 1) return only;
    const found = kept.get(`${start}-${end}`);
    if (found !== undefined) return found;
    const middle = start + powerBelow(end - start);
    const root = nodeHash(rootOf(start, middle), rootOf(middle, end));
    if (end - start >= 256) kept.set(`${start}-${end}`, root);
    return root;
  };
  return (size) => rootOf(0, size);
}

/** The largest power of two below n, for n > 1. */
export function powerBelow(n: number): number {
  let k = 1;
  while (k * 2 < n) k *= 2;
  return k;
}

export function base64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : undefined;
}

/** The head in a checkpoint that the key signed, or what is wrong with it. */
export function openCheckpoint(bytes: Buffer, vkey: string): Head | string {
  const [, name = '', id = '', encoded = ''] = /^([^+\s]+)\+([0-9a-f]{8})\+(\S+)$/.exec(vkey.trim()) ?? [];
  const key = base64(encoded);
  if (key?.length !== 33 || key[0] !== 1) return 'the key given is no Ed25519 vkey';
  if (sha256(`${name}\n`, key).toString('hex', 0, 4) !== id) return 'the key given has another id';
  const note = bytes.toString();
  const split = note.lastIndexOf('\n\n');
  if (!Buffer.from(note).equals(bytes) || split < 0 || !note.endsWith('\n')) return 'not a note';
  const text = note.slice(0, split + 1);
  const lines = note.slice(split + 2, -1).split('\n');
  if (lines.length > 100) return 'more than 100 signatures';
  let holds = false;
  for (const line of lines) {
    const [, signer, signature64 = ''] = /^— ([^\s+]+) ([A-Za-z0-9+/=]+)$/.exec(line) ?? [];
    const signature = base64(signature64);
    if (signature === undefined || signature.length < 5) return 'a signature line is malformed';
    if (signer !== name || signature.toString('hex', 0, 4) !== id) continue;
    const der = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), key.subarray(1)]);
    const publicKey = createPublicKey({ key: der, format: 'der', type: 'spki' });
    if (!verify(null, Buffer.from(text), publicKey, signature.subarray(4)))
      return 'the signature does not hold';
    holds = true;
  }
  if (!holds) return 'not signed by the key';
  const [origin = '', size = '', root = '', ...more] = text.slice(0, -1).split('\n');
  if (origin !== name) return 'the origin is not the name of the key';
  if (!/^(0|[1-9]\d*)$/.test(size) || !Number.isSafeInteger(Number(size))) return 'the size is no number';
  return base64(root)?.length === 32 && !more.includes('')
    ? { origin, size: Number(size), root }
    : 'not a checkpoint';
}

/** An entry's members; undefined unless writing v, k, h, t, src and the rest by name gives the same bytes. */
export function parseEntry(bytes: Buffer): Record<string, unknown> | undefined {
  try {
    const members = JSON.parse(bytes.toString());
    const { v, k, h, t, src, ...rest } = members;
    const sorted = Object.fromEntries(Object.entries(rest).sort(([a], [b]) => (a < b ? -1 : 1)));
    const event = k === 'event';
    if (v !== 1 || event !== (base64(String(h))?.length === 32) || typeof t !== 'number' || t < 0)
      return undefined;
    const again = JSON.stringify(event ? { v, k, h, t, src } : { v, k, t, src, ...sorted });
    return Buffer.from(again).equals(bytes) ? members : undefined;
  } catch {
    return undefined;
  }
}

/** The content of a block, a character for each byte; undefined unless it is one zstd frame and ends in a newline. */
export function inflate(bytes: Buffer): string | undefined {
  try {
    const options = { info: true, maxOutputLength: 128 * 1024 * 1024 };
    const inflated = zstdDecompressSync(bytes, options) as unknown as {
      buffer: Buffer;
      engine: { bytesWritten: number };
    };
    const content = inflated.buffer.toString('latin1');
    return content.endsWith('\n') && inflated.engine.bytesWritten === bytes.length ? content : undefined;
  } catch {
    return undefined;
  }
}

export function splitBundle(bytes: Buffer): Buffer[] | undefined {
  const entries: Buffer[] = [];
  let at = 0;
  while (at + 2 <= bytes.length) {
    const end = at + 2 + bytes.readUInt16BE(at);
    entries.push(bytes.subarray(at + 2, end));
    at = end;
  }
  return at === bytes.length ? entries : undefined;
}

export function tileName(level: number | string, index: number, width: number): string {
  const digits = String(index);
  const groups = digits.padStart(Math.ceil(digits.length / 3) * 3, '0').match(/.../g) ?? [];
  const path = groups.map((group, i) => (i < groups.length - 1 ? `x${group}` : group)).join('/');
  return `tile/${level}/${path}${width === 256 ? '' : `.p/${width}`}`;
}

export function extentOf(name: string): number {
  const [, index = '', width = '256'] =
    /^tile\/(?:entries|0)\/((?:x\d{3}\/)*\d{3})(?:\.p\/(\d+))?$/.exec(name) ?? [];
  return index === '' ? 0 : Number(index.replaceAll(/\D/g, '')) * 256 + Number(width);
}
