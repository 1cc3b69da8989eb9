/**
 * Structure of JSON text by position. Every function expects text that JSON.parse has accepted; on other text the
 * positions mean nothing, but they stay within the text and the time stays linear.
 */

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/** Where a value lies in its text: `end` is just past it. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** The first position at or after `from` that is not JSON white space. */
export function skipSpace(text: string, from: number): number {
  let i = from;
  for (; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) break;
  }
  return i;
}

/** Just past the string whose opening quote is at `from`. Searching for the next quote is faster than looking. */
export function stringEnd(text: string, from: number): number {
  for (let quote = text.indexOf('"', from + 1); quote !== -1; quote = text.indexOf('"', quote + 1)) {
    let slash = quote - 1;
    while (slash > from && text.charCodeAt(slash) === BACKSLASH) slash--;
    // An even number of backslashes escape each other, and not the quote.
    if ((quote - slash) % 2 === 1) return quote + 1;
  }
  return text.length;
}

/** Just past the value that starts at `from`. */
export function valueEnd(text: string, from: number): number {
  const first = text.charCodeAt(from);
  if (first === QUOTE) return stringEnd(text, from);
  if (first === OPEN_BRACE || first === OPEN_BRACKET) return containerEnd(text, from);
  let i = from;
  for (; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === COMMA || code === CLOSE_BRACE || code === CLOSE_BRACKET || code <= 0x20) break;
  }
  return i;
}

function containerEnd(text: string, from: number): number {
  let depth = 0;
  for (let i = from; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === QUOTE) {
      i = stringEnd(text, i) - 1;
      // Brackets and braces differ in this one bit.
    } else if ((code | 0x20) === OPEN_BRACE) {
      depth++;
    } else if ((code | 0x20) === CLOSE_BRACE) {
      depth--;
      if (depth === 0) return i + 1;
    }
  }
  return text.length;
}

/**
 * The span of an object's member; of the last one where a key is repeated, as JSON.parse decides. Undefined when
 * there is no object at `from`, or no such member.
 */
export function memberSpan(text: string, from: number, key: string): Span | undefined {
  if (text.charCodeAt(from) !== OPEN_BRACE) return undefined;
  let found: Span | undefined;
  let i = skipSpace(text, from + 1);
  while (text.charCodeAt(i) === QUOTE) {
    const keyEnd = stringEnd(text, i);
    const start = skipSpace(text, skipSpace(text, keyEnd) + 1);
    const end = valueEnd(text, start);
    if (isKey(text, i, keyEnd, key)) found = { start, end };
    i = skipSpace(text, end);
    if (text.charCodeAt(i) !== COMMA) break;
    i = skipSpace(text, i + 1);
  }
  return found;
}

/** The spans of an array's elements, in order; none when there is no array at `from`. */
export function elementSpans(text: string, from: number): Span[] {
  const spans: Span[] = [];
  if (text.charCodeAt(from) !== OPEN_BRACKET) return spans;
  let i = skipSpace(text, from + 1);
  while (i < text.length && text.charCodeAt(i) !== CLOSE_BRACKET) {
    const end = valueEnd(text, i);
    spans.push({ start: i, end });
    i = skipSpace(text, end);
    if (text.charCodeAt(i) !== COMMA) break;
    i = skipSpace(text, i + 1);
  }
  return spans;
}

/** Whether the quoted key at that place is this key, however it is escaped. */
function isKey(text: string, start: number, end: number, key: string): boolean {
  if (end - start === key.length + 2 && text.startsWith(key, start + 1)) return true;
  const raw = text.slice(start, end);
  if (!raw.includes('\\')) return false;
  try {
    return JSON.parse(raw) === key;
  } catch {
    return false;
  }
}
