import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import { fail, ok, type Result } from '../result.ts';

export interface InflateCaps {
  readonly sizeBytesMax: number;
  /** Inflated bytes for each compressed byte. */
  readonly ratioMax: number;
}

/** Bounds of an HTTP body and of every compressed field inside a record. Files stream and have none. */
export const BODY_CAPS: InflateCaps = { sizeBytesMax: 64 * 1024 * 1024, ratioMax: 100 };

export interface InflateFault {
  readonly reason: 'bad-compression' | 'too-large';
  readonly message: string;
}

export type Compression = 'gzip' | 'zstd';

/** Told by its magic number, never by a name: RFC 1952 section 2.3.1, RFC 8878 section 3.1.1. */
export function compressionOf(bytes: Uint8Array): Compression | undefined {
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return 'gzip';
  if (bytes[0] === 0x28 && bytes[1] === 0xb5 && bytes[2] === 0x2f && bytes[3] === 0xfd) return 'zstd';
  return undefined;
}

/** Inflates gzip or zstd within the caps; other bytes pass through as they are, if they are not too many. */
export function inflate(bytes: Uint8Array, caps: InflateCaps): Result<Uint8Array, InflateFault> {
  const compression = compressionOf(bytes);
  if (compression === undefined) {
    return bytes.byteLength <= caps.sizeBytesMax
      ? ok(bytes)
      : fail({
          reason: 'too-large',
          message: `expected at most ${caps.sizeBytesMax} bytes, found ${bytes.byteLength}`,
        });
  }
  // One small record compresses well past any ratio; only what is also big is a bomb.
  const limit = Math.min(
    caps.sizeBytesMax,
    Math.max(bytes.byteLength * caps.ratioMax, SMALL_ENOUGH_SIZE_BYTES),
  );
  try {
    const options = { maxOutputLength: limit };
    const inflated = compression === 'gzip' ? gunzipSync(bytes, options) : zstdDecompressSync(bytes, options);
    return ok(new Uint8Array(inflated.buffer, inflated.byteOffset, inflated.byteLength));
  } catch (error) {
    if (codeOf(error) === 'ERR_BUFFER_TOO_LARGE') {
      return fail({
        reason: 'too-large',
        message: `expected at most ${limit} bytes out of ${bytes.byteLength} of ${compression}, found more`,
      });
    }
    return fail({
      reason: 'bad-compression',
      message: `expected whole ${compression}, found ${codeOf(error) ?? 'a fault'} in ${bytes.byteLength} bytes`,
    });
  }
}

const SMALL_ENOUGH_SIZE_BYTES = 1024 * 1024;

/** zlib's own word for a fault: Z_DATA_ERROR, Z_BUF_ERROR, ZSTD_error_corruption_detected. */
export function codeOf(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}
