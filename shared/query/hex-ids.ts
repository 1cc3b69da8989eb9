import { isArray, isObject, type JsonObject, type JsonValue } from '../json/json.ts';
import type { OcsfEvent } from '../ocsf/event.ts';

/** Commit ids and digests that an event names, wherever a source put them: lower-case hex, each once. */
export interface HexIds {
  readonly commits: readonly string[];
  readonly digests: readonly string[];
}

const COMMIT_LENGTH = 40;
const DIGEST_LENGTH = 64;
/** More than any honest event names; attackers choose how many there are. */
const IDS_MAX = 256;
const DIGEST_PREFIX = 'sha256:';

/**
 * Looks for 40 hex digits (a commit) and `sha256:` with 64 (a digest) in the record and in what the mapping made of
 * it; 64 digits alone are a digest only in resources, evidences and unmapped members, because records are full of
 * other hashes.
 */
export function hexIds(event: OcsfEvent, raw: string): HexIds {
  const commits = new Set<string>();
  const digests = new Set<string>();
  const add = (text: string, bare: boolean): void =>
    eachHexRun(text, (start, length) => {
      if (commits.size + digests.size >= IDS_MAX) return;
      if (length === COMMIT_LENGTH) commits.add(text.slice(start, start + length).toLowerCase());
      if (length === DIGEST_LENGTH && (bare || prefixed(text, start))) {
        digests.add(text.slice(start, start + length).toLowerCase());
      }
    });
  add(raw, false);
  for (const part of [event.resources, event.evidences, event.unmapped]) {
    eachString(part as JsonValue | undefined, (text) => add(text, true));
  }
  return { commits: [...commits], digests: [...digests] };
}

/**
 * Runs of at least 40 hex digits with none on either side. Looks at every fortieth character first, so that ordinary
 * text costs next to nothing.
 */
export function eachHexRun(text: string, found: (start: number, length: number) => void): void {
  let probe = COMMIT_LENGTH - 1;
  while (probe < text.length) {
    if (!isHex(text.charCodeAt(probe))) {
      probe += COMMIT_LENGTH;
      continue;
    }
    let start = probe;
    while (start > 0 && isHex(text.charCodeAt(start - 1))) start -= 1;
    let end = probe + 1;
    while (end < text.length && isHex(text.charCodeAt(end))) end += 1;
    if (end - start >= COMMIT_LENGTH) found(start, end - start);
    probe = end + COMMIT_LENGTH;
  }
}

function isHex(code: number): boolean {
  return (code >= 48 && code <= 57) || (code >= 97 && code <= 102) || (code >= 65 && code <= 70);
}

function prefixed(text: string, start: number): boolean {
  return text.slice(Math.max(0, start - DIGEST_PREFIX.length), start).toLowerCase() === DIGEST_PREFIX;
}

/** Every string inside a value, but for what Trailproof itself noted there (`unmapped.trailproof`). */
function eachString(value: JsonValue | undefined, visit: (text: string) => void): void {
  if (typeof value === 'string') {
    if (value.length >= COMMIT_LENGTH) visit(value);
  } else if (isArray(value)) {
    for (const element of value) eachString(element, visit);
  } else if (isObject(value)) {
    for (const key of Object.keys(value as JsonObject))
      if (key !== 'trailproof') eachString(value[key], visit);
  }
}
