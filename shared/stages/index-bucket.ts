/**
 * Rare keys of a span share rows: most values of an audit trail (session keys, objects, addresses) occur a few times
 * and never again, and a row for each would cost more than all the rest. A bucket holds, for each of its keys, a
 * 32-bit fingerprint and a position; two keys with one fingerprint only cost a look at an event that does not match.
 */

/** Rows that the rare keys of one field and span share. */
const BUCKET_COUNT = 256;

/** A key with at most this many events in a span is rare. */
export const RARE_COUNT_MAX = 4;

const ITEM_SIZE_BYTES = 6;

/** The bucket of a key, two hex digits. */
export function bucketOf(key: string): string {
  return (fingerprintOf(key) % BUCKET_COUNT).toString(16).padStart(2, '0');
}

export interface RareKey {
  readonly key: string;
  readonly positions: readonly number[];
}

/** Fingerprint (4 bytes) and position (2 bytes), big-endian, in the order given. */
export function encodeBucket(keys: readonly RareKey[]): Uint8Array {
  let count = 0;
  for (const { positions } of keys) count += positions.length;
  const bytes = new Uint8Array(count * ITEM_SIZE_BYTES);
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const { key, positions } of keys) {
    const fingerprint = fingerprintOf(key);
    for (const position of positions) {
      view.setUint32(at, fingerprint);
      view.setUint16(at + 4, position);
      at += ITEM_SIZE_BYTES;
    }
  }
  return bytes;
}

/** The positions that a bucket holds for a key. */
export function positionsIn(bytes: Uint8Array, key: string): readonly number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const wanted = fingerprintOf(key);
  const positions: number[] = [];
  for (let at = 0; at + ITEM_SIZE_BYTES <= bytes.length; at += ITEM_SIZE_BYTES) {
    if (view.getUint32(at) === wanted) positions.push(view.getUint16(at + 4));
  }
  return positions;
}

/** FNV-1a over UTF-16 units, with the finish of MurmurHash3 so that its low bits, the bucket, are mixed too. */
function fingerprintOf(key: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < key.length; at += 1) hash = Math.imul(hash ^ key.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
