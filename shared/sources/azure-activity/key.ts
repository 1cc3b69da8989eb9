import type { Activity } from './activity.ts';
import { callerOf } from './identity.ts';
import { isFinal, outcomeOf } from './outcome.ts';
import { normalId } from './resource-id.ts';

/** What identifies an entry over all four shapes, and what an auditor would ask about it. */
export interface ActivityKey {
  readonly tenant: string;
  readonly nativeId: readonly string[];
  readonly essence: readonly (string | undefined)[];
}

/**
 * Hubs carry no event id, so every shape is known by what they all carry, spelt alike: resource (lower case),
 * operation (upper case), correlation, outcome, sub-status and time. Two of these need care. Event Grid has no
 * sub-status, so it counts only in the phases that Event Grid never sends (started, accepted). And Event Grid may
 * shorten the time to hundredths of a second while the others write seven digits, so time counts to the hundredth.
 */
export function keyOf(activity: Activity): ActivityKey {
  const resource = normalId(activity.resourceId) ?? '';
  const operation = activity.operation?.toUpperCase() ?? '';
  const outcome = outcomeOf(activity.outcome) ?? activity.outcome?.toLowerCase() ?? '';
  const time = activity.time === undefined ? '' : String(Math.floor(activity.time.ms / 10));
  const correlation = activity.correlationId?.toLowerCase() ?? '';
  return {
    tenant: subscriptionOf(resource) ?? 'tenant',
    nativeId: [resource, operation, correlation, outcome, phaseOf(activity), time],
    essence: [time, callerOf(activity)?.toLowerCase(), operation, resource, outcome],
  };
}

/** A subscription id is the one tenancy that every shape carries: in the resource id. */
function subscriptionOf(resource: string): string | undefined {
  return /^\/subscriptions\/([^/]+)/.exec(resource)?.[1];
}

function phaseOf(activity: Activity): string {
  const outcome = outcomeOf(activity.outcome);
  if (isFinal(outcome)) return '';
  const subStatus = activity.subStatus?.trim().replace(/\.$/, '') ?? '';
  // `Accepted.Accepted` and `Accepted.` say the same, and so do `OK` and nothing: the roads differ there.
  if (outcomeOf(subStatus) === outcome && outcome !== undefined) return '';
  return /^(ok|200)$/i.test(subStatus) ? '' : subStatus.toLowerCase();
}
