import { elements, parseDocument, part } from '../../json/document.ts';
import { isArray, isObject, type JsonDocument, type JsonValue, member } from '../../json/json.ts';
import { fail, ok } from '../../result.ts';
import { makeReject } from '../reject.ts';
import type { Split } from '../source.ts';
import { splitWrapped, type Unwrapped, WRAPS_MAX } from '../split-wrapped.ts';
import { isHandshake, shapeOf } from './shape.ts';
import { isTable, tableRows } from './table.ts';

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
  return splitWrapped(document, attributes, unwrap);
}

/** What an envelope holds; undefined for what is a record, or text, itself. */
function unwrap(document: JsonDocument): Unwrapped | undefined {
  const { value } = document;
  if (isHandshake(value)) return [];
  if (isArray(value)) return elements(document).map(ok);
  if (typeof value === 'string') return isJsonText(value) ? [fromText(value)] : undefined;
  if (!isObject(value) || shapeOf(value) !== undefined) return undefined;
  if (isTable(value)) return tableRows(document).map(ok);
  const key = batchKeyOf(value);
  if (key === undefined) return undefined;
  if (key === 'body') {
    const body = part(document, key);
    return body === undefined ? undefined : [ok(body)];
  }
  return elements(document, key).map(ok);
}

function fromText(text: string): Unwrapped[number] {
  const parsed = parseDocument(text);
  return parsed.ok ? parsed : fail(makeReject(parsed.fault.reason, parsed.fault.message, text));
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
