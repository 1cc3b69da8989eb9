import { fail, ok, type Result } from '../result.ts';
import { checkCaps, RECORD_SIZE_BYTES_MAX } from './caps.ts';
import { isArray, isObject, type JsonDocument, type JsonValue, member } from './json.ts';
import type { RejectReason } from './reject.ts';
import { elementSpans, memberSpan, type Span, skipSpace } from './scan.ts';

/** Why a text is no document. The message never quotes the text. */
export interface JsonFault {
  readonly reason: RejectReason;
  readonly message: string;
}

/** One JSON value in a text, within the caps of one record; its text is kept without the white space around it. */
export function parseDocument(text: string): Result<JsonDocument, JsonFault> {
  // No UTF-8 is shorter in bytes than in UTF-16 units.
  if (text.length > RECORD_SIZE_BYTES_MAX) {
    return fail({
      reason: 'too-large',
      message: `expected a record of at most ${RECORD_SIZE_BYTES_MAX} bytes, found ${text.length}`,
    });
  }
  const caps = checkCaps(text);
  if (!caps.ok) return caps;
  return parseWhole(text);
}

/** As parseDocument, for an envelope of any size: its records are capped one by one. */
export function parseWhole(text: string): Result<JsonDocument, JsonFault> {
  try {
    const value = JSON.parse(text) as JsonValue;
    return ok({ text: text.trim(), value });
  } catch (error) {
    return fail({ reason: 'not-json', message: `expected one JSON value, ${whereItBroke(error, text)}` });
  }
}

/**
 * The document at a path of members, in exactly the characters it was written in; undefined where there is none.
 * Where a key is repeated the last one counts, as in the parsed value.
 */
export function part(document: JsonDocument, ...path: readonly string[]): JsonDocument | undefined {
  const found = locate(document, path);
  if (found === undefined) return undefined;
  return { text: document.text.slice(found.span.start, found.span.end), value: found.value };
}

/** The elements of the array at a path, each in exactly its own characters; none where there is no array. */
export function elements(document: JsonDocument, ...path: readonly string[]): readonly JsonDocument[] {
  const found = locate(document, path);
  if (found === undefined || !isArray(found.value)) return [];
  const spans = elementSpans(document.text, found.span.start);
  const documents: JsonDocument[] = [];
  for (const [index, value] of found.value.entries()) {
    const span = spans[index];
    if (span === undefined) break;
    documents.push({ text: document.text.slice(span.start, span.end), value });
  }
  return documents;
}

function locate(
  document: JsonDocument,
  path: readonly string[],
): { span: Span; value: JsonValue } | undefined {
  let span: Span = { start: skipSpace(document.text, 0), end: document.text.length };
  let value: JsonValue = document.value;
  for (const key of path) {
    const inner = isObject(value) ? member(value, key) : undefined;
    if (inner === undefined) return undefined;
    const found = memberSpan(document.text, span.start, key);
    if (found === undefined) return undefined;
    span = found;
    value = inner;
  }
  return { span, value };
}

/** V8 quotes the text in its messages; only the position is kept, because the text may hold secrets. */
function whereItBroke(error: unknown, text: string): string {
  const position = /at position (\d+)/.exec(error instanceof Error ? error.message : '')?.[1];
  if (position !== undefined) return `found something else at character ${position} of ${text.length}`;
  return text.trim() === '' ? 'found nothing' : `found something else in ${text.length} characters`;
}
