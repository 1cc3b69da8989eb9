import type { AlertAct } from '../alert/entry.ts';
import type { Match } from '../alert/route.ts';
import { type Act, type AlertStatus, afterAct } from '../alert/state.ts';
import { isArray } from '../json/json.ts';
import type { Table } from '../ports.ts';
import {
  findAlerts,
  type KeptAlert,
  listSilences,
  readAlert,
  timeKey,
  writeAlert,
  writeSilence,
} from './alert-rows.ts';
import { applySinks, makeDue, subjectOf } from './alert-sinks.ts';
import { changeDelivery, deadRow, dueRow, readDelivery, removeDue } from './delivery-rows.ts';

/** Alerts whose snooze ends, in the order of their ends. */
export const SNOOZED = 'alert#snoozed';

interface Place {
  readonly index: number;
  /** Event time, ms. */
  readonly timeMs: number;
}

/** What people did, and what became of deliveries, as the trail tells it. Applied again it changes nothing. */
export async function applyAct(table: Table, act: AlertAct, { index, timeMs }: Place): Promise<void> {
  switch (act.kind) {
    case 'acknowledge':
    case 'snooze':
    case 'resolve':
    case 'reopen': {
      const [kept] = await findAlerts(table, act.alert, 1);
      if (kept?.alert.uid !== act.alert) return;
      const { kind, by, via, untilMs, reason } = act;
      const done: Act = { kind, by, via, atMs: timeMs, untilMs, reason };
      await keepAct(table, kept.sk, done, { index, knownTo: act.knownTo });
      return;
    }
    case 'silence': {
      const { owner, reason, via, fromMs, untilMs } = act;
      const earlier = (await listSilences(table)).find(({ uid }) => uid === act.silence);
      if (earlier !== undefined) return;
      const match = matchOf(act.match);
      await writeSilence(table, { uid: act.silence, match, owner, reason, via, fromMs, untilMs });
      return;
    }
    case 'unsilence': {
      const silence = (await listSilences(table)).find(({ uid }) => uid === act.silence);
      if (silence === undefined || silence.endedBy !== undefined) return;
      const untilMs = Math.min(silence.untilMs, timeMs);
      await writeSilence(table, { ...silence, untilMs, endedBy: act.by });
      return;
    }
    case 'delivered':
      await applyDelivered(table, act, timeMs);
      await rememberSink(table, act);
      return;
    case 'dead':
      await applyDead(table, act);
      return;
    case 'redrive':
      await applyRedrive(table, act, index);
      return;
    // It tells what was; nothing follows from it.
    case 'test':
      return;
    case 'sinks':
      await applySinks(
        table,
        act.sinks.filter((name) => typeof name === 'string'),
        index,
      );
  }
}

/** Brings an alert where an act brings it, once, and leaves that to be told. */
export async function keepAct(
  table: Table,
  sk: string,
  act: Act,
  { index, knownTo }: { readonly index: number; readonly knownTo?: string | undefined },
): Promise<void> {
  for (;;) {
    const before = await readAlert(table, sk);
    if (before === undefined || before.through >= index) return;
    const status = afterAct(before.alert.status, act);
    if (status === undefined) return;
    const history = [...before.alert.history, status].slice(-HISTORY_KEPT);
    const kept = { ...before, through: index, alert: { ...before.alert, status, history } };
    await makeDue(table, kept, before);
    if (knownTo !== undefined) await markKnown(table, kept, knownTo);
    if (status.state === 'snoozed') await table.write([snoozedRow(kept, status)]);
    if (await writeAlert(table, kept, before)) return;
  }
}

const HISTORY_KEPT = 50;

/** The sink that an act came from need not be told of it. */
async function markKnown(table: Table, { sk, alert, through }: KeptAlert, sink: string): Promise<void> {
  const subject = subjectOf({ sk });
  await changeDelivery(table, { sink, subject, about: alert.uid }, (delivery) =>
    delivery.told >= through
      ? delivery
      : { ...delivery, told: through, toldState: alert.status.state, isRecorded: true },
  );
  await removeDue(table, sink, subject, through);
}

function snoozedRow({ sk }: KeptAlert, { untilMs = 0 }: AlertStatus) {
  return { pk: SNOOZED, sk: `${timeKey(untilMs)}#${sk}`, attributes: { until: untilMs, alert: sk } };
}

type DeliveryAct = Extract<AlertAct, { readonly kind: 'delivered' | 'dead' }>;

async function applyDelivered(table: Table, act: DeliveryAct, timeMs: number): Promise<void> {
  const { sink, subject, about, version } = act;
  await changeDelivery(table, { sink, subject, about }, (delivery) =>
    delivery.told >= version
      ? delivery
      : {
          ...delivery,
          told: version,
          toldState: act.state,
          toldMs: timeMs,
          delivery: act.delivery,
          isRecorded: true,
          attempts: 0,
          dead: -1,
          why: '',
          reference: { ...delivery.reference, ...textsOf(act.reference) },
        },
  );
  await removeDue(table, sink, subject, version);
  await table.delete([deadRow(sink, subject)]);
}

/** Whoever was told of an alert is told what becomes of it, even by a process that would send it elsewhere. */
async function rememberSink(table: Table, { subject, sink }: DeliveryAct): Promise<void> {
  for (;;) {
    const before = subject.startsWith('a') ? await readAlert(table, subject.slice(1)) : undefined;
    if (before === undefined || before.alert.sinks.includes(sink)) return;
    const alert = { ...before.alert, sinks: [...before.alert.sinks, sink] };
    if (await writeAlert(table, { ...before, alert }, before)) return;
  }
}

async function applyDead(table: Table, act: DeliveryAct): Promise<void> {
  const { sink, subject, about, version } = act;
  const delivery = await changeDelivery(table, { sink, subject, about }, (before) =>
    before.told >= version || before.dead >= version
      ? before
      : { ...before, dead: version, why: act.why ?? '', attempts: act.attempts },
  );
  if (delivery.dead === version) await table.write([deadRow(sink, subject)]);
  await removeDue(table, sink, subject, version);
}

/** Sent again as it is now, as if it had not been tried. */
async function applyRedrive(
  table: Table,
  { sink, subject }: Extract<AlertAct, { readonly kind: 'redrive' }>,
  index: number,
): Promise<void> {
  const before = await readDelivery(table, sink, subject);
  if (before === undefined || before.delivery.generation >= index || before.delivery.dead < 0) return;
  const { about, dead } = before.delivery;
  await table.write([dueRow(sink, { subject, version: dead })]);
  await changeDelivery(table, { sink, subject, about }, (delivery) =>
    delivery.generation >= index
      ? delivery
      : { ...delivery, dead: -1, generation: index, attempts: 0, nextMs: 0 },
  );
  await table.delete([deadRow(sink, subject)]);
}

function textsOf(found: object | undefined): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(found ?? {}).filter(([, text]) => typeof text === 'string'));
}

function matchOf(found: object): Match {
  return Object.fromEntries(Object.entries(found).filter(([, texts]) => isArray(texts))) as Match;
}
