import { parseDocument } from '../../json/document.ts';
import { isArray, isObject, type JsonObject, type JsonValue, member, stringAt } from '../../json/json.ts';
import { decodeData } from './decode.ts';
import { field, INSIGHT, object, text } from './record.ts';

/** How many wrappers may lie around a record: SQS around SNS around EventBridge is three. */
export const WRAPPERS_MAX = 6;

/** How many elements of a batch are looked at to tell whose it is. */
const ELEMENTS_LOOKED_AT = 16;

/** Whether a document is a CloudTrail record, an envelope around some, or traffic of CloudTrail's own transports. */
export function isCloudTrail(value: JsonValue, wrappers = 0): boolean {
  if (wrappers > WRAPPERS_MAX) return false;
  if (isArray(value)) return someElement(value, (element) => isCloudTrail(element, wrappers + 1));
  if (typeof value === 'string') return isCloudTrailText(value, wrappers + 1);
  if (!isObject(value)) return false;
  if (isRecord(value) || eventBridgeDetail(value) !== undefined || isControl(value)) return true;
  if (isBatch(value, wrappers)) return true;
  const inner = wrappedText(value);
  return inner !== undefined && isCloudTrailText(inner, wrappers + 1);
}

/**
 * Whether an object is a record by its shape. Records in the wild are trimmed, so no single member is required
 * beside the operation; the `aws:` sources are the event shapes of S3, SQS and Kinesis, which look alike.
 */
export function isRecord(value: JsonObject): boolean {
  if (text(value, 'eventType') === INSIGHT) return object(value, 'insightDetails') !== undefined;
  if (typeof field(value, 'eventName') !== 'string') return false;
  const source = text(value, 'eventSource') ?? '';
  if (source.startsWith('aws:')) return false;
  let signs = 0;
  if (/\.amazonaws\.com(\.cn)?$/.test(source)) signs += 1;
  if (/^1\.\d{1,3}$/.test(text(value, 'eventVersion') ?? '')) signs += 1;
  if (text(value, 'eventType')?.startsWith('Aws') === true) signs += 1;
  if (text(value, 'awsRegion') !== undefined) signs += 1;
  if (text(value, 'recipientAccountId') !== undefined) signs += 1;
  if (object(value, 'userIdentity') !== undefined) signs += 1;
  return signs >= 2;
}

/** The member that holds the record of an EventBridge event, where it came `via CloudTrail`. */
export function eventBridgeDetail(value: JsonObject): 'detail' | undefined {
  const detail = member(value, 'detail');
  const type = stringAt(value, 'detail-type');
  if (type !== undefined) return type.endsWith(' via CloudTrail') && isObject(detail) ? 'detail' : undefined;
  return isObject(detail) && isRecord(detail) ? 'detail' : undefined;
}

/** Documents of CloudTrail's transports that carry no record: digests, test messages, pointers to objects. */
export function isControl(value: JsonObject): boolean {
  if (isArray(member(value, 'logFiles')) && stringAt(value, 'digestEndTime') !== undefined) return true;
  if (stringAt(value, 'Event') === 's3:TestEvent') return true;
  if (stringAt(value, 'messageType') === 'CONTROL_MESSAGE' && isArray(member(value, 'logEvents')))
    return true;
  if (stringAt(value, 's3Bucket') !== undefined && member(value, 's3ObjectKey') !== undefined) return true;
  return isObjectNotice(value);
}

/** A notice that an S3 object exists: an S3 event record, or EventBridge's `Object Created`. */
function isObjectNotice(value: JsonObject): boolean {
  const s3 = member(value, 's3');
  if (isObject(s3) && isObject(member(s3, 'object')) && isObject(member(s3, 'bucket'))) return true;
  return (
    stringAt(value, 'source') === 'aws.s3' &&
    stringAt(value, 'detail-type') === 'Object Created' &&
    isObject(member(value, 'detail'))
  );
}

/** Text of a wrapper around one message: CloudWatch Logs, Kinesis, Firehose, SNS, SQS, LookupEvents. */
export function wrappedText(value: JsonObject): string | undefined {
  const notification = stringAt(value, 'Type') === 'Notification' ? stringAt(value, 'Message') : undefined;
  if (notification !== undefined) return notification;
  const sns = stringAt(member(value, 'Sns'), 'Message');
  if (sns !== undefined) return sns;
  if (stringAt(value, 'eventSource') === 'aws:sqs') return stringAt(value, 'body');
  return stringAt(value, 'CloudTrailEvent');
}

/** Base64 of a wrapper around one message. */
export function wrappedBase64(value: JsonObject): string | undefined {
  const logs = stringAt(member(value, 'awslogs'), 'data');
  if (logs !== undefined) return logs;
  const kinesis = stringAt(member(value, 'kinesis'), 'data');
  if (kinesis !== undefined) return kinesis;
  return stringAt(value, 'recordId') === undefined ? undefined : stringAt(value, 'data');
}

/** The member of an envelope that is a list of records or of wrappers. */
export function batchKey(value: JsonObject): 'Records' | 'records' | 'Events' | 'logEvents' | undefined {
  if (isArray(member(value, 'Records'))) return 'Records';
  if (isArray(member(value, 'logEvents'))) return 'logEvents';
  if (isArray(member(value, 'Events'))) return 'Events';
  const firehose =
    stringAt(value, 'deliveryStreamArn') !== undefined || member(value, 'invocationId') !== undefined;
  return firehose && isArray(member(value, 'records')) ? 'records' : undefined;
}

function isBatch(value: JsonObject, wrappers: number): boolean {
  const base64 = wrappedBase64(value);
  if (base64 !== undefined) {
    const decoded = decodeData(base64);
    // Only the subscription's own shape is ours when it cannot be read; a Kinesis record may be anybody's.
    if (!decoded.ok) return isObject(member(value, 'awslogs'));
    return isCloudTrailText(decoded.value, wrappers + 1);
  }
  // CloudTrail names its log streams itself, and a group holds nothing else.
  if (/^\d{12}_CloudTrail_/.test(stringAt(value, 'logStream') ?? ''))
    return isArray(member(value, 'logEvents'));
  const key = batchKey(value);
  if (key === undefined) return false;
  const list = member(value, key);
  if (!isArray(list)) return false;
  // A log file of an hour in which nothing happened is an empty list, alone.
  if (list.length === 0) return key === 'Records' && Object.keys(value).length === 1;
  return someElement(list, (element) =>
    key === 'logEvents'
      ? isCloudTrailText(stringAt(element, 'message') ?? '', wrappers + 1)
      : isCloudTrail(element, wrappers + 1),
  );
}

function someElement(list: readonly JsonValue[], test: (element: JsonValue) => boolean): boolean {
  return list.slice(0, ELEMENTS_LOOKED_AT).some(test);
}

function isCloudTrailText(message: string, wrappers: number): boolean {
  const start = message.trimStart().charAt(0);
  if (start !== '{' && start !== '[') return false;
  const parsed = parseDocument(message);
  return parsed.ok && isCloudTrail(parsed.value.value, wrappers);
}
