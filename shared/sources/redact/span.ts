import { createHmac } from 'node:crypto';

/** A secret in a text: its characters from `start` up to `end`, and what told that it is one. */
export interface SecretSpan {
  readonly start: number;
  readonly end: number;
  /** `github-token`, `pem`, `member`, ... */
  readonly kind: string;
}

/** What stands in a secret's place: the same secret under the same salt gives the same fingerprint. */
export function fingerprintOf(secret: string, salt: Uint8Array): string {
  return createHmac('sha256', salt).update(plain(secret)).digest('hex').slice(0, 16);
}

export function marker(fingerprint: string): string {
  return `[redacted:${fingerprint}]`;
}

/** One secret is written in many ways: with its characters escaped for JSON, or encoded for a URL. */
function plain(secret: string): string {
  const unescaped = secret.includes('\\')
    ? (attempt(() => String(JSON.parse(`"${secret}"`))) ?? secret)
    : secret;
  return unescaped.includes('%') ? (attempt(() => decodeURIComponent(unescaped)) ?? unescaped) : unescaped;
}

function attempt(decode: () => string): string | undefined {
  try {
    return decode();
  } catch {
    return undefined;
  }
}

/** Sorted, and without what lies inside another. */
export function mergeSpans(spans: readonly SecretSpan[]): readonly SecretSpan[] {
  const sorted = spans.toSorted((a, b) => a.start - b.start || b.end - a.end);
  const merged: SecretSpan[] = [];
  for (const span of sorted) {
    const last = merged.at(-1);
    if (last === undefined || span.start >= last.end) merged.push(span);
    else if (span.end > last.end) merged[merged.length - 1] = { ...last, end: span.end };
  }
  return merged;
}

/** The text with every span replaced, and the kind of each fingerprint that now stands there. */
export function replaceSpans(
  text: string,
  spans: readonly SecretSpan[],
  salt: Uint8Array,
): { text: string; kinds: ReadonlyMap<string, string> } {
  const kinds = new Map<string, string>();
  const known = new Map<string, string>();
  const pieces: string[] = [];
  let at = 0;
  for (const { start, end, kind } of mergeSpans(spans)) {
    const secret = text.slice(start, end);
    const fingerprint = known.get(secret) ?? fingerprintOf(secret, salt);
    known.set(secret, fingerprint);
    if (!kinds.has(fingerprint)) kinds.set(fingerprint, kind);
    pieces.push(text.slice(at, start), marker(fingerprint));
    at = end;
  }
  pieces.push(text.slice(at));
  return { text: pieces.join(''), kinds };
}
