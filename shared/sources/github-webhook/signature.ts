import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * Whether `X-Hub-Signature-256` is the HMAC-SHA256 of exactly these bytes under one of the secrets; several are live
 * while one is rotated. An empty secret verifies nothing. Compares in constant time and tries every secret, so that
 * time tells neither how much of a signature was right nor which secret it was.
 * @see https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
 */
export function verifyGithubSignature(
  body: Uint8Array,
  header: string | undefined,
  secrets: readonly string[],
): boolean {
  const hex = /^sha256=([0-9a-f]{64})$/i.exec(header ?? '')?.[1];
  if (hex === undefined) return false;
  const given = Buffer.from(hex, 'hex');
  let verified = false;
  for (const secret of secrets) {
    if (secret === '') continue;
    const expected = createHmac('sha256', secret).update(body).digest();
    if (timingSafeEqual(given, expected)) verified = true;
  }
  return verified;
}
