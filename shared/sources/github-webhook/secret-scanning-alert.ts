import { idAt, type JsonValue, member, stringAt } from '../../json/json.ts';
import type { OcsfBody } from '../../ocsf/event.ts';
import { firstTime } from '../github/instant.ts';
import { secretAlertUid } from '../github/resources.ts';
import { pick, present } from '../github/small.ts';
import { type Delivery, userOf } from './delivery.ts';
import type { Facts } from './facts.ts';

/**
 * A secret that GitHub found: a finding, never with the secret itself, and closed when the alert is.
 * @see https://docs.github.com/en/webhooks/webhook-events-and-payloads#secret_scanning_alert
 */
export function secretScanningAlert(delivery: Delivery): Facts {
  const { action, body, operation, sender } = delivery;
  const alert = member(body, 'alert');
  const number = idAt(alert, 'number');
  const updated = stringAt(alert, 'updated_at') ?? stringAt(alert, 'resolved_at');
  const type = stringAt(alert, 'secret_type_display_name') ?? stringAt(alert, 'secret_type');
  const resolution = stringAt(alert, 'resolution');
  return {
    key: [number, updated ?? stringAt(alert, 'created_at')],
    time: firstTime(updated, member(alert, 'created_at')),
    activity: ACTIVITIES.get(action ?? '') ?? FINDING_UPDATE,
    outcome: statusOf(action, resolution),
    resources: [],
    essence: [number, stringAt(alert, 'secret_type'), stringAt(alert, 'state'), resolution, sender?.name],
    more: {
      class_uid: 2004,
      is_alert: true,
      finding_info: {
        uid: secretAlertUid(delivery.repositoryName, number),
        title: `Secret found in a repository: ${type ?? 'of unknown type'}`,
        types: ['Secret scanning'],
        created_time: firstTime(member(alert, 'created_at'))?.ms,
        analytic: { type_id: 1, type: 'Rule', uid: stringAt(alert, 'secret_type'), name: type ?? 'secret' },
        src_url: stringAt(alert, 'html_url'),
      },
      evidences: [
        {
          // What detections and queries ask of any other event, where OCSF has room for it in a finding.
          actor: sender === undefined ? undefined : { user: sender },
          api: { operation, service: { name: 'github.secret_scanning_alert' } },
          data: evidence(alert),
        },
      ],
    },
  };
}

const FINDING_UPDATE = 2;

const ACTIVITIES: ReadonlyMap<string, number> = new Map([
  ['created', 1],
  ['resolved', 3],
  ['revoked', 3],
]);

function evidence(alert: JsonValue | undefined): JsonValue | undefined {
  return present({
    ...pick(alert, [
      ...['number', 'state', 'secret_type', 'validity', 'resolution', 'resolution_comment', 'resolved_at'],
      ...['push_protection_bypassed', 'push_protection_bypassed_at', 'publicly_leaked', 'multi_repo'],
    ]),
    resolved_by: userOf(member(alert, 'resolved_by'))?.name,
    push_protection_bypassed_by: userOf(member(alert, 'push_protection_bypassed_by'))?.name,
  });
}

/** The status of a finding: New, Suppressed (nothing was wrong, or nobody minds) or Resolved. */
function statusOf(
  action: string | undefined,
  resolution: string | undefined,
): Pick<OcsfBody, 'status_id' | 'status' | 'status_code'> {
  if (action !== 'resolved' && action !== 'revoked')
    return { status_id: 1, status: 'New', status_code: action };
  const isSuppressed = ['false_positive', 'wont_fix', 'used_in_tests'].includes(resolution ?? '');
  return isSuppressed
    ? { status_id: 3, status: 'Suppressed', status_code: resolution }
    : { status_id: 4, status: 'Resolved', status_code: resolution ?? action };
}
