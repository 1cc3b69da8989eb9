import { isArray, type JsonValue, member } from '../../json/json.ts';
import type { OcsfBody, Policy } from '../../ocsf/event.ts';
import type { Activity } from './activity.ts';
import { embedded, textOf } from './fields.ts';
import { errorOf } from './status.ts';

type Gate = Pick<OcsfBody, 'action_id' | 'disposition_id' | 'policy' | 'authorizations'>;

/** Policies of one event that are named one by one. */
const POLICIES_MAX = 50;

/**
 * What Azure Policy did to the call: `deny` stopped it, `audit` let it through and noted it, `modify`, `append` and
 * `deployIfNotExists` changed something. An Administrative failure with RequestDisallowedByPolicy was stopped too.
 * @see https://learn.microsoft.com/azure/governance/policy/concepts/effect-basics
 */
export function gateOf(activity: Activity): Gate | undefined {
  const policies = policiesOf(activity);
  const effect = effectOf(activity, policies);
  if (effect === undefined) return undefined;
  return {
    ...consequence(effect),
    policy: policies[0] ?? { name: effect, type: 'Azure Policy' },
    authorizations: policies.map((policy) => ({ decision: policy.desc ?? effect, policy })),
  };
}

function effectOf(activity: Activity, policies: readonly Policy[]): string | undefined {
  const named = /^microsoft\.authorization\/polic(?:ies|y)\/([a-z]+)\/action$/i.exec(
    activity.operation ?? '',
  );
  if (named?.[1] !== undefined) return named[1].toLowerCase();
  if (errorOf(activity).code === 'RequestDisallowedByPolicy') return 'deny';
  return policies.length > 0 ? policies[0]?.desc?.toLowerCase() : undefined;
}

function consequence(effect: string): Pick<Gate, 'action_id' | 'disposition_id'> {
  // 2 Denied with 2 Blocked; 4 Modified with 11 Corrected; 3 Observed with 17 Logged.
  if (/^deny/.test(effect)) return { action_id: 2, disposition_id: 2 };
  if (/^(modify|append|deploy)/.test(effect)) return { action_id: 4, disposition_id: 11 };
  return { action_id: 3, disposition_id: 17 };
}

function policiesOf(activity: Activity): readonly Policy[] {
  const listed = embedded(member(activity.properties, 'policies'));
  const violated = errorOf(activity).info;
  const found = isArray(listed)
    ? listed
    : isArray(violated)
      ? violated.map((entry) => member(entry, 'info'))
      : [];
  return found
    .slice(0, POLICIES_MAX)
    .map(asPolicy)
    .filter((policy) => policy.name !== undefined);
}

/** Names differ between the event's own list and the error of a denial; `desc` holds the effect. */
function asPolicy(entry: JsonValue | undefined): Policy {
  return {
    name: textOf(
      entry,
      'policyDefinitionDisplayName',
      'policyDefinitionName',
      'policyAssignmentDisplayName',
      'policyAssignmentName',
    ),
    uid: textOf(entry, 'policyAssignmentId', 'policyDefinitionId'),
    type: 'Azure Policy',
    desc: textOf(entry, 'policyDefinitionEffect'),
  };
}
