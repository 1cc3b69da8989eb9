import { hash } from 'node:crypto';
import type { JsonValue } from '../json/json.ts';
import { complete } from '../ocsf/complete.ts';
import type { OcsfBody, OcsfEvent } from '../ocsf/event.ts';
import type { PendingEntry } from '../trail/pending.ts';
import {
  alertOf,
  circumstances,
  fieldsOf,
  groupOf,
  infoOf,
  isAlert,
  OWN_SOURCE,
  productOf,
  relatedEvent,
  ruleOf,
  severityOf,
} from './finding-parts.ts';
import { type Rule, referenceOf } from './sigma/index.ts';

export { OWN_SOURCE } from './finding-parts.ts';
export { noticeFinding } from './notice-finding.ts';

/** What a rule matched: an event of the trail with its place, and the record behind it. */
export interface Matched {
  readonly index: number;
  readonly event: OcsfEvent;
  readonly record: JsonValue | undefined;
}

/**
 * A match as a Detection Finding (2004), ready to be appended. Its uid and essence follow from rule and event alone:
 * found again, after a crash or a rebuild, it is a duplicate, even when the rule has a better description by then.
 * The nonce is 128 random bits in hex, which hide the line's content from who sees only its hash.
 */
export function findingOf(rule: Rule, matched: Matched, nonce: string): PendingEntry {
  const { event } = matched;
  const uid = hash('sha256', `finding|${referenceOf(rule)}|${event.metadata.uid}`, 'hex');
  const origin = {
    uid,
    originalEventUid: undefined,
    product: { name: 'Trailproof', vendor_name: 'Trailproof' },
  };
  const essence = `1:${hash('sha256', `${referenceOf(rule)}|${event.metadata.uid}`, 'hex')}`;
  const finding = complete(bodyOf(rule, matched, { uid, essence, nonce }), origin);
  return {
    kind: 'event',
    uid,
    essence,
    source: OWN_SOURCE,
    time: event.time,
    line: JSON.stringify(finding),
  };
}

function bodyOf(
  rule: Rule,
  matched: Matched,
  own: { uid: string; essence: string; nonce: string },
): OcsfBody {
  const { event } = matched;
  return {
    ...circumstances(event),
    class_uid: 2004,
    activity_id: 1,
    time: event.time,
    severity_id: severityOf(rule),
    message: sentence(rule, event),
    status_id: 1,
    is_alert: isAlert(rule),
    finding_info: {
      ...infoOf(rule),
      uid: own.uid,
      created_time: event.time,
      first_seen_time: event.time,
      last_seen_time: event.time,
      related_events: [relatedEvent(event)],
      related_events_count: 1,
    },
    unmapped: {
      trailproof: {
        nonce: own.nonce,
        essence: own.essence,
        event: { uid: event.metadata.uid, index: matched.index, source_product: productOf(event) },
        rule: { ...ruleOf(rule), logsource: { ...rule.logsource } },
        alert: { ...alertOf(rule), group: groupOf(rule, event) },
        fields: fieldsOf(rule, matched.record ?? (event as unknown as JsonValue)),
      },
    },
  };
}

/** What happened, in a sentence; the event's own words say who did what. */
function sentence(rule: Rule, event: OcsfEvent): string {
  const told =
    event.message ?? `${event.actor?.user?.name ?? 'somebody'}: ${event.api?.operation ?? event.type_name}`;
  return `${rule.title}: ${told}`.slice(0, 1_000);
}
