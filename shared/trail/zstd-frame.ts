const magic = 0xfd2fb528;

/**
 * Where the zstd frame at the start of these bytes ends (RFC 8878 section 3.1.1), or undefined where there is no whole
 * frame. Decompressors stop at the end of the first frame or skip what they do not know, so that bytes nobody has
 * checked could hide after it; a block is one frame and nothing else.
 */
export function zstdFrameEnd(bytes: Uint8Array): number | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 6 || view.getUint32(0, true) !== magic) return undefined;
  const descriptor = view.getUint8(4);
  let offset = 5 + headerSizeBytes(descriptor);
  for (let last = false; !last; ) {
    if (offset + 3 > bytes.length) return undefined;
    const header = view.getUint16(offset, true) | (view.getUint8(offset + 2) << 16);
    last = (header & 1) === 1;
    const type = (header >> 1) & 3;
    // A run-length block is one byte however much it stands for; type 3 is reserved.
    if (type === 3) return undefined;
    offset += 3 + (type === 1 ? 1 : header >> 3);
  }
  if ((descriptor & 0b100) !== 0) offset += 4;
  return offset <= bytes.length ? offset : undefined;
}

/** Window descriptor, dictionary id and content size, whose lengths the frame header descriptor says. */
function headerSizeBytes(descriptor: number): number {
  const singleSegment = (descriptor & 0b10_0000) !== 0;
  const contentSizeBytes = [singleSegment ? 1 : 0, 2, 4, 8][descriptor >> 6] ?? 0;
  const dictionaryIdBytes = [0, 1, 2, 4][descriptor & 0b11] ?? 0;
  return (singleSegment ? 0 : 1) + dictionaryIdBytes + contentSizeBytes;
}
