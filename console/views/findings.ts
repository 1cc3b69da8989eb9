import type { Severity } from '../../shared/alert/alert.ts';
import { type FilledRunbook, fillRunbook } from '../../shared/alert/fill.ts';
import { at, isArray, isObject, type JsonValue, member, stringAt } from '../../shared/json/json.ts';
import type { OcsfEvent } from '../../shared/ocsf/event.ts';
import { type ListedFinding, listFindings } from '../../shared/stages/alert.ts';
import { foldedEvent } from '../../shared/stages/folded-event.ts';
import { readLine } from '../../shared/stages/query-lookup.ts';
import type { DeskAlert } from '../alert-desk.ts';
import type { ConsolePorts } from '../ports.ts';
import { findEvent, readEvent } from './event.ts';

export interface FindingsView {
  readonly nowMs: number;
  readonly rule: string;
  readonly level: string;
  readonly findings: readonly ListedFinding[];
  /** Of the rule that is asked for, or of all: how many, and of each severity. */
  readonly listed: number;
  readonly counts: Readonly<Record<Severity, number>>;
  readonly isCut: boolean;
  readonly dataFolder: string | undefined;
}

const LISTED = 1_000;
const SHOWN = 200;

export async function loadFindings(ports: ConsolePorts, parameters: URLSearchParams): Promise<FindingsView> {
  const rule = (parameters.get('rule') ?? '').slice(0, 200);
  const level = (parameters.get('level') ?? '').slice(0, 20);
  const listed = await listFindings(ports.table, LISTED);
  const ofRule = listed.filter(({ finding }) => rule === '' || finding.rule.uid === rule);
  const wanted = ofRule.filter(({ finding }) => level === '' || finding.severity === level);
  const of = (each: Severity) => ofRule.filter(({ finding }) => finding.severity === each).length;
  return {
    nowMs: ports.clock().getTime(),
    rule,
    level,
    listed: ofRule.length,
    counts: {
      unknown: of('unknown'),
      informational: of('informational'),
      low: of('low'),
      medium: of('medium'),
      high: of('high'),
      critical: of('critical'),
    },
    findings: wanted.toSorted((a, b) => b.finding.firstTime - a.finding.firstTime).slice(0, SHOWN),
    isCut: listed.length === LISTED || wanted.length > SHOWN,
    dataFolder: ports.dataFolder,
  };
}

/** What a rule that remembers says of its expectation, as it stands in the finding. */
export interface Explained {
  readonly sentence: string;
  readonly expected: string;
  readonly seen: string;
  readonly overEvents: number;
  readonly overDays: number;
  readonly isAtLeast: boolean;
  readonly isLearning: boolean;
  readonly precedents: readonly { readonly uid: string; readonly timeMs: number }[];
}

export interface FindingView {
  readonly uid: string;
  readonly index: number;
  readonly nowMs: number;
  readonly event: OcsfEvent;
  readonly severity: Severity;
  readonly explained: Explained | undefined;
  /** The events that show it, oldest first. */
  readonly related: readonly { readonly uid?: string | undefined; readonly title?: string | undefined }[];
  /** What the rule's author wants people to see. */
  readonly fields: readonly { readonly name: string; readonly values: readonly string[] }[];
  readonly falsePositives: readonly string[];
  readonly references: readonly string[];
  readonly author: string | undefined;
  readonly stage: string;
  readonly runbook: FilledRunbook | undefined;
  readonly alert: DeskAlert | undefined;
  readonly dataFolder: string | undefined;
}

export async function loadFinding(ports: ConsolePorts, prefix: string): Promise<FindingView | undefined> {
  const found = await findEvent(ports, prefix);
  if (found.kind !== 'one') return undefined;
  const { event } = await readEvent(ports, found.index);
  if (event?.finding_info === undefined) return undefined;
  const own = event.unmapped?.['trailproof'];
  const listed = (await listFindings(ports.table, LISTED)).find(({ finding }) =>
    finding.findings.some(({ index }) => index === found.index),
  );
  return {
    uid: found.uid,
    index: found.index,
    nowMs: ports.clock().getTime(),
    event,
    severity: listed?.finding.severity ?? 'unknown',
    explained: explainedOf(at(own, 'explanation')),
    related: await relatedOf(ports, event),
    fields: fieldsIn(member(own, 'fields')),
    falsePositives: textsIn(at(own, 'rule', 'falsepositives')),
    references: textsIn(at(own, 'rule', 'references')),
    author: stringAt(own, 'rule', 'author'),
    stage: stringAt(own, 'alert', 'stage') ?? 'live',
    runbook: await runbookFor(ports, event),
    alert: listed?.alertUid === undefined ? undefined : await ports.alerts.find(listed.alertUid),
    dataFolder: ports.dataFolder,
  };
}

/** Looked up where the finding does not say what they were; each costs reading a block. */
const LOOKED_UP = 8;

async function relatedOf(
  ports: ConsolePorts,
  { finding_info: info }: OcsfEvent,
): Promise<FindingView['related']> {
  const related = (info?.related_events ?? []).slice(-20);
  return Promise.all(
    related.map(async ({ uid = '', title }, n) => {
      if (title !== undefined || n < related.length - LOOKED_UP) return { uid, title };
      const found = await findEvent(ports, uid);
      const { event } = found.kind === 'one' ? await readEvent(ports, found.index) : {};
      return { uid, title: event?.message };
    }),
  );
}

/** The runbook of a finding's rule, filled in from the event that shows it. */
export async function runbookFor(
  ports: ConsolePorts,
  finding: OcsfEvent,
): Promise<FilledRunbook | undefined> {
  const runbook = ports.runbooks.get(finding.finding_info?.analytic?.uid ?? '');
  const index = at(finding.unmapped?.['trailproof'], 'event', 'index');
  if (runbook === undefined || typeof index !== 'number') return undefined;
  return filledFrom(ports, runbook, index);
}

export async function filledFrom(
  ports: ConsolePorts,
  runbook: Parameters<typeof fillRunbook>[0],
  index: number,
): Promise<FilledRunbook | undefined> {
  const line = await readLine(ports, index);
  const event = line === undefined ? undefined : await foldedEvent(ports, line);
  if (event === undefined) return undefined;
  const situation = {
    source: event.source,
    event: event.event as unknown as JsonValue,
    record: event.record,
  };
  return fillRunbook(runbook, situation, { dataFolder: ports.dataFolder });
}

function explainedOf(found: JsonValue | undefined): Explained | undefined {
  if (!isObject(found)) return undefined;
  const text = (name: string) => stringAt(found, name) ?? '';
  const count = (name: string) => numberIn(member(found, name));
  const precedents = member(found, 'precedents');
  return {
    sentence: text('sentence'),
    expected: text('expected'),
    seen: text('seen'),
    overEvents: count('over_events'),
    overDays: count('over_days'),
    isAtLeast: member(found, 'is_at_least') === true,
    isLearning: member(found, 'is_learning') === true,
    precedents: (isArray(precedents) ? precedents : []).slice(0, 10).map((each) => ({
      uid: stringAt(each, 'uid') ?? '',
      timeMs: numberIn(member(each, 'time')),
    })),
  };
}

function fieldsIn(found: JsonValue | undefined): FindingView['fields'] {
  if (!isArray(found)) return [];
  return found
    .slice(0, 30)
    .map((each) => ({ name: stringAt(each, 'name') ?? '', values: textsIn(at(each, 'values')) }));
}

function textsIn(found: JsonValue | undefined): readonly string[] {
  return isArray(found) ? found.filter((each) => typeof each === 'string') : [];
}

function numberIn(found: JsonValue | undefined): number {
  return typeof found === 'number' ? found : 0;
}
