import type { JsonValue } from '../../json/json.ts';
import { endpointOf } from '../../ocsf/endpoint.ts';
import type {
  Actor,
  Api,
  HttpRequest,
  NetworkEndpoint,
  OcsfBody,
  ResourceDetails,
} from '../../ocsf/event.ts';
import { imageResource, imagesMentioned } from '../image-references.ts';
import type { Activity } from './activity.ts';
import { clip, sameText, textOf, without } from './fields.ts';
import { findingOf } from './finding.ts';
import { actorOf, tenantOf } from './identity.ts';
import { activityIdOf, providerOf, readableOperation } from './operation.ts';
import { toldOutcome } from './outcome.ts';
import { gateOf } from './policy.ts';
import { type ResourceId, resourceOf } from './resource-id.ts';
import { type RoleChange, roleChangeOf } from './role-assignment.ts';
import { responseOf, statusOf } from './status.ts';
import { unmappedOf } from './unmapped.ts';

/** An entry with what every OCSF event needs. */
export type Mappable = Activity & { readonly operation: string };

/** What is known of an entry beside what it says. */
export interface Received {
  /** Names the event where nothing else does. */
  readonly eventUid: string;
  readonly receivedMs: number | undefined;
  /** The entry as received. */
  readonly text: string;
}

/**
 * An Activity Log entry in OCSF: API Activity, unless it gave or took a role, or is an alert of Defender. An entry
 * without a time has that of its receipt, in ms, and says so.
 */
export function bodyOf(activity: Mappable, { eventUid, receivedMs, text }: Received): OcsfBody {
  const resource = resourceOf(activity);
  const change = roleChangeOf(activity);
  const finding = findingOf(activity, eventUid);
  const gate = finding === undefined ? gateOf(activity) : undefined;
  const activityId = activityIdOf(activity);
  const actor = actorOf(activity);
  const body: OcsfBody = {
    class_uid: 6003,
    activity_id: activityId.id,
    activity_name: activityId.name,
    time: activity.time?.ms ?? receivedMs ?? 0,
    severity_id: 1,
    message: messageOf(activity, actor, resource, change),
    ...statusOf(activity),
    duration: activity.durationMs,
    metadata: metadataOf(activity, gate !== undefined),
    cloud: cloudOf(activity, resource),
    api: apiOf(activity),
    resources: [...resourcesOf(resource, activity, change), ...imagesMentioned(text).map(imageResource)],
    ...gate,
    unmapped: unmappedOf(activity),
  };
  // A Detection Finding has neither actor nor source: whoever caused it is in the alert.
  if (finding !== undefined) return { ...body, activity_name: undefined, ...finding };
  return {
    ...body,
    actor,
    src_endpoint: sourceOf(activity),
    http_request: requestOf(activity.request),
    ...(change && { ...change.body, activity_name: undefined }),
  };
}

function metadataOf(activity: Mappable, isGated: boolean): OcsfBody['metadata'] {
  return {
    original_event_uid: activity.eventId,
    original_time: activity.time?.original,
    labels: activity.time === undefined ? ['time-of-receipt'] : undefined,
    correlation_uid: activity.correlationId,
    logged_time: activity.loggedTime?.ms,
    log_name: activity.category,
    log_provider: 'Azure Monitor Activity Log',
    log_level: activity.level,
    tenant_uid: activity.tenantId ?? tenantOf(activity.claims),
    profiles: isGated ? ['cloud', 'security_control'] : ['cloud'],
  };
}

function cloudOf(activity: Activity, resource: ResourceId | undefined): OcsfBody['cloud'] {
  const tenant = activity.tenantId ?? tenantOf(activity.claims);
  return {
    provider: 'Azure',
    region: activity.region?.toLowerCase(),
    account: resource?.subscription
      ? { uid: resource.subscription, type_id: 13, type: 'Azure Subscription' }
      : undefined,
    org: tenant === undefined ? undefined : { uid: tenant },
  };
}

function apiOf(activity: Mappable): Api {
  const uid =
    textOf(activity.request, 'clientRequestId') ??
    textOf(activity.properties, 'serviceRequestId') ??
    activity.correlationId;
  return {
    operation: activity.operation,
    service: { name: providerOf(activity.operation) },
    request: uid === undefined ? undefined : { uid },
    response: responseOf(activity),
  };
}

/** Without an address the call came from within Azure: from the provider that the operation names. */
function sourceOf(activity: Mappable): NetworkEndpoint {
  return endpointOf(activity.ip, { svc_name: providerOf(activity.operation) ?? 'management.azure.com' });
}

const METHODS = new Set(['CONNECT', 'DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT', 'TRACE']);

function requestOf(request: JsonValue | undefined): HttpRequest | undefined {
  const method = textOf(request, 'method')?.toUpperCase();
  const url = textOf(request, 'url', 'uri');
  const agent = textOf(request, 'userAgent', 'clientUserAgent');
  return {
    uid: textOf(request, 'clientRequestId'),
    http_method: method !== undefined && METHODS.has(method) ? method : undefined,
    // What follows the path may hold a signature that grants access.
    url: url === undefined ? undefined : { url_string: url.split('?')[0] },
    user_agent: agent,
  };
}

function resourcesOf(
  resource: ResourceId | undefined,
  activity: Activity,
  change: RoleChange | undefined,
): readonly ResourceDetails[] {
  if (resource === undefined) return [];
  const main: ResourceDetails = {
    uid: resource.uid,
    name: resource.name,
    type: resource.type,
    region: activity.region?.toLowerCase(),
    group: resource.group === undefined ? undefined : { name: resource.group },
    data: change && (without(change.assignment as Record<string, string>, new Set()) ?? undefined),
  };
  return [main];
}

function messageOf(
  activity: Mappable,
  actor: Actor,
  resource: ResourceId | undefined,
  change: RoleChange | undefined,
): string {
  const user =
    actor.user?.name ?? `an unnamed caller${activity.ip === undefined ? '' : ` at ${activity.ip}`}`;
  const where = resource === undefined ? 'the tenant' : resource.name;
  const word = toldOutcome(activity.outcome);
  const status =
    activity.subStatus && !sameText(activity.subStatus, word) ? `${word} (${activity.subStatus})` : word;
  const what =
    change === undefined
      ? `called ${readableOperation(activity)} on ${where}`
      : `${change.did} ${change.role} ${change.did === 'assigned' ? 'to' : 'from'} ${change.principal} at ${change.assignment['scope'] ?? where}`;
  return clip(`${user} ${what}: ${status}`, 500);
}
