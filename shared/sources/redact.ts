import { parseWhole } from '../json/document.ts';
import { isArray, isObject, type JsonDocument, type JsonValue } from '../json/json.ts';
import { unnamedSpans } from './redact/command-line.ts';
import { keyedSpans, looseSpans } from './redact/keyed.ts';
import { marksOf, PROGRAM_MARK, TOKEN_MARK } from './redact/marks.ts';
import { isMask } from './redact/placeholder.ts';
import { buildSecretTree, type SecretTree, secretMembers } from './redact/secret-tree.ts';
import { tokenSpans } from './redact/shapes.ts';
import { fingerprintOf, marker, replaceSpans, type SecretSpan } from './redact/span.ts';

/** One place that a secret was taken out of. */
export interface Redaction {
  /** Members from the root, with dots between them. */
  readonly path: string;
  /** What told that it was a secret. */
  readonly kind: string;
  /** Equal for equal secrets; without the salt nothing can be learned from it. */
  readonly fingerprint: string;
}

export interface Redacted {
  readonly document: JsonDocument;
  readonly redactions: readonly Redaction[];
}

/**
 * Takes secrets out of a record: what the source names, and what looks like one anywhere. Each is replaced in the text
 * by its fingerprint; all other characters stay, and the text stays JSON. A record without a secret comes back as is.
 */
export function redactRecord(
  document: JsonDocument,
  trees: readonly SecretTree[],
  salt: Uint8Array,
  marks = marksOf(document.text),
): Redacted {
  const spans = shapeSpans(document.text, marks);
  for (const tree of trees) {
    for (const { start, end } of secretMembers(document.text, document.value, tree)) {
      const span = { start: start + 1, end: end - 1, kind: 'member' };
      if (!isMask(document.text.slice(span.start, span.end))) spans.push(span);
    }
  }
  const redacted = spans.length === 0 ? undefined : replace(document, spans, salt);
  const base = redacted ?? { document, redactions: [] };
  const mayHide = base.document.text.includes('\\u00') && HIDDEN_LETTERS.test(base.document.text);
  return mayHide ? redactHidden(base, salt) : base;
}

/** The same for text that is no JSON. */
export function redactText(text: string, salt: Uint8Array): string {
  const spans = [...shapeSpans(text), ...looseSpans(text)];
  return spans.length === 0 ? text : replaceSpans(text, spans, salt).text;
}

function shapeSpans(text: string, marks = marksOf(text)): SecretSpan[] {
  const spans = keyedSpans(text, marks);
  if ((marks & TOKEN_MARK) !== 0) spans.push(...tokenSpans(text));
  if ((marks & PROGRAM_MARK) !== 0 || text.includes('<')) spans.push(...unnamedSpans(text));
  return spans;
}

function replace(document: JsonDocument, spans: readonly SecretSpan[], salt: Uint8Array): Redacted {
  const replaced = replaceSpans(document.text, spans, salt);
  const parsed = parseWhole(replaced.text);
  if (parsed.ok) {
    return { document: parsed.value, redactions: listRedactions(parsed.value.value, replaced.kinds) };
  }
  // Rather the whole record than a secret in it.
  const fingerprint = fingerprintOf(document.text, salt);
  const value = { redacted: marker(fingerprint) };
  return {
    document: { text: JSON.stringify(value), value },
    redactions: [{ path: 'redacted', kind: 'record', fingerprint }],
  };
}

/**
 * Letters, digits or quotes that are escaped although nothing asks for it: only a decoded string shows what they
 * spell. .NET writes the quotes of JSON in a string so.
 */
const HIDDEN_LETTERS = /\\u00(?:22|3[0-9]|[46][1-9A-Fa-f]|[57][0-9Aa])/;

function redactHidden(redacted: Redacted, salt: Uint8Array): Redacted {
  const { document } = redacted;
  const paths: string[][] = [];
  for (const { path, text } of strings(document.value, [])) {
    // Written again, so that quotes in it are escaped as everywhere else.
    if (shapeSpans(JSON.stringify(text)).length > 0) paths.push(path);
  }
  const spans = secretMembers(document.text, document.value, buildSecretTree(paths)).map(
    ({ start, end }) => ({
      start: start + 1,
      end: end - 1,
      kind: 'hidden',
    }),
  );
  if (spans.length === 0) return redacted;
  const again = replace(document, spans, salt);
  return { document: again.document, redactions: [...redacted.redactions, ...again.redactions] };
}

const REDACTIONS_MAX = 100;
const MARKER = /\[redacted:([0-9a-f]{16})\]/g;

/** Where the fingerprints now stand. Text that an event brought along and that only looks like one is not among them. */
function listRedactions(value: JsonValue, kinds: ReadonlyMap<string, string>): readonly Redaction[] {
  const found: Redaction[] = [];
  for (const { path, text } of strings(value, [])) {
    for (const match of text.matchAll(MARKER)) {
      const fingerprint = match[1] ?? '';
      const kind = kinds.get(fingerprint);
      if (kind !== undefined) found.push({ path: path.join('.'), kind, fingerprint });
      if (found.length === REDACTIONS_MAX) return found;
    }
  }
  return found;
}

/** Every string in a value, and every key, with the path to it. */
function* strings(value: JsonValue | undefined, path: string[]): Generator<{ path: string[]; text: string }> {
  if (typeof value === 'string') {
    yield { path, text: value };
  } else if (isArray(value)) {
    for (const [index, element] of value.entries()) yield* strings(element, [...path, String(index)]);
  } else if (isObject(value)) {
    for (const key of Object.keys(value)) {
      yield { path, text: key };
      yield* strings(value[key], [...path, key]);
    }
  }
}
