import { createPublicKey, verify } from 'node:crypto';
import { expect, test } from 'vitest';
import type { Signer } from '../../shared/ports.ts';

/** DER that stands before the 32 bytes of an Ed25519 public key (RFC 8410 section 4). */
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');

/** What every signer does. */
export function signerContract(open: () => Promise<Signer>): void {
  test('a signature is 64 bytes and verifies under the public key, for this message only', async () => {
    const signer = await open();
    const message = new TextEncoder().encode('example.com/trail\n0\n');
    const signature = await signer.sign(message);
    const key = createPublicKey({
      key: Buffer.concat([SPKI_PREFIX, signer.publicKey]),
      format: 'der',
      type: 'spki',
    });
    expect(signer.publicKey.length).toBe(32);
    expect(signature.length).toBe(64);
    expect(verify(null, message, key, signature)).toBe(true);
    expect(verify(null, new TextEncoder().encode('another'), key, signature)).toBe(false);
  });

  test('signing the same message twice gives the same signature', async () => {
    const signer = await open();
    expect(await signer.sign(Uint8Array.of(1))).toEqual(await signer.sign(Uint8Array.of(1)));
  });

  test('the name is a key name of signed-note: not empty, no spaces, no plus', async () => {
    expect((await open()).name).toMatch(/^[^\s+]+$/u);
  });
}
