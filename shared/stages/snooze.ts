import type { AlertAct } from '../alert/entry.ts';
import { type ActPorts, leave } from './act.ts';
import { SNOOZED } from './alert-acts.ts';
import { readAlert, timeKey } from './alert-rows.ts';

/** Woken at once; the rest in the next round. */
const WAKE_MAX = 100;

/**
 * Ends the snoozes that are over, each by an entry of the trail, so that the state of an alert follows from the trail
 * alone. Answers with how many, and when the next is over.
 */
export async function wakeSnoozed(
  ports: ActPorts,
): Promise<{ readonly woken: number; readonly nextMs: number | undefined }> {
  const { table } = ports;
  const nowMs = ports.clock().getTime();
  const rows = await table.query(SNOOZED, { limit: WAKE_MAX });
  const due = rows.filter(({ attributes }) => Number(attributes['until']) <= nowMs);
  let woken = 0;
  for (const { pk, sk, attributes } of due) {
    const untilMs = Number(attributes['until']);
    const kept = await readAlert(table, String(attributes['alert']));
    const { state, untilMs: until } = kept?.alert.status ?? {};
    if (kept !== undefined && state === 'snoozed' && until === untilMs) {
      const act: AlertAct = { kind: 'reopen', alert: kept.alert.uid, by: 'trailproof', via: 'end of snooze' };
      await leave(ports, act, { key: `wake|${timeKey(untilMs)}`, alert: kept.alert });
      woken += 1;
    }
    // Only now: until it is left to be appended, the row is all that knows of it.
    await table.delete([{ pk, sk }]);
  }
  const next = rows[due.length];
  return { woken, nextMs: next === undefined ? undefined : Number(next.attributes['until']) };
}
