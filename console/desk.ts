import { ok, type Result } from '../shared/result.ts';
import {
  type ActPorts,
  acknowledge,
  reopen,
  resolve,
  silence,
  snooze,
  unsilence,
} from '../shared/stages/act.ts';
import {
  findAlerts,
  type KeptAlert,
  type ListedAlert,
  listAlerts,
  listSilences,
} from '../shared/stages/alert-rows.ts';
import { subjectOf } from '../shared/stages/alert-sinks.ts';
import { type Delivery, readDelivery } from '../shared/stages/delivery-rows.ts';
import type { AlertDesk, DeskAct, DeskAlert, DeskDelivery, WantedSilence } from './alert-desk.ts';

export interface DeskPorts extends ActPorts {
  /** Commits what was left to be appended, and brings the alert fold up to it. */
  settle(): Promise<void>;
}

const VIA = 'console';

/** The desk over a trail's own rows; every act is left to be appended, and in force when it answers. */
export function deskOver(ports: DeskPorts): AlertDesk {
  const { table } = ports;
  async function done(result: Promise<Result<unknown>>): Promise<Result<void>> {
    const found = await result;
    if (!found.ok) return found;
    await ports.settle();
    return ok(undefined);
  }
  async function one(uid: string): Promise<KeptAlert | undefined> {
    const found = await findAlerts(table, uid, 2);
    return found.length === 1 ? found[0] : undefined;
  }
  return {
    // What became of messages is read for one alert, not for a page of them.
    list: async (limit) => (await listAlerts(table, limit)).map((alert) => deskAlert(alert, [])),
    find: async (uid) => {
      const kept = await one(uid);
      if (kept === undefined) return undefined;
      const subject = subjectOf(kept);
      const read = await Promise.all(kept.alert.sinks.map((sink) => readDelivery(table, sink, subject)));
      const deliveries = kept.alert.sinks.map((sink, n) => deskDelivery(sink, read[n]?.delivery));
      return deskAlert(kept.alert, deliveries);
    },
    history: async (uid) => (await one(uid))?.alert.history.flatMap(deskAct) ?? [],
    silences: () => listSilences(table),
    acknowledge: (alertUid, by) => done(acknowledge(ports, { alertUid, by, via: VIA })),
    resolve: (alertUid, by, reason) => done(resolve(ports, { alertUid, by, via: VIA, reason })),
    reopen: (alertUid, by) => done(reopen(ports, { alertUid, by, via: VIA })),
    snooze: (alertUid, by, untilMs, reason) =>
      done(snooze(ports, { alertUid, by, via: VIA, untilMs, reason })),
    silence: async (wanted) => {
      const kept = await one(wanted.alertUid);
      if (kept === undefined) return { ok: false, fault: 'There is no such alert.' };
      return done(silence(ports, silenceOf(kept.alert, wanted)));
    },
    endSilence: (silenceUid, by) => done(unsilence(ports, { silenceUid, by, via: VIA })),
  };
}

/** Alerts of the same rule; a name with a star in it would stand for others' too. */
function silenceOf(alert: ListedAlert, { isOnlyActor, by, reason, untilMs }: WantedSilence) {
  const isNamed = isOnlyActor && alert.who !== undefined && !alert.who.includes('*');
  const match = { rule: [alert.rule.uid], ...(isNamed ? { who: [alert.who] } : {}) };
  return { match, by, via: VIA, reason, untilMs };
}

function deskAlert(alert: ListedAlert, deliveries: readonly DeskDelivery[]): DeskAlert {
  return { alert, status: alert.status, deliveries, isSilenced: alert.fate === 'silenced' };
}

function deskDelivery(sink: string, delivery: Delivery | undefined): DeskDelivery {
  if (delivery === undefined)
    return { sink, state: 'waiting', isFailed: false, attempts: 0, atMs: undefined, why: undefined };
  const isFailed = delivery.dead >= 0;
  const state = isFailed ? 'given up' : delivery.told >= 0 ? 'delivered' : 'waiting';
  return {
    sink,
    state,
    isFailed,
    attempts: delivery.attempts,
    atMs: delivery.told >= 0 ? delivery.toldMs : undefined,
    why: delivery.why === '' ? undefined : delivery.why,
  };
}

const DID = {
  open: 'opened it again',
  acknowledged: 'acknowledged it',
  snoozed: 'snoozed it',
  resolved: 'resolved it',
} as const;

function deskAct({ state, by, via, atMs, reason }: ListedAlert['status']): readonly DeskAct[] {
  return by === undefined || atMs === undefined ? [] : [{ what: DID[state], by, via, atMs, reason }];
}
