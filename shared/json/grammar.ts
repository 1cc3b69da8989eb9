/**
 * JSON's grammar over bytes that arrive in pieces: finds where a value ends, or the first byte at which the bytes
 * cannot be JSON, without holding them. Literals and numbers are only delimited here; the parser judges them.
 */
export interface Grammar {
  /** Stream offset of the next byte to look at. */
  position: number;
  /** Containers that are open. */
  depth: number;
  state: GrammarState;
  /** The byte before `position` was a backslash in a string. */
  isEscaped: boolean;
  /** What is open at each depth, as far as KINDS_MAX. */
  readonly kinds: Uint8Array;
}

export type GrammarState = number;

const VALUE = 0;
const VALUE_OR_CLOSE = 1;
const KEY = 2;
const KEY_OR_CLOSE = 3;
const COLON = 4;
const COMMA_OR_CLOSE = 5;
const STRING = 6;
const KEY_STRING = 7;
const TOKEN = 8;
export const DONE: GrammarState = 9;
export const FAULT: GrammarState = 10;

const OBJECT = 1;
const ARRAY = 2;

/** Deeper containers are counted, but not matched by kind: nothing so deep becomes an event. */
const KINDS_MAX = 1024;

/** A grammar that expects one value at a stream offset. */
export function startValue(position: number): Grammar {
  return { position, depth: 0, state: VALUE, isEscaped: false, kinds: new Uint8Array(KINDS_MAX) };
}

/** Expects one value again, elsewhere. */
export function restartValue(grammar: Grammar, position: number): void {
  grammar.position = position;
  grammar.depth = 0;
  grammar.state = VALUE;
  grammar.isEscaped = false;
}

/** Expects what may follow a member's value inside one object. */
export function restartAfterMember(grammar: Grammar, position: number): void {
  restartValue(grammar, position);
  grammar.depth = 1;
  grammar.kinds[0] = OBJECT;
  grammar.state = COMMA_OR_CLOSE;
}

/** At the end of all bytes: a bare literal or number ends there too. */
export function finishValue(grammar: Grammar): void {
  if (grammar.state === TOKEN && grammar.depth === 0) grammar.state = DONE;
}

/**
 * Looks at the bytes up to the stream offset `end`, of which `bytes[0]` is at `base`. Stops just past the value
 * (DONE), at the byte that is not JSON (FAULT), or at `end`.
 */
export function scan(grammar: Grammar, bytes: Uint8Array, base: number, end: number): void {
  const to = end - base;
  let i = grammar.position - base;
  if (grammar.isEscaped && i < to) {
    grammar.isEscaped = false;
    if (bytes[i] === 0x0a) fault(grammar);
    else i++;
  }
  while (i < to && grammar.state < DONE) {
    const code = bytes[i] as number;
    if (grammar.state === STRING || grammar.state === KEY_STRING) {
      i = scanString(grammar, bytes, i, to);
    } else if (code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09) {
      if (grammar.state === TOKEN) afterValue(grammar);
      if (grammar.state < DONE) i++;
    } else if (grammar.state === TOKEN) {
      if (isTokenByte(code)) i++;
      else afterValue(grammar);
    } else if (step(grammar, code)) {
      i++;
    }
  }
  grammar.position = base + i;
}

/** One structural byte; false when it is not consumed. */
function step(grammar: Grammar, code: number): boolean {
  const state = grammar.state;
  if (code === 0x22) {
    if (state === KEY || state === KEY_OR_CLOSE) grammar.state = KEY_STRING;
    else if (state === VALUE || state === VALUE_OR_CLOSE) grammar.state = STRING;
    else return fault(grammar);
    return true;
  }
  if (state === COLON) {
    if (code !== 0x3a) return fault(grammar);
    grammar.state = VALUE;
    return true;
  }
  if (code === 0x7b || code === 0x5b) {
    if (state !== VALUE && state !== VALUE_OR_CLOSE) return fault(grammar);
    open(grammar, code === 0x7b ? OBJECT : ARRAY);
    return true;
  }
  if (code === 0x7d) return close(grammar, OBJECT, KEY_OR_CLOSE);
  if (code === 0x5d) return close(grammar, ARRAY, VALUE_OR_CLOSE);
  if (code === 0x2c && state === COMMA_OR_CLOSE) {
    grammar.state = kindOf(grammar, OBJECT) ? KEY : VALUE;
    return true;
  }
  if ((state === VALUE || state === VALUE_OR_CLOSE) && isTokenByte(code)) {
    grammar.state = TOKEN;
    return true;
  }
  return fault(grammar);
}

function scanString(grammar: Grammar, bytes: Uint8Array, from: number, to: number): number {
  for (let i = from; i < to; i++) {
    const code = bytes[i] as number;
    if (code === 0x22) {
      if (grammar.state === KEY_STRING) grammar.state = COLON;
      else afterValue(grammar);
      return i + 1;
    }
    if (code === 0x5c) {
      i++;
      if (i >= to) {
        grammar.isEscaped = true;
        return to;
      }
      // A raw newline is no more legal behind a backslash than elsewhere in a string.
      if (bytes[i] === 0x0a) {
        fault(grammar);
        return i;
      }
    } else if (code < 0x20) {
      fault(grammar);
      return i;
    }
  }
  return to;
}

function open(grammar: Grammar, kind: number): void {
  if (grammar.depth < KINDS_MAX) grammar.kinds[grammar.depth] = kind;
  grammar.depth++;
  grammar.state = kind === OBJECT ? KEY_OR_CLOSE : VALUE_OR_CLOSE;
}

function close(grammar: Grammar, kind: number, whenEmpty: GrammarState): boolean {
  const mayClose = grammar.state === COMMA_OR_CLOSE || grammar.state === whenEmpty;
  if (grammar.depth === 0 || !mayClose || !kindOf(grammar, kind)) return fault(grammar);
  grammar.depth--;
  afterValue(grammar);
  return true;
}

/** Whether the innermost container is of that kind; too deep to tell counts as yes. */
function kindOf(grammar: Grammar, kind: number): boolean {
  return grammar.depth > KINDS_MAX || grammar.kinds[grammar.depth - 1] === kind;
}

function afterValue(grammar: Grammar): void {
  grammar.state = grammar.depth === 0 ? DONE : COMMA_OR_CLOSE;
}

function fault(grammar: Grammar): false {
  grammar.state = FAULT;
  return false;
}

/** Letters, digits, sign and point: what literals and numbers are made of, NaN and Infinity too. */
function isTokenByte(code: number): boolean {
  return (
    (code >= 0x61 && code <= 0x7a) ||
    (code >= 0x30 && code <= 0x39) ||
    (code >= 0x41 && code <= 0x5a) ||
    code === 0x2d ||
    code === 0x2e ||
    code === 0x2b
  );
}
