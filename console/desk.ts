import type { AlertStatus } from '../shared/alert/state.ts';
import { fail, ok, type Result } from '../shared/result.ts';
import {
  type ActOutcome,
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
  listKeptAlerts,
  listSilences,
} from '../shared/stages/alert-rows.ts';
import { subjectOf } from '../shared/stages/alert-sinks.ts';
import { type Delivery, readDeliveries } from '../shared/stages/delivery-rows.ts';
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
  /** Whoever was too late is told so, but where what they wanted is so already. */
  async function acted(result: Promise<Result<ActOutcome>>, wanted?: AlertStatus['state']) {
    const found = await result;
    if (found.ok && found.value.outcome === 'already' && found.value.alert.status.state !== wanted) {
      const { state, by } = found.value.alert.status;
      return fail(`Nothing was changed: it is ${state}${by === undefined ? '' : ` by ${by}`} meanwhile.`);
    }
    return done(result);
  }
  async function one(uid: string): Promise<KeptAlert | undefined> {
    const found = await findAlerts(table, uid, 2);
    return found.length === 1 ? found[0] : undefined;
  }
  const desk: AlertDesk = {
    // What became of messages is read for those that are shown, not for all that are counted.
    list: async (limit) => (await listKeptAlerts(table, limit)).map(deskAlert),
    withDeliveries: async (alerts) => {
      const read = await readDeliveries(
        table,
        alerts.flatMap(({ subject, sinks }) => sinks.map((sink) => ({ sink, subject }))),
      );
      const found = new Map(read.map((each) => [`${each.sink} ${each.subject}`, each]));
      return alerts.map((each) => ({
        ...each,
        deliveries: each.sinks.map((sink) => deskDelivery(each, sink, found.get(`${sink} ${each.subject}`))),
      }));
    },
    find: async (uid) => {
      const kept = await one(uid);
      if (kept === undefined) return undefined;
      const [found] = await desk.withDeliveries([deskAlert(kept)]);
      return found;
    },
    history: async (uid) => (await one(uid))?.alert.history.flatMap(deskAct) ?? [],
    silences: () => listSilences(table),
    acknowledge: (alertUid, by) => acted(acknowledge(ports, { alertUid, by, via: VIA }), 'acknowledged'),
    resolve: (alertUid, by, reason) => acted(resolve(ports, { alertUid, by, via: VIA, reason })),
    reopen: (alertUid, by) => acted(reopen(ports, { alertUid, by, via: VIA }), 'open'),
    snooze: (alertUid, by, untilMs, reason) =>
      acted(snooze(ports, { alertUid, by, via: VIA, untilMs, reason })),
    silence: async (wanted) => {
      const kept = await one(wanted.alertUid);
      if (kept === undefined) return { ok: false, fault: 'There is no such alert.' };
      return done(silence(ports, silenceOf(kept.alert, wanted)));
    },
    endSilence: (silenceUid, by) => done(unsilence(ports, { silenceUid, by, via: VIA })),
  };
  return desk;
}

/** Alerts of the same rule; a name with a star in it would stand for others' too. */
function silenceOf(alert: ListedAlert, { isOnlyActor, by, reason, untilMs }: WantedSilence) {
  const isNamed = isOnlyActor && alert.who !== undefined && !alert.who.includes('*');
  const match = { rule: [alert.rule.uid], ...(isNamed ? { who: [alert.who] } : {}) };
  return { match, by, via: VIA, reason, untilMs };
}

function deskAlert(kept: KeptAlert): DeskAlert {
  const { alert } = kept;
  const { status, sinks, fate } = alert;
  return {
    alert,
    status,
    sinks,
    deliveries: [],
    subject: subjectOf(kept),
    isSilenced: fate === 'silenced',
    isTold: fate === 'told',
  };
}

function deskDelivery({ isTold }: DeskAlert, sink: string, delivery: Delivery | undefined): DeskDelivery {
  if (delivery === undefined) {
    const state = isTold ? 'waiting' : 'held back';
    return { sink, state, attempts: 0, atMs: undefined, why: undefined };
  }
  return {
    sink,
    state: stateOf(delivery),
    attempts: delivery.attempts,
    atMs: delivery.told >= 0 ? delivery.toldMs : undefined,
    why: delivery.why === '' ? undefined : delivery.why,
  };
}

function stateOf({ dead, attempts, told }: Delivery): DeskDelivery['state'] {
  if (dead >= 0) return 'given up';
  if (attempts > 0) return 'failing';
  return told >= 0 ? 'delivered' : 'waiting';
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
