import { hash } from 'node:crypto';
import type { FilledRunbook } from '../alert/fill.ts';
import { type HttpClient, PortError } from '../ports.ts';
import type {
  AlertLinks,
  AlertMessage,
  DeploymentMessage,
  HttpRequest,
  Message,
  Outcome,
} from '../sinks/sink.ts';
import type { ActPorts } from './act.ts';
import { type ListedAlert, readAlert } from './alert-rows.ts';
import { recordOutcome } from './deliver-record.ts';
import { type DeliverySink, jitterMs } from './deliver-sink.ts';
import {
  changeDelivery,
  type Delivery,
  type Due,
  newDelivery,
  readDelivery,
  removeDue,
  writeDelivery,
} from './delivery-rows.ts';
import { readDeployment } from './deployment-rows.ts';

export interface AttemptDependencies {
  readonly ports: ActPorts;
  readonly http: HttpClient;
  /** What goes with an alert as it is now. */
  describe(alert: ListedAlert): Promise<Described>;
}

export interface Described {
  readonly runbook?: FilledRunbook | undefined;
  readonly links: AlertLinks;
}

export type Attempted =
  /** The sink has it, or has nothing to say of it. */
  | { readonly kind: 'delivered' | 'nothing' | 'dead' }
  | { readonly kind: 'waiting'; readonly untilMs: number }
  /** `pauseMs`: what the sink asked for, for all that goes to it. */
  | { readonly kind: 'failed'; readonly untilMs: number; readonly pauseMs: number };

const TIMEOUT_MS = 10_000;
const BODY_LENGTH_MAX = 64 * 1024;
/** Longer than all requests of one attempt may take: whoever began it has ended by then, or died. */
const LEASE_MS = 40_000;
const AGAIN_MS = 1_000;
/** With the cap, tries go on for a long weekend. */
const TRIES_MAX = 4_000;
/** Soon after a receiver is back, it is told. */
const BACKOFF = { baseMs: 1_000, capMs: 120_000 };
/** A digest is brought up to date once a day. */
const DIGEST_MS = 86_400_000;

/** Tells a sink what it does not know yet of a subject, as it is now. */
export async function attempt(
  dependencies: AttemptDependencies,
  sink: DeliverySink,
  { due, isBack }: { readonly due: Due; readonly isBack: boolean },
): Promise<Attempted> {
  const { ports } = dependencies;
  const { table } = ports;
  const nowMs = ports.clock().getTime();
  const about = await readSubject(dependencies, due.subject);
  // The fold has left it to be told and is about to keep it.
  if (about === undefined) return { kind: 'waiting', untilMs: nowMs + AGAIN_MS };
  const stored = await readDelivery(table, sink.name, due.subject);
  const delivery = stored?.delivery ?? newDelivery(sink.name, due.subject, about.uid);
  if (!delivery.isRecorded) {
    await recordOutcome(ports, delivery);
    return { kind: 'waiting', untilMs: nowMs };
  }
  if (delivery.told >= about.version || delivery.dead >= about.version || about.isQuiet) {
    await removeDue(table, sink.name, due.subject, about.version);
    return { kind: 'nothing' };
  }
  const waitsMs = isBack ? delivery.leaseMs : Math.max(delivery.nextMs, delivery.leaseMs);
  const notBeforeMs = about.isDigest && delivery.told >= 0 ? delivery.toldMs + DIGEST_MS : waitsMs;
  if (nowMs < notBeforeMs) return { kind: 'waiting', untilMs: notBeforeMs };
  const sending: Sent = { ...about, message: await about.message(delivery), delivery, sink, nowMs };
  const requests = rendered(sending);
  if (requests.ok && requests.value.length === 0) return passOver(table, sending);
  const isMine = await writeDelivery(table, {
    delivery: { ...delivery, leaseMs: nowMs + LEASE_MS, attempts: delivery.attempts + 1 },
    rev: stored?.rev ?? -1,
  });
  if (!isMine) return { kind: 'waiting', untilMs: nowMs + AGAIN_MS };
  const result = requests.ok
    ? await sendAll(dependencies.http, sink, requests.value)
    : { outcome: { kind: 'refused', why: requests.why } as const, reference: {} };
  return conclude(ports, sending, result);
}

interface Subject {
  readonly uid: string;
  readonly version: number;
  readonly state: string;
  readonly isQuiet: boolean;
  readonly isDigest: boolean;
  message(delivery: Delivery): Promise<Message>;
}

interface Sent extends Omit<Subject, 'message'> {
  readonly message: Message;
  readonly delivery: Delivery;
  readonly sink: DeliverySink;
  readonly nowMs: number;
}

async function readSubject(
  { ports: { table }, describe }: AttemptDependencies,
  subject: string,
): Promise<Subject | undefined> {
  if (subject.startsWith('d')) {
    const deployment = await readDeployment(table, subject.slice(1));
    return deployment === undefined ? undefined : ofDeployment(deployment, Number(subject.slice(1)));
  }
  const kept = await readAlert(table, subject.slice(1));
  if (kept === undefined) return undefined;
  const { alert, through } = kept;
  const { state, by, untilMs } = alert.status;
  return {
    uid: alert.uid,
    version: through,
    state,
    isQuiet: alert.fate !== 'told',
    isDigest: alert.isDigest === true,
    message: async (delivery) => ({
      kind: 'alert',
      change: changeOf(alert, delivery),
      alert,
      state,
      told: delivery.told < 0 ? undefined : delivery.toldState,
      by,
      untilMs,
      ...(await describe(alert)),
    }),
  };
}

function ofDeployment(deployment: DeploymentMessage, index: number): Subject {
  const { uid } = deployment;
  const message = async () => deployment;
  return { uid, version: index, state: 'deployed', isQuiet: false, isDigest: false, message };
}

/** What has happened since the sink was last told: a state that it does not know, or only more of the same. */
function changeOf({ status, isDigest }: ListedAlert, { told, toldState }: Delivery): AlertMessage['change'] {
  if (isDigest === true) return 'digest';
  const before = told < 0 ? '' : toldState;
  if (status.state === before) return 'updated';
  return status.state === 'open' ? 'opened' : status.state;
}

type Rendered =
  | { readonly ok: true; readonly value: readonly HttpRequest[] }
  | { readonly ok: false; readonly why: string };

function rendered({ sink, message, delivery, nowMs, uid, version }: Sent): Rendered {
  const { settings, name } = sink;
  const deliveryId = deliveryIdOf(name, uid, version);
  try {
    const { reference } = delivery;
    return { ok: true, value: sink.sink.render(message, { settings, deliveryId, nowMs, reference }) };
  } catch (error) {
    // Nothing is lost: it becomes a dead letter that says so, and no other alert waits behind a fault of ours.
    return {
      ok: false,
      why: `it could not be rendered: ${error instanceof Error ? error.message : 'fault'}`,
    };
  }
}

/** Stable over retries and restarts; what has changed since is another delivery. */
export function deliveryIdOf(sink: string, uid: string, version: number): string {
  return hash('sha256', `delivery|${sink}|${uid}|${version}`, 'hex');
}

interface Result {
  readonly outcome: Outcome;
  /** What was remembered of the requests that were taken. */
  readonly reference: Readonly<Record<string, string>>;
}

async function sendAll(
  http: HttpClient,
  { sink }: DeliverySink,
  requests: readonly HttpRequest[],
): Promise<Result> {
  let reference: Readonly<Record<string, string>> = {};
  for (const { remember, ...request } of requests) {
    let outcome: Outcome;
    try {
      outcome = sink.read(
        await http.send(request, { timeoutMs: TIMEOUT_MS, bodyLengthMax: BODY_LENGTH_MAX }),
      );
    } catch (error) {
      if (!(error instanceof PortError)) throw error;
      outcome = { kind: error.retryable ? 'retry' : 'refused', why: error.message };
    }
    if (outcome.kind !== 'delivered') return { outcome, reference };
    reference = { ...reference, ...outcome.reference, ...remember };
  }
  return { outcome: { kind: 'delivered' }, reference };
}

/** The sink has nothing to say of it. */
async function passOver(table: ActPorts['table'], { sink, delivery, ...sent }: Sent): Promise<Attempted> {
  const { subject } = delivery;
  await changeDelivery(table, { sink: sink.name, subject, about: sent.uid }, (before) =>
    before.told >= sent.version
      ? before
      : { ...before, told: sent.version, toldState: sent.state, toldMs: sent.nowMs },
  );
  await removeDue(table, sink.name, subject, sent.version);
  return { kind: 'nothing' };
}

async function conclude(ports: ActPorts, sent: Sent, { outcome, reference }: Result): Promise<Attempted> {
  const { table } = ports;
  const { sink, delivery, uid, version, state } = sent;
  const at = { sink: sink.name, subject: delivery.subject, about: uid };
  const nowMs = ports.clock().getTime();
  const isForgotten = outcome.kind === 'retry' && outcome.forget === true;
  const remembered = (before: Delivery) => (isForgotten ? {} : { ...before.reference, ...reference });
  const id = deliveryIdOf(sink.name, uid, version);
  if (outcome.kind === 'delivered') {
    // First that it was sent, so that it is never sent again; then the trail; then off the queue.
    const after = await changeDelivery(table, at, (before) => ({
      ...before,
      told: Math.max(before.told, version),
      toldState: state,
      toldMs: nowMs,
      delivery: id,
      isRecorded: false,
      leaseMs: 0,
      nextMs: 0,
      dead: -1,
      why: '',
      reference: remembered(before),
    }));
    await recordOutcome(ports, after);
    return { kind: 'delivered' };
  }
  const { why } = outcome;
  if (outcome.kind === 'refused' || delivery.attempts + 1 >= TRIES_MAX) {
    const after = await changeDelivery(table, at, (before) => ({
      ...before,
      dead: version,
      delivery: id,
      isRecorded: false,
      leaseMs: 0,
      why,
      reference: remembered(before),
    }));
    await recordOutcome(ports, after);
    return { kind: 'dead' };
  }
  const backoffMs = jitterMs(ports.random, { ...BACKOFF, tries: delivery.attempts });
  const pauseMs = outcome.afterMs ?? 0;
  const nextMs = nowMs + Math.max(backoffMs, pauseMs);
  await changeDelivery(table, at, (before) => ({
    ...before,
    nextMs,
    leaseMs: 0,
    why,
    reference: remembered(before),
  }));
  return { kind: 'failed', untilMs: nextMs, pauseMs };
}
