import type { Table } from '../ports.ts';
import { number } from '../trail/sequence/rows.ts';
import type { KeptAlert } from './alert-rows.ts';
import { dueRow, removeDue } from './delivery-rows.ts';

const SINKS = 'sink';

/** How deliveries name an alert. */
export function subjectOf({ sk }: Pick<KeptAlert, 'sk'>): string {
  return `a${sk}`;
}

/** Leaves an alert to be told to its sinks, in place of what it was before; nothing of one that is kept quiet. */
export async function makeDue(table: Table, kept: KeptAlert, before: KeptAlert | undefined): Promise<void> {
  const { alert, through } = kept;
  if (alert.fate !== 'told') return;
  const subject = subjectOf(kept);
  for (const sink of alert.sinks) {
    await table.write([dueRow(sink, { subject, version: through })]);
    // What is told is what an alert is when it is told. One that waits needs one row, however often it changes.
    if (before !== undefined) await removeDue(table, sink, subject, before.through);
  }
}

/** Of some sinks, those that were there already when the trail came so far: what is older is not sent to a new one. */
export async function presentSinks(
  table: Table,
  wanted: readonly string[],
  index: number,
): Promise<readonly string[]> {
  if (wanted.length === 0) return [];
  const rows = await table.get(wanted.map((name) => ({ pk: SINKS, sk: name })));
  return rows
    .filter(({ attributes }) => attributes['present'] === true && number(attributes['since']) <= index)
    .map(({ sk }) => sk);
}

/** The sinks that the trail knows of, by name. */
export async function knownSinks(table: Table): Promise<readonly string[]> {
  const rows = await table.query(SINKS, {});
  return rows.filter(({ attributes }) => attributes['present'] === true).map(({ sk }) => sk);
}

/** The index of the last entry that changed which sinks there are; -1 for none. */
export async function sinksVersion(table: Table): Promise<number> {
  const rows = await table.query(SINKS, {});
  return rows.reduce((latest, { attributes }) => Math.max(latest, number(attributes['changed'])), -1);
}

/** From this entry on there are these sinks and no others. */
export async function applySinks(table: Table, names: readonly string[], index: number): Promise<void> {
  const rows = await table.query(SINKS, {});
  const known = new Map(rows.map((row) => [row.sk, row.attributes]));
  for (const name of new Set([...known.keys(), ...names])) {
    const before = known.get(name);
    if (before !== undefined && number(before['changed']) >= index) continue;
    const present = names.includes(name);
    const since = before?.['present'] === true ? number(before['since']) : index;
    await table.write([{ pk: SINKS, sk: name, attributes: { present, since, changed: index } }]);
  }
}
