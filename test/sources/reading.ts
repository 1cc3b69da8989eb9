import { elements } from '../../shared/json/document.ts';
import type { JsonObject, JsonValue } from '../../shared/json/json.ts';
import { isArray, isObject, member, stringAt } from '../../shared/json/json.ts';
import type { OcsfEvent } from '../../shared/ocsf/event.ts';
import { createReader, type Reader } from '../../shared/sources/read.ts';
import type {
  Envelope,
  Mapped,
  NativeRecord,
  Reading,
  Source,
  Unmapped,
} from '../../shared/sources/source.ts';

export const RECEIVED_AT = new Date('2026-05-04T12:00:00.000Z');
export const SALT = new Uint8Array(Buffer.from('a salt of this test'));

/** Records of a source made up for these tests: `{"shop":tenant,"id":...,"at":...,"do":...}`, in `orders`. */
export const shop: Source = {
  id: 'test.shop',
  product: { name: 'Shop', vendor_name: 'Example' },
  logsource: { product: 'shop' },
  essenceVersion: 3,
  secretPaths: [
    ['card', 'pin'],
    ['notes', '*', 'secret'],
  ],
  batchKeys: ['orders', 'Records'],
  accepts: (value, attributes) =>
    member(value, 'shop') !== undefined ||
    isArray(member(value, 'orders')) ||
    (attributes['x-shop'] !== undefined && isObject(value)),
  split(document, { attributes }) {
    const list = isArray(member(document.value, 'orders')) ? elements(document, 'orders') : [document];
    return { records: list.map((each) => ({ ...each, attributes })), rejects: [], control: 0 };
  },
  map: mapShop,
};

function mapShop({ value, attributes }: NativeRecord): Mapped | Unmapped {
  if (member(value, 'throw') !== undefined) throw new Error('a source that breaks its promise');
  const at = member(value, 'at');
  const operation = stringAt(value, 'do');
  if (operation === undefined) return { unmapped: 'no operation' };
  const id = stringAt(value, 'id');
  return {
    tenant: stringAt(value, 'shop') ?? attributes['x-shop'] ?? '',
    nativeId: id === undefined ? undefined : [id],
    originalEventUid: id,
    essence: [operation],
    body: {
      class_uid: 6003,
      activity_id: 99,
      time: typeof at === 'number' ? at : 0,
      severity_id: 1,
      metadata: typeof at === 'number' ? { original_time: String(at) } : {},
      actor: { user: { name: stringAt(value, 'who') ?? 'nobody' } },
      api: { operation },
      src_endpoint: { name: 'shop' },
      unmapped: isObject(value) ? nativeOf(value) : {},
    },
  };
}

function nativeOf(value: JsonObject): Record<string, JsonValue | undefined> {
  const native = member(value, 'native');
  return isObject(native) ? { ...native } : {};
}

let drawn = 0;

/** Random enough: no two draws are the same. */
export function random(sizeBytes: number): Uint8Array {
  const bytes = new Uint8Array(sizeBytes);
  for (let at = 0; at < sizeBytes; at++) {
    drawn = (drawn * 1103515245 + 12345) % 2147483648;
    bytes[at] = drawn >> 16;
  }
  return bytes;
}

export function reader(...sources: readonly Source[]): Reader {
  return createReader({ sources: sources.length === 0 ? [shop] : sources, random, salt: SALT });
}

export function envelope(content: unknown, given: Partial<Envelope> = {}): Envelope {
  const body = content instanceof Uint8Array ? content : Buffer.from(asText(content));
  return { source: undefined, receivedAt: RECEIVED_AT, attributes: {}, ...given, body };
}

function asText(content: unknown): string {
  return typeof content === 'string' ? content : JSON.stringify(content);
}

/** Reads text as it is, or anything else as JSON. */
export function read(content: unknown, given: Partial<Envelope> = {}): Reading {
  return reader().readEnvelope(envelope(content, given));
}

/** What Trailproof itself says in an event. */
export interface Trailproof {
  readonly source: string;
  readonly nonce: string;
  readonly reason?: string;
  readonly timeIsReceipt?: boolean;
  readonly raw?: string;
}

export interface StoredEvent extends Omit<OcsfEvent, 'unmapped'> {
  readonly unmapped: { readonly trailproof: Trailproof; readonly kept?: JsonValue };
}

/** The stored lines, parsed. */
export function events(reading: Reading): StoredEvent[] {
  return reading.events.map(({ line }) => JSON.parse(line));
}
