import { idAt, stringAt } from '../json/json.ts';
import { parseTime } from '../ocsf/time.ts';
import { accountChangeOf } from './gcp-audit/account.ts';
import { bodyOf } from './gcp-audit/body.ts';
import { type AuditEntry, readEntry } from './gcp-audit/entry.ts';
import { policyChangeOf } from './gcp-audit/policy-delta.ts';
import { callerOf } from './gcp-audit/principal.ts';
import { resourceNameOf } from './gcp-audit/resources.ts';
import { SECRET_PATHS, secretsIn } from './gcp-audit/secrets.ts';
import { BATCH_KEYS, holdsEntry, splitEntries } from './gcp-audit/split.ts';
import { outcomeOf } from './gcp-audit/status.ts';
import type { Mapped, NativeRecord, Source, Unmapped } from './source.ts';

/**
 * Cloud Audit Logs of Google Cloud, GKE's among them: bare entries, lists, Pub/Sub and Eventarc.
 * @see https://cloud.google.com/logging/docs/audit/understanding-audit-logs
 */
export const gcpAudit: Source = {
  id: 'gcp.audit',
  product: { name: 'Cloud Audit Logs', vendor_name: 'Google' },
  logsource: { product: 'gcp', service: 'gcp.audit' },
  essenceVersion: 1,
  secretPaths: SECRET_PATHS,
  secretsIn,
  batchKeys: BATCH_KEYS,
  accepts: (value) => holdsEntry(value),
  split: (document, { attributes, receivedAt }) =>
    splitEntries(document, { ...attributes, 'received-at': receivedAt.toISOString() }),
  map: mapEntry,
};

function mapEntry(record: NativeRecord): Mapped | Unmapped {
  const entry = readEntry(record.value);
  if (entry === undefined) return { unmapped: 'no audit log entry: no protoPayload' };
  const method = stringAt(entry.payload, 'methodName');
  if (method === undefined) return { unmapped: 'an audit log entry without methodName' };
  return {
    tenant: tenantOf(entry),
    nativeId: nativeIdOf(entry),
    originalEventUid: entry.insertId,
    essence: essenceOf(entry, method),
    body: bodyOf(entry, method, parseTime(record.attributes['received-at'])?.ms),
  };
}

/** The container of the log: the same action may be logged by a project and again by its organization. */
function tenantOf(entry: AuditEntry): string {
  const project = stringAt(entry.resource, 'labels', 'project_id');
  return entry.container ?? (project === undefined ? 'unknown' : `projects/${project}`);
}

/**
 * An insertId is unique only within its log and time. The time counts to the millisecond, because hops shorten its
 * nine digits. Parts of an entry that was too large share all three, and differ in their place.
 * @see https://cloud.google.com/logging/docs/reference/v2/rest/v2/LogEntry
 */
function nativeIdOf(entry: AuditEntry): readonly string[] | undefined {
  if (entry.insertId === undefined) return undefined;
  const place = idAt(entry.split, 'index');
  const id = [entry.logId ?? '', timeOf(entry), entry.insertId];
  return place === undefined ? id : [...id, place];
}

/** The entry is the same over every transport, so its own fields will do. */
function essenceOf(entry: AuditEntry, method: string): Mapped['essence'] {
  const { payload } = entry;
  return [
    timeOf(entry),
    callerOf(payload),
    stringAt(payload, 'serviceName'),
    method,
    resourceNameOf(payload),
    String(outcomeOf(payload).code),
    ...changedBy(entry, method),
  ];
}

/** Whom the call gave what: as much what it was about as the resource is. */
function changedBy(entry: AuditEntry, method: string): readonly (string | undefined)[] {
  const change = accountChangeOf(entry, method);
  const deltas = policyChangeOf(entry.payload)?.deltas ?? [];
  if (change === undefined && deltas.length === 0) return [];
  const granted = deltas.map(({ action, role, member }) => `${action} ${role} ${member}`).join('\n');
  return [change?.user?.name, change?.group?.name, granted];
}

/** The event's own time; the time of receipt would differ from road to road. */
function timeOf(entry: AuditEntry): string {
  return entry.time === undefined ? '' : String(entry.time.ms);
}
