import { hash } from 'node:crypto';
import { checkCaps, RECORD_SIZE_BYTES_MAX } from '../json/caps.ts';
import { complete } from '../ocsf/complete.ts';
import type { OcsfBody, OcsfEvent } from '../ocsf/event.ts';
import { fail, ok, type Result } from '../result.ts';
import { essenceOf } from './essence.ts';
import { marksOf } from './redact/marks.ts';
import { buildSecretTree, type SecretTree } from './redact/secret-tree.ts';
import { type Redaction, redactRecord } from './redact.ts';
import { makeReject } from './reject.ts';
import type { AuditEvent, Mapped, NativeRecord, Reject, Source } from './source.ts';
import { trimEvent } from './trim.ts';
import { uidOf } from './uid.ts';
import { mapUnknown } from './unknown.ts';

/** A record above this goes to an object of its own, and its line holds only the hash (class E). */
export const LINE_RAW_SIZE_BYTES_MAX = 1_000_000;

/** What is the same for every record of a reading. */
export interface Making {
  /** Secret for one installation; equal secrets are recognised by their fingerprints under it. */
  readonly salt: Uint8Array;
  /** 32 hex digits of fresh randomness. */
  nonce(): string;
  treeOf(source: Source): SecretTree;
}

export interface Received {
  readonly source: Source;
  readonly record: NativeRecord;
  readonly receivedAt: Date;
  /** Why the source is not asked to map it. */
  readonly refused: string | undefined;
}

/** One record as an event ready to be appended, or, where it breaks a cap, as a reject. */
export function makeEvent(received: Received, making: Making): Result<AuditEvent, Reject> {
  const { source, record } = received;
  const sizeBytes = Buffer.byteLength(record.text);
  if (sizeBytes > RECORD_SIZE_BYTES_MAX) {
    const message = `expected a record of at most ${RECORD_SIZE_BYTES_MAX} bytes, found ${sizeBytes}`;
    return fail(makeReject('too-large', message, record.text));
  }
  const caps = checkCaps(record.text);
  if (!caps.ok) return fail(makeReject(caps.fault.reason, caps.fault.message, record.text));
  const marks = marksOf(record.text);
  const trees = secretTrees({ source, record, marks }, making);
  const { document, redactions } = redactRecord(record, trees, making.salt, marks);
  const redacted = redactions.length === 0 ? record : { ...document, attributes: record.attributes };
  const { mapped, reason } = mapRecord(received, redacted);
  const uid = uidOf({
    source: source.id,
    tenant: mapped.tenant,
    nativeId: mapped.nativeId,
    text: redacted.text,
  });
  const essence = essenceOf(source.essenceVersion, mapped.essence);
  const { line, rawObject, stored } = writeLine(
    { ...received, record: redacted },
    { mapped, reason, uid, essence, redactions },
    making,
  );
  const time = mapped.body.time > 0 ? mapped.body.time : received.receivedAt.getTime();
  const event: AuditEvent = { source: source.id, uid, essence, time, line };
  if (rawObject !== undefined) return ok({ ...event, rawObject });
  return ok({ ...event, parsed: { event: stored, record: redacted.value, raw: redacted.text } });
}

function secretTrees(
  { source, record, marks }: Pick<Received, 'source' | 'record'> & { readonly marks: number },
  making: Making,
): readonly SecretTree[] {
  const named = making.treeOf(source);
  const more = attempt(() => source.secretsIn?.(record, marks)) ?? [];
  return more.length === 0 ? [named] : [named, buildSecretTree(more)];
}

/** What the source makes of a record, or the Base Event that stands for a shape it does not know (class C). */
function mapRecord(received: Received, record: NativeRecord): { mapped: Mapped; reason: string | undefined } {
  const mapped = received.refused === undefined ? attempt(() => received.source.map(record)) : undefined;
  if (mapped !== undefined && !('unmapped' in mapped)) return { mapped, reason: undefined };
  const reason = received.refused ?? mapped?.unmapped ?? `${received.source.id} failed on this record`;
  return { mapped: mapUnknown(record, reason), reason };
}

/** Sources promise not to throw. Losing a record to a broken promise would be worse than not knowing what it says. */
function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}

interface Content {
  readonly mapped: Mapped;
  readonly reason: string | undefined;
  readonly uid: string;
  readonly essence: string;
  readonly redactions: readonly Redaction[];
}

function writeLine(
  { source, record, receivedAt }: Received,
  { mapped, reason, uid, essence, redactions }: Content,
  making: Making,
): Pick<AuditEvent, 'line' | 'rawObject'> & { readonly stored: OcsfEvent } {
  const receiptMs = receivedAt.getTime();
  const hasTime = mapped.body.time > 0;
  const isReceipt = !hasTime || (mapped.body.time === receiptMs && !mapped.body.metadata.original_time);
  const body: OcsfBody = hasTime ? mapped.body : { ...mapped.body, time: receiptMs };
  const origin = { uid, originalEventUid: mapped.originalEventUid, product: source.product };
  const event = complete(body, origin);
  const sizeBytes = Buffer.byteLength(record.text);
  const digest = hash('sha256', record.text, 'hex');
  const isLarge = sizeBytes > LINE_RAW_SIZE_BYTES_MAX;
  const rawKey = `raw/${digest}`;
  const stored: OcsfEvent = isLarge ? trimEvent(event) : event;
  const trailproof = {
    source: source.id,
    nonce: making.nonce(),
    // So that a table made again from the trail still tells a copy from a contradiction.
    essence,
    // Without members that are undefined: the event is handed on as it is, and must be what its line says.
    ...(reason === undefined ? {} : { reason }),
    ...(isReceipt ? { timeIsReceipt: true } : {}),
    ...(isLarge ? { raw: rawKey } : {}),
    ...(redactions.length === 0 ? {} : { redactions: redactions.map((each) => ({ ...each })) }),
  };
  // Behind the native members, so that none of that name can stand for ours.
  stored.unmapped = { ...stored.unmapped, trailproof };
  stored.raw_data_size = sizeBytes;
  stored.raw_data_hash = { algorithm_id: 3, algorithm: 'SHA-256', value: digest };
  if (!isLarge) stored.raw_data = record.text;
  const line = JSON.stringify(stored);
  return isLarge ? { line, stored, rawObject: { key: rawKey, text: record.text } } : { line, stored };
}
