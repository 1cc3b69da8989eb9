import { type Alert, candidateOf, join, takesIn } from '../alert/alert.ts';
import { OWN_SOURCE } from '../detect/finding.ts';
import type { Row, Table } from '../ports.ts';
import type { Fold } from './fold.ts';

export interface AlertDependencies {
  readonly table: Table;
  /** Told of each alert once it is kept; not told again of what was applied before. */
  changed?(alert: Alert, change: 'opened' | 'updated'): void;
}

/** Rows: `alert` / index of its first finding, `alert#group` / group key, `finding` / index. */
const ALERTS = 'alert';
const GROUPS = 'alert#group';
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
        const open = candidate.isAlert ? await readOpen(table, candidate.groupKey) : undefined;
        if (open !== undefined && open.through >= index) continue;
        const joins = open !== undefined && takesIn(open.alert, candidate.alert);
        const alert = joins ? join(open.alert, candidate.alert) : candidate.alert;
        const kept = { sk: joins ? open.sk : sortKey(index), through: index, alert };
        // In this order: whoever finds the alert finds its finding, and whoever finds the group finds the alert.
        await table.write([findingRow(candidate.alert, index, candidate.isAlert ? alert.uid : '')]);
        if (!candidate.isAlert) continue;
        await table.write([alertRow(kept)]);
        await table.write([{ pk: GROUPS, sk: candidate.groupKey, attributes: { alert: kept.sk } }]);
        changed?.(alert, joins ? 'updated' : 'opened');
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

async function readOpen(table: Table, groupKey: string): Promise<Kept | undefined> {
  const [group] = await table.get([{ pk: GROUPS, sk: groupKey }]);
  if (group === undefined) return undefined;
  const [row] = await table.get([{ pk: ALERTS, sk: String(group.attributes['alert']) }]);
  return row === undefined ? undefined : readKept(row);
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
