import { elements, parseDocument, part } from '../../json/document.ts';
import { isArray, isObject, type JsonDocument, type JsonValue, member } from '../../json/json.ts';
import { makeReject } from '../reject.ts';
import type { NativeRecord, Reject, Split } from '../source.ts';
import { isHandshake, shapeOf } from './shape.ts';
import { isTable, tableRows } from './table.ts';

/**
 * How deep envelopes go: kept headers, an array of hub messages, `records` in each, a record in a string. Anything
 * deeper is a record that nobody knows.
 */
const WRAPS_MAX = 6;

/** Arrays that hold records: `records` of Event Hubs and storage, `value` of REST pages. */
export const BATCH_KEYS = ['records', 'value'] as const;

/** Whether a value is an Activity Log entry, or an envelope with at least one, or an empty or protocol message of one. */
export function holdsActivity(value: JsonValue, depth = 0): boolean {
  if (depth > WRAPS_MAX) return false;
  if (typeof value === 'string') return holdsActivityText(value, depth);
  if (isArray(value)) return value.some((element) => holdsActivity(element, depth + 1));
  if (!isObject(value)) return false;
  if (shapeOf(value) !== undefined || isHandshake(value) || isTable(value)) return true;
  const key = batchKeyOf(value);
  if (key === undefined) return false;
  const inner = member(value, key);
  // An Event Hub message without records says `records` and nothing else.
  if (key === 'records' && isArray(inner) && inner.length === 0) return Object.keys(value).length === 1;
  return inner !== undefined && holdsActivity(inner, depth + 1);
}

/** The records in a document, each in its own characters, in order. */
export function splitActivity(document: JsonDocument, attributes: Readonly<Record<string, string>>): Split {
  const found: Found = { records: [], rejects: [], control: 0 };
  collect(document, attributes, found, 0);
  return found;
}

interface Found {
  readonly records: NativeRecord[];
  readonly rejects: Reject[];
  control: number;
}

function collect(
  document: JsonDocument,
  attributes: Readonly<Record<string, string>>,
  found: Found,
  depth: number,
): void {
  const { value } = document;
  const inner = depth > WRAPS_MAX ? undefined : unwrap(document);
  if (isHandshake(value) || inner?.length === 0) {
    found.control += 1;
  } else if (inner !== undefined) {
    for (const element of inner) collect(element, attributes, found, depth + 1);
  } else if (typeof value === 'string' && isJsonText(value) && depth <= WRAPS_MAX) {
    const parsed = parseDocument(value);
    if (parsed.ok) collect(parsed.value, attributes, found, depth + 1);
    else found.rejects.push(makeReject(parsed.fault.reason, parsed.fault.message, value));
  } else {
    found.records.push({ ...document, attributes });
  }
}

/** What an envelope holds; undefined for what is a record, or text, itself. */
function unwrap(document: JsonDocument): readonly JsonDocument[] | undefined {
  const { value } = document;
  if (isArray(value)) return elements(document);
  if (!isObject(value) || shapeOf(value) !== undefined) return undefined;
  if (isTable(value)) return tableRows(document);
  const key = batchKeyOf(value);
  if (key === undefined) return undefined;
  if (key === 'body') {
    const body = part(document, key);
    return body === undefined ? undefined : [body];
  }
  return elements(document, key);
}

/** A request that was kept with its headers has its `body` beside them. */
function batchKeyOf(value: JsonValue): (typeof BATCH_KEYS)[number] | 'body' | undefined {
  for (const key of BATCH_KEYS) if (isArray(member(value, key))) return key;
  return isObject(member(value, 'headers')) && member(value, 'body') !== undefined ? 'body' : undefined;
}

/** Parsing twice is dear, and most strings that hold JSON hold something else. */
const HINT = /operationName|"Microsoft\.(Resources|EventGrid)|"records"/i;

function holdsActivityText(text: string, depth: number): boolean {
  if (!isJsonText(text) || !HINT.test(text)) return false;
  const parsed = parseDocument(text);
  return parsed.ok && holdsActivity(parsed.value.value, depth + 1);
}

function isJsonText(text: string): boolean {
  return /^\s*[[{]/.test(text);
}
