import { hash } from 'node:crypto';
import type { Alert, Severity } from '../../alert/alert.ts';
import type { FilledBlock, FilledRunbook } from '../../alert/fill.ts';
import { wholeCommand } from '../cut.ts';
import type { AlertMessage } from '../sink.ts';
import { linkTo } from '../url.ts';
import { actorOf, basisOf, isoTime, whenOf } from '../words.ts';
import { DETAIL_MAX, detail, details, linksOf, SOURCE_MAX, SUMMARY_MAX } from './text.ts';

/** A severity that nobody has weighed still wakes somebody: it is a warning. */
const SEVERITIES: Readonly<Record<Severity, 'critical' | 'error' | 'warning' | 'info'>> = {
  critical: 'critical',
  high: 'error',
  medium: 'warning',
  low: 'info',
  informational: 'info',
  unknown: 'warning',
};

const STEPS_MAX = 3_000;

export type EventAction = 'trigger' | 'acknowledge' | 'resolve';

/**
 * An alert as an event of the Events API v2. Repeats of an alert have one `dedup_key` and fold into one incident.
 * @see https://developer.pagerduty.com/docs/events-api-v2-overview
 */
export function alertEvent(message: AlertMessage, action: EventAction, deliveryId: string): object {
  const dedupKey = dedupKeyOf(message);
  if (action !== 'trigger') return { event_action: action, dedup_key: dedupKey };
  const { alert, links, runbook } = message;
  return {
    event_action: action,
    dedup_key: dedupKey,
    client: 'Trailproof',
    client_url: linkTo(links.alert),
    links: linksOf(links),
    payload: {
      summary: detail(summaryOf(message), SUMMARY_MAX),
      source: detail(alert.where ?? alert.account ?? alert.source ?? 'unknown', SOURCE_MAX),
      severity: message.change === 'test' ? 'info' : SEVERITIES[alert.severity],
      timestamp: isoTime(alert.lastTime),
      component: bounded(alert.source, SOURCE_MAX),
      group: bounded(alert.account, SOURCE_MAX),
      class: detail(alert.family, SOURCE_MAX),
      custom_details: detailsOf(alert, runbook, deliveryId),
    },
  };
}

/** Stable over the updates of an alert; the uid is a hash of the group's key and of what opened its window. */
function dedupKeyOf({ change, alert }: AlertMessage): string {
  return dedupKey(`${change === 'test' ? 'test|' : ''}${alert.uid}`);
}

/** What PagerDuty calls the incident of an alert, and tells us of it by. */
export function dedupKey(alertUid: string): string {
  return `trailproof-${hash('sha256', `pagerduty|${alertUid}`, 'hex')}`;
}

function summaryOf({ change, alert }: AlertMessage): string {
  if (change === 'test') return 'Test of Trailproof: nothing happened, and this resolves itself';
  return `${alert.title}: ${alert.message}`;
}

function detailsOf(alert: Alert, runbook: FilledRunbook | undefined, deliveryId: string): object {
  const { explanation } = alert;
  const uids = alert.findings.slice(-5).map(({ event }) => event.uid.slice(0, 16));
  return details({
    who: bounded(actorOf(alert)),
    what: bounded(alert.what),
    where: bounded(alert.where),
    when: whenOf(alert),
    environment: bounded(alert.environment),
    account: bounded(alert.account),
    told_by: bounded(alert.source),
    count: alert.count,
    expected: bounded(explanation?.expected),
    seen: bounded(explanation?.seen),
    expectation_rests_on: explanation === undefined ? undefined : basisOf(explanation),
    perhaps_innocent: bounded(alert.rule.falsePositives[0]),
    rule: detail(`${alert.rule.title} (${alert.rule.uid})`),
    rule_version: bounded(alert.rule.version),
    rule_author: bounded(alert.rule.author),
    event_uids: uids.length === 0 ? undefined : detail(uids.join(' ')),
    first_steps: runbook === undefined ? undefined : stepsOf(runbook),
    delivery_id: detail(deliveryId),
  });
}

function bounded(value: string | undefined, lengthMax = DETAIL_MAX): string | undefined {
  return value === undefined ? undefined : detail(value, lengthMax);
}

/** Whole steps only. Commands keep their addresses, or they would not run. */
function stepsOf({ sections: [first] }: FilledRunbook): string | undefined {
  if (first === undefined) return undefined;
  const lines: string[] = [detail(first.title, 100)];
  let left = STEPS_MAX;
  for (const block of first.blocks) {
    const line = stepOf(block);
    if (line === undefined || line.length > left) {
      lines.push('(the rest is in the runbook)');
      break;
    }
    left -= line.length;
    lines.push(line);
  }
  return lines.join('\n');
}

function stepOf({ kind, text, changes }: FilledBlock): string | undefined {
  if (kind === 'prose') return detail(text, 1_000);
  const command = wholeCommand(text, STEPS_MAX);
  return command === undefined ? undefined : `${changes ? '(changes something) ' : ''}$ ${command}`;
}
