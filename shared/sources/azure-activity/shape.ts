import { isObject, type JsonValue, member } from '../../json/json.ts';
import { embedded, textOf } from './fields.ts';

/** The four ways in which one Activity Log entry is written. */
export type Shape = 'hub' | 'rest' | 'grid' | 'table';

/**
 * The shape of one record, or undefined where it is no Activity Log entry: sign-ins, Key Vault, storage and cluster
 * logs travel in the same envelopes with the same member names, so that the category has to tell.
 * @see https://learn.microsoft.com/azure/azure-monitor/essentials/activity-log-schema
 */
export function shapeOf(value: JsonValue): Shape | undefined {
  if (!isObject(value)) return undefined;
  if (gridEvent(value) !== undefined) return 'grid';
  if (isTableRow(value)) return 'table';
  if (isRest(value)) return 'rest';
  return isHubRecord(value) ? 'hub' : undefined;
}

/** What an Event Grid event type says: the verb and the outcome, of `Microsoft.Resources.ResourceWriteSuccess`. */
export function gridEvent(value: JsonValue): { verb: string; outcome: string } | undefined {
  // `type` is CloudEvents 1.0, `eventType` the Event Grid schema.
  const type = textOf(value, 'eventType', 'type');
  if (type === undefined || type.length > 100) return undefined;
  const match = /^Microsoft\.Resources\.Resource(Write|Delete|Action)(Success|Failure|Cancel)$/i.exec(type);
  return match?.[1] && match[2] ? { verb: match[1], outcome: match[2] } : undefined;
}

/** The handshakes of Event Grid: protocol, not audit. */
export function isHandshake(value: JsonValue): boolean {
  const type = textOf(value, 'eventType', 'type');
  return (
    type === 'Microsoft.EventGrid.SubscriptionValidationEvent' ||
    type === 'Microsoft.EventGrid.SubscriptionDeletedEvent'
  );
}

const CATEGORIES: ReadonlySet<string> = new Set([
  'administrative',
  'policy',
  'security',
  'servicehealth',
  'resourcehealth',
  'alert',
  'autoscale',
  'recommendation',
]);

/** What the category was before 2018, and still is on some roads: the verb. */
const LEGACY_CATEGORIES: ReadonlySet<string> = new Set(['write', 'delete', 'action']);

function isTableRow(value: JsonValue): boolean {
  if (textOf(value, 'Type') === 'AzureActivity') return true;
  const named = textOf(value, 'OperationNameValue') ?? textOf(value, 'ActivityStatusValue');
  return named !== undefined && member(value, 'TimeGenerated') !== undefined;
}

function isRest(value: JsonValue): boolean {
  if (textOf(value, 'eventTimestamp') === undefined) return false;
  const operation = member(value, 'operationName');
  return (
    textOf(operation, 'value') !== undefined ||
    textOf(value, 'eventDataId') !== undefined ||
    isCategory(textOf(member(value, 'category'), 'value'))
  );
}

function isHubRecord(value: JsonValue): boolean {
  const operation = textOf(value, 'operationName');
  const isOperation = operation !== undefined && isResourceManagerName(operation);
  const category = textOf(value, 'category');
  if (category === undefined) return isOperation && textOf(value, 'resultType') !== undefined;
  if (isCategory(category)) return isOperation || isResourceManagerId(textOf(value, 'resourceId'));
  if (LEGACY_CATEGORIES.has(category.toLowerCase())) return isOperation;
  return isCategory(textOf(embedded(member(value, 'properties')), 'eventCategory'));
}

function isCategory(category: string | undefined): boolean {
  return category !== undefined && CATEGORIES.has(category.toLowerCase());
}

/** `Microsoft.Compute/virtualMachines/write`: a provider with a dot, then types and a verb. */
function isResourceManagerName(name: string): boolean {
  const slash = name.indexOf('/');
  return slash > 0 && slash < name.length - 1 && name.slice(0, slash).includes('.') && !name.includes(' ');
}

function isResourceManagerId(id: string | undefined): boolean {
  return id !== undefined && /^\/(subscriptions|providers|tenants)\//i.test(id);
}
