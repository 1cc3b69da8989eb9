import { isObject, type JsonObject, type JsonValue } from '../../json/json.ts';

/**
 * The members of a CloudTrail record that the mapping reads, each looked up once. All values are chosen by callers of
 * AWS APIs or by whoever wrote the file: nothing here is trusted.
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
 */
export interface CloudTrailRecord {
  readonly native: JsonObject;
  readonly eventName: string;
  /** `s3.amazonaws.com`; undefined in Insight events and in trimmed records. */
  readonly eventSource: string | undefined;
  /** The first label of eventSource: `s3`. */
  readonly service: string;
  readonly eventType: string | undefined;
  readonly eventCategory: string | undefined;
  readonly region: string | undefined;
  readonly accountId: string | undefined;
  readonly errorCode: string | undefined;
  readonly errorMessage: string | undefined;
  readonly identity: JsonObject | undefined;
  readonly request: JsonObject | undefined;
  readonly response: JsonObject | undefined;
  readonly additional: JsonObject | undefined;
  readonly serviceDetails: JsonObject | undefined;
}

export const INSIGHT = 'AwsCloudTrailInsight';

export function readRecord(native: JsonObject): CloudTrailRecord {
  const eventSource = text(native, 'eventSource');
  const eventType = text(native, 'eventType');
  const identity = object(native, 'userIdentity');
  return {
    native,
    eventName: text(native, 'eventName') ?? (eventType === INSIGHT ? INSIGHT : ''),
    eventSource,
    service: eventSource?.split('.', 1)[0]?.toLowerCase() ?? '',
    eventType,
    eventCategory: text(native, 'eventCategory'),
    region: text(native, 'awsRegion'),
    accountId: text(native, 'recipientAccountId') ?? text(identity, 'accountId'),
    errorCode: text(native, 'errorCode'),
    errorMessage: text(native, 'errorMessage'),
    identity,
    request: object(native, 'requestParameters'),
    response: object(native, 'responseElements'),
    additional: object(native, 'additionalEventData'),
    serviceDetails: object(native, 'serviceEventDetails'),
  };
}

/** A member by its documented name, or by that name in lower case: Athena and Glue export CloudTrail that way. */
export function field(value: unknown, name: string): JsonValue | undefined {
  if (!isObject(value)) return undefined;
  return own(value, name) ?? own(value, name.toLowerCase());
}

function own(value: JsonObject, name: string): JsonValue | undefined {
  return Object.hasOwn(value, name) ? value[name] : undefined;
}

/** A field as text; ids arrive as numbers where a tool re-wrote the record. Empty text counts as absent. */
export function text(value: unknown, name: string): string | undefined {
  const found = field(value, name);
  if (typeof found === 'number') return String(found);
  return typeof found === 'string' && found !== '' ? found : undefined;
}

export function object(value: unknown, name: string): JsonObject | undefined {
  const found = field(value, name);
  return isObject(found) ? found : undefined;
}

/** The operation without the API version that some services append: `UpdateFunctionCode20150331v2`. */
export function operationName(eventName: string): string {
  return eventName.replace(/20\d{6}(v\d{1,2})?$/, '') || eventName;
}
