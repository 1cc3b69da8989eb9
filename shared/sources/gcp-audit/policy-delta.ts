import { at, isArray, type JsonObject, type JsonValue, stringAt } from '../../json/json.ts';
import type { OcsfBody } from '../../ocsf/event.ts';
import { userOf } from './principal.ts';

/** Changes of one policy that are kept in the event; a policy may hold 1,500 members. */
const DELTAS_MAX = 200;

/** One role given to or taken from one member. */
interface Delta {
  readonly action: 'ADD' | 'REMOVE';
  readonly role: string;
  readonly member: string;
  readonly condition: string | undefined;
}

/** What a SetIamPolicy changed, in words of its own, and as OCSF's User Access Management where it was one grant. */
export interface PolicyChange {
  readonly deltas: readonly Delta[];
  /** What belongs to the resource: every change, and changes of what is audited. */
  readonly data: JsonValue | undefined;
  readonly grant: Pick<OcsfBody, 'class_uid' | 'activity_id' | 'user' | 'privileges'> | undefined;
  readonly told: string | undefined;
}

/** @see https://cloud.google.com/iam/docs/reference/rest/v1/PolicyDelta */
export function policyChangeOf(payload: JsonObject): PolicyChange | undefined {
  const deltas = list(payload, 'bindingDeltas')
    .slice(0, DELTAS_MAX)
    .map(asDelta)
    .filter((delta) => delta !== undefined);
  const audited = list(payload, 'auditConfigDeltas').slice(0, DELTAS_MAX);
  if (deltas.length === 0 && audited.length === 0) return undefined;
  const only = deltas.length === 1 && audited.length === 0 ? deltas[0] : undefined;
  return {
    deltas,
    data: dataOf(deltas, audited),
    grant: only && grantOf(only),
    told:
      only &&
      `${only.action === 'ADD' ? 'granted' : 'revoked'} ${only.role} ${only.action === 'ADD' ? 'to' : 'from'} ${only.member}`,
  };
}

/** Under which name the service kept it; BigQuery sinks rename it once more. */
const HOLDERS = ['serviceData', 'service_data', 'metadata', 'servicedata_v1_iam'];

function list(payload: JsonObject, name: string): readonly JsonValue[] {
  for (const holder of HOLDERS) {
    if (!Object.hasOwn(payload, holder)) continue;
    const found = at(payload, holder, 'policyDelta', name);
    if (isArray(found)) return found;
  }
  return [];
}

function asDelta(value: JsonValue): Delta | undefined {
  const role = stringAt(value, 'role');
  const member = stringAt(value, 'member');
  const action = stringAt(value, 'action');
  if (role === undefined || member === undefined || (action !== 'ADD' && action !== 'REMOVE'))
    return undefined;
  const condition = stringAt(value, 'condition', 'expression') ?? stringAt(value, 'condition', 'title');
  return { action, role, member, condition };
}

/** Groups, domains and `allUsers` are no one user: those grants stay API calls, with the change on the resource. */
function grantOf(delta: Delta): PolicyChange['grant'] {
  if (!/^(user|serviceAccount):|^principal:\/\//.test(delta.member)) return undefined;
  return {
    class_uid: 3005,
    activity_id: delta.action === 'ADD' ? 1 : 2,
    user: userOf(undefined, delta.member),
    privileges: [delta.role],
  };
}

function dataOf(deltas: readonly Delta[], audited: readonly JsonValue[]): JsonValue {
  return {
    ...(deltas.length > 0 && {
      bindingDeltas: deltas.map(({ action, role, member, condition }) => ({
        action,
        role,
        member,
        ...(condition !== undefined && { condition }),
      })),
    }),
    ...(audited.length > 0 && { auditConfigDeltas: audited }),
  };
}
