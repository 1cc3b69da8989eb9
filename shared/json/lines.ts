import { isAscii } from 'node:buffer';
import { RECORD_SIZE_BYTES_MAX } from './caps.ts';
import type { JsonValue } from './json.ts';
import { type RejectReason, startCapture } from './reject.ts';
import { skipSpace } from './scan.ts';
import { rejectOf, type Step, tooLargeReject } from './step.ts';
import { decodeUtf8, hasByteOrderMark } from './text.ts';
import { readValue, WHOLE_SIZE_BYTES_MAX } from './value.ts';
import { byteAt, isOpener, isSpace, MORE, NONE, newlineFrom, view, type Window } from './window.ts';

/**
 * Reads a stream of JSON values: one on each line (NDJSON), or spread over lines, or one alone, however large. A line
 * that holds one value is parsed at once; anything else that begins with a bracket is followed by its grammar.
 */
export function* readLines(window: Window, batchKeys: ReadonlySet<string>): Generator<Step, void> {
  let at = yield* skipByteOrderMark(window);
  for (;;) {
    const lines = linesAtHand(window, at);
    if (lines !== undefined) {
      at = yield* readLinesAtHand(window, lines, batchKeys);
    } else if (window.isFinal) {
      return;
    } else {
      window.keep = at;
      at = yield* readLongLine(window, at, batchKeys);
    }
  }
}

/** Bytes up to the last newline at hand, or up to the end of the stream. */
interface Lines {
  readonly start: number;
  readonly end: number;
  /** The same as text when that is ASCII, and offsets in it are offsets in the bytes. */
  readonly text: string | undefined;
}

function linesAtHand(window: Window, start: number): Lines | undefined {
  const last = window.isFinal ? window.end : lastNewline(window, start) + 1;
  if (last <= start) return undefined;
  const bytes = view(window, start, last);
  return { start, end: last, text: isAscii(bytes) ? bytes.toString('latin1') : undefined };
}

function lastNewline(window: Window, start: number): number {
  return view(window, start, window.end).lastIndexOf(0x0a) + start;
}

function* readLinesAtHand(
  window: Window,
  lines: Lines,
  batchKeys: ReadonlySet<string>,
): Generator<Step, number> {
  let at = lines.start;
  while (at < lines.end) {
    const end = endOfLine(window, lines, at);
    const next = Math.min(end + 1, lines.end);
    const text = lines.text?.slice(at - lines.start, end - lines.start) ?? decodeUtf8(view(window, at, end));
    const value = text === undefined ? undefined : parseLine(text);
    if (text !== undefined && value !== undefined) {
      yield { document: { text: text.trim(), value } };
      at = next;
      continue;
    }
    const first = skipSpaces(window, at, end);
    if (first < end && isOpener(window.bytes[first - window.base])) {
      at = yield* readValue(window, first, batchKeys);
      continue;
    }
    if (first < end) yield rejectOf(window, first, end, badLine(first, end, text));
    at = next;
  }
  return at;
}

function endOfLine(window: Window, lines: Lines, at: number): number {
  if (lines.text !== undefined) {
    const found = lines.text.indexOf('\n', at - lines.start);
    return found === -1 ? lines.end : found + lines.start;
  }
  const found = newlineFrom(window, at);
  return found === NONE || found > lines.end ? lines.end : found;
}

/** The line's value, if the line is one; lines that cannot be are told apart without asking the parser. */
function parseLine(text: string): JsonValue | undefined {
  const first = text.charCodeAt(skipSpace(text, 0));
  if (isOpener(first) && !endsInBracket(text)) return undefined;
  if (Number.isNaN(first)) return undefined;
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return undefined;
  }
}

function endsInBracket(text: string): boolean {
  let i = text.length - 1;
  while (i > 0 && isSpace(text.charCodeAt(i))) i--;
  const last = text.charCodeAt(i);
  return last === 0x7d || last === 0x5d;
}

function skipSpaces(window: Window, from: number, to: number): number {
  let at = from;
  while (at < to && isSpace(window.bytes[at - window.base] as number)) at++;
  return at;
}

function badLine(
  start: number,
  end: number,
  text: string | undefined,
): { reason: RejectReason; message: string } {
  const expected = text === undefined ? 'UTF-8' : 'one JSON value';
  return {
    reason: text === undefined ? 'not-utf8' : 'not-json',
    message: `expected ${expected} from byte ${start} to byte ${end}, found something else`,
  };
}

/** A line whose end is not at hand yet: it is waited for, until it is too long to wait. */
function* readLongLine(window: Window, at: number, batchKeys: ReadonlySet<string>): Generator<Step, number> {
  const sizeBytes = window.end - at;
  if (sizeBytes > WHOLE_SIZE_BYTES_MAX) {
    const first = skipSpaces(window, at, window.end);
    if (first === window.end) return first;
    if (isOpener(window.bytes[first - window.base])) return yield* readValue(window, first, batchKeys);
    if (sizeBytes > RECORD_SIZE_BYTES_MAX) return yield* readTooLongLine(window, at);
  }
  yield MORE;
  return at;
}

function* readTooLongLine(window: Window, start: number): Generator<Step, number> {
  const capture = startCapture();
  let at = start;
  for (;;) {
    const newline = newlineFrom(window, at);
    const end = newline === NONE ? window.end : newline;
    capture.add(view(window, at, end));
    at = end;
    if (newline !== NONE || window.isFinal) {
      yield tooLargeReject(capture, end);
      return end;
    }
    window.keep = at;
    yield MORE;
  }
}

function* skipByteOrderMark(window: Window): Generator<Step, number> {
  yield* byteAt(window, 2);
  return hasByteOrderMark(window.bytes) ? 3 : 0;
}
