import { type Alert, type AlertCandidate, amend, candidateOf, join } from '../alert/alert.ts';
import { actOf } from '../alert/entry.ts';
import { type AlertFacts, type Routing, sinksFor } from '../alert/route.ts';
import { type Silence, silenceOver } from '../alert/silence.ts';
import { type Act, type AlertStatus, afterFinding, isWorse, OPEN } from '../alert/state.ts';
import type { EnvironmentPlace } from '../detect/environment.ts';
import { OWN_SOURCE } from '../detect/finding.ts';
import type { Table } from '../ports.ts';
import { applyAct, keepAct } from './alert-acts.ts';
import { admit, readmit } from './alert-budget.ts';
import {
  findingRows,
  groupRow,
  type KeptAlert,
  type ListedAlert,
  listSilences,
  readAlertOf,
  readGroup,
  readOpen,
  sortKey,
  writeAlert,
} from './alert-rows.ts';
import { makeDue, presentSinks } from './alert-sinks.ts';
import type { Fold, FoldedEvent } from './fold.ts';

export {
  type ListedAlert,
  type ListedFinding,
  listAlerts,
  listFindings,
  listSilences,
} from './alert-rows.ts';

export interface AlertDependencies {
  readonly table: Table;
  /** What belongs to which environment. */
  readonly places?: readonly EnvironmentPlace[];
  /** Where alerts go; nowhere where it is not given. */
  readonly routing?: Routing;
  /** Told of each alert that is told, once it is kept; not told again of what was applied before. */
  changed?(alert: ListedAlert, change: 'opened' | 'updated'): void;
}

/**
 * Groups findings into alerts: one per family, group and window, updated and never repeated; and keeps what people did
 * with them, what is to be told to whom, and what was told. Findings of staged rules are listed and alert nobody. All
 * of it follows from the trail and the settings, so that a fold that is made again tells nothing that was told before.
 */
export function alertFold(dependencies: AlertDependencies): Fold {
  return {
    id: 'alert',
    spanSize: 1,
    async apply(events) {
      for (const each of events) {
        if (each.source === OWN_SOURCE) await applyOwn(dependencies, each);
      }
    },
  };
}

async function applyOwn(dependencies: AlertDependencies, { index, event }: FoldedEvent): Promise<void> {
  const act = actOf(event);
  if (act !== undefined) {
    await applyAct(dependencies.table, act, { index, timeMs: event.time });
    return;
  }
  const candidate = candidateOf(event, index, dependencies.places);
  if (candidate === undefined) return;
  if (candidate.kind === 'update') await applyUpdate(dependencies, candidate, index);
  else if (candidate.isOver) await applyOver(dependencies, candidate, index);
  else await applyFinding(dependencies, candidate, index);
}

async function applyFinding(
  dependencies: AlertDependencies,
  candidate: AlertCandidate,
  index: number,
): Promise<void> {
  const { table, changed } = dependencies;
  const { alert: finding, groupKey } = candidate;
  for (;;) {
    const open = candidate.isAlert ? await readOpen(table, groupKey, finding) : undefined;
    if (open !== undefined && open.through >= index) return;
    if (!candidate.isAlert) {
      await table.write(findingRows(finding, index, undefined));
      return;
    }
    const kept = await afterCandidate(dependencies, candidate, { open, index });
    // In this order: whoever finds the alert finds its finding, and what is due; whoever finds the group, the alert.
    await table.write(findingRows(finding, index, kept));
    await makeDue(table, kept, open);
    if (!(await writeAlert(table, kept, open))) {
      // The alert is there and its group is not: a crash came between the two.
      if (open === undefined) await table.write([groupRow(groupKey, finding.firstTime, kept.sk)]);
      continue;
    }
    if (open === undefined) await table.write([groupRow(groupKey, finding.firstTime, kept.sk)]);
    if (kept.alert.fate === 'told') {
      changed?.(kept.alert, open === undefined || open.alert.fate !== 'told' ? 'opened' : 'updated');
    }
    return;
  }
}

/** The alert of a candidate's group with the candidate in it. */
async function afterCandidate(
  dependencies: AlertDependencies,
  candidate: AlertCandidate,
  { open, index }: { readonly open: KeptAlert | undefined; readonly index: number },
): Promise<KeptAlert> {
  const { table, routing } = dependencies;
  const finding = candidate.alert;
  const joined = open === undefined ? finding : join(open.alert, finding);
  const before = open?.alert;
  const facts = factsOf({ ...candidate, alert: joined });
  const silence = silenceOver(await listSilences(table), facts, finding.firstTime);
  const status = statusAfter(before, joined, silence);
  const wasTold = before !== undefined && before.fate !== 'silenced';
  const wanted = routing === undefined ? [] : sinksFor(routing, facts);
  const present = await presentSinks(table, wanted, index);
  const base: ListedAlert = {
    ...joined,
    status,
    history: historyAfter(before, status),
    fate: wasTold ? before.fate : silence === undefined ? 'told' : 'silenced',
    ...(wasTold || silence === undefined ? {} : { silence: silence.uid }),
    sinks: [...new Set([...(before?.sinks ?? []), ...present])],
    opening: before?.opening ?? finding.findings[0]?.uid ?? '',
  };
  const kept = { sk: open?.sk ?? sortKey(index), through: index, alert: base };
  if (before?.fate === 'digest' && silence === undefined && isWorse(before.severity, joined.severity)) {
    return readmit(table, kept, candidate);
  }
  if (wasTold || base.fate !== 'told') return kept;
  return admit(table, kept, candidate);
}

/** What a silence keeps quiet opens nothing again. */
function statusAfter(
  before: ListedAlert | undefined,
  { severity }: Alert,
  silence: Silence | undefined,
): AlertStatus {
  if (before === undefined) return OPEN;
  return silence === undefined ? afterFinding(before.status, before.severity, severity) : before.status;
}

/** What became known of a finding later joins its alert. */
async function applyUpdate(
  { table, changed }: AlertDependencies,
  candidate: AlertCandidate,
  index: number,
): Promise<void> {
  const uid = candidate.alert.findings[0]?.uid ?? '';
  for (;;) {
    const before = await readAlertOf(table, uid);
    if (before === undefined || before.through >= index) return;
    const amended = amend(before.alert, candidate.alert);
    const status = afterFinding(before.alert.status, before.alert.severity, amended.severity);
    const alert = { ...before.alert, ...amended, status, history: historyAfter(before.alert, status) };
    const kept = { ...before, through: index, alert };
    await makeDue(table, kept, before);
    if (!(await writeAlert(table, kept, before))) continue;
    if (alert.fate === 'told') changed?.(alert, 'updated');
    return;
  }
}

/** A rule told that what its group alerted about is over. */
async function applyOver(
  { table }: AlertDependencies,
  candidate: AlertCandidate,
  index: number,
): Promise<void> {
  const { alert: finding, groupKey } = candidate;
  const range = { fromMs: finding.firstTime - OVER_MS_MAX, toMs: finding.firstTime };
  const act: Act = { kind: 'resolve', by: finding.rule.title, via: 'rule', atMs: finding.firstTime };
  for (const { sk } of await readGroup(table, groupKey, range)) await keepAct(table, sk, act, { index });
  await table.write(findingRows(finding, index, undefined));
}

/** An alert that is older than that is for people to close. */
const OVER_MS_MAX = 30 * 86_400_000;

function historyAfter(
  before: ListedAlert | undefined,
  status: ListedAlert['status'],
): ListedAlert['history'] {
  const history = before?.history ?? [];
  return before === undefined || before.status === status
    ? history
    : [...history, status].slice(-HISTORY_KEPT);
}

const HISTORY_KEPT = 50;

export function factsOf({ alert, accounts }: Pick<AlertCandidate, 'alert' | 'accounts'>): AlertFacts {
  return {
    severity: alert.severity,
    family: alert.family,
    rule: alert.rule.uid,
    title: alert.title,
    environment: alert.environment,
    source: alert.source,
    accounts,
    who: alert.who,
    where: alert.where,
  };
}
