import { constants, gunzipSync } from 'node:zlib';
import { codeOf } from './inflate.ts';

/**
 * What a broken gzip still gives: everything that its longest readable beginning inflates to. The fault is at or after
 * `from`; the beginning up to there is known to be readable. Undefined when that is more than `sizeBytesMax`. zstd
 * gives its whole blocks without this.
 */
export function recoverGzip(bytes: Uint8Array, from: number, sizeBytesMax: number): Uint8Array | undefined {
  let low = from;
  let high = bytes.byteLength;
  let best = tryBeginning(bytes, low, sizeBytesMax);
  while (low < high && best !== undefined) {
    const middle = Math.ceil((low + high) / 2);
    const inflated = tryBeginning(bytes, middle, sizeBytesMax);
    if (inflated === undefined) {
      high = middle - 1;
    } else {
      best = inflated;
      low = middle;
    }
  }
  return best;
}

/** A beginning of a stream, inflated as far as it goes: its missing end is no fault here. */
function tryBeginning(bytes: Uint8Array, end: number, sizeBytesMax: number): Uint8Array | undefined {
  if (end === 0) return new Uint8Array();
  try {
    return gunzipSync(bytes.subarray(0, end), {
      finishFlush: constants.Z_SYNC_FLUSH,
      maxOutputLength: sizeBytesMax,
    });
  } catch (error) {
    // A gzip header that is cut short inflates to nothing, and zlib calls that a fault.
    return codeOf(error) === 'Z_BUF_ERROR' ? new Uint8Array() : undefined;
  }
}
