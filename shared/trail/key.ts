import { hash } from 'node:crypto';
import type { Signer } from '../ports.ts';
import { fail, ok, type Result } from '../result.ts';
import { publicKeyOf, publicKeySizeBytes, seedSizeBytes, signMessage } from './ed25519.ts';
import { isKeyName } from './note.ts';
import { decodeStrictBase64 } from './strict-base64.ts';

/** Signature types of C2SP signed-note: 1 an Ed25519 signature, 4 a timestamped Ed25519 cosignature. */
export type SignatureType = 1 | 4;

/** A key that a reader trusts, as a vkey says it: `<name>+<id>+<base64 of type and key>`. */
export interface VerifierKey {
  readonly name: string;
  /** 8 hex digits. */
  readonly id: string;
  readonly type: SignatureType;
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
}

/** A log's own key. The seed is the secret. */
export interface LogKey {
  readonly name: string;
  /** 32 bytes. */
  readonly seed: Uint8Array;
}

/** C2SP signed-note: the first four bytes of SHA-256 over name, newline, type and public key, as hex. */
export function keyId(name: string, type: SignatureType, publicKey: Uint8Array): string {
  const input = Buffer.concat([Buffer.from(`${name}\n`), Buffer.from([type]), publicKey]);
  return hash('sha256', input, 'hex').slice(0, 8);
}

export function verifierKey(name: string, publicKey: Uint8Array, type: SignatureType = 1): VerifierKey {
  return { name, id: keyId(name, type, publicKey), type, publicKey };
}

/** A new key from 32 random bytes. */
export function generateLogKey(name: string, random: Uint8Array): Result<LogKey> {
  if (!isKeyName(name)) return fail('a key name is not empty and has neither spaces nor plus signs');
  if (random.length !== seedSizeBytes) return fail(`expected ${seedSizeBytes} random bytes`);
  return ok({ name, seed: random });
}

/** What `log.vkey` holds: one line that anyone may know. */
export function formatVerifierKey(key: VerifierKey): string {
  const content = Buffer.concat([Buffer.from([key.type]), key.publicKey]);
  return `${key.name}+${key.id}+${content.toString('base64')}`;
}

/** A vkey; white space around it, as a file has it, is allowed, and nothing else. */
export function parseVerifierKey(text: string): Result<VerifierKey> {
  const parts = splitKey(text.trim());
  if (parts === undefined) return fail('a vkey is <name>+<8 hex digits>+<base64>');
  const { name, id, type, key } = parts;
  if (type !== 1 && type !== 4)
    return fail(`unknown key type ${type}: expected 1 (Ed25519) or 4 (cosignature)`);
  if (key.length !== publicKeySizeBytes)
    return fail(`expected a public key of 32 bytes, found ${key.length}`);
  if (keyId(name, type, key) !== id) return fail('the id of the vkey is not that of its name and key');
  return ok({ name, id, type, publicKey: key });
}

/** What `log.key` holds: the signer key form of Go's note package. Whoever has it can sign for the log. */
export function formatLogKey(key: LogKey): string {
  const content = Buffer.concat([Buffer.from([1]), key.seed]).toString('base64');
  return `PRIVATE+KEY+${key.name}+${keyId(key.name, 1, publicKeyOf(key.seed))}+${content}`;
}

export function parseLogKey(text: string): Result<LogKey> {
  const prefix = 'PRIVATE+KEY+';
  const parts = text.trim().startsWith(prefix) ? splitKey(text.trim().slice(prefix.length)) : undefined;
  if (parts === undefined) return fail('a log key is PRIVATE+KEY+<name>+<8 hex digits>+<base64>');
  const { name, id, type, key } = parts;
  if (type !== 1 || key.length !== seedSizeBytes) return fail('a log key is an Ed25519 seed of type 1');
  if (keyId(name, 1, publicKeyOf(key)) !== id)
    return fail('the id of the log key is not that of its name and key');
  return ok({ name, seed: key });
}

/** The signer port over a key in memory. */
export function signerOf(key: LogKey): Signer {
  return {
    name: key.name,
    publicKey: publicKeyOf(key.seed),
    sign: async (message) => signMessage(key.seed, message),
  };
}

/** What `log.vkey` holds for a log key. */
export function verifierKeyOf(key: LogKey): VerifierKey {
  return verifierKey(key.name, publicKeyOf(key.seed));
}

function splitKey(text: string): { name: string; id: string; type: number; key: Uint8Array } | undefined {
  const match = /^([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]{4,200})$/u.exec(text);
  const [, name = '', id = '', base64 = ''] = match ?? [];
  const content = decodeStrictBase64(base64);
  if (match === null || !isKeyName(name) || content === undefined) return undefined;
  return { name, id, type: content[0] ?? 0, key: content.subarray(1) };
}
