import { RECORD_SIZE_BYTES_MAX } from './caps.ts';
import type { JsonDocument } from './json.ts';
import { type Capture, makeReject, type Reject, type RejectReason, startCapture } from './reject.ts';
import { isOpener, MORE, NONE, newlineFrom, view, type Window } from './window.ts';

/** What a stream of bytes turns out to hold: a JSON value, or bytes that are none. */
export type SplitItem =
  | { readonly document: JsonDocument }
  | {
      readonly reject: Reject;
      /** Stream offset just past the reject. */
      readonly end: number;
    };

/** A reader yields items, and MORE when it needs bytes; then it is resumed after they have been appended. */
export type Step = SplitItem | typeof MORE;

export interface BrokenAt {
  /** Where the reject begins. */
  readonly start: number;
  readonly reason: RejectReason;
  readonly message: string;
  /** It may go over several lines: only an opening bracket begins something new. Else any line that is not indented. */
  readonly isMultiline?: boolean;
  /** What of it has streamed past already, when it is too large to hold. */
  readonly capture?: Capture;
}

/** A reject of bytes that are still in the window, without the white space at their end. */
export function rejectOf(
  window: Window,
  start: number,
  end: number,
  why: { readonly reason: RejectReason; readonly message: string },
): SplitItem {
  let last = end;
  const bytes = view(window, start, end);
  while (last > start && (bytes[last - start - 1] ?? 0) <= 0x20) last--;
  return { reject: makeReject(why.reason, why.message, view(window, start, last)), end };
}

/**
 * Gives up on what begins at `start` and goes on at the next line that can begin something new, so that a broken record
 * never eats its neighbours. Everything in between is one reject. Returns where to go on.
 */
export function* rejectToNextLine(window: Window, broken: BrokenAt): Generator<Step, number> {
  let { start, capture } = broken;
  let from = start;
  const begins = broken.isMultiline === true ? isOpener : isOutdented;
  for (;;) {
    const found = nextLineStart(window, from, begins);
    if (found !== NONE || window.isFinal) {
      const end = found === NONE ? window.end : found;
      if (capture === undefined) {
        yield rejectOf(window, start, end, broken);
      } else {
        capture.add(view(window, start, end));
        yield tooLargeReject(capture, end);
      }
      return end;
    }
    // The last byte may be the newline before the next start.
    from = Math.max(from, window.end - 1);
    if (window.end - start > RECORD_SIZE_BYTES_MAX) {
      capture ??= startCapture();
      capture.add(view(window, start, from));
      start = from;
    }
    window.keep = start;
    yield MORE;
  }
}

/** A record that has streamed past because it is too large to hold. */
export function tooLargeReject(capture: Capture, end: number): SplitItem {
  const message = `expected a record of at most ${RECORD_SIZE_BYTES_MAX} bytes, found ${capture.sizeBytes}`;
  return { reject: capture.reject('too-large', message), end };
}

/** The next line, after the one that `from` is on, whose first byte begins something; NONE where none is at hand. */
export function nextLineStart(
  window: Window,
  from: number,
  begins: (byte: number | undefined) => boolean = isOpener,
): number {
  for (let at = newlineFrom(window, from); at !== NONE; at = newlineFrom(window, at + 1)) {
    if (at + 1 < window.end && begins(window.bytes[at + 1 - window.base])) return at + 1;
  }
  return NONE;
}

/** Not white space, and no closing bracket: such a line goes on with what stands before it. */
export function isOutdented(byte: number | undefined): boolean {
  return byte !== undefined && byte > 0x20 && byte !== 0x7d && byte !== 0x5d;
}
