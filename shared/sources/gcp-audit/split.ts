import { decodeBase64 } from '../../json/base64.ts';
import { elements, parseDocument, part } from '../../json/document.ts';
import { isArray, isObject, type JsonDocument, type JsonValue, member, stringAt } from '../../json/json.ts';
import { decodeUtf8 } from '../../json/text.ts';
import { makeReject } from '../reject.ts';
import type { RejectReason, Split } from '../source.ts';
import { splitWrapped, type Unwrapped, WRAPS_MAX } from '../split-wrapped.ts';
import { isAuditEntry } from './entry.ts';

/** Members that hold lists of entries or messages. */
export const BATCH_KEYS = ['entries', 'receivedMessages'] as const;

/** Eventarc's type of an audit log entry. */
const AUDIT_WRITTEN = 'google.cloud.audit.log.v1.written';

/** Whether a value is an audit log entry, or an envelope with at least one. */
export function holdsEntry(value: JsonValue, depth = 0): boolean {
  if (depth > WRAPS_MAX) return false;
  if (typeof value === 'string') return HINT.test(value);
  if (isArray(value)) return value.some((element) => holdsEntry(element, depth + 1));
  if (!isObject(value)) return false;
  if (isAuditEntry(value)) return true;
  if (stringAt(value, 'type') === AUDIT_WRITTEN || isEmptyPull(value)) return true;
  const wrap = wrapOf(value);
  if (wrap === undefined) return false;
  const inner = member(value, wrap.key);
  if (wrap.encoding !== 'base64' || typeof inner !== 'string') {
    return inner !== undefined && holdsEntry(inner, depth + 1);
  }
  const text = decoded(inner);
  return text !== undefined && HINT.test(text);
}

/** What text that holds an entry says somewhere; parsing it twice to know would be dear. */
const HINT = /proto_?payload|cloudaudit\.googleapis\.com/i;

/** The entries in a document, each in its own characters, in order. */
export function splitEntries(document: JsonDocument, attributes: Readonly<Record<string, string>>): Split {
  return splitWrapped(document, attributes, unwrap);
}

/** What an envelope holds; undefined for what is a record itself. */
function unwrap(document: JsonDocument): Unwrapped | undefined {
  const { value } = document;
  if (isArray(value)) return elements(document).map(asIs);
  if (!isObject(value) || isAuditEntry(value)) return undefined;
  const wrap = wrapOf(value);
  const inner = wrap && part(document, wrap.key);
  if (wrap === undefined || inner === undefined) return undefined;
  if (isArray(inner.value)) return elements(inner).map(asIs);
  if (typeof inner.value !== 'string') return [asIs(inner)];
  return [wrap.encoding === 'base64' ? fromBase64(inner.value) : fromText(inner.value)];
}

/**
 * The member of an envelope that holds the entry: a list, a CloudEvent's `data` or `data_base64`, the `message` of a
 * push, its base64 `data`, or the `body` of a request that was kept with its headers.
 * @see https://cloud.google.com/pubsub/docs/push#receive_push
 */
function wrapOf(value: JsonValue): { key: string; encoding: 'json' | 'base64' } | undefined {
  for (const key of BATCH_KEYS) if (isArray(member(value, key))) return { key, encoding: 'json' };
  if (isObject(member(value, 'headers')) && member(value, 'body') !== undefined)
    return { key: 'body', encoding: 'json' };
  if (isObject(member(value, 'message'))) return { key: 'message', encoding: 'json' };
  if (member(value, 'data_base64') !== undefined) return { key: 'data_base64', encoding: 'base64' };
  const data = member(value, 'data');
  if (typeof data === 'string' && data !== '') return { key: 'data', encoding: 'base64' };
  return isObject(data) ? { key: 'data', encoding: 'json' } : undefined;
}

function isEmptyPull(value: JsonValue): boolean {
  const messages = member(value, 'receivedMessages');
  return isArray(messages) && messages.length === 0;
}

function asIs(document: JsonDocument): Unwrapped[number] {
  return { ok: true, value: document };
}

/** A CloudEvent may also hold its data as JSON in a plain string. */
function fromBase64(data: string): Unwrapped[number] {
  if (/^\s*[[{]/.test(data)) return fromText(data);
  const bytes = decodeBase64(data);
  if (bytes === undefined) return refused('not-json', 'expected base64 in the message data', data);
  const text = decodeUtf8(bytes);
  return text === undefined
    ? refused('not-utf8', 'expected UTF-8 in the message data', bytes)
    : fromText(text);
}

function fromText(text: string): Unwrapped[number] {
  const document = parseDocument(text);
  return document.ok ? document : refused(document.fault.reason, document.fault.message, text);
}

function refused(reason: RejectReason, message: string, content: Uint8Array | string): Unwrapped[number] {
  return { ok: false, fault: makeReject(reason, message, content) };
}

function decoded(data: string): string | undefined {
  if (/^\s*[[{]/.test(data)) return data;
  const bytes = decodeBase64(data);
  return bytes && decodeUtf8(bytes);
}
