import { hash } from 'node:crypto';
import { at, isArray, type JsonValue, member, stringAt } from '../json/json.ts';
import type { OcsfEvent } from '../ocsf/event.ts';

export type Severity = 'critical' | 'high' | 'medium' | 'low' | 'informational' | 'unknown';

/** What a person is told: one act or a group of the same, with what they need to decide whether to get up. */
export interface Alert {
  /** 64 hex digits: stable over the updates of the alert. */
  readonly uid: string;
  readonly family: string;
  readonly severity: Severity;
  readonly title: string;
  /** What happened in the worst of its findings, the first of those, in a sentence. */
  readonly message: string;
  readonly who: string | undefined;
  /** Where they came from: an address, or the name of what acted. */
  readonly from: string | undefined;
  readonly what: string | undefined;
  /** What it was done to. */
  readonly where: string | undefined;
  /** The cloud account or organisation. */
  readonly account: string | undefined;
  /** The product that told of it. */
  readonly source: string | undefined;
  /** Event time of the first and of the latest finding, ms. */
  readonly firstTime: number;
  readonly lastTime: number;
  readonly windowMs: number;
  readonly count: number;
  readonly rule: AlertRule;
  /** The latest of them; `count` says how many there were. */
  readonly findings: readonly AlertFinding[];
}

export interface AlertRule {
  readonly uid: string;
  readonly title: string;
  /** The day it was last changed, as its author writes it. */
  readonly version: string | undefined;
  /** Shown with every match: the licence of public rules asks for it. */
  readonly author: string | undefined;
  readonly references: readonly string[];
  readonly falsePositives: readonly string[];
}

export interface AlertFinding {
  readonly uid: string;
  /** Index of the finding in the trail. */
  readonly index: number;
  readonly event: { readonly uid: string; readonly index: number };
}

/** A finding as alerts see it: what it would alert about, and which of them belong together. */
export interface AlertCandidate {
  readonly alert: Alert;
  /** Findings with the same key are one alert while its window lasts. */
  readonly groupKey: string;
  /** False for staged rules and for mere information: a finding, and no alert. */
  readonly isAlert: boolean;
}

const FINDINGS_KEPT = 20;
const SEVERITIES: readonly Severity[] = [
  'unknown',
  'informational',
  'low',
  'medium',
  'high',
  'critical',
  'critical',
];

/** Reads a finding back as the alert that it alone would be; undefined for an event that is no new finding. */
export function candidateOf(event: OcsfEvent, index: number): AlertCandidate | undefined {
  const { finding_info: info } = event;
  if (event.class_uid !== 2004 || event.activity_id !== 1 || info === undefined) return undefined;
  const own = at(event.unmapped, 'trailproof');
  const family = stringAt(own, 'alert', 'family') ?? info.analytic?.uid ?? 'unknown';
  const groupKey = hash('sha256', JSON.stringify([family, groupOf(own)]), 'hex');
  const window = at(own, 'alert', 'window_ms');
  const related = { uid: stringAt(own, 'event', 'uid') ?? '', index: numberAt(own, 'event', 'index') };
  const alert: Alert = {
    uid: hash('sha256', `alert|${groupKey}|${info.uid}`, 'hex'),
    family,
    severity: SEVERITIES[event.severity_id] ?? 'unknown',
    title: info.title ?? 'Untitled rule',
    message: messageOf(event, info.title ?? ''),
    ...circumstances(event),
    source: stringAt(own, 'event', 'source_product'),
    firstTime: event.time,
    lastTime: event.time,
    windowMs: typeof window === 'number' && window > 0 ? window : 3_600_000,
    count: 1,
    rule: {
      uid: info.analytic?.uid ?? 'unknown',
      title: info.analytic?.name ?? 'unknown',
      version: info.analytic?.version,
      author: stringAt(own, 'rule', 'author'),
      references: textsAt(own, 'rule', 'references'),
      falsePositives: textsAt(own, 'rule', 'falsepositives'),
    },
    findings: [{ uid: info.uid, index, event: related }],
  };
  return { alert, groupKey, isAlert: event.is_alert !== false };
}

/** The alert with one more finding in it. The worse of the two says what the alert is called and what happened. */
export function join(alert: Alert, next: Alert): Alert {
  const isWorse = SEVERITIES.indexOf(next.severity) > SEVERITIES.indexOf(alert.severity);
  return {
    ...(isWorse ? next : alert),
    uid: alert.uid,
    windowMs: alert.windowMs,
    firstTime: Math.min(alert.firstTime, next.firstTime),
    lastTime: Math.max(alert.lastTime, next.lastTime),
    count: alert.count + 1,
    findings: [...alert.findings, ...next.findings].slice(-FINDINGS_KEPT),
  };
}

/** A finding's message begins with the rule's title, which stands above it here. */
function messageOf({ message = '' }: OcsfEvent, title: string): string {
  return message.startsWith(`${title}: `) ? message.slice(title.length + 2) : message || title;
}

function circumstances(event: OcsfEvent): Pick<Alert, 'who' | 'from' | 'what' | 'where' | 'account'> {
  const evidence = event.evidences?.[0];
  const actor = evidence?.actor;
  const endpoint = evidence?.src_endpoint;
  const [resource] = event.resources ?? [];
  const account = event.cloud?.account ?? event.cloud?.org;
  return {
    who: actor?.user?.name ?? actor?.user?.uid ?? actor?.session?.uid ?? actor?.app_name,
    from: endpoint?.ip ?? endpoint?.domain ?? endpoint?.hostname ?? endpoint?.svc_name ?? endpoint?.name,
    what: evidence?.api?.operation,
    where: resource?.name ?? resource?.uid,
    account:
      account === undefined
        ? undefined
        : [event.cloud?.provider, account.name ?? account.uid].join(' ').trim(),
  };
}

/** The values by which findings of a family are told apart. */
function groupOf(own: JsonValue | undefined): JsonValue {
  const group = at(own, 'alert', 'group');
  return isArray(group) ? group.map((each) => member(each, 'values') ?? []) : [];
}

function textsAt(value: JsonValue | undefined, ...path: readonly string[]): readonly string[] {
  const found = at(value, ...path);
  return isArray(found) ? found.filter((each) => typeof each === 'string') : [];
}

function numberAt(value: JsonValue | undefined, ...path: readonly string[]): number {
  const found = at(value, ...path);
  return typeof found === 'number' ? found : -1;
}
