import type { OcsfBody } from '../../ocsf/event.ts';
import type { Activity } from './activity.ts';
import { clip, textOf } from './fields.ts';
import { outcomeOf } from './outcome.ts';

type Finding = Pick<
  OcsfBody,
  | 'class_uid'
  | 'activity_id'
  | 'status_id'
  | 'status'
  | 'severity_id'
  | 'severity'
  | 'finding_info'
  | 'is_alert'
>;

/**
 * An alert of Defender for Cloud as the Activity Log repeats it (category Security): a Detection Finding, with the
 * severity that Defender itself gave it.
 */
export function findingOf(activity: Activity, eventUid: string): Finding | undefined {
  if (activity.category?.toLowerCase() !== 'security') return undefined;
  const { properties } = activity;
  const isResolved = outcomeOf(activity.outcome) === 'Resolved';
  const title = textOf(properties, 'displayName', 'alertDisplayName', 'alertName', 'title');
  const type = textOf(properties, 'alertType', 'threatID', 'threatId');
  const tactic = textOf(properties, 'intent');
  return {
    class_uid: 2004,
    // A finding's own status: 1 New, 4 Resolved.
    activity_id: isResolved ? 3 : 1,
    status_id: isResolved ? 4 : 1,
    status: undefined,
    ...severityOf(textOf(properties, 'severity', 'Severity')),
    is_alert: true,
    finding_info: {
      uid: textOf(properties, 'alertId', 'systemAlertId') ?? activity.eventId ?? eventUid,
      title: title ?? activity.operation,
      desc: clip(textOf(properties, 'description', 'eventName') ?? activity.description ?? '', 1000),
      types: type === undefined ? undefined : [type],
      analytic: type === undefined ? undefined : { name: title, uid: type, type_id: 1 },
      attacks: tactic === undefined ? undefined : [{ tactic: { name: tactic } }],
      created_time: activity.time?.ms,
    },
  };
}

function severityOf(word: string | undefined): Pick<OcsfBody, 'severity_id' | 'severity'> {
  switch (word?.toLowerCase()) {
    case undefined:
      return { severity_id: 0 };
    case 'informational':
      return { severity_id: 1 };
    case 'low':
      return { severity_id: 2 };
    case 'medium':
      return { severity_id: 3 };
    case 'high':
      return { severity_id: 4 };
    case 'critical':
      return { severity_id: 5 };
    default:
      return { severity_id: 99, severity: word };
  }
}
