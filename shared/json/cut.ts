import { RECORD_SIZE_BYTES_MAX } from './caps.ts';
import { parseWhole } from './document.ts';
import { readElement } from './element.ts';
import { type Batch, openEnvelope } from './envelope.ts';
import { followSpace, followValue, restOfLine } from './follow.ts';
import { DONE, type Grammar, restartAfterMember, startValue } from './grammar.ts';
import { deliver, type Group, keepFrom } from './group.ts';
import { makeReject } from './reject.ts';
import { rejectOf, rejectToNextLine, type Step } from './step.ts';
import { byteAt, isColumnZero, isOpener, isSpace, view, type Window } from './window.ts';

const CLOSE_BRACKET = 0x5d;
const COMMA = 0x2c;

/** Where reading goes on after an envelope: on a new line, or at something glued to it. */
export interface AfterEnvelope {
  readonly isGlued: boolean;
  readonly next: number;
}

/**
 * Delivers the elements of an envelope's array, some at a time, each time inside the same beginning of the envelope.
 * Whole good elements are delivered however broken their neighbours or the rest are.
 */
export function* cutArray(window: Window, start: number, batch: Batch): Generator<Step, AfterEnvelope> {
  const { group, fault } = openEnvelope(window, start, batch);
  if (fault !== undefined) yield rejectOf(window, start, batch.arrayAt + 1, fault);
  const opening = Buffer.from(view(window, start, Math.min(batch.arrayAt + 1, start + 16)));
  const grammar = startValue(start);
  let at = batch.arrayAt + 1;
  let isAtElement = true;
  for (;;) {
    at = yield* nextToken(window, group, at);
    const byte = yield* byteAt(window, at);
    if (byte === CLOSE_BRACKET) break;
    if (!isAtElement) {
      if (byte !== COMMA) return yield* abandon(window, group, at);
      at = yield* nextToken(window, group, at + 1);
      if (yield* startsAgain(window, at, opening)) return yield* abandon(window, group, at);
    }
    if (at >= window.end && window.isFinal) return yield* abandon(window, group, at);
    const after = yield* readElement(window, group, grammar, at);
    if (after.isLost) return { isGlued: false, next: after.next };
    at = after.next;
    isAtElement = after.isAtElement;
  }
  yield* deliver(window, group);
  if (!group.hasYielded) {
    const empty = parseWhole(group.prefix + group.suffix);
    if (empty.ok) yield { document: empty.value };
  }
  return yield* closeEnvelope(window, batch, grammar, at);
}

/** The next byte that is not white space; a long stretch of that is not held for the group's sake. */
function* nextToken(window: Window, group: Group, from: number): Generator<Step, number> {
  let at = from;
  for (;;) {
    keepFrom(window, group, at - 1);
    at = yield* followSpace(window, at);
    if (at >= window.end || !isSpace(window.bytes[at - window.base] as number)) return at;
    yield* deliver(window, group);
  }
}

/** Whether what looks like an element is the next line's envelope, because this one broke off after a comma. */
function* startsAgain(window: Window, at: number, opening: Buffer): Generator<Step, boolean> {
  if (opening.byteLength < 2 || !isColumnZero(window, at)) return false;
  yield* byteAt(window, at + opening.byteLength - 1);
  return view(window, at, Math.min(at + opening.byteLength, window.end)).equals(opening);
}

/** Gives up on the rest of an array: what is left of it on this line, or the lack of it, is one reject. */
function* abandon(window: Window, group: Group, at: number): Generator<Step, AfterEnvelope> {
  yield* deliver(window, group);
  const message = `expected the rest of an array, found something else at byte ${at}`;
  const isNewLine = isColumnZero(window, at) && isOpener(window.bytes[at - window.base]);
  if (at >= window.end || isNewLine) {
    yield { reject: makeReject('not-json', message, group.prefix), end: at };
    return { isGlued: false, next: at };
  }
  window.keep = at;
  const next = yield* rejectToNextLine(window, { start: at, reason: 'not-json', message });
  return { isGlued: false, next };
}

/** From the array's closing bracket to the end of the envelope. */
function* closeEnvelope(
  window: Window,
  batch: Batch,
  grammar: Grammar,
  bracketAt: number,
): Generator<Step, AfterEnvelope> {
  window.keep = bracketAt;
  if (batch.key === undefined) return yield* restOfLine(window, bracketAt + 1);
  restartAfterMember(grammar, bracketAt + 1);
  yield* followValue(window, grammar, bracketAt + RECORD_SIZE_BYTES_MAX);
  if (grammar.state === DONE) return yield* restOfLine(window, grammar.position);
  const next = yield* rejectToNextLine(window, {
    start: bracketAt,
    reason: 'not-json',
    message: `expected the end of an envelope, found something else at byte ${grammar.position}`,
  });
  return { isGlued: false, next };
}
