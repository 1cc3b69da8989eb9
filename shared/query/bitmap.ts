/**
 * Sets of positions within one span, as the index stores and combines them. Stored form: one byte that says how, then
 * either the distances between positions as LEB128 (few positions) or one bit each, lowest bit first (many).
 */

/** Positions are from 0 to this, exclusive: a span of the index. */
export const SPAN_SIZE = 5000;

const DISTANCES = 0;
const BITS = 1;
const BITS_SIZE_BYTES = Math.ceil(SPAN_SIZE / 8);

/** One bit per position of a span. */
export type Bitmap = Uint8Array;

export function emptyBitmap(): Bitmap {
  return new Uint8Array(BITS_SIZE_BYTES);
}

/** @param positions ascending, each once, below SPAN_SIZE */
export function encodeBitmap(positions: readonly number[]): Uint8Array {
  const distances: number[] = [DISTANCES];
  let before = -1;
  for (const position of positions) {
    let distance = position - before - 1;
    before = position;
    for (; distance > 0x7f; distance >>>= 7) distances.push((distance & 0x7f) | 0x80);
    distances.push(distance);
    if (distances.length > BITS_SIZE_BYTES) return encodeBits(positions);
  }
  return Uint8Array.from(distances);
}

function encodeBits(positions: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(1 + BITS_SIZE_BYTES);
  bytes[0] = BITS;
  for (const position of positions) addPosition(bytes.subarray(1), position);
  return bytes;
}

export function addPosition(bitmap: Bitmap, position: number): void {
  bitmap[position >> 3] = (bitmap[position >> 3] ?? 0) | (1 << (position & 7));
}

export function removePosition(bitmap: Bitmap, position: number): void {
  bitmap[position >> 3] = (bitmap[position >> 3] ?? 0) & ~(1 << (position & 7));
}

/** Keeps only the positions that are not in the other. */
export function keepOthers(bitmap: Bitmap, other: Bitmap): void {
  for (let at = 0; at < BITS_SIZE_BYTES; at += 1) bitmap[at] = (bitmap[at] ?? 0) & ~(other[at] ?? 0);
}

/** Adds the positions of a stored form. What lies outside the span, or is no stored form, adds nothing. */
export function addEncoded(bitmap: Bitmap, encoded: Uint8Array): void {
  if (encoded[0] === BITS) {
    for (let at = 0; at < BITS_SIZE_BYTES; at += 1) bitmap[at] = (bitmap[at] ?? 0) | (encoded[at + 1] ?? 0);
  } else {
    addDistances(bitmap, encoded);
  }
}

function addDistances(bitmap: Bitmap, encoded: Uint8Array): void {
  let position = -1;
  for (let at = 1; at < encoded.length; ) {
    let distance = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = encoded[at] ?? 0;
      at += 1;
      distance |= (byte & 0x7f) << shift;
      if (byte < 0x80 || shift === 21) break;
    }
    position += distance + 1;
    if (position >= SPAN_SIZE) return;
    addPosition(bitmap, position);
  }
}

/** Keeps only the positions that are in both. */
export function keepCommon(bitmap: Bitmap, other: Bitmap): void {
  for (let at = 0; at < BITS_SIZE_BYTES; at += 1) bitmap[at] = (bitmap[at] ?? 0) & (other[at] ?? 0);
}

export function addBitmap(bitmap: Bitmap, other: Bitmap): void {
  for (let at = 0; at < BITS_SIZE_BYTES; at += 1) bitmap[at] = (bitmap[at] ?? 0) | (other[at] ?? 0);
}

export function isEmpty(bitmap: Bitmap): boolean {
  return bitmap.every((byte) => byte === 0);
}

/** The positions, last first: questions are answered newest first. */
export function positionsOf(bitmap: Bitmap): readonly number[] {
  const positions: number[] = [];
  for (let at = BITS_SIZE_BYTES - 1; at >= 0; at -= 1) {
    const byte = bitmap[at] ?? 0;
    if (byte === 0) continue;
    for (let bit = 7; bit >= 0; bit -= 1) if ((byte & (1 << bit)) !== 0) positions.push(at * 8 + bit);
  }
  return positions;
}
