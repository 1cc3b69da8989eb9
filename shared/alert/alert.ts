import { hash } from 'node:crypto';
import { type EnvironmentPlace, environmentOf } from '../detect/environment.ts';
import type { Explanation } from '../detect/memory.ts';
import { at, isArray, type JsonValue, member, stringAt } from '../json/json.ts';
import type { OcsfEvent } from '../ocsf/event.ts';
import { isWorse } from './state.ts';

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
  /** `production`, where somebody says so. */
  readonly environment?: string | undefined;
  /** Of a rule that remembers: what was expected against what was seen. */
  readonly explanation?: Explanation | undefined;
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
  /** `update`: more about a finding that was told before, under the same uid. */
  readonly kind: 'new' | 'update';
  /** It tells that the condition which its group alerted about is over. */
  readonly isOver: boolean;
  /** Alerts of its rule in seven days above which the rule goes to a digest. */
  readonly budget: number | undefined;
  /** Account, subscription, project and organisation, by name and id. */
  readonly accounts: readonly string[];
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

/**
 * Reads a finding back as the alert that it alone would be, its severity that of its environment; undefined for an
 * event that is no finding of a rule.
 */
export function candidateOf(
  event: OcsfEvent,
  index: number,
  places: readonly EnvironmentPlace[] = [],
): AlertCandidate | undefined {
  const { finding_info: info, activity_id: activity } = event;
  const own = at(event.unmapped, 'trailproof');
  if (event.class_uid !== 2004 || info === undefined || member(own, 'alert') === undefined) return undefined;
  if (activity !== CREATE && activity !== UPDATE && activity !== CLOSE) return undefined;
  // What a rule says is over is over for the family that it names; by itself a finding that is closed is for its own.
  const over = stringAt(own, 'alert', 'resolves');
  const family = over ?? stringAt(own, 'alert', 'family') ?? info.analytic?.uid ?? 'unknown';
  const groupKey = hash('sha256', JSON.stringify([family, groupOf(own)]), 'hex');
  const environment = environmentOf(event, places);
  const graded = gradeOf(event, own, environment);
  const title = info.title ?? 'Untitled rule';
  const alert: Alert = {
    uid: hash('sha256', `alert|${groupKey}|${info.uid}`, 'hex'),
    family,
    severity: graded.severity,
    title,
    message: messageOf(event, title),
    ...circumstances(event),
    source: stringAt(own, 'event', 'source_product'),
    ...(environment === undefined ? {} : { environment }),
    ...explanationOf(own),
    firstTime: event.time,
    lastTime: event.time,
    windowMs: positiveAt(own, 'alert', 'window_ms') ?? WINDOW_MS_DEFAULT,
    count: 1,
    rule: ruleOf(event, own),
    findings: [{ uid: info.uid, index, event: referenceAt(own) }],
  };
  return {
    alert,
    groupKey,
    isAlert: graded.isAlert,
    kind: activity === UPDATE ? 'update' : 'new',
    isOver: over !== undefined || activity === CLOSE,
    budget: positiveAt(own, 'alert', 'budget'),
    accounts: accountsOf(event),
  };
}

/** OCSF activity_id of findings. */
const CREATE = 1;
const UPDATE = 2;
const CLOSE = 3;
const WINDOW_MS_DEFAULT = 3_600_000;

/** A rule may be stricter in one environment than in another; what a rule keeps to itself stays there everywhere. */
function gradeOf(
  event: OcsfEvent,
  own: JsonValue | undefined,
  environment: string | undefined,
): { readonly severity: Severity; readonly isAlert: boolean } {
  const base = SEVERITIES[event.severity_id] ?? 'unknown';
  const word = environment === undefined ? undefined : stringAt(own, 'alert', 'severity', environment);
  const severity = SEVERITIES.find((each) => each === word);
  if (severity === undefined) return { severity: base, isAlert: event.is_alert !== false };
  const wasMereInformation = base === 'informational' && stringAt(own, 'alert', 'stage') === 'live';
  const isTold = event.is_alert !== false || wasMereInformation;
  return { severity, isAlert: isTold && severity !== 'informational' };
}

function ruleOf({ finding_info: info }: OcsfEvent, own: JsonValue | undefined): AlertRule {
  return {
    uid: info?.analytic?.uid ?? 'unknown',
    title: info?.analytic?.name ?? 'unknown',
    version: info?.analytic?.version,
    author: stringAt(own, 'rule', 'author'),
    references: textsAt(own, 'rule', 'references'),
    falsePositives: textsAt(own, 'rule', 'falsepositives'),
  };
}

/** Read back from storage: whole or not at all. */
function explanationOf(own: JsonValue | undefined): Pick<Alert, 'explanation'> {
  const found = at(own, 'explanation');
  const sentence = stringAt(found, 'sentence');
  const [overEvents, overDays] = [at(found, 'over_events'), at(found, 'over_days')];
  if (sentence === undefined || typeof overEvents !== 'number' || typeof overDays !== 'number') return {};
  const [expected, seen] = [stringAt(found, 'expected') ?? '', stringAt(found, 'seen') ?? ''];
  const listed = at(found, 'precedents');
  const precedents = (isArray(listed) ? listed : []).flatMap(precedentOf);
  return { explanation: { sentence, expected, seen, overEvents, overDays, precedents } };
}

function precedentOf(found: JsonValue): Explanation['precedents'] {
  const [uid, index, time] = [stringAt(found, 'uid'), at(found, 'index'), at(found, 'time')];
  return uid === undefined || typeof index !== 'number' || typeof time !== 'number'
    ? []
    : [{ uid, index, time }];
}

function accountsOf({ cloud }: OcsfEvent): readonly string[] {
  return [cloud?.account, cloud?.org]
    .flatMap((each) => [each?.uid, each?.name])
    .filter((each) => each !== undefined);
}

function referenceAt(own: JsonValue | undefined): AlertFinding['event'] {
  const index = at(own, 'event', 'index');
  return { uid: stringAt(own, 'event', 'uid') ?? '', index: typeof index === 'number' ? index : -1 };
}

function positiveAt(value: JsonValue | undefined, ...path: readonly string[]): number | undefined {
  const found = at(value, ...path);
  return typeof found === 'number' && found > 0 ? found : undefined;
}

/** The alert with one more finding in it. The worse of the two says what the alert is called and what happened. */
export function join(alert: Alert, next: Alert): Alert {
  const isNextWorse = isWorse(alert.severity, next.severity);
  return {
    ...(isNextWorse ? next : alert),
    uid: alert.uid,
    windowMs: alert.windowMs,
    firstTime: Math.min(alert.firstTime, next.firstTime),
    lastTime: Math.max(alert.lastTime, next.lastTime),
    count: alert.count + 1,
    findings: [...alert.findings, ...next.findings].slice(-FINDINGS_KEPT),
  };
}

/** The alert with what became known of a finding that is in it already. */
export function amend(alert: Alert, next: Alert): Alert {
  const isNextWorse = isWorse(alert.severity, next.severity);
  return {
    ...alert,
    severity: isNextWorse ? next.severity : alert.severity,
    lastTime: Math.max(alert.lastTime, next.lastTime),
    ...(next.explanation === undefined ? {} : { explanation: next.explanation, message: next.message }),
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
