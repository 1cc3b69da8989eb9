import { fail, ok, type Result } from '../result.ts';

/** The longest entry that a bundle's length prefix can say. */
export const entrySizeBytesMax = 0xffff;

/** C2SP tlog-tiles: each entry with its length before it as a big-endian uint16. */
export function encodeBundle(entries: readonly Uint8Array[]): Uint8Array {
  const sizeBytes = entries.reduce((sum, entry) => sum + 2 + entry.length, 0);
  const bundle = Buffer.allocUnsafe(sizeBytes);
  let offset = 0;
  for (const entry of entries) {
    if (entry.length > entrySizeBytesMax) throw new RangeError(`an entry has ${entry.length} bytes`);
    offset = bundle.writeUInt16BE(entry.length, offset);
    bundle.set(entry, offset);
    offset += entry.length;
  }
  return bundle;
}

/** Exactly `width` entries, as views into the bundle; anything short, or left over, is a fault. */
export function decodeBundle(bundle: Uint8Array, width: number): Result<readonly Uint8Array[]> {
  const { entries, restBytes } = splitBundle(bundle, width);
  if (entries.length < width) return fail(`expected ${width} entries, found ${entries.length}`);
  if (restBytes > 0) return fail(`${restBytes} bytes after the last of ${width} entries`);
  return ok(entries);
}

/** The whole entries at the start of a bundle, at most `width`, and how many bytes do not belong to them. */
export function splitBundle(
  bundle: Uint8Array,
  width: number,
): { readonly entries: readonly Uint8Array[]; readonly restBytes: number } {
  const entries: Uint8Array[] = [];
  let offset = 0;
  while (entries.length < width && offset + 2 <= bundle.length) {
    const sizeBytes = ((bundle[offset] ?? 0) << 8) | (bundle[offset + 1] ?? 0);
    if (offset + 2 + sizeBytes > bundle.length) break;
    entries.push(bundle.subarray(offset + 2, offset + 2 + sizeBytes));
    offset += 2 + sizeBytes;
  }
  return { entries, restBytes: bundle.length - offset };
}
