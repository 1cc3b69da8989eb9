import { createHash, hash } from 'node:crypto';

/** Classes of malformed input: B not JSON, E oversize, F hostile. Bad signatures and unknown shapes are no rejects. */
export type RejectReason =
  | 'not-json'
  | 'not-utf8'
  | 'bad-compression'
  | 'too-large'
  | 'too-deep'
  | 'too-many-keys';

/** A record that could not become an event, kept with its reason. `bytes` are the first 64 KiB of it. */
export interface Reject {
  readonly reason: RejectReason;
  /** What was expected, what was found, and where. Never holds the record's own text. */
  readonly message: string;
  readonly bytes: Uint8Array;
  /** Of the whole record, of which `bytes` may be a part. */
  readonly sizeBytes: number;
  /** Hex SHA-256 of the whole record. */
  readonly sha256: string;
}

/** How much of a reject is kept. */
export const KEPT_SIZE_BYTES = 64 * 1024;

/** Keeps a record that could not become an event: its first 64 KiB, its whole length and hash. */
export function makeReject(reason: RejectReason, message: string, content: Uint8Array | string): Reject {
  const bytes = typeof content === 'string' ? Buffer.from(content, 'utf8') : content;
  return {
    reason,
    message,
    // A copy: a view would keep the whole record in memory.
    bytes: new Uint8Array(bytes.subarray(0, KEPT_SIZE_BYTES)),
    sizeBytes: bytes.byteLength,
    sha256: hash('sha256', bytes, 'hex'),
  };
}

/** What is kept of a record that streams past because it is too large to hold. */
export interface Capture {
  add(bytes: Uint8Array): void;
  reject(reason: RejectReason, message: string): Reject;
  readonly sizeBytes: number;
}

export function startCapture(): Capture {
  const sha256 = createHash('sha256');
  const kept: Uint8Array[] = [];
  let keptSizeBytes = 0;
  let sizeBytes = 0;
  return {
    get sizeBytes() {
      return sizeBytes;
    },
    add(bytes) {
      sha256.update(bytes);
      sizeBytes += bytes.byteLength;
      if (keptSizeBytes === KEPT_SIZE_BYTES) return;
      const part = new Uint8Array(bytes.subarray(0, KEPT_SIZE_BYTES - keptSizeBytes));
      kept.push(part);
      keptSizeBytes += part.byteLength;
    },
    reject: (reason, message) => ({
      reason,
      message,
      bytes: new Uint8Array(Buffer.concat(kept)),
      sizeBytes,
      sha256: sha256.digest('hex'),
    }),
  };
}
