import { idAt, isObject, stringAt } from '../../json/json.ts';
import type { Actor, OcsfBody } from '../../ocsf/event.ts';
import { activityOf, CREATE, DELETE, OTHER, READ, UPDATE } from '../github/activity.ts';
import { type Instant, instantOf, TIME_OF_RECEIPT } from '../github/instant.ts';
import { DONE, type Outcome, outcomeOf } from '../github/outcome.ts';
import type { Mapped, NativeRecord, Unmapped } from '../source.ts';
import { type Plan, planOf } from './classes.ts';
import { type AuditEntry, detail, isEntry, readEntry, tenantOf } from './entry.ts';
import { gateOf } from './gates.ts';
import { classParts, sourceEndpoint } from './parts.ts';
import { unmappedOf } from './unmapped.ts';

/** One audit entry in OCSF. */
export function mapAudit({ value, attributes }: NativeRecord): Mapped | Unmapped {
  if (!isObject(value) || !isEntry(value)) return { unmapped: 'expected an audit entry with an action' };
  const entry = readEntry(value);
  const instant = instantOf(entry.time, attributes);
  const documentId = stringAt(value, '_document_id');
  const tenant = tenantOf(entry);
  return {
    tenant,
    nativeId: documentId === undefined ? undefined : [documentId],
    originalEventUid: documentId,
    essence: [
      entry.time === undefined ? undefined : String(entry.time.ms),
      entry.actor,
      entry.action,
      [...entry.organizations].sort().join(','),
      [...entry.repositories].sort().join(','),
      entry.user,
      entry.team,
      detail(entry, 'workflow_run_id'),
      detail(entry, 'conclusion'),
    ],
    body: bodyOf(entry, instant, tenant),
  };
}

function bodyOf(entry: AuditEntry, instant: Instant, tenant: string): OcsfBody {
  const plan = planOf(entry);
  const gate = plan.class_uid === 6003 ? gateOf(entry) : undefined;
  const labels = instant.native === undefined ? [TIME_OF_RECEIPT] : undefined;
  const parts = classParts(entry, plan);
  return {
    ...activity(entry, plan),
    time: instant.ms,
    severity_id: 1,
    message: messageOf(entry),
    ...outcome(entry, plan),
    actor: actor(entry),
    src_endpoint: sourceEndpoint(entry),
    http_request: httpRequest(entry),
    ...parts,
    ...gate,
    metadata: {
      original_time: instant.native?.original,
      correlation_uid: detail(entry, 'workflow_run_id') ?? detail(entry, 'request_id'),
      event_code: entry.action,
      log_name: 'audit',
      log_provider: 'GitHub',
      tenant_uid: tenant,
      labels,
      ...(gate === undefined ? {} : { profiles: ['security_control'] }),
      ...(parts.cloud === undefined ? {} : { profiles: ['cloud'] }),
    },
    unmapped: unmappedOf(entry),
  };
}

function activity(
  { action, native, verb }: AuditEntry,
  plan: Plan,
): Pick<OcsfBody, 'class_uid' | 'activity_id' | 'activity_name'> {
  const { class_uid } = plan;
  if (plan.class_uid !== 6003) return { class_uid, activity_id: plan.activity_id };
  // `repo.access` is a change of visibility, not a visit.
  const known = action === 'repo.access' ? UPDATE : (activityOf(verb) ?? operation(native));
  return known === undefined
    ? { class_uid, activity_id: OTHER, activity_name: verb }
    : { class_uid, activity_id: known };
}

function operation(native: AuditEntry['native']): number | undefined {
  return OPERATIONS.get(stringAt(native, 'operation_type') ?? '');
}

/** @see https://docs.github.com/en/graphql/reference/enums#operationtype */
const OPERATIONS: ReadonlyMap<string, number> = new Map([
  ['create', CREATE],
  ['access', READ],
  ['modify', UPDATE],
  ['restore', UPDATE],
  ['transfer', UPDATE],
  ['remove', DELETE],
]);

function outcome(entry: AuditEntry, plan: Plan): Outcome {
  if (plan.class_uid === 2004) return findingStatus(entry, plan.activity_id);
  if (plan.class_uid === 3002 && plan.failed) return { status_id: 2, status_detail: entry.verb };
  // That somebody came back from the identity provider does not say with what answer.
  if (entry.verb === 'sso_response') return { status_id: 0 };
  if (entry.action === 'protected_branch.rejected_ref_update') return { status_id: 2 };
  const conclusion = detail(entry, 'conclusion');
  const reason = detail(entry, 'comment', 'reason')?.slice(0, 1024);
  return { ...(conclusion === undefined ? DONE : outcomeOf(conclusion)), status_detail: reason };
}

/** The status of a finding: New until it is closed, then Resolved, or Suppressed where nothing was wrong. */
function findingStatus(entry: AuditEntry, activityId: number): Outcome {
  const resolution = detail(entry, 'resolution');
  if (activityId !== 3) return { status_id: 1, status: 'New', status_code: entry.verb };
  return ['false_positive', 'wont_fix', 'used_in_tests'].includes(resolution ?? '')
    ? { status_id: 3, status: 'Suppressed', status_code: resolution }
    : { status_id: 4, status: 'Resolved', status_code: resolution ?? entry.verb };
}

/** A token's hash joins all that was done with it; the token is never in an entry. */
function actor(entry: AuditEntry): Actor {
  const { actor: name, actorId, isBot, native } = entry;
  const token = idAt(native, 'token_id') ?? stringAt(native, 'hashed_token');
  const user = {
    name,
    uid: actorId,
    uid_alt: stringAt(native, 'external_identity_nameid') ?? stringAt(native, 'external_identity_username'),
    ...(isBot ? { type_id: 4, type: 'Service' } : { type_id: 1, type: 'User' }),
    programmatic_credentials:
      token === undefined ? [] : [{ uid: token, type: stringAt(native, 'programmatic_access_type') }],
  };
  const isKnown = name !== undefined || actorId !== undefined;
  return {
    ...(isKnown ? { user } : {}),
    session: { credential_uid: stringAt(native, 'hashed_token') },
    app_name:
      detail(entry, 'oauth_application_name', 'oauth_application') ?? (isKnown ? undefined : 'GitHub'),
    app_uid: detail(entry, 'oauth_application_id'),
  };
}

function httpRequest({ native }: AuditEntry): OcsfBody['http_request'] {
  const [agent, uid] = [stringAt(native, 'user_agent'), idAt(native, 'request_id')];
  return agent === undefined && uid === undefined ? undefined : { user_agent: agent, uid };
}

function messageOf({ action, actor: who, native, organizations, repositories }: AuditEntry): string {
  const where = repositories[0] ?? organizations[0] ?? stringAt(native, 'business');
  const by = who === undefined ? '' : ` by ${who.slice(0, 100)}`;
  return `${action}${where === undefined ? '' : ` in ${where.slice(0, 200)}`}${by}`;
}
