import type { JsonObject, JsonValue } from '../../json/json.ts';
import { at, idAt, member } from '../../json/json.ts';
import { type NativeTime, parseTime } from '../../ocsf/time.ts';
import { firstOf, objectOf, sameText, textOf, without } from './fields.ts';
import { outcomeOf } from './outcome.ts';
import { gridEvent, type Shape } from './shape.ts';

/** One Activity Log entry, whatever it was written as. Texts are as the source wrote them. */
export interface Activity {
  readonly time: NativeTime | undefined;
  readonly operation: string | undefined;
  readonly category: string | undefined;
  readonly outcome: string | undefined;
  readonly subStatus: string | undefined;
  readonly claims: JsonObject | undefined;
  readonly authorization: JsonObject | undefined;
  readonly caller: string | undefined;
  readonly ip: string | undefined;
  readonly request: JsonValue | undefined;
  readonly resourceId: string | undefined;
  readonly correlationId: string | undefined;
  readonly eventId: string | undefined;
  readonly level: string | undefined;
  readonly region: string | undefined;
  readonly tenantId: string | undefined;
  readonly loggedTime: NativeTime | undefined;
  readonly description: string | undefined;
  readonly durationMs: number | undefined;
  readonly properties: JsonObject | undefined;
  /** Members of the record that have no place above. */
  readonly leftovers: Record<string, JsonValue> | undefined;
}

export function readActivity(value: JsonValue, shape: Shape): Activity {
  switch (shape) {
    case 'hub':
      return fromHub(value as JsonObject);
    case 'rest':
      return fromRest(value as JsonObject);
    case 'grid':
      return fromGrid(value as JsonObject);
    case 'table':
      return fromTable(value as JsonObject);
  }
}

function fromHub(value: JsonObject): Activity {
  const properties = objectOf(value, 'properties', 'Properties');
  const identity = objectOf(value, 'identity');
  const signature = idAt(value, 'resultSignature');
  return {
    // Some providers leave `time` out and say it in their own words.
    time:
      parseTime(member(value, 'time')) ??
      parseTime(member(properties, 'createdDateTime')) ??
      parseTime(firstOf(value, 'timestamp', 'timeStamp')),
    operation: textOf(value, 'operationName'),
    // The mapping of Microsoft's own exporter calls every event Administrative; the properties know better.
    category: textOf(properties, 'eventCategory') ?? textOf(value, 'category'),
    outcome: idAt(value, 'resultType') ?? signature?.split('.')[0],
    subStatus: signature?.split('.').slice(1).join('.') || wordOf(signature),
    claims: objectOf(identity, 'claims'),
    authorization: objectOf(identity, 'authorization'),
    caller: textOf(value, 'caller') ?? textOf(identity, 'caller'),
    ip: textOf(value, 'callerIpAddress'),
    request: objectOf(value, 'httpRequest'),
    resourceId: textOf(value, 'resourceId', 'ResourceId'),
    correlationId: textOf(value, 'correlationId', 'CorrelationId'),
    eventId: textOf(value, 'eventDataId') ?? textOf(properties, 'eventDataId'),
    level: textOf(value, 'level', 'Level'),
    region: regionOf(value, properties),
    tenantId: textOf(value, 'tenantId'),
    loggedTime: undefined,
    description: textOf(value, 'resultDescription') ?? textOf(value, 'description'),
    durationMs: durationOf(value),
    properties,
    leftovers: without(value, HUB),
  };
}

function fromRest(value: JsonObject): Activity {
  const properties = objectOf(value, 'properties');
  const request = objectOf(value, 'httpRequest');
  return {
    time: parseTime(member(value, 'eventTimestamp')),
    operation: textOf(member(value, 'operationName'), 'value') ?? textOf(value, 'operationName'),
    category: textOf(member(value, 'category'), 'value') ?? textOf(value, 'category'),
    outcome: textOf(member(value, 'status'), 'value') ?? textOf(value, 'status'),
    subStatus: textOf(member(value, 'subStatus'), 'value') ?? textOf(value, 'subStatus'),
    claims: objectOf(value, 'claims'),
    authorization: objectOf(value, 'authorization'),
    caller: textOf(value, 'caller'),
    ip: textOf(request, 'clientIpAddress'),
    request,
    resourceId: textOf(value, 'resourceId'),
    correlationId: textOf(value, 'correlationId'),
    eventId: textOf(value, 'eventDataId'),
    level: textOf(value, 'level'),
    region: regionOf(value, properties),
    tenantId: textOf(value, 'tenantId'),
    loggedTime: parseTime(member(value, 'submissionTimestamp')),
    description: textOf(value, 'description'),
    durationMs: durationOf(value),
    properties,
    leftovers: without(value, REST),
  };
}

/** Both Event Grid's own schema and CloudEvents 1.0: the data is the same. */
function fromGrid(value: JsonObject): Activity {
  const data = objectOf(value, 'data');
  const status = textOf(data, 'status');
  const request = objectOf(data, 'httpRequest');
  return {
    time: parseTime(firstOf(value, 'eventTime', 'time')),
    operation: textOf(data, 'operationName'),
    category: 'Administrative',
    // The data's own word where it is an outcome; it may also be a status of HTTP, which the event type makes plain.
    outcome: outcomeOf(status) === undefined ? gridEvent(value)?.outcome : status,
    subStatus: outcomeOf(status) === undefined ? status : undefined,
    claims: objectOf(data, 'claims'),
    authorization: objectOf(data, 'authorization'),
    caller: textOf(data, 'caller'),
    ip: textOf(request, 'clientIpAddress'),
    request,
    resourceId: textOf(data, 'resourceUri') ?? textOf(value, 'subject'),
    correlationId: textOf(data, 'correlationId'),
    eventId: textOf(value, 'id'),
    level: undefined,
    region: undefined,
    tenantId: textOf(data, 'tenantId'),
    loggedTime: undefined,
    description: undefined,
    durationMs: undefined,
    properties: objectOf(data, 'properties'),
    leftovers: without(value, GRID),
  };
}

/** A row of AzureActivity: objects are JSON in strings, `TenantId` is the workspace's, not the caller's. */
function fromTable(value: JsonObject): Activity {
  const properties = objectOf(value, 'Properties_d', 'Properties');
  const request = objectOf(value, 'HTTPRequest');
  return {
    time: parseTime(member(value, 'TimeGenerated')),
    operation: textOf(value, 'OperationNameValue', 'OperationName'),
    category: textOf(value, 'CategoryValue', 'Category'),
    outcome: textOf(value, 'ActivityStatusValue', 'ActivityStatus'),
    subStatus: textOf(value, 'ActivitySubstatusValue', 'ActivitySubstatus'),
    claims: objectOf(value, 'Claims_d', 'Claims'),
    authorization: objectOf(value, 'Authorization_d', 'Authorization'),
    caller: textOf(value, 'Caller'),
    ip: textOf(value, 'CallerIpAddress') ?? textOf(request, 'clientIpAddress'),
    request,
    resourceId: textOf(value, '_ResourceId', 'ResourceId'),
    correlationId: textOf(value, 'CorrelationId'),
    eventId: textOf(value, 'EventDataId'),
    level: textOf(value, 'Level'),
    region: regionOf(value, properties),
    tenantId: undefined,
    loggedTime: parseTime(member(value, 'EventSubmissionTimestamp')),
    description: undefined,
    durationMs: undefined,
    properties,
    leftovers: without(value, TABLE),
  };
}

function regionOf(value: JsonObject, properties: JsonObject | undefined): string | undefined {
  return textOf(value, 'location', 'resourceLocation') ?? textOf(properties, 'resourceLocation', 'location');
}

function durationOf(value: JsonObject): number | undefined {
  const ms = Number(at(value, 'durationMs'));
  return Number.isSafeInteger(ms) && ms > 0 ? ms : undefined;
}

/** A signature of one word is a status of its own (`200`), unless it only says the outcome again. */
function wordOf(signature: string | undefined): string | undefined {
  const word = signature?.replace(/\.$/, '');
  return outcomeOf(word) === undefined && !sameText(word, '') ? word : undefined;
}

const HUB = new Set([
  ...[
    'time',
    'operationName',
    'category',
    'resultType',
    'resultSignature',
    'resultDescription',
    'durationMs',
  ],
  ...['identity', 'caller', 'callerIpAddress', 'httpRequest', 'resourceId', 'ResourceId', 'correlationId'],
  ...['CorrelationId', 'eventDataId', 'level', 'Level', 'location', 'resourceLocation', 'tenantId'],
  ...['description', 'properties', 'Properties'],
]);

const REST = new Set([
  ...['eventTimestamp', 'submissionTimestamp', 'operationName', 'category', 'status', 'subStatus', 'claims'],
  ...['authorization', 'caller', 'httpRequest', 'resourceId', 'correlationId', 'eventDataId', 'level'],
  ...['tenantId', 'description', 'properties', 'subscriptionId', 'id', 'resourceGroupName', 'resourceType'],
  ...['resourceProviderName', 'location', 'resourceLocation'],
]);

const GRID = new Set(['data', 'eventTime', 'time', 'eventType', 'type', 'id', 'subject', 'specversion']);

const TABLE = new Set([
  ...['TimeGenerated', 'OperationName', 'OperationNameValue', 'Category', 'CategoryValue', 'ActivityStatus'],
  ...['ActivityStatusValue', 'ActivitySubstatus', 'ActivitySubstatusValue', 'Claims', 'Claims_d'],
  ...['Authorization', 'Authorization_d', 'Caller', 'CallerIpAddress', 'HTTPRequest', '_ResourceId'],
  ...['ResourceId', 'CorrelationId', 'EventDataId', 'EventSubmissionTimestamp', 'Level', 'Properties'],
  ...['Properties_d', 'SubscriptionId', 'ResourceGroup', 'ResourceProvider', 'ResourceProviderValue', 'Type'],
]);
