import type { JsonObject, JsonValue } from '../json/json.ts';
import type { Evidence, FindingInfo, OcsfBody, OcsfEvent, Profile, RelatedEvent } from '../ocsf/event.ts';
import { affectedBy } from './affected.ts';
import { attacksOf } from './attack.ts';
import { settingsOf } from './settings.ts';
import { fieldTexts } from './sigma/field-texts.ts';
import { type Level, type RuleHeader, referenceOf } from './sigma/index.ts';

/** The source of what Trailproof itself says. */
export const OWN_SOURCE = 'trailproof';

/** OCSF severity by Sigma level; a rule without a level is one that nobody has weighed. */
const SEVERITY: Readonly<Record<Level, 1 | 2 | 3 | 4 | 5>> = {
  informational: 1,
  low: 2,
  medium: 3,
  high: 4,
  critical: 5,
};

export function severityOf({ level }: RuleHeader): 0 | 1 | 2 | 3 | 4 | 5 {
  return level === undefined ? 0 : SEVERITY[level];
}

/** Whether a finding of the rule is meant for a person. */
export function isAlert(rule: RuleHeader): boolean {
  return settingsOf(rule).stage === 'live' && rule.level !== 'informational';
}

/** Where it happened, by whom and to what: taken over from the event that shows it. */
export function circumstances(
  event: OcsfEvent,
): Pick<OcsfBody, 'metadata' | 'cloud' | 'api' | 'evidences' | 'resources'> {
  const profiles: readonly Profile[] = event.cloud === undefined ? [] : ['cloud'];
  return {
    metadata: { profiles, log_name: OWN_SOURCE, correlation_uid: event.metadata.correlation_uid },
    cloud: event.cloud,
    api: event.cloud === undefined ? undefined : event.api,
    evidences: [evidenceOf(event)],
    resources: affectedBy(event),
  };
}

/** What of a rule of any kind has a place in OCSF. */
export function infoOf(
  rule: RuleHeader,
): Pick<FindingInfo, 'title' | 'desc' | 'types' | 'analytic' | 'attacks' | 'src_url' | 'tags'> {
  const attacks = attacksOf(rule.tags);
  return {
    title: rule.title,
    desc: rule.description?.trim(),
    types: [settingsOf(rule).family],
    analytic: {
      uid: referenceOf(rule),
      name: rule.title,
      type_id: 1,
      type: 'Rule',
      version: rule.modified ?? rule.date,
    },
    ...(attacks.length === 0 ? {} : { attacks }),
    src_url: rule.references.find((reference) => /^https?:\/\//.test(reference)),
    tags: rule.tags.slice(0, 50).map((tag) => ({ name: 'sigma', value: tag })),
  };
}

export function relatedEvent(event: OcsfEvent): RelatedEvent {
  return {
    uid: event.metadata.uid,
    type_uid: event.type_uid,
    type_name: event.type_name,
    title: event.message?.slice(0, 300),
  };
}

export function productOf(event: OcsfEvent): string | null {
  return event.metadata.product.name ?? null;
}

/** Everything of the rule that a reader needs and OCSF has no place for: above all who wrote it. */
export function ruleOf(rule: RuleHeader): JsonObject {
  const { trailproof: _, ...custom } = rule.custom;
  return {
    id: referenceOf(rule),
    author: rule.author,
    license: rule.license,
    status: rule.status,
    level: rule.level,
    date: rule.date,
    modified: rule.modified,
    references: rule.references,
    falsepositives: rule.falsepositives,
    ...(Object.keys(custom).length === 0 ? {} : { custom }),
  };
}

/** How findings of the rule become alerts. */
export function alertOf(rule: RuleHeader): JsonObject {
  const { family, stage, windowMs, budget, severity, resolves } = settingsOf(rule);
  return {
    family,
    stage,
    window_ms: windowMs,
    ...(budget === undefined ? {} : { budget }),
    ...(severity.size === 0 ? {} : { severity: Object.fromEntries(severity) }),
    ...(resolves === undefined ? {} : { resolves }),
  };
}

/** The values that tell one group of the rule's findings from another. */
export function groupOf(
  rule: RuleHeader,
  event: OcsfEvent,
): readonly { field: string; values: readonly string[] }[] {
  return settingsOf(rule).groupBy.map((field) => ({
    field,
    values: fieldTexts(event as unknown as JsonValue, field)
      .slice(0, 5)
      .map(clip),
  }));
}

/** What the rule's author wants people to see: fields of the first of these that has them. */
export function fieldsOf(rule: RuleHeader, ...places: readonly JsonValue[]): readonly JsonObject[] {
  return rule.fields.slice(0, 30).flatMap((name) => {
    const texts = places.map((place) => fieldTexts(place, name)).find(({ length }) => length > 0) ?? [];
    const values = texts.slice(0, 10).map(clip);
    return values.length === 0 ? [] : [{ name, values }];
  });
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

export function clip(text: string): string {
  return text.length > 500 ? `${text.slice(0, 500)}…` : text;
}
