import { hash } from 'node:crypto';
import { parseDocument } from '../json/document.ts';
import { isObject, type JsonDocument, type JsonObject, type JsonValue, member } from '../json/json.ts';
import { complete } from '../ocsf/complete.ts';
import type { OcsfEvent } from '../ocsf/event.ts';
import type { NativeRecord, Source } from '../sources/source.ts';
import type { DetectedEvent } from './detector.ts';
import type { ReadEvents } from './run-tests.ts';

/** When the test events of rules were received: no rule may look at a clock. */
const RECEIVED_AT = new Date(0);

/**
 * Reads test events through the sources: a native record, an envelope of several, a webhook kept as
 * `{"headers":{…},"body":"…"}`, or an OCSF event for rules over OCSF. What no source knows is no event.
 */
export function testEventReader(sources: readonly Source[]): ReadEvents {
  return (text) => {
    const document = parseDocument(text);
    if (!document.ok) return [];
    const { value } = document.value;
    if (isObject(value) && isOcsf(value)) {
      return [{ source: 'ocsf', event: value as unknown as OcsfEvent, record: undefined, raw: '' }];
    }
    const delivery = unwrap(document.value);
    const source = sources.find((each) => each.accepts(delivery.document.value, delivery.attributes));
    if (source === undefined) return [];
    const { records } = source.split(delivery.document, {
      attributes: delivery.attributes,
      receivedAt: RECEIVED_AT,
    });
    return records.flatMap((record) => eventOf(source, record) ?? []);
  };
}

function isOcsf(value: JsonObject): boolean {
  return typeof member(value, 'class_uid') === 'number' && isObject(member(value, 'metadata'));
}

/** A webhook as received: header names in lower case, the body's own text. */
function unwrap(document: JsonDocument): { document: JsonDocument; attributes: Record<string, string> } {
  const headers = member(document.value, 'headers');
  const body = member(document.value, 'body');
  const inner = typeof body === 'string' ? parseDocument(body) : undefined;
  if (!isObject(headers) || inner?.ok !== true) return { document, attributes: {} };
  const entries = Object.entries(headers).flatMap(([name, value]) =>
    typeof value === 'string' ? [[name.toLowerCase(), value] as const] : [],
  );
  return { document: inner.value, attributes: Object.fromEntries(entries) };
}

function eventOf(source: Source, record: NativeRecord): DetectedEvent | undefined {
  const mapped = source.map(record);
  if ('unmapped' in mapped) return undefined;
  const uid = hash('sha256', record.text, 'hex');
  const origin = { uid, originalEventUid: mapped.originalEventUid, product: source.product };
  const event = complete(mapped.body, origin);
  return { source: source.id, event, record: record.value as JsonValue, raw: record.text };
}
