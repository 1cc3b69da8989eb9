import { hash } from 'node:crypto';
import { type AlertAct, actEntry } from '../alert/entry.ts';
import { MATCH_MEMBERS, type Match } from '../alert/route.ts';
import { SILENCES_MAX, silenceFault } from '../alert/silence.ts';
import { type ActKind, afterAct } from '../alert/state.ts';
import type { JsonObject } from '../json/json.ts';
import { fail, ok, type Result } from '../result.ts';
import type { PendingEntry } from '../trail/pending.ts';
import { findAlerts, type ListedAlert, listSilences } from './alert-rows.ts';
import { enqueue, type TrailPorts } from './append.ts';

export type ActPorts = Pick<TrailPorts, 'objects' | 'table' | 'clock' | 'random'>;

/** Who does it, and through what. */
export interface Who {
  /** `alice`: of the machine, of Slack, of a console's session. */
  readonly by: string;
  /** `command line`, `slack`, `pagerduty`, `console`. */
  readonly via: string;
  /** Tells this act from its repeats, where the caller has something that does; else each call is another. */
  readonly key?: string | undefined;
  /** The sink that the act came from, which need not be told of it. */
  readonly knownTo?: string | undefined;
}

export interface ActRequest extends Who {
  readonly kind: ActKind;
  /** Whole, or its first digits where no other alert has them. */
  readonly alertUid: string;
  readonly untilMs?: number | undefined;
  readonly reason?: string | undefined;
}

/** What came of it: `already` where the alert was so before, which is no entry. */
export interface ActOutcome {
  readonly alert: ListedAlert;
  readonly outcome: 'left to be appended' | 'already';
}

/** A snooze that nobody ends is a silence without an owner. */
const SNOOZE_MS_MAX = 7 * 86_400_000;
const TEXT_LENGTH_MAX = 500;

/**
 * Leaves what somebody does with an alert to be appended to the trail; durable when it returns, and in force when the
 * alert fold comes to it. Any number of processes may do it on one trail.
 */
export async function act(ports: ActPorts, request: ActRequest): Promise<Result<ActOutcome>> {
  const nowMs = ports.clock().getTime();
  const found = await findAlerts(ports.table, request.alertUid, 2);
  const [kept] = found;
  if (kept === undefined) return fail(`No alert has an id that begins with ${quoted(request.alertUid)}.`);
  if (found.length > 1)
    return fail(`More than one alert has an id that begins with ${quoted(request.alertUid)}.`);
  const { kind, untilMs } = request;
  if (kind === 'snooze' && !(untilMs !== undefined && untilMs > nowMs && untilMs <= nowMs + SNOOZE_MS_MAX)) {
    return fail('A snooze ends after now and within 7 days.');
  }
  const by = clean(request.by);
  const via = clean(request.via);
  const reason = request.reason === undefined ? undefined : clean(request.reason);
  const { alert } = kept;
  const next = afterAct(alert.status, { kind, by, via, atMs: nowMs, untilMs, reason });
  if (next === undefined) return ok({ alert, outcome: 'already' });
  const done: AlertAct = {
    kind,
    alert: alert.uid,
    by,
    via,
    ...(kind === 'snooze' ? { untilMs } : {}),
    ...(reason === undefined ? {} : { reason }),
    ...(request.knownTo === undefined ? {} : { knownTo: request.knownTo }),
  };
  await leave(ports, done, { key: request.key, alert });
  return ok({ alert: { ...alert, status: next }, outcome: 'left to be appended' });
}

export const acknowledge = (ports: ActPorts, request: Omit<ActRequest, 'kind'>) =>
  act(ports, { ...request, kind: 'acknowledge' });
export const resolve = (ports: ActPorts, request: Omit<ActRequest, 'kind'>) =>
  act(ports, { ...request, kind: 'resolve' });
export const reopen = (ports: ActPorts, request: Omit<ActRequest, 'kind'>) =>
  act(ports, { ...request, kind: 'reopen' });
export const snooze = (ports: ActPorts, request: Omit<ActRequest, 'kind'> & { readonly untilMs: number }) =>
  act(ports, { ...request, kind: 'snooze' });

export interface SilenceRequest extends Who {
  readonly match: Match;
  /** Who answers for it; whoever begins it where nobody else is named. */
  readonly owner?: string | undefined;
  readonly reason: string;
  /** Now, where it is not given. */
  readonly fromMs?: number | undefined;
  readonly untilMs: number;
}

/** Leaves a silence to be appended; answers with its uid. */
export async function silence(ports: ActPorts, request: SilenceRequest): Promise<Result<string>> {
  const nowMs = ports.clock().getTime();
  const by = clean(request.by);
  const begun = {
    match: cleanMatch(request.match),
    owner: clean(request.owner ?? request.by),
    reason: request.reason.slice(0, TEXT_LENGTH_MAX),
    fromMs: request.fromMs ?? nowMs,
    untilMs: request.untilMs,
  };
  const fault = silenceFault(begun, nowMs);
  if (fault !== undefined) return fail(fault);
  const others = (await listSilences(ports.table)).filter(({ untilMs }) => untilMs > nowMs);
  if (others.length >= SILENCES_MAX)
    return fail(`There are ${SILENCES_MAX} silences already; end some first.`);
  const key = request.key ?? randomKey(ports);
  const uid = hash('sha256', `silence|${key}`, 'hex');
  const match = begun.match as JsonObject;
  await leave(
    ports,
    { kind: 'silence', silence: uid, by, via: clean(request.via), ...begun, match },
    { key },
  );
  return ok(uid);
}

/** Ends a silence before its time, by its uid or the first digits of it. */
export async function unsilence(
  ports: ActPorts,
  request: Who & { readonly silenceUid: string },
): Promise<Result<'left to be appended' | 'already'>> {
  const asked = request.silenceUid.toLowerCase();
  const nowMs = ports.clock().getTime();
  const found = (await listSilences(ports.table)).filter(({ uid }) => uid.startsWith(asked));
  const [silence] = found;
  if (asked === '' || silence === undefined)
    return fail(`No silence has an id that begins with ${quoted(asked)}.`);
  if (found.length > 1) return fail(`More than one silence has an id that begins with ${quoted(asked)}.`);
  if (silence.untilMs <= nowMs) return ok('already');
  const done = {
    kind: 'unsilence',
    silence: silence.uid,
    by: clean(request.by),
    via: clean(request.via),
  } as const;
  await leave(ports, done, { key: request.key });
  return ok('left to be appended');
}

/** Leaves an act of ours to be appended. The same key is the same act, however often it is left. */
export async function leave(
  ports: ActPorts,
  act: AlertAct,
  more: { readonly key?: string | undefined; readonly alert?: ListedAlert | undefined },
): Promise<void> {
  await enqueue(ports, [entryOf(ports, act, more)]);
}

export function entryOf(
  ports: Pick<ActPorts, 'clock' | 'random'>,
  act: AlertAct,
  { key, alert }: { readonly key?: string | undefined; readonly alert?: ListedAlert | undefined },
): PendingEntry {
  const about =
    alert === undefined
      ? {}
      : { alert: { title: alert.title, finding: alert.opening, severityId: SEVERITY_ID[alert.severity] } };
  return actEntry({
    act,
    key: `${act.kind}|${'alert' in act ? act.alert : ''}|${key ?? randomKey(ports)}`,
    timeMs: ports.clock().getTime(),
    nonce: Buffer.from(ports.random(16)).toString('hex'),
    ...about,
  });
}

const SEVERITY_ID = { unknown: 0, informational: 1, low: 2, medium: 3, high: 4, critical: 5 } as const;

function randomKey({ random }: Pick<ActPorts, 'random'>): string {
  return Buffer.from(random(16)).toString('hex');
}

/** People name themselves, and what a vendor says that they are called is not ours. */
function clean(text: string): string {
  return text.slice(0, TEXT_LENGTH_MAX).trim() || 'unknown';
}

const PATTERNS_MAX = 50;

function cleanMatch(match: Match): Match {
  const entries = MATCH_MEMBERS.flatMap((name) => {
    const patterns = match[name]?.slice(0, PATTERNS_MAX).map((text) => text.slice(0, TEXT_LENGTH_MAX));
    return patterns === undefined || patterns.length === 0 ? [] : [[name, patterns] as const];
  });
  return Object.fromEntries(entries) as Match;
}

function quoted(text: string): string {
  return JSON.stringify(text.slice(0, 64));
}
