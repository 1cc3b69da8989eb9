import { parseDocument } from '../json/document.ts';
import { isObject, type JsonObject, type JsonValue, member } from '../json/json.ts';
import type { OcsfEvent } from '../ocsf/event.ts';
import { readEnvelope } from '../sources/read.ts';
import type { Source } from '../sources/source.ts';
import type { DetectedEvent } from './detector.ts';
import type { ReadEvents } from './run-tests.ts';
import { readSequence } from './test-sequence.ts';

/** When the test events of rules were received, and what their nonces and redactions hang on: nothing may depend on it. */
const RECEIVED_AT = new Date(0);
const NO_RANDOM = (sizeBytes: number) => new Uint8Array(sizeBytes);
const NO_SALT = new Uint8Array(32);

/**
 * Reads test events exactly as ingestion does, redactions and all: a native record, an envelope of several, a webhook
 * kept as `{"headers":{…},"body":"…"}`; or an OCSF event, for rules over OCSF; or a sequence of these. What no source
 * knows is no event.
 */
export function testEventReader(sources: readonly Source[]): ReadEvents {
  const known = new Set(sources.map((source) => source.id));
  const readOne: ReadEvents = (text) => {
    const document = parseDocument(text);
    if (!document.ok) return [];
    const { value } = document.value;
    if (isObject(value) && isOcsf(value)) {
      return [{ source: 'ocsf', event: value as unknown as OcsfEvent, record: undefined, raw: '' }];
    }
    const body = new TextEncoder().encode(text);
    const envelope = { source: undefined, receivedAt: RECEIVED_AT, body, attributes: {} };
    const { events } = readEnvelope(envelope, { sources, random: NO_RANDOM, salt: NO_SALT });
    return events.filter(({ source }) => known.has(source)).map(({ source, line }) => eventOf(source, line));
  };
  return (text) => {
    const sequence = readSequence(text, readOne);
    if (sequence === undefined) return readOne(text);
    return sequence.ok ? sequence.value.events : [];
  };
}

function isOcsf(value: JsonObject): boolean {
  return typeof member(value, 'class_uid') === 'number' && isObject(member(value, 'metadata'));
}

function eventOf(source: string, line: string): DetectedEvent {
  const event = JSON.parse(line) as OcsfEvent;
  const raw = event.raw_data ?? '';
  const parsed = parseDocument(raw);
  const record: JsonValue | undefined = parsed.ok ? parsed.value.value : undefined;
  return { source, event, record, raw };
}
