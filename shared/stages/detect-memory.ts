import type { Memory } from '../detect/memory.ts';
import type { Watermark } from '../detect/watermark.ts';
import { isArray, isObject, type JsonValue, member } from '../json/json.ts';
import { decodeUtf8 } from '../json/text.ts';

const VERSION = 1;

/**
 * The memories of the detect fold in one snapshot: the length of a JSON header in 4 bytes, the header, then each part's
 * bytes as its memory wrote them.
 */
export function encodeMemories(memories: readonly Memory[], watermark: Watermark): Uint8Array {
  const parts = memories.map((memory) => ({ id: memory.id, bytes: memory.snapshot() }));
  const header = Buffer.from(
    JSON.stringify({
      version: VERSION,
      watermark: watermark.snapshot(),
      parts: parts.map(({ id, bytes }) => ({ id, size: bytes.length })),
    }),
  );
  const size = Buffer.alloc(4);
  size.writeUInt32BE(header.length);
  return Buffer.concat([size, header, ...parts.map(({ bytes }) => bytes)]);
}

/** Undefined, or bytes of another version, is no memory; a part whose memory is not there any more is passed over. */
export function decodeMemories(
  memories: readonly Memory[],
  watermark: Watermark,
  bytes: Uint8Array | undefined,
): void {
  const { header, body } = read(bytes);
  watermark.restore(member(header, 'watermark'));
  const parts = new Map<string, Uint8Array>();
  const listed = member(header, 'parts');
  let from = 0;
  for (const part of isArray(listed) ? listed : []) {
    const size = Number(member(part, 'size'));
    parts.set(String(member(part, 'id')), body.subarray(from, from + size));
    from += size;
  }
  for (const memory of memories) memory.restore(parts.get(memory.id));
}

function read(bytes: Uint8Array | undefined): { header: JsonValue | undefined; body: Uint8Array } {
  const nothing = { header: undefined, body: new Uint8Array() };
  if (bytes === undefined || bytes.length < 4) return nothing;
  const size = Buffer.from(bytes.buffer, bytes.byteOffset, 4).readUInt32BE();
  const text = decodeUtf8(bytes.subarray(4, 4 + size));
  try {
    const header: unknown = JSON.parse(text ?? '');
    const isOurs = isObject(header) && header['version'] === VERSION;
    return isOurs ? { header, body: bytes.subarray(4 + size) } : nothing;
  } catch {
    return nothing;
  }
}
