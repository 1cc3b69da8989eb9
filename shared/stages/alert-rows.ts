import type { Alert } from '../alert/alert.ts';
import type { Silence } from '../alert/silence.ts';
import type { AlertStatus } from '../alert/state.ts';
import { PortError, type Row, type Table } from '../ports.ts';
import { number } from '../trail/sequence/rows.ts';

/**
 * Rows: `alert` / index of the finding that opened it (with `d` behind it: the digest that it opened), `alert#uid` /
 * uid, `alert#group#<group key>` / event time of that finding, `alert#budget#<rule>#<week>` / key of the alert,
 * `alert#digest` / rule and week, `alert#snoozed` / end and key, `finding` / index, `finding#uid` / uid, `silence` /
 * uid, `sink` / name, `deployment` / index.
 */
const ALERTS = 'alert';
const UIDS = 'alert#uid';
const GROUP = 'alert#group#';
const FINDINGS = 'finding';
const FINDING_UIDS = 'finding#uid';
const SILENCES = 'silence';

/** An alert as the fold keeps it: what was found, and what people did with it. */
export interface ListedAlert extends Alert {
  readonly status: AlertStatus;
  /** Its states, the latest last; bounded. */
  readonly history: readonly AlertStatus[];
  /** Whether it goes to its sinks, is kept quiet by a silence, or counted by its rule's digest. */
  readonly fate: 'told' | 'silenced' | 'digest';
  /** Uid of the silence that it fell under. */
  readonly silence?: string | undefined;
  /** It stands for the alerts of a rule that is over its budget. */
  readonly isDigest?: true | undefined;
  /** Names of the sinks that are told. */
  readonly sinks: readonly string[];
  /** Uid of the finding that opened it. */
  readonly opening: string;
}

/** An alert with its key, and the index of the last entry that changed it: what is applied again is known by it. */
export interface KeptAlert {
  readonly sk: string;
  readonly through: number;
  readonly alert: ListedAlert;
}

/** A finding in a list: the alert that it alone would be, and the alert that took it in, if any. */
export interface ListedFinding {
  readonly index: number;
  readonly alertUid: string | undefined;
  readonly finding: Alert;
}

/** Alerts, the newest first. */
export async function listAlerts(table: Table, limit: number): Promise<readonly ListedAlert[]> {
  return (await listKeptAlerts(table, limit)).map(({ alert }) => alert);
}

/** The same, with their keys. */
export async function listKeptAlerts(table: Table, limit: number): Promise<readonly KeptAlert[]> {
  return (await table.query(ALERTS, { order: 'descending', limit })).map(readKept);
}

/** The alerts whose uid begins so, at most `limit`. */
export async function findAlerts(table: Table, prefix: string, limit = 10): Promise<readonly KeptAlert[]> {
  const asked = prefix.toLowerCase();
  if (!/^[0-9a-f]{1,64}$/.test(asked)) return [];
  // `g` comes after every hex digit.
  const rows = await table.query(UIDS, { from: asked, to: `${asked}g`, limit });
  const found: KeptAlert[] = [];
  for (const { attributes } of rows) {
    const kept = await readAlert(table, String(attributes['alert']));
    if (kept !== undefined) found.push(kept);
  }
  return found;
}

/** Uids of the alerts there are, in no order that means anything. */
export async function alertUids(table: Table): Promise<readonly string[]> {
  return (await table.query(UIDS, {})).map(({ sk }) => sk);
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

/** Every silence there was, those that are over with them; the oldest first. */
export async function listSilences(table: Table): Promise<readonly Silence[]> {
  const rows = await table.query(SILENCES, {});
  return rows
    .map(({ attributes }) => JSON.parse(String(attributes['silence'])) as Silence)
    .toSorted((a, b) => a.fromMs - b.fromMs);
}

export async function writeSilence(table: Table, silence: Silence): Promise<void> {
  const attributes = { silence: JSON.stringify(silence) };
  await table.write([{ pk: SILENCES, sk: silence.uid, attributes }]);
}

export async function readAlert(table: Table, sk: string): Promise<KeptAlert | undefined> {
  const [row] = await table.get([{ pk: ALERTS, sk }]);
  return row === undefined ? undefined : readKept(row);
}

/** Keeps an alert where it is still as it was read; whether it was kept. */
export async function writeAlert(
  table: Table,
  { sk, through, alert }: KeptAlert,
  before: KeptAlert | undefined,
): Promise<boolean> {
  const attributes = { uid: alert.uid, through, alert: JSON.stringify(alert) };
  // The uid first: whoever finds the alert can be asked for it.
  if (before === undefined) await table.write([{ pk: UIDS, sk: alert.uid, attributes: { alert: sk } }]);
  try {
    const condition =
      before === undefined ? 'absent' : ({ attribute: 'through', equals: before.through } as const);
    await table.put({ pk: ALERTS, sk, attributes }, condition);
    return true;
  } catch (error) {
    if (error instanceof PortError && error.code === 'conflict') return false;
    throw error;
  }
}

/**
 * The alert of a group at an event time, so that late events and histories that arrive newest first join theirs,
 * however they are mixed. The earliest of several, so that it is the same when applied again.
 */
export async function readOpen(
  table: Table,
  groupKey: string,
  { firstTime, windowMs }: Pick<Alert, 'firstTime' | 'windowMs'>,
): Promise<KeptAlert | undefined> {
  const range = { from: timeKey(firstTime - windowMs), to: timeKey(firstTime + windowMs) };
  const [group] = await table.query(GROUP + groupKey, { ...range, limit: 1 });
  return group === undefined ? undefined : readAlert(table, String(group.attributes['alert']));
}

/** Every alert of a group that began within so long before an event time: what a finding may bring to an end. */
export async function readGroup(
  table: Table,
  groupKey: string,
  range: { readonly fromMs: number; readonly toMs: number },
): Promise<readonly KeptAlert[]> {
  const rows = await table.query(GROUP + groupKey, {
    from: timeKey(range.fromMs),
    to: timeKey(range.toMs),
    order: 'descending',
    limit: GROUP_MAX,
  });
  const found: KeptAlert[] = [];
  for (const { attributes } of rows) {
    const kept = await readAlert(table, String(attributes['alert']));
    if (kept !== undefined) found.push(kept);
  }
  return found;
}

const GROUP_MAX = 50;

export function groupRow(groupKey: string, firstTime: number, sk: string): Row {
  return { pk: GROUP + groupKey, sk: timeKey(firstTime), attributes: { alert: sk } };
}

/** The finding in the list, and by its uid. */
export function findingRows(finding: Alert, index: number, alert: KeptAlert | undefined): readonly Row[] {
  const uid = finding.findings[0]?.uid ?? '';
  const attributes = { uid, alert: alert?.alert.uid ?? '', finding: JSON.stringify(finding) };
  const byUid: Row = { pk: FINDING_UIDS, sk: uid, attributes: { alert: alert?.sk ?? '' } };
  return [{ pk: FINDINGS, sk: sortKey(index), attributes }, byUid];
}

/** The alert that took a finding in. */
export async function readAlertOf(table: Table, findingUid: string): Promise<KeptAlert | undefined> {
  const [row] = await table.get([{ pk: FINDING_UIDS, sk: findingUid }]);
  const sk = row === undefined ? '' : String(row.attributes['alert']);
  return sk === '' ? undefined : readAlert(table, sk);
}

/** Indexes in the order of their bytes. */
export function sortKey(index: number): string {
  return String(index).padStart(12, '0');
}

/** Times in the order of their bytes. */
export function timeKey(timeMs: number): string {
  return String(Math.max(Math.trunc(timeMs), 0)).padStart(16, '0');
}

function readKept({ sk, attributes }: Row): KeptAlert {
  const alert = JSON.parse(String(attributes['alert'])) as ListedAlert;
  return { sk, through: number(attributes['through']), alert };
}
