import { hash } from 'node:crypto';
import { type AlertCandidate, join } from '../alert/alert.ts';
import { OPEN, SEVERITY_ORDER } from '../alert/state.ts';
import type { Table } from '../ports.ts';
import { type KeptAlert, type ListedAlert, readAlert, writeAlert } from './alert-rows.ts';
import { makeDue } from './alert-sinks.ts';

const WEEK_MS = 7 * 86_400_000;
/** Weeks begin on Monday, UTC: 1970-01-05 was one. */
const MONDAY_MS = 4 * 86_400_000;
const DIGESTS = 'alert#digest';

/**
 * The alert as it goes out: by itself, or, where its rule has used up the week's budget, counted by the digest of the
 * rule, which is told in its place. Weeks are of event time, so that the trail alone decides.
 */
export async function admit(table: Table, kept: KeptAlert, candidate: AlertCandidate): Promise<KeptAlert> {
  const { budget } = candidate;
  if (budget === undefined || (await isWithin(table, kept, budget))) return kept;
  await addToDigest(table, kept, { budget, week: weekOf(kept) });
  return { ...kept, alert: { ...kept.alert, fate: 'digest' } };
}

/** An alert that its digest counted already and that has become worse: told after all, where it is within the budget now. */
export async function readmit(table: Table, kept: KeptAlert, { budget }: AlertCandidate): Promise<KeptAlert> {
  const isTold = budget === undefined || (await isWithin(table, kept, budget));
  return isTold ? { ...kept, alert: { ...kept.alert, fate: 'told' } } : kept;
}

/**
 * Whether an alert is within its rule's budget, which it is then part of. What is milder takes no room from it: noise
 * in a sandbox, which anybody could make, must not keep quiet what happens in production.
 */
async function isWithin(table: Table, kept: KeptAlert, budget: number): Promise<boolean> {
  const partition = `alert#budget#${kept.alert.rule.uid}#${weekOf(kept)}`;
  const rank = SEVERITY_ORDER.indexOf(kept.alert.severity);
  const before = await table.query(partition, { limit: budget * SEVERITY_ORDER.length + 1 });
  const others = before.filter(
    ({ sk, attributes }) => sk !== kept.sk && Number(attributes['severity']) >= rank,
  );
  const isCounted = before.some(({ sk }) => sk === kept.sk);
  if (!isCounted && others.length >= budget) return false;
  await table.write([{ pk: partition, sk: kept.sk, attributes: { severity: rank } }]);
  return true;
}

function weekOf({ alert: { firstTime } }: KeptAlert): number {
  return Math.floor((firstTime - MONDAY_MS) / WEEK_MS);
}

async function addToDigest(
  table: Table,
  kept: KeptAlert,
  { budget, week }: { readonly budget: number; readonly week: number },
): Promise<void> {
  const { rule } = kept.alert;
  const pointer = { pk: DIGESTS, sk: `${rule.uid}#${week}` };
  for (;;) {
    const [found] = await table.get([pointer]);
    const before =
      found === undefined ? undefined : await readAlert(table, String(found.attributes['alert']));
    if (before !== undefined && before.through >= kept.through) return;
    const sk = before?.sk ?? `${kept.sk}d`;
    const alert = digestOf(kept.alert, before?.alert, { budget, week });
    const digest = { sk, through: kept.through, alert };
    await makeDue(table, digest, before);
    const isKept = await writeAlert(table, digest, before);
    if (before === undefined) await table.write([{ ...pointer, attributes: { alert: sk } }]);
    if (isKept) return;
  }
}

function digestOf(
  alert: ListedAlert,
  before: ListedAlert | undefined,
  { budget, week }: { readonly budget: number; readonly week: number },
): ListedAlert {
  const { rule, sinks } = alert;
  const joined = before === undefined ? { ...alert, count: 1 } : join(before, alert);
  const { count } = joined;
  const [were, they] = count === 1 ? ['was', 'it'] : ['were', 'them'];
  return {
    ...joined,
    uid: hash('sha256', `digest|${rule.uid}|${week}`, 'hex'),
    title: `${rule.title}: over its budget`,
    message:
      `This rule may alert ${budget === 1 ? 'once' : `${budget} times`} a week and has done so. ` +
      `${count} more ${were} found since and not sent one by one; the list of alerts has ${they}.`,
    rule,
    status: before?.status ?? OPEN,
    history: before?.history ?? [],
    fate: 'told',
    isDigest: true,
    sinks: [...new Set([...(before?.sinks ?? []), ...sinks])],
    opening: before?.opening ?? alert.opening,
  };
}
