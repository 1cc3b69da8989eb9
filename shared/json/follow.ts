import { DONE, finishValue, type Grammar, scan } from './grammar.ts';
import { type Capture, startCapture } from './reject.ts';
import { isSpace, MORE, NONE, view, type Window } from './window.ts';

/** So much white space is followed at once; the rest is the next reader's to skip. */
export const SPACE_SIZE_BYTES_MAX = 64 * 1024;

/** Scans to the end of the value, its fault, a stream offset, or the end of the stream, whichever is first. */
export function* followValue(window: Window, grammar: Grammar, limit: number): Generator<typeof MORE, void> {
  for (;;) {
    scan(grammar, window.bytes, window.base, Math.min(window.end, limit));
    if (grammar.state >= DONE || grammar.position >= limit) return;
    if (window.isFinal) {
      finishValue(grammar);
      return;
    }
    yield MORE;
  }
}

/**
 * Follows a value that is too large to hold, from `start` to its end, its fault, or the end of the stream. The window
 * then keeps nothing before `grammar.position`.
 */
export function* streamPast(
  window: Window,
  start: number,
  grammar: Grammar,
): Generator<typeof MORE, Capture> {
  const capture = startCapture();
  let captured = start;
  for (;;) {
    scan(grammar, window.bytes, window.base, window.end);
    capture.add(view(window, captured, grammar.position));
    captured = grammar.position;
    window.keep = captured;
    if (grammar.state >= DONE || window.isFinal) return capture;
    yield MORE;
  }
}

/** Where the next line begins, or, when something else stands on this one, where that is. */
export function* restOfLine(
  window: Window,
  from: number,
): Generator<typeof MORE, { readonly isGlued: boolean; readonly next: number }> {
  const at = yield* followSpace(window, from, 0x0a);
  const byte = at < window.end ? window.bytes[at - window.base] : undefined;
  if (byte === 0x0a) return { isGlued: false, next: at + 1 };
  return { isGlued: byte !== undefined && !isSpace(byte), next: at };
}

/**
 * The first offset from `from` that is not white space, or that is the byte `stop`, or after which there is more white
 * space than may be held, or the end of the stream.
 */
export function* followSpace(window: Window, from: number, stop = NONE): Generator<typeof MORE, number> {
  for (let at = from; ; at++) {
    while (at >= window.end) {
      if (window.isFinal) return at;
      yield MORE;
    }
    const byte = window.bytes[at - window.base] as number;
    if (byte === stop || !isSpace(byte) || at - from >= SPACE_SIZE_BYTES_MAX) return at;
  }
}
