import { hash } from 'node:crypto';
import type { JsonObject, JsonValue } from '../json/json.ts';
import { complete } from '../ocsf/complete.ts';
import type { Evidence, OcsfBody, OcsfEvent, Profile } from '../ocsf/event.ts';
import type { PendingEntry } from '../trail/pending.ts';
import { affectedBy } from './affected.ts';
import { attacksOf } from './attack.ts';
import { settingsOf } from './settings.ts';
import { fieldTexts } from './sigma/field-texts.ts';
import { type Level, type Rule, referenceOf } from './sigma/index.ts';

/** The source of what Trailproof itself says. */
export const OWN_SOURCE = 'trailproof';

/** What a rule matched: an event of the trail with its place, and the record behind it. */
export interface Matched {
  readonly index: number;
  readonly event: OcsfEvent;
  readonly record: JsonValue | undefined;
}

/** OCSF severity by Sigma level; a rule without a level is one that nobody has weighed. */
const SEVERITY: Readonly<Record<Level, 1 | 2 | 3 | 4 | 5>> = {
  informational: 1,
  low: 2,
  medium: 3,
  high: 4,
  critical: 5,
};

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
  const profiles: readonly Profile[] = event.cloud === undefined ? [] : ['cloud'];
  const tags = rule.tags.slice(0, 50).map((tag) => ({ name: 'sigma', value: tag }));
  const attacks = attacksOf(rule.tags);
  return {
    class_uid: 2004,
    activity_id: 1,
    time: event.time,
    severity_id: rule.level === undefined ? 0 : SEVERITY[rule.level],
    message: sentence(rule, event),
    status_id: 1,
    metadata: { profiles, log_name: OWN_SOURCE, correlation_uid: event.metadata.correlation_uid },
    cloud: event.cloud,
    api: event.cloud === undefined ? undefined : event.api,
    is_alert: settingsOf(rule).stage === 'live' && rule.level !== 'informational',
    finding_info: {
      uid: own.uid,
      title: rule.title,
      desc: rule.description?.trim(),
      types: [settingsOf(rule).family],
      created_time: event.time,
      first_seen_time: event.time,
      last_seen_time: event.time,
      analytic: {
        uid: referenceOf(rule),
        name: rule.title,
        type_id: 1,
        type: 'Rule',
        version: rule.modified ?? rule.date,
      },
      ...(attacks.length === 0 ? {} : { attacks }),
      related_events: [
        {
          uid: event.metadata.uid,
          type_uid: event.type_uid,
          type_name: event.type_name,
          title: event.message?.slice(0, 300),
        },
      ],
      related_events_count: 1,
      src_url: rule.references.find((reference) => /^https?:\/\//.test(reference)),
      tags,
    },
    evidences: [evidenceOf(event)],
    resources: affectedBy(event),
    unmapped: { trailproof: unmappedOf(rule, matched, own) },
  };
}

/** What happened, in a sentence; the event's own words say who did what. */
function sentence(rule: Rule, event: OcsfEvent): string {
  const told =
    event.message ?? `${event.actor?.user?.name ?? 'somebody'}: ${event.api?.operation ?? event.type_name}`;
  return `${rule.title}: ${told}`.slice(0, 1_000);
}

function evidenceOf(event: OcsfEvent): Evidence {
  const { actor, api, src_endpoint, user } = event;
  // OCSF wants one of these; an event that has none of them still has a uid.
  const isBare = actor === undefined && api === undefined && src_endpoint === undefined && user === undefined;
  return {
    uid: event.metadata.uid,
    actor,
    api,
    src_endpoint,
    user,
    ...(isBare ? { data: { uid: event.metadata.uid } } : {}),
  };
}

/** Everything of the rule that a reader needs and OCSF has no place for: above all who wrote it. */
function unmappedOf(
  rule: Rule,
  { index, event, record }: Matched,
  { essence, nonce }: { essence: string; nonce: string },
): JsonObject {
  const { family, stage, groupBy, windowMs } = settingsOf(rule);
  const texts = (field: string) =>
    fieldTexts(event as unknown as JsonValue, field)
      .slice(0, 5)
      .map(clip);
  const { trailproof: _, ...custom } = rule.custom;
  return {
    nonce,
    essence,
    event: { uid: event.metadata.uid, index, source_product: event.metadata.product.name ?? null },
    rule: {
      id: referenceOf(rule),
      author: rule.author,
      license: rule.license,
      status: rule.status,
      level: rule.level,
      date: rule.date,
      modified: rule.modified,
      logsource: { ...rule.logsource },
      references: rule.references,
      falsepositives: rule.falsepositives,
      ...(Object.keys(custom).length === 0 ? {} : { custom }),
    },
    alert: {
      family,
      stage,
      window_ms: windowMs,
      group: groupBy.map((field) => ({ field, values: texts(field) })),
    },
    fields: fieldsOf(rule, record ?? (event as unknown as JsonValue)),
  };
}

/** What the rule's author wants people to see. */
function fieldsOf(rule: Rule, record: JsonValue): readonly JsonObject[] {
  return rule.fields.slice(0, 30).flatMap((name) => {
    const values = fieldTexts(record, name).slice(0, 10).map(clip);
    return values.length === 0 ? [] : [{ name, values }];
  });
}

function clip(text: string): string {
  return text.length > 500 ? `${text.slice(0, 500)}…` : text;
}
