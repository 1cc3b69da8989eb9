import { idAt, type JsonValue, member, stringAt } from '../../json/json.ts';
import type { ResourceDetails } from '../../ocsf/event.ts';
import type { NativeTime } from '../../ocsf/time.ts';
import { activityOf, UPDATE } from '../github/activity.ts';
import { firstTime } from '../github/instant.ts';
import { DONE } from '../github/outcome.ts';
import { pick, small } from '../github/small.ts';
import type { Delivery } from './delivery.ts';
import type { Facts } from './facts.ts';

/**
 * What guards a branch: a protection rule or a ruleset. Neither carries a time that moves with each change, so only a
 * redelivery of the same GUID is known to be the same change.
 * @see https://docs.github.com/en/webhooks/webhook-events-and-payloads#branch_protection_rule
 */
export function branchProtectionRule(delivery: Delivery): Facts {
  const rule = member(delivery.body, 'rule');
  const time = delivery.action === 'created' ? firstTime(member(rule, 'created_at')) : undefined;
  return protection(delivery, { type: 'branch_protection_rule', native: rule, time });
}

/** @see https://docs.github.com/en/webhooks/webhook-events-and-payloads#repository_ruleset */
export function repositoryRuleset(delivery: Delivery): Facts {
  const ruleset = member(delivery.body, 'repository_ruleset');
  const [created, updated] = [member(ruleset, 'created_at'), member(ruleset, 'updated_at')];
  // What a deleted ruleset calls its last update was not its deletion.
  const time = delivery.action === 'deleted' ? undefined : firstTime(updated, created);
  return protection(delivery, { type: 'ruleset', native: ruleset, time });
}

function protection(
  { action, body, deliveryId }: Delivery,
  subject: {
    readonly type: string;
    readonly native: JsonValue | undefined;
    readonly time: NativeTime | undefined;
  },
): Facts {
  const { type, native, time } = subject;
  const uid = idAt(native, 'id');
  const name = stringAt(native, 'name');
  const changes = member(body, 'changes');
  const resource: ResourceDetails = { type, uid, name, data: small(native) };
  return {
    key: [uid, deliveryId],
    time,
    activity: activityOf(action ?? '') ?? UPDATE,
    outcome: DONE,
    resources: [resource],
    essence: [
      uid,
      name,
      stringAt(native, 'enforcement'),
      changes === undefined ? '' : JSON.stringify(changes),
    ],
    unmapped: pick(body, ['changes']),
  };
}
