import { isObject, type JsonObject, type JsonValue, member } from '../../json/json.ts';
import type { AuditEntry } from './entry.ts';

/**
 * What has no place in OCSF. Requests and responses stay out: they are long, may hold secrets, and are in the record;
 * so does what BigQuery says of a job, which the query and the tables were taken from.
 */
export function unmappedOf(entry: AuditEntry, isDatastore: boolean): Record<string, JsonValue | undefined> {
  const { payload } = entry;
  return {
    ...entry.leftovers,
    operation: pick(entry.operation, ['producer', 'first', 'last']),
    monitoredResource: entry.resource,
    authentication: pick(member(payload, 'authenticationInfo'), [
      'authoritySelector',
      'serviceAccountDelegationInfo',
      'thirdPartyPrincipal',
      'loggableShortLivedCredential',
    ]),
    metadata: isDatastore ? undefined : member(payload, 'metadata'),
    policyViolationInfo: member(payload, 'policyViolationInfo'),
    numResponseItems: member(payload, 'numResponseItems'),
    resourceOriginalState: member(payload, 'resourceOriginalState'),
  };
}

function pick(value: JsonValue | undefined, keys: readonly string[]): JsonObject | undefined {
  if (!isObject(value)) return undefined;
  const kept = keys
    .map((key) => [key, member(value, key)] as const)
    .filter((entry): entry is [string, JsonValue] => entry[1] !== undefined);
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}
