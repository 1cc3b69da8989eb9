import { type ObjectStore, PortError } from '../ports.ts';
import { withoutCredentials } from '../sources/redact-attributes.ts';
import type { Envelope, Reject } from '../sources/source.ts';

/**
 * A reject as it is kept: under the hash of what was received, so that the same bytes on the same day are kept once.
 * Headers that prove who the sender is stay out of it.
 */
export function rejectObject(
  reject: Reject,
  envelope: Omit<Envelope, 'body'>,
): { readonly key: string; readonly bytes: Uint8Array } {
  const receivedAt = envelope.receivedAt.toISOString();
  const day = receivedAt.slice(0, 10).replaceAll('-', '/');
  const content = {
    v: 1,
    reason: reject.reason,
    message: reject.message,
    source: envelope.source,
    receivedAt,
    sizeBytes: reject.sizeBytes,
    sha256: reject.sha256,
    attributes: withoutCredentials(envelope.attributes),
    /** The first 64 KiB, without secrets, in base64. */
    bytes: Buffer.from(reject.bytes).toString('base64'),
  };
  return { key: `rejects/${day}/${reject.sha256}.json`, bytes: Buffer.from(`${JSON.stringify(content)}\n`) };
}

/** Puts what its key alone determines: when something is there already, it is the same. */
export async function putOnce(objects: ObjectStore, key: string, bytes: Uint8Array): Promise<void> {
  try {
    await objects.put(key, bytes, 'absent');
  } catch (error) {
    if (!(error instanceof PortError && error.code === 'conflict')) throw error;
  }
}
