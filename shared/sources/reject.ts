import { hash } from 'node:crypto';
import type { Reject, RejectReason } from './source.ts';

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
