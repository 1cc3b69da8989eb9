import { gzipSync } from 'node:zlib';
import { parseDocument } from '../../shared/json/document.ts';
import type { JsonDocument, JsonValue } from '../../shared/json/json.ts';
import { complete } from '../../shared/ocsf/complete.ts';
import type { OcsfEvent } from '../../shared/ocsf/event.ts';
import { validateEvent } from '../../shared/ocsf/validate.ts';
import { awsCloudtrail } from '../../shared/sources/aws-cloudtrail.ts';
import type { Mapped, NativeRecord, Split, Unmapped } from '../../shared/sources/source.ts';
import { sharedFile } from '../shared-data.ts';

export const RECEIVED_AT = new Date('2026-05-04T10:20:00Z');

/** A record of our own, in the shape that AWS documents. */
export const RECORD = {
  eventVersion: '1.11',
  userIdentity: {
    type: 'IAMUser',
    principalId: 'AIDAEXAMPLEUSER00001',
    arn: 'arn:aws:iam::111122223333:user/alice',
    accountId: '111122223333',
    accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
    userName: 'alice',
  },
  eventTime: '2026-05-04T10:15:31Z',
  eventSource: 'cloudtrail.amazonaws.com',
  eventName: 'StopLogging',
  awsRegion: 'eu-west-1',
  sourceIPAddress: '198.51.100.7',
  userAgent: 'aws-cli/2.17.0',
  requestParameters: { name: 'organisation' },
  responseElements: null,
  requestID: '5f0c6f1e-0000-4000-8000-00000000000a',
  eventID: '5f0c6f1e-0000-4000-8000-000000000001',
  readOnly: false,
  eventType: 'AwsApiCall',
  managementEvent: true,
  recipientAccountId: '111122223333',
  eventCategory: 'Management',
};

export function document(value: unknown): JsonDocument {
  return documentOf(JSON.stringify(value));
}

export function documentOf(text: string): JsonDocument {
  const parsed = parseDocument(text);
  if (!parsed.ok) throw new Error(parsed.fault.message);
  return parsed.value;
}

export function accepts(value: unknown): boolean {
  return awsCloudtrail.accepts(value as JsonValue, {});
}

export function split(value: unknown): Split {
  return awsCloudtrail.split(document(value), { attributes: {}, receivedAt: RECEIVED_AT });
}

export function nativeRecord(value: unknown): NativeRecord {
  return { ...document(value), attributes: { 'received-at': RECEIVED_AT.toISOString() } };
}

export function map(value: unknown): Mapped {
  const mapped = awsCloudtrail.map(nativeRecord(value));
  if (!isMapped(mapped)) throw new Error(mapped.unmapped);
  return mapped;
}

export function isMapped(mapped: Mapped | Unmapped): mapped is Mapped {
  return 'body' in mapped;
}

/** Base64 of gzip, as CloudWatch Logs sends it. */
export function packed(value: unknown): string {
  return gzipSync(JSON.stringify(value)).toString('base64');
}

/** The event as the reader stores it, but for the bytes. */
export function eventOf(mapped: Mapped): OcsfEvent {
  const origin = { uid: '00', originalEventUid: mapped.originalEventUid, product: awsCloudtrail.product };
  return complete(mapped.body, origin);
}

/** What is wrong with an event: by our own validator, and by the published schema where that lies beside us. */
export function faultsOf(mapped: Mapped): readonly string[] {
  const event = eventOf(mapped);
  return [...validateEvent(event), ...(published?.(event) ?? [])];
}

const published = await schemaCheck();

/** What the published schema has against an event; undefined where the schema is not beside the checkout. */
async function schemaCheck(): Promise<((event: unknown) => readonly string[]) | undefined> {
  const tool = sharedFile('tools/ocsf-validate.mjs');
  const schema = sharedFile('ocsf/ocsf-schema-1.8.0.json');
  if (tool === undefined || schema === undefined) return undefined;
  const { loadSchema, Validator } = await import(tool);
  const validator = new Validator(loadSchema(schema));
  return (event) => validator.validate(JSON.parse(JSON.stringify(event)), { checkVersion: true }).errors;
}
