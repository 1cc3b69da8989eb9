import { idAt, isObject, type JsonObject, type JsonValue, member, stringAt } from '../../json/json.ts';
import { type NativeTime, parseTime } from '../../ocsf/time.ts';

/** A Cloud Audit Logs entry: what surrounds the audit log, and the audit log itself. */
export interface AuditEntry {
  readonly payload: JsonObject;
  /** `projects/acme-prod`, also of folders, organizations and billing accounts. */
  readonly container: string | undefined;
  /** `cloudaudit.googleapis.com/activity`. */
  readonly logId: string | undefined;
  readonly insertId: string | undefined;
  readonly time: NativeTime | undefined;
  readonly receiveTime: NativeTime | undefined;
  readonly severity: string | undefined;
  readonly labels: JsonObject | undefined;
  /** The monitored resource. */
  readonly resource: JsonObject | undefined;
  readonly operation: JsonObject | undefined;
  readonly split: JsonObject | undefined;
  readonly httpRequest: JsonObject | undefined;
  /** Members of the entry that have no place above. */
  readonly leftovers: Readonly<Record<string, JsonValue>>;
}

/**
 * Whether a value is a LogEntry of Cloud Audit Logs: by the type of its payload, or, where a hop lost that, by the
 * members that only an audit log has, or by the name of the log.
 */
export function isAuditEntry(value: JsonValue): boolean {
  if (!isObject(value)) return false;
  const payload = payloadOf(value);
  if (payload !== undefined) {
    const type = typeOf(payload);
    if (type !== undefined) return type.endsWith('google.cloud.audit.AuditLog');
    return AUDIT_MEMBERS.some((key) => Object.hasOwn(payload, key));
  }
  return /cloudaudit\.googleapis\.com/.test(logNameOf(value) ?? '');
}

const AUDIT_MEMBERS = ['methodName', 'serviceName', 'authenticationInfo', 'authorizationInfo'];

/** Reads an entry; undefined where it has no audit log, as Access Transparency entries have none. */
export function readEntry(value: JsonValue): AuditEntry | undefined {
  const payload = payloadOf(value);
  if (payload === undefined) return undefined;
  const top = (name: string): JsonValue | undefined => topLevel(value, name);
  const object = (name: string): JsonObject | undefined => {
    const found = top(name);
    return isObject(found) ? found : undefined;
  };
  const [container, logId] = logOf(value);
  const receiveTime = parseTime(top('receiveTimestamp'));
  return {
    payload,
    container,
    logId,
    insertId: idAt({ insertId: top('insertId') }, 'insertId'),
    time: parseTime(top('timestamp')) ?? parseTime(requestTimeOf(payload)) ?? receiveTime,
    receiveTime,
    severity: stringAt({ severity: top('severity') }, 'severity'),
    labels: object('labels'),
    resource: object('resource'),
    operation: object('operation'),
    split: object('split'),
    httpRequest: object('httpRequest'),
    leftovers: leftoversOf(value as JsonObject),
  };
}

/** `projects/acme-prod/logs/cloudaudit.googleapis.com%2Factivity` in its two halves, the second decoded. */
function logOf(value: JsonValue): readonly [string | undefined, string | undefined] {
  const [container, id] = (logNameOf(value) ?? '').split('/logs/');
  const isContainer = /^[a-zA-Z]{1,40}\/[^/]{1,200}$/.test(container ?? '');
  return [isContainer ? container : undefined, id?.replaceAll(/%2f/gi, '/') || undefined];
}

function logNameOf(value: JsonValue): string | undefined {
  const name = topLevel(value, 'logName');
  return typeof name === 'string' ? name : undefined;
}

/** The audit log; a BigQuery sink calls its column `protopayload_auditlog`. */
function payloadOf(value: JsonValue): JsonObject | undefined {
  const payload = topLevel(value, 'protoPayload') ?? topLevel(value, 'protopayload_auditlog');
  return isObject(payload) ? payload : undefined;
}

/** `@type`, also as tools that cannot store an at sign rename it. */
function typeOf(payload: JsonObject): string | undefined {
  for (const key of ['@type', 'at_type', 'at_sign_type', 'atType', '_type']) {
    const type = stringAt(payload, key);
    if (type !== undefined) return type;
  }
  return undefined;
}

/** A member of the entry, whatever the case of its name: a hop over BigQuery makes it lower case. */
export function topLevel(value: JsonValue, name: string): JsonValue | undefined {
  const exact = member(value, name);
  if (exact !== undefined) return exact;
  if (!isObject(value)) return undefined;
  const lower = name.toLowerCase();
  for (const key of Object.keys(value)) {
    if (key.length === lower.length && key.toLowerCase() === lower) return member(value, key);
  }
  return undefined;
}

/** Some exports keep no timestamp but the request's. */
function requestTimeOf(payload: JsonObject): JsonValue | undefined {
  return member(member(member(payload, 'requestMetadata'), 'requestAttributes'), 'time');
}

const KNOWN: ReadonlySet<string> = new Set([
  ...['protopayload', 'protopayload_auditlog', 'logname', 'insertid', 'timestamp', 'receivetimestamp'],
  ...['severity', 'resource', 'httprequest', 'operation'],
]);

function leftoversOf(value: JsonObject): Record<string, JsonValue> {
  return Object.fromEntries(
    Object.entries(value).filter(
      (entry): entry is [string, JsonValue] => !KNOWN.has(entry[0].toLowerCase()) && entry[1] != null,
    ),
  );
}

/** The service, also where a hop lost its name. */
export function serviceOf(entry: AuditEntry): string | undefined {
  const named = stringAt(entry.payload, 'serviceName') ?? stringAt(entry.resource, 'labels', 'service');
  if (named !== undefined) return named;
  return stringAt(entry.payload, 'methodName')?.startsWith('io.k8s.') ? 'k8s.io' : undefined;
}
