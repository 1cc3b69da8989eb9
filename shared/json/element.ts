import { RECORD_SIZE_BYTES_MAX } from './caps.ts';
import { followValue, streamPast } from './follow.ts';
import { DONE, FAULT, type Grammar, restartValue } from './grammar.ts';
import { deliver, type Group, isFull, keepFrom } from './group.ts';
import { type Capture, startCapture } from './reject.ts';
import { nextLineStart, rejectOf, type Step, tooLargeReject } from './step.ts';
import { isColumnZero, isOpener, MORE, NONE, view, type Window } from './window.ts';

/** Where reading goes on after one element, and whether the rest of the array was lost with it. */
export interface AfterElement {
  readonly next: number;
  /** `next` begins a new line, and nothing is known of the array any more. */
  readonly isLost: boolean;
  /** `next` begins an element without a comma before it. */
  readonly isAtElement: boolean;
}

/** Reads the array's element at an offset into the group; a broken or too large one becomes a reject. */
export function* readElement(
  window: Window,
  group: Group,
  grammar: Grammar,
  at: number,
): Generator<Step, AfterElement> {
  const isLine = isColumnZero(window, at);
  keepFrom(window, group, at);
  restartValue(grammar, at);
  yield* followValue(window, grammar, at + RECORD_SIZE_BYTES_MAX);
  if (grammar.state === DONE) {
    group.spans.push({ start: at, end: grammar.position });
    if (isFull(group)) yield* deliver(window, group);
    return { next: grammar.position, isLost: false, isAtElement: false };
  }
  yield* deliver(window, group);
  group.hasYielded = true;
  window.keep = at;
  let capture: Capture | undefined;
  if (grammar.state !== FAULT && grammar.position - at >= RECORD_SIZE_BYTES_MAX) {
    capture = yield* streamPast(window, at, grammar);
  }
  return yield* readBroken(window, { at, isLine, grammar, capture });
}

interface Broken {
  readonly at: number;
  readonly isLine: boolean;
  readonly grammar: Grammar;
  readonly capture: Capture | undefined;
}

function* readBroken(window: Window, broken: Broken): Generator<Step, AfterElement> {
  const { at, grammar } = broken;
  const found = grammar.position < window.end ? 'something else' : 'the end';
  const message = `expected one JSON value from byte ${at}, found ${found} at byte ${grammar.position}`;
  const passed = yield* passBy(window, broken);
  if (passed.capture === undefined) yield rejectOf(window, at, passed.end, { reason: 'not-json', message });
  else yield tooLargeReject(passed.capture, passed.end);
  return {
    next: passed.end,
    isLost: passed.by === 'end' || (passed.by === 'line' && !broken.isLine),
    isAtElement: passed.by === 'line' && broken.isLine,
  };
}

interface Passed {
  readonly end: number;
  /** What ended the element: a comma or bracket of its array, a new line's neighbour, the end of the stream. */
  readonly by: 'separator' | 'line' | 'end';
  readonly capture: Capture | undefined;
}

/** Finds the end of a broken element. What begins a line after its first is a neighbour, whatever the brackets say. */
function* passBy(window: Window, broken: Broken): Generator<typeof MORE, Passed> {
  const { at, grammar, capture } = broken;
  const line = capture === undefined ? nextLineStart(window, at) : NONE;
  if (line !== NONE && line <= grammar.position) return { end: line, by: 'line', capture };
  if (grammar.state === FAULT) return yield* followBroken(window, broken);
  return { end: grammar.position, by: grammar.state === DONE ? 'separator' : 'end', capture };
}

/**
 * Follows a broken element by brackets and quotes alone to what ends it: a comma or bracket of its array, or a line
 * that begins with an opening bracket, which is a neighbour. A raw newline ends a string, because it must.
 */
function* followBroken(window: Window, { at, grammar, capture }: Broken): Generator<typeof MORE, Passed> {
  const follower = {
    position: grammar.position,
    depth: grammar.depth,
    isQuoted: false,
    isEscaped: false,
  };
  let captured = capture;
  let capturedTo = grammar.position;
  for (;;) {
    const ended = passBroken(window, follower);
    if (captured === undefined && window.end - at > RECORD_SIZE_BYTES_MAX) {
      captured = startCapture();
      capturedTo = at;
    }
    if (captured !== undefined) {
      captured.add(view(window, capturedTo, follower.position));
      capturedTo = follower.position;
      // The byte before stays, to tell whether a line begins.
      window.keep = Math.max(window.keep, follower.position - 1);
    }
    if (ended !== undefined || window.isFinal) {
      return { end: follower.position, by: ended ?? 'end', capture: captured };
    }
    yield MORE;
  }
}

interface Follower {
  position: number;
  depth: number;
  isQuoted: boolean;
  /** The byte before was a backslash in a string. */
  isEscaped: boolean;
}

/** Moves through the bytes at hand; says what ended the element, or nothing when more bytes are needed. */
function passBroken(window: Window, follower: Follower): 'line' | 'separator' | undefined {
  for (; follower.position < window.end; follower.position++) {
    const byte = window.bytes[follower.position - window.base] as number;
    if (isOpener(byte) && isColumnZero(window, follower.position)) return 'line';
    if (follower.isQuoted) {
      follower.isQuoted = byte !== 0x0a && (byte !== 0x22 || follower.isEscaped);
      follower.isEscaped = byte === 0x5c && !follower.isEscaped;
    } else if (byte === 0x22) {
      follower.isQuoted = true;
      follower.isEscaped = false;
    } else if (isOpener(byte)) {
      follower.depth++;
    } else if (byte === 0x7d || byte === 0x5d) {
      if (follower.depth === 0) return 'separator';
      follower.depth--;
    } else if (byte === 0x2c && follower.depth === 0) {
      return 'separator';
    }
  }
  return undefined;
}
