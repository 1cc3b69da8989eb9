import { RECORD_SIZE_BYTES_MAX } from '../../json/caps.ts';
import { elements, parseDocument, parseWhole, part } from '../../json/document.ts';
import { isArray, isObject, type JsonDocument, type JsonObject, stringAt } from '../../json/json.ts';
import { makeReject } from '../reject.ts';
import type { Envelope, NativeRecord, Reject, Split } from '../source.ts';
import { type DecodeFault, decodeData } from './decode.ts';
import {
  batchKey,
  eventBridgeDetail,
  isControl,
  isRecord,
  WRAPPERS_MAX,
  wrappedBase64,
  wrappedText,
} from './recognise.ts';

/**
 * Takes every wrapper off, and gives each record in the characters that AWS wrote: a slice of the document, or the
 * whole of a string that held it. An element that is no record of ours still is one record received.
 */
export function splitCloudTrail(
  document: JsonDocument,
  envelope: Pick<Envelope, 'attributes' | 'receivedAt'>,
): Split {
  const attributes = { ...envelope.attributes, 'received-at': envelope.receivedAt.toISOString() };
  const records: NativeRecord[] = [];
  const rejects: Reject[] = [];
  let control = 0;
  for (const piece of unwrap(document, 0)) {
    if (piece.kind === 'record') records.push({ ...piece.document, attributes });
    else if (piece.kind === 'reject') rejects.push(piece.reject);
    else control += 1;
  }
  return { records, rejects, control };
}

type Piece =
  | { readonly kind: 'record'; readonly document: JsonDocument }
  | { readonly kind: 'reject'; readonly reject: Reject }
  | { readonly kind: 'control' };

function unwrap(document: JsonDocument, wrappers: number): readonly Piece[] {
  const { value } = document;
  if (wrappers > WRAPPERS_MAX) return record(document);
  if (isArray(value)) return each(elements(document), wrappers, (element) => unwrap(element, wrappers + 1));
  if (typeof value === 'string') return unwrapString(document, value, wrappers);
  if (!isObject(value) || isRecord(value)) return record(document);
  const detail = eventBridgeDetail(value);
  if (detail !== undefined) return record(part(document, detail) ?? document);
  if (isControl(value)) return [{ kind: 'control' }];
  return unwrapEnvelope(document, value, wrappers);
}

function unwrapEnvelope(document: JsonDocument, value: JsonObject, wrappers: number): readonly Piece[] {
  const base64 = wrappedBase64(value);
  if (base64 !== undefined) {
    const decoded = decodeData(base64);
    return decoded.ok ? unwrapText(decoded.value, wrappers) : reject(decoded.fault, base64);
  }
  const message = wrappedText(value);
  if (message !== undefined) return unwrapText(message, wrappers);
  const key = batchKey(value);
  if (key === undefined) return record(document);
  return each(elements(document, key), wrappers, (element) => {
    const line = key === 'logEvents' ? stringAt(element.value, 'message') : undefined;
    return line === undefined ? unwrap(element, wrappers + 1) : unwrapText(line, wrappers);
  });
}

/** What is in a list. An empty one within another is control traffic, so that nothing vanishes; the reader counts the whole. */
function each(
  list: readonly JsonDocument[],
  wrappers: number,
  unwrapElement: (element: JsonDocument) => readonly Piece[],
): readonly Piece[] {
  return list.length === 0 && wrappers > 0 ? [{ kind: 'control' }] : list.flatMap(unwrapElement);
}

/** A string where a document was expected is one that was encoded twice, if it reads as JSON at all. */
function unwrapString(document: JsonDocument, value: string, wrappers: number): readonly Piece[] {
  const inner = parseDocument(value);
  if (!inner.ok || typeof inner.value.value !== 'object') return record(document);
  return unwrap(inner.value, wrappers + 1);
}

function unwrapText(message: string, wrappers: number): readonly Piece[] {
  // A subscription's batch may be larger than one record may be; its records are strings, and capped as such.
  const inner = message.length > RECORD_SIZE_BYTES_MAX ? parseWhole(message) : parseDocument(message);
  return inner.ok ? unwrap(inner.value, wrappers + 1) : reject(inner.fault, message);
}

function record(document: JsonDocument): readonly Piece[] {
  return [{ kind: 'record', document }];
}

function reject(fault: DecodeFault, content: string): readonly Piece[] {
  return [{ kind: 'reject', reject: makeReject(fault.reason, fault.message, content) }];
}
