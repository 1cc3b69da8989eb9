import { hash } from 'node:crypto';
import type { JsonObject, JsonValue } from '../json/json.ts';
import { complete } from '../ocsf/complete.ts';
import type { FindingInfo, OcsfBody, RelatedEvent } from '../ocsf/event.ts';
import type { PendingEntry } from '../trail/pending.ts';
import type { Matched } from './finding.ts';
import {
  alertOf,
  circumstances,
  clip,
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
import type { EventReference, Notice } from './memory.ts';
import { settingsOf } from './settings.ts';
import { referenceOf } from './sigma/index.ts';

const RELATED_MAX = 100;
const SENTENCE_LENGTH_MAX = 2_000;

/**
 * A notice as a Detection Finding (2004): what joined it later is an update (activity 2) of the same finding, with a
 * uid of its own. As with a match, uid and essence follow from rule and notice alone. `matched` is the event at which
 * it was noticed, where the caller has it at hand: without it the finding does not say who did what from where.
 */
export function noticeFinding(notice: Notice, matched: Matched | undefined, nonce: string): PendingEntry {
  const { rule, kind, key } = notice;
  const findingUid = hash('sha256', `finding|${referenceOf(rule)}|${key}`, 'hex');
  const last = notice.events.at(-1) ?? notice.event;
  const uid =
    kind === 'new'
      ? findingUid
      : hash('sha256', `update|${findingUid}|${notice.eventCount}|${last.uid}`, 'hex');
  const essence = `1:${hash('sha256', `${referenceOf(rule)}|${uid}`, 'hex')}`;
  const body = bodyOf(notice, matched, { findingUid, essence, nonce });
  const product = { name: 'Trailproof', vendor_name: 'Trailproof' };
  const finding = complete(body, { uid, originalEventUid: undefined, product });
  return {
    kind: 'event',
    uid,
    essence,
    source: OWN_SOURCE,
    time: body.time,
    line: JSON.stringify(finding),
  };
}

function bodyOf(
  notice: Notice,
  matched: Matched | undefined,
  own: { findingUid: string; essence: string; nonce: string },
): OcsfBody {
  const { rule, kind } = notice;
  const times = [notice.event, ...notice.events].map(({ time }) => time);
  return {
    ...(matched === undefined ? { metadata: { log_name: OWN_SOURCE } } : circumstances(matched.event)),
    class_uid: 2004,
    activity_id: kind === 'new' ? 1 : 2,
    time: kind === 'new' ? notice.event.time : Math.max(...times),
    severity_id: severityOf(rule),
    message: `${rule.title}: ${sentenceOf(notice)}`,
    status_id: 1,
    count: notice.eventCount,
    is_alert: isAlert(rule) && !notice.isStaged,
    finding_info: {
      ...infoOf(rule),
      desc: [rule.description?.trim(), sentenceOf(notice)].filter(Boolean).join('\n\n'),
      uid: own.findingUid,
      created_time: notice.event.time,
      first_seen_time: Math.min(...times),
      last_seen_time: Math.max(...times),
      ...relatedOf(notice, matched),
    },
    unmapped: { trailproof: unmappedOf(notice, matched, own) },
  };
}

function sentenceOf({ explanation, isAtLeast }: Notice): string {
  const sentence = explanation.sentence.slice(0, SENTENCE_LENGTH_MAX);
  return isAtLeast ? `${sentence} Counts are at least these: more was seen than is remembered.` : sentence;
}

function relatedOf(
  { events, eventCount, event }: Notice,
  matched: Matched | undefined,
): Pick<FindingInfo, 'related_events' | 'related_events_count'> {
  const related = (events.length === 0 ? [event] : events)
    .slice(-RELATED_MAX)
    .map(({ uid }): RelatedEvent => {
      return matched?.event.metadata.uid === uid ? relatedEvent(matched.event) : { uid };
    });
  return { related_events: related, related_events_count: eventCount };
}

function unmappedOf(
  notice: Notice,
  matched: Matched | undefined,
  { essence, nonce }: { essence: string; nonce: string },
): JsonObject {
  const { rule, event, isStaged } = notice;
  const alert = alertOf(rule);
  // What is not known to be about others' events is taken to be about our own, which no rule over them looks at again.
  const isOwn = matched === undefined || matched.event.metadata.log_name === OWN_SOURCE;
  return {
    nonce,
    essence,
    event: {
      uid: event.uid,
      index: event.index,
      source_product: matched === undefined ? null : productOf(matched.event),
    },
    rule: { ...ruleOf(rule), ...(isOwn ? { logsource: { product: OWN_SOURCE } } : {}) },
    alert: { ...alert, stage: isStaged ? 'staged' : alert['stage'], group: alertGroupOf(notice, matched) },
    group: notice.group.map(({ field, value }) => ({ field, value: clip(value) })),
    explanation: explanationOf(notice),
    fields:
      matched === undefined
        ? []
        : fieldsOf(rule, matched.record ?? null, matched.event as unknown as JsonValue),
  };
}

/**
 * By what the rule's settings name: its own groups by their names, else fields of the OCSF event. A rule that says
 * nothing groups its alerts as it groups its events.
 */
function alertGroupOf(notice: Notice, matched: Matched | undefined): readonly JsonObject[] {
  const { rule, group } = notice;
  const own = group.map(({ field, value }) => ({ field, values: [clip(value)] }));
  if (!settingsOf(rule).groupsAlerts) return own;
  const told = matched === undefined ? [] : groupOf(rule, matched.event);
  return settingsOf(rule).groupBy.map((field) => {
    const found = [...own, ...told].find((each) => each.field === field);
    return found ?? { field, values: [] };
  });
}

/** In the names of OCSF's style; every number can be checked against the trail. */
function explanationOf({ explanation, isAtLeast, isStaged }: Notice): JsonObject {
  const { sentence, expected, seen, overEvents, overDays, precedents } = explanation;
  return {
    sentence: sentence.slice(0, SENTENCE_LENGTH_MAX),
    expected: clip(expected),
    seen: clip(seen),
    over_events: overEvents,
    over_days: overDays,
    is_at_least: isAtLeast,
    is_learning: isStaged,
    precedents: precedents.map(({ uid, index, time }: EventReference) => ({ uid, index, time })),
  };
}
