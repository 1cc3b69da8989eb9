import { RECORD_SIZE_BYTES_MAX } from './caps.ts';
import { cutArray } from './cut.ts';
import { parseWhole } from './document.ts';
import { findBatch } from './envelope.ts';
import { followValue, restOfLine, streamPast } from './follow.ts';
import { DONE, FAULT, type Grammar, startValue } from './grammar.ts';
import type { JsonDocument } from './json.ts';
import {
  isOutdented,
  rejectOf,
  rejectToNextLine,
  type SplitItem,
  type Step,
  tooLargeReject,
} from './step.ts';
import { decodeUtf8 } from './text.ts';
import { isOpener, type MORE, NONE, newlineFrom, view, type Window } from './window.ts';

/** A value up to this size is parsed whole; a larger one is cut inside its array. */
export const WHOLE_SIZE_BYTES_MAX = 4 * 1024 * 1024;

/**
 * Reads what begins with a bracket at `start` and is not one good line: a document over several lines, one too large
 * to hold, or a broken one. Returns where the next line begins.
 */
export function* readValue(
  window: Window,
  start: number,
  batchKeys: ReadonlySet<string>,
): Generator<Step, number> {
  let at = start;
  for (;;) {
    window.keep = at;
    const whole = yield* readWhole(window, at);
    if (whole !== undefined) {
      yield { document: whole.document };
      return whole.next;
    }
    const batch = yield* findBatch(window, at, batchKeys);
    if (batch === undefined) return yield* readSingle(window, at);
    const after = yield* cutArray(window, at, batch);
    if (!after.isGlued) return after.next;
    // Log shippers glue envelopes without a newline: what follows one may be another.
    at = after.next;
    window.keep = at;
    if (!isOpener(window.bytes[at - window.base])) {
      return yield* rejectToNextLine(window, {
        start: at,
        reason: 'not-json',
        message: `expected a new line after the value, found something else at byte ${at}`,
      });
    }
  }
}

/** The value at `start`, if it is small, alone on its lines, and JSON. */
function* readWhole(
  window: Window,
  start: number,
): Generator<typeof MORE, { document: JsonDocument; next: number } | undefined> {
  const grammar = startValue(start);
  yield* followValue(window, grammar, start + WHOLE_SIZE_BYTES_MAX);
  if (grammar.state !== DONE) return undefined;
  const after = yield* restOfLine(window, grammar.position);
  if (after.isGlued) return undefined;
  const text = decodeUtf8(view(window, start, grammar.position));
  const parsed = text === undefined ? undefined : parseWhole(text);
  return parsed?.ok ? { document: parsed.value, next: after.next } : undefined;
}

/** The value at `start`, which has no array to cut in: a large record, or a reject. */
function* readSingle(window: Window, start: number): Generator<Step, number> {
  window.keep = start;
  const grammar = startValue(start);
  yield* followValue(window, grammar, start + RECORD_SIZE_BYTES_MAX);
  if (grammar.state === DONE) {
    const after = yield* restOfLine(window, grammar.position);
    if (!after.isGlued) {
      yield judge(window, start, grammar.position);
      return after.next;
    }
  } else if (grammar.state !== FAULT && grammar.position - start >= RECORD_SIZE_BYTES_MAX) {
    return yield* readTooLarge(window, start, grammar);
  }
  const isDone = grammar.state === DONE;
  const found = isDone ? 'something behind it' : grammar.position < window.end ? 'something else' : 'the end';
  return yield* rejectToNextLine(window, {
    start,
    isMultiline: isMultiline(window, start, grammar.position),
    reason: 'not-json',
    message: `expected one JSON value from byte ${start}, found ${found} at byte ${grammar.position}`,
  });
}

/** Whether a broken value goes over several lines, by where its fault is and by how its second line begins. */
function isMultiline(window: Window, start: number, faultAt: number): boolean {
  const newline = newlineFrom(window, start);
  if (newline === NONE || faultAt <= newline + 1) return false;
  const second = window.bytes[newline + 1 - window.base];
  // Documents that are not indented have keys there; numbers, words and brackets are lines of their own.
  return second === 0x22 || !isOutdented(second);
}

/** A delimited value as a document, or what is wrong with it. */
function judge(window: Window, start: number, end: number): SplitItem {
  const text = decodeUtf8(view(window, start, end));
  if (text === undefined) {
    return rejectOf(window, start, end, {
      reason: 'not-utf8',
      message: `expected UTF-8, found other bytes between byte ${start} and byte ${end}`,
    });
  }
  const parsed = parseWhole(text);
  return parsed.ok ? { document: parsed.value } : rejectOf(window, start, end, parsed.fault);
}

function* readTooLarge(window: Window, start: number, grammar: Grammar): Generator<Step, number> {
  const capture = yield* streamPast(window, start, grammar);
  const end = grammar.position;
  if (grammar.state === FAULT) {
    return yield* rejectToNextLine(window, { start: end, reason: 'too-large', message: '', capture });
  }
  yield tooLargeReject(capture, end);
  return end;
}
