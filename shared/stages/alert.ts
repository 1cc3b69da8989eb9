import { type Alert, type AlertCandidate, candidateOf, join } from '../alert/alert.ts';
import { OWN_SOURCE } from '../detect/finding.ts';
import type { Row, Table } from '../ports.ts';
import type { Fold } from './fold.ts';

export interface AlertDependencies {
  readonly table: Table;
  /** Told of each alert once it is kept; not told again of what was applied before. */
  changed?(alert: Alert, change: 'opened' | 'updated'): void;
}

/**
 * Rows: `alert` / index of the finding that opened it, `alert#group#<group key>` / event time of that finding,
 * `finding` / index.
 */
const ALERTS = 'alert';
const GROUP = 'alert#group#';
const FINDINGS = 'finding';

/** An alert, and the index of the last finding that is in it: what is applied again is known by it. */
interface Kept {
  readonly sk: string;
  readonly through: number;
  readonly alert: Alert;
}

/**
 * Groups findings into alerts: one per family, group and window, updated and never repeated. Findings of staged rules
 * are listed and alert nobody.
 */
export function alertFold({ table, changed }: AlertDependencies): Fold {
  return {
    id: 'alert',
    spanSize: 1,
    async apply(events) {
      for (const { index, source, event } of events) {
        const candidate = source === OWN_SOURCE ? candidateOf(event, index) : undefined;
        if (candidate === undefined) continue;
        const open = candidate.isAlert ? await readOpen(table, candidate) : undefined;
        if (open !== undefined && open.through >= index) continue;
        const alert = open === undefined ? candidate.alert : join(open.alert, candidate.alert);
        const kept = { sk: open?.sk ?? sortKey(index), through: index, alert };
        // In this order: whoever finds the alert finds its finding, and whoever finds the group finds the alert.
        await table.write([findingRow(candidate.alert, index, candidate.isAlert ? alert.uid : '')]);
        if (!candidate.isAlert) continue;
        await table.write([alertRow(kept)]);
        if (open === undefined) await table.write([groupRow(candidate, kept.sk)]);
        changed?.(alert, open === undefined ? 'opened' : 'updated');
      }
    },
  };
}

/** A finding in a list: the alert that it alone would be, and the alert that took it in, if any. */
export interface ListedFinding {
  readonly index: number;
  readonly alertUid: string | undefined;
  readonly finding: Alert;
}

/** Alerts, the newest first. */
export async function listAlerts(table: Table, limit: number): Promise<readonly Alert[]> {
  const rows = await table.query(ALERTS, { order: 'descending', limit });
  return rows.map((row) => readKept(row).alert);
}

/** Findings, the newest first, with those that alerted nobody. */
export async function listFindings(table: Table, limit: number): Promise<readonly ListedFinding[]> {
  const rows = await table.query(FINDINGS, { order: 'descending', limit });
  return rows.map(({ sk, attributes }) => ({
    index: Number(sk),
    alertUid: attributes['alert'] === '' ? undefined : String(attributes['alert']),
    finding: JSON.parse(String(attributes['finding'])) as Alert,
  }));
}

/**
 * The alert of the group that a finding belongs to: by event time, so that late events and histories that arrive
 * newest first join theirs, however they are mixed. The earliest of several, so that it is the same when applied again.
 */
async function readOpen(
  table: Table,
  { groupKey, alert: { firstTime, windowMs } }: AlertCandidate,
): Promise<Kept | undefined> {
  const range = { from: timeKey(firstTime - windowMs), to: timeKey(firstTime + windowMs) };
  const [group] = await table.query(GROUP + groupKey, { ...range, limit: 1 });
  if (group === undefined) return undefined;
  const [row] = await table.get([{ pk: ALERTS, sk: String(group.attributes['alert']) }]);
  return row === undefined ? undefined : readKept(row);
}

function groupRow({ groupKey, alert }: AlertCandidate, sk: string): Row {
  return { pk: GROUP + groupKey, sk: timeKey(alert.firstTime), attributes: { alert: sk } };
}

function readKept({ sk, attributes }: Row): Kept {
  const alert = JSON.parse(String(attributes['alert'])) as Alert;
  return { sk, through: Number(attributes['through']), alert };
}

function alertRow({ sk, through, alert }: Kept): Row {
  return { pk: ALERTS, sk, attributes: { uid: alert.uid, through, alert: JSON.stringify(alert) } };
}

function findingRow(finding: Alert, index: number, alertUid: string): Row {
  const uid = finding.findings[0]?.uid ?? '';
  return {
    pk: FINDINGS,
    sk: sortKey(index),
    attributes: { uid, alert: alertUid, finding: JSON.stringify(finding) },
  };
}

/** Indexes in the order of their bytes. */
function sortKey(index: number): string {
  return String(index).padStart(12, '0');
}

/** Times in the order of their bytes. */
function timeKey(timeMs: number): string {
  return String(Math.max(timeMs, 0)).padStart(16, '0');
}
