import { isObject, type JsonObject, type JsonValue } from '../../json/json.ts';
import { endpointOf } from '../../ocsf/endpoint.ts';
import type { Actor, NetworkEndpoint, OcsfBody, ResourceDetails } from '../../ocsf/event.ts';
import { type NativeTime, parseTime } from '../../ocsf/time.ts';
import type { Mapped, NativeRecord, Unmapped } from '../source.ts';
import { accessOf, accountChangeOf, groupOf } from './account.ts';
import { authenticationOf } from './authentication.ts';
import { callActivity, classify } from './classes.ts';
import { datastoreCall } from './datastore.ts';
import { gateOf } from './gate.ts';
import { accountOf, identityLeftovers, identityType, readActor } from './identity.ts';
import { messageOf } from './message.ts';
import { type Outcome, readOutcome } from './outcome.ts';
import { isRecord } from './recognise.ts';
import { type CloudTrailRecord, field, INSIGHT, object, readRecord, text } from './record.ts';
import { readResources } from './resources.ts';

/** One CloudTrail record as an OCSF event. */
export function mapCloudTrail(native: NativeRecord): Mapped | Unmapped {
  if (!isObject(native.value) || !isRecord(native.value)) {
    return { unmapped: 'expected a CloudTrail record with eventName, found something else' };
  }
  const record = readRecord(native.value);
  if (record.eventName === '') return { unmapped: 'a CloudTrail record without eventName' };
  const time = parseTime(field(record.native, 'eventTime'));
  const resources = readResources(record);
  const read: Read = { record, time, resources, outcome: readOutcome(record) };
  const eventId = text(record.native, 'eventID');
  return {
    tenant: record.accountId ?? '',
    nativeId: eventId === undefined ? undefined : [eventId],
    originalEventUid: eventId,
    essence: essenceOf(read),
    body: bodyOf(read, native.attributes['received-at']),
  };
}

/** What event and essence are both made of. */
interface Read {
  readonly record: CloudTrailRecord;
  readonly time: NativeTime | undefined;
  readonly resources: readonly ResourceDetails[];
  readonly outcome: Outcome;
}

/** Raise with every change to what the essence is made of, or to how those fields are read. */
export const ESSENCE_VERSION = 1;

/** In words of the record that every road carries, and in no order that a road could change. */
function essenceOf({ record, time, outcome, resources }: Read): readonly (string | undefined)[] {
  const { identity } = record;
  return [
    time === undefined ? text(record.native, 'eventTime') : String(time.ms),
    identityType(record),
    text(identity, 'arn'),
    text(identity, 'principalId'),
    text(identity, 'accountId'),
    text(identity, 'invokedBy'),
    record.eventSource,
    record.eventName,
    resources
      .map((item) => item.uid ?? item.name ?? '')
      .sort()
      .join('\n'),
    outcome.status_code,
    record.accountId,
    record.region,
    text(record.native, 'requestID'),
  ];
}

function bodyOf({ record, time, outcome, resources }: Read, receivedAt: string | undefined): OcsfBody {
  const actor = readActor(record);
  const particulars = particularsOf(record, actor, resources);
  const gate = gateOf(record);
  const body: OcsfBody = {
    ...particulars,
    time: time?.ms ?? parseTime(receivedAt)?.ms ?? 0,
    severity_id: 1,
    ...outcome,
    metadata: metadataOf(record, time, gate !== undefined),
    cloud: { provider: 'AWS', region: record.region, account: accountOf(record.accountId) },
    actor,
    api: apiOf(record),
    src_endpoint: sourceOf(record),
    http_request: { user_agent: text(record.native, 'userAgent') },
    ...gate,
    unmapped: unmappedOf(record, particulars.resources !== undefined),
  };
  return { ...body, message: messageOf(record, body, resources) };
}

type Particulars = Partial<OcsfBody> & Pick<OcsfBody, 'class_uid' | 'activity_id'>;

/** The class, its activity, and the attributes that only this class has. */
function particularsOf(
  record: CloudTrailRecord,
  actor: Actor,
  resources: readonly ResourceDetails[],
): Particulars {
  const store = datastoreCall(record);
  if (store !== undefined) return { class_uid: 6005, activity_id: store.activity_id, ...store.store };
  const classification = classify(record);
  switch (classification.class_uid) {
    case 3002:
      return { ...classification, ...authenticationOf(record, actor) };
    case 3001:
      return { ...classification, ...accountChangeOf(record, actor) };
    case 3006: {
      const about = groupOf(record);
      return about === undefined ? callOf(record, resources) : { ...classification, ...about };
    }
    case 3005: {
      const about = accessOf(record);
      return about === undefined ? callOf(record, resources) : { ...classification, ...about, resources };
    }
    default:
      return { ...classification, resources };
  }
}

/** What every call is, when its own class lacks something that it requires. */
function callOf(record: CloudTrailRecord, resources: readonly ResourceDetails[]): Particulars {
  return { class_uid: 6003, ...callActivity(record), resources };
}

function metadataOf(
  record: CloudTrailRecord,
  time: NativeTime | undefined,
  isGate: boolean,
): OcsfBody['metadata'] {
  const { native } = record;
  const version = text(native, 'eventVersion');
  const addendum = object(native, 'addendum');
  const labels = [
    addendum === undefined ? undefined : 'addendum',
    time === undefined ? 'time-of-receipt' : undefined,
  ].filter((label) => label !== undefined);
  return {
    original_time: time?.original ?? text(native, 'eventTime'),
    // Copies of one event in two accounts, the two ends of an Insight, and what an addendum adds to.
    correlation_uid: text(native, 'sharedEventID') ?? text(addendum, 'originalEventID'),
    event_code: record.eventType,
    log_version: version,
    profiles: isGate ? ['cloud', 'security_control'] : ['cloud'],
    product: { version, feature: featureOf(record) },
    labels: labels.length > 0 ? labels : undefined,
  };
}

function featureOf(record: CloudTrailRecord): { name: string } | undefined {
  return record.eventCategory === undefined ? undefined : { name: record.eventCategory };
}

function apiOf(record: CloudTrailRecord): OcsfBody['api'] {
  const { native, eventSource, errorCode, errorMessage } = record;
  const requestId = text(native, 'requestID');
  return {
    operation: record.eventName,
    service: eventSource === undefined ? undefined : { name: eventSource },
    version: text(native, 'apiVersion'),
    request: requestId === undefined ? undefined : { uid: requestId },
    response: errorCode === undefined ? undefined : { error: errorCode, error_message: errorMessage },
  };
}

/** Where the call came from; a record without an address came from the service that it names. */
function sourceOf(record: CloudTrailRecord): NetworkEndpoint {
  const insight = record.eventType === INSIGHT ? 'cloudtrail.amazonaws.com' : undefined;
  const service = insight ?? text(record.identity, 'invokedBy') ?? record.eventSource ?? 'AWS';
  const endpoint = endpointOf(text(record.native, 'sourceIPAddress'), { svc_name: service });
  const vpcEndpoint = text(record.native, 'vpcEndpointId');
  return vpcEndpoint === undefined ? endpoint : { ...endpoint, uid: vpcEndpoint };
}

/** What has no place of its own, as the record has it. */
function unmappedOf(record: CloudTrailRecord, hasResources: boolean): OcsfBody['unmapped'] {
  const kept: [string, JsonValue][] = [];
  for (const [key, value] of Object.entries(record.native)) {
    if (value === undefined || value === null || value === '' || MAPPED.has(key)) continue;
    if (hasResources && key === 'resources') continue;
    kept.push([key, value]);
  }
  const identity = identityLeftovers(record.identity);
  if (identity !== undefined) kept.push(['userIdentity', identity]);
  // Entries define their keys, so that one called __proto__ is data here too.
  return kept.length > 0 ? (Object.fromEntries(kept) as JsonObject) : undefined;
}

/** Members that have a place of their own, as they are documented and in lower case. */
const MAPPED: ReadonlySet<string> = new Set(
  [
    ...['apiVersion', 'awsRegion', 'errorCode', 'errorMessage', 'eventCategory', 'eventID', 'eventName'],
    ...['eventSource', 'eventTime', 'eventType', 'eventVersion', 'recipientAccountId', 'requestID'],
    ...['sharedEventID', 'sourceIPAddress', 'userAgent', 'userIdentity', 'vpcEndpointId'],
  ].flatMap((name) => [name, name.toLowerCase()]),
);
