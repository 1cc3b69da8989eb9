import { idAt, member, stringAt } from '../../json/json.ts';
import { endpointOf } from '../../ocsf/endpoint.ts';
import type { Actor, Cloud, HttpRequest, Metadata, NetworkEndpoint, OcsfBody } from '../../ocsf/event.ts';
import { accountChangeOf } from './account.ts';
import { datastoreOf } from './datastore.ts';
import { type AuditEntry, serviceOf } from './entry.ts';
import { type Gate, gateOf } from './gate.ts';
import { loginOf } from './login.ts';
import { activityIdOf } from './method.ts';
import { type PolicyChange, policyChangeOf } from './policy-delta.ts';
import { actorOf } from './principal.ts';
import { regionOf, resourcesOf, zoneOf } from './resources.ts';
import { type Outcome, outcomeOf, responseOf, statusOf } from './status.ts';
import { clip } from './text.ts';
import { unmappedOf } from './unmapped.ts';

/**
 * An audit log entry in OCSF: API Activity, unless it is a login, a change of an account or grant, or access to data.
 * An entry without a time has that of its receipt, in ms, and says so.
 */
export function bodyOf(entry: AuditEntry, method: string, receivedMs: number | undefined): OcsfBody {
  const outcome = outcomeOf(entry.payload);
  const actor = actorOf(entry.payload);
  const gate = gateOf(entry, outcome);
  const change = policyChangeOf(entry.payload);
  const special: Special | undefined =
    change?.grant ?? loginOf(entry, method) ?? accountChangeOf(entry, method) ?? datastoreOf(entry, method);
  const activity = activityIdOf(method);
  const body: OcsfBody = {
    class_uid: 6003,
    activity_id: activity.id,
    activity_name: activity.name,
    time: entry.time?.ms ?? receivedMs ?? 0,
    severity_id: 1,
    message: messageOf(entry, method, { actor, result: resultOf(outcome, special), gate, change }),
    ...statusOf(outcome),
    metadata: metadataOf(entry, gate),
    cloud: cloudOf(entry),
    actor,
    api: {
      operation: method,
      service: { name: serviceOf(entry) },
      request: requestIdOf(entry),
      response: responseOf(outcome),
    },
    src_endpoint: sourceOf(entry),
    http_request: requestOf(entry),
    http_response: outcome.httpCode === undefined ? undefined : { code: outcome.httpCode },
    ...gate?.body,
    unmapped: unmappedOf(entry, special?.class_uid === 6005),
  };
  // Of the classes here only these two have a place for resources.
  if (special === undefined || special.class_uid === 3005) {
    const [main, ...others] = resourcesOf(entry);
    const resources = main && change?.data ? [{ ...main, data: change.data }, ...others] : [main, ...others];
    body.resources = resources.filter((resource) => resource !== undefined);
  }
  if (special === undefined) return body;
  return { ...body, activity_name: undefined, ...special };
}

/** What the classes other than API Activity say in place of it. */
type Special = Pick<OcsfBody, 'class_uid' | 'activity_id'> & Partial<OcsfBody>;

function metadataOf(entry: AuditEntry, gate: Gate | undefined): OcsfBody['metadata'] {
  const labels = [gate?.label, entry.time === undefined ? 'time-of-receipt' : undefined];
  const metadata: Omit<Metadata, 'version' | 'uid' | 'product'> = {
    original_event_uid: entry.insertId,
    original_time: entry.time?.original,
    correlation_uid: idAt(entry.operation, 'id'),
    logged_time: entry.receiveTime?.ms,
    log_name: entry.logId,
    log_provider: 'Cloud Logging',
    log_level: entry.severity,
    tenant_uid: entry.container,
    labels: labels.filter((label) => label !== undefined),
    profiles: gate === undefined ? ['cloud'] : ['cloud', 'security_control'],
  };
  return metadata;
}

function cloudOf(entry: AuditEntry): Cloud {
  const [kind, id] = entry.container?.split('/') ?? [];
  const project = kind === 'projects' ? id : stringAt(entry.resource, 'labels', 'project_id');
  return {
    provider: 'GCP',
    region: regionOf(entry),
    zone: zoneOf(entry),
    account: project === undefined ? undefined : { uid: project, type_id: 11, type: 'GCP Project' },
    org: kind === 'organizations' ? { uid: id } : undefined,
  };
}

function requestIdOf(entry: AuditEntry): { uid: string } | undefined {
  const attributes = member(member(entry.payload, 'requestMetadata'), 'requestAttributes');
  const uid = idAt(attributes, 'id') ?? idAt(entry.operation, 'id');
  return uid === undefined ? undefined : { uid };
}

/** `private` and `gce-internal-ip` stand for addresses that Google withholds; without any it was Google's service. */
function sourceOf(entry: AuditEntry): NetworkEndpoint {
  const metadata = member(entry.payload, 'requestMetadata');
  const address = stringAt(metadata, 'callerIp') ?? stringAt(metadata, 'callerIP');
  const fallback = { svc_name: serviceOf(entry) ?? 'googleapis.com' };
  return { ...endpointOf(address, fallback), vpc_uid: stringAt(metadata, 'callerNetwork') };
}

const METHODS = new Set(['CONNECT', 'DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT', 'TRACE']);

function requestOf(entry: AuditEntry): HttpRequest {
  const metadata = member(entry.payload, 'requestMetadata');
  const method = stringAt(entry.httpRequest, 'requestMethod');
  const url = stringAt(entry.httpRequest, 'requestUrl');
  return {
    user_agent: stringAt(metadata, 'callerSuppliedUserAgent') ?? stringAt(entry.httpRequest, 'userAgent'),
    http_method: method !== undefined && METHODS.has(method) ? method : undefined,
    // What follows the path may hold a signature that grants access.
    url: url === undefined ? undefined : { url_string: url.split('?')[0] },
  };
}

interface Told {
  readonly actor: Actor;
  readonly result: string;
  readonly gate: Gate | undefined;
  readonly change: PolicyChange | undefined;
}

function messageOf(entry: AuditEntry, method: string, { actor, result, gate, change }: Told): string {
  const who =
    actor.user?.name === 'unknown' ? 'an unnamed caller' : (actor.user?.name ?? 'an unnamed caller');
  const what = change?.told ?? `called ${method}`;
  const where = stringAt(entry.payload, 'resourceName');
  const mark = gate?.label === undefined ? '' : ` [${gate.label}]`;
  return clip(`${who} ${what}${where === undefined ? '' : ` on ${where}`}: ${result}${mark}`, 500);
}

/** A login may fail without a status that says so. */
function resultOf(outcome: Outcome, special: Special | undefined): string {
  if (special?.status_id === 2) return 'failure';
  return outcome.code === 0 ? 'success' : outcome.name;
}
