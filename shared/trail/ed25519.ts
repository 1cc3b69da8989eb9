import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';

// DER of PKCS #8 and SubjectPublicKeyInfo up to the 32 bytes of the key (RFC 8410): node:crypto takes no raw keys.
const privatePrefix = Buffer.from('302e020100300506032b657004220420', 'hex');
const publicPrefix = Buffer.from('302a300506032b6570032100', 'hex');

export const seedSizeBytes = 32;
export const publicKeySizeBytes = 32;
export const signatureSizeBytes = 64;

/** The 32-byte public key of a 32-byte seed (RFC 8032 section 5.1.5). */
export function publicKeyOf(seed: Uint8Array): Uint8Array {
  const spki = createPublicKey(privateKey(seed)).export({ format: 'der', type: 'spki' });
  return spki.subarray(publicPrefix.length);
}

export function signMessage(seed: Uint8Array, message: Uint8Array): Uint8Array {
  return sign(null, message, privateKey(seed));
}

/**
 * Whether the signature holds. False for malformed keys and signatures. Never a test of equality: different
 * signatures of one message can both hold.
 */
export function verifyMessage(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (publicKey.length !== publicKeySizeBytes || signature.length !== signatureSizeBytes) return false;
  try {
    const key = createPublicKey({
      key: Buffer.concat([publicPrefix, publicKey]),
      format: 'der',
      type: 'spki',
    });
    return verify(null, message, key, signature);
  } catch {
    // OpenSSL may refuse to load what is not a point of the curve.
    return false;
  }
}

function privateKey(seed: Uint8Array): KeyObject {
  return createPrivateKey({ key: Buffer.concat([privatePrefix, seed]), format: 'der', type: 'pkcs8' });
}
