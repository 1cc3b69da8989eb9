/** The part of a byte stream that is still needed. Offsets count from the start of the stream. */
export interface Window {
  bytes: Buffer;
  /** Stream offset of `bytes[0]`. */
  base: number;
  /** Stream offset just past the last byte that has arrived; `bytes` may be longer. */
  end: number;
  /** Stream offset of the first byte that must not be dropped: a reader moves it before it asks for more. */
  keep: number;
  /** No more bytes will come. */
  isFinal: boolean;
  /** `bytes` is the window's own, and may be written to. */
  isOwned: boolean;
}

/** What a reader yields when it has looked at every byte of its window and needs another. */
export const MORE = 'more';

/** In place of a byte, where the stream has ended. */
export const NONE = -1;

export function emptyWindow(): Window {
  return { bytes: Buffer.alloc(0), base: 0, end: 0, keep: 0, isFinal: false, isOwned: false };
}

/** Adds bytes and forgets those before `keep`. A chunk must not change before the next one is appended. */
export function append(window: Window, chunk: Uint8Array): void {
  const kept = window.end - window.keep;
  if (kept === 0) {
    window.bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    window.isOwned = false;
  } else {
    const needed = kept + chunk.byteLength;
    const isRoomy = window.isOwned && window.bytes.byteLength >= needed;
    // Doubling, so that a long value is not copied once for every chunk of it.
    const target = isRoomy ? window.bytes : Buffer.allocUnsafeSlow(needed * 2);
    window.bytes.copy(target, 0, window.keep - window.base, window.end - window.base);
    target.set(chunk, kept);
    window.bytes = target;
    window.isOwned = true;
  }
  window.base = window.keep;
  window.end += chunk.byteLength;
}

/** A view of bytes that are still there; it is valid until the next append. */
export function view(window: Window, start: number, end: number): Buffer {
  return window.bytes.subarray(start - window.base, end - window.base);
}

/** The offset of the next newline at or after `from`, or NONE. */
export function newlineFrom(window: Window, from: number): number {
  const found = window.bytes.indexOf(0x0a, from - window.base);
  return found === -1 || found >= window.end - window.base ? NONE : found + window.base;
}

/** The byte at an offset, which must not be before `keep`; NONE at the end of the stream. */
export function* byteAt(window: Window, at: number): Generator<typeof MORE, number> {
  while (at >= window.end) {
    if (window.isFinal) return NONE;
    yield MORE;
  }
  return window.bytes[at - window.base] ?? NONE;
}

export function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

/** Whether a container opens with that byte: the only way in which a record begins. */
export function isOpener(byte: number | undefined): boolean {
  return byte === 0x7b || byte === 0x5b;
}

/** Whether an offset is the first of its line, as far as the window still knows. */
export function isColumnZero(window: Window, at: number): boolean {
  return at === 0 || window.bytes[at - 1 - window.base] === 0x0a;
}
