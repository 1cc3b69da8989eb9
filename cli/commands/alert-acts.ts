import { inert } from '../../shared/inert.ts';
import { type ActRequest, act } from '../../shared/stages/act.ts';
import { type Call, type ExitStatus, UsageError } from '../command.ts';
import { formatTime, UID_SHOWN } from '../show-event.ts';
import { readUntil } from '../values.ts';
import { me, withHub } from '../with-hub.ts';

/** Does something with the alert of a call, and says what became of it. */
export async function actOnAlert(
  call: Call,
  kind: ActRequest['kind'],
  alertUid: string,
): Promise<ExitStatus> {
  const nowMs = call.terminal.now().getTime();
  const untilMs = kind === 'snooze' ? (readUntil(call, 'for', nowMs) ?? nowMs + 3_600_000) : undefined;
  const reason = call.option('reason');
  const done = await withHub(call, ({ trail }) =>
    act(trail.ports, { ...me(), kind, alertUid, untilMs, ...(reason === undefined ? {} : { reason }) }),
  );
  if (!done.ok) throw new UsageError(done.fault);
  const { alert, outcome } = done.value;
  const { state, by, untilMs: until } = alert.status;
  const { out, style } = call.terminal;
  if (call.output === 'json' || call.output === 'ndjson') {
    const changed = outcome !== 'already';
    out.write(`${JSON.stringify({ id: alert.uid, state, by: by ?? null, changed })}\n`);
    return 0;
  }
  const end = state === 'snoozed' && until !== undefined ? ` until ${formatTime(until)} UTC` : '';
  const word = outcome === 'already' ? `was ${state} already` : `is ${state}${end}`;
  out.write(`${style.bold(inert(alert.title, 200))} (${alert.uid.slice(0, UID_SHOWN)}) ${word}.\n`);
  return 0;
}
