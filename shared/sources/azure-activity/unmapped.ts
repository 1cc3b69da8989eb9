import type { JsonObject, JsonValue } from '../../json/json.ts';
import { member } from '../../json/json.ts';
import { isSecretName } from '../secret-names.ts';
import type { Activity } from './activity.ts';
import { objectOf, without } from './fields.ts';

/** What has no place in OCSF. Bodies of requests and responses stay out: they may hold secrets. */
export function unmappedOf(activity: Activity): Record<string, JsonValue | undefined> {
  const evidence = objectOf(activity.authorization, 'evidence');
  return {
    ...activity.leftovers,
    properties: propertiesOf(activity.properties),
    claims: claimsOf(activity.claims),
    evidence: without(evidence, EVIDENCE),
  };
}

function propertiesOf(properties: JsonObject | undefined): Record<string, JsonValue> | undefined {
  const kept = Object.entries(without(properties, PROPERTIES) ?? {}).filter(([name]) => !isSecretName(name));
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}

const PROPERTIES: ReadonlySet<string> = new Set([
  ...[
    'requestbody',
    'requestBody',
    'responseBody',
    'responsebody',
    'statusCode',
    'statusMessage',
    'policies',
  ],
  ...['eventCategory', 'entity', 'message', 'serviceRequestId', 'location', 'resourceLocation', 'resource'],
  ...[
    'eventDataId',
    'eventSubmissionTimestamp',
    'subscriptionId',
    'resourceGroup',
    'caller',
    'activityStatusValue',
  ],
]);

const EVIDENCE: ReadonlySet<string> = new Set(['role', 'roleAssignmentId', 'roleAssignmentScope']);

/** The claims that tell how the token was obtained. The rest is personal, long (`groups`) or said elsewhere. */
const CLAIMS: readonly string[] = [
  'aud',
  'appidacr',
  'idtyp',
  'ipaddr',
  'xms_mirid',
  'xms_az_rid',
  'http://schemas.microsoft.com/identity/claims/scope',
  'http://schemas.microsoft.com/claims/authnmethodsreferences',
];

function claimsOf(claims: JsonObject | undefined): Record<string, JsonValue> | undefined {
  const kept = CLAIMS.map((key) => [key.split('/').at(-1) ?? key, member(claims, key)] as const).filter(
    (entry): entry is [string, JsonValue] => entry[1] !== undefined,
  );
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}
