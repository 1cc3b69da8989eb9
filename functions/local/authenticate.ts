import { createHash, timingSafeEqual } from 'node:crypto';
import { verifyGithubSignature } from '../../shared/sources/github-webhook/signature.ts';

/** What lets a delivery in. */
export interface Gate {
  /** Of this hub: `Authorization: Bearer TOKEN`. */
  readonly token: string;
  /** Secrets of GitHub webhooks, newest first; several while one is being rotated. */
  readonly githubSecrets: readonly string[];
}

interface Attempt {
  readonly source: string;
  readonly body: Uint8Array;
  /** Headers in lower case, as received. */
  readonly attributes: Readonly<Record<string, string>>;
}

/**
 * Why a delivery is refused, or undefined when it may enter. Checks the raw bytes before anything parses them. A
 * signature that is present must be right: it is never passed over for the token.
 */
export function authenticate(attempt: Attempt, gate: Gate): string | undefined {
  const signature = attempt.attributes['x-hub-signature-256'];
  if (signature !== undefined && gate.githubSecrets.length > 0) {
    const right = verifyGithubSignature(attempt.body, signature, gate.githubSecrets);
    return right ? undefined : 'X-Hub-Signature-256 does not match the body under any configured secret.';
  }
  const bearer = /^Bearer (.+)$/.exec(attempt.attributes['authorization'] ?? '')?.[1];
  if (bearer === undefined)
    return 'Expected "Authorization: Bearer TOKEN" with the token of this hub, found none.';
  return sameSecret(bearer, gate.token) ? undefined : 'The bearer token is not that of this hub.';
}

/** Compares in constant time, whatever the lengths. */
function sameSecret(given: string, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}
