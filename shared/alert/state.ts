import type { AlertState } from '../sinks/sink.ts';
import type { Severity } from './alert.ts';

/** Where an alert stands: what people did with it last, who and when. */
export interface AlertStatus {
  readonly state: AlertState;
  /** Who brought it there; undefined while nobody has. */
  readonly by?: string | undefined;
  /** Through what: `command line`, `slack`, `console`. */
  readonly via?: string | undefined;
  /** Event time of the change, ms. */
  readonly atMs?: number | undefined;
  /** Of a snooze: when it speaks again, ms. */
  readonly untilMs?: number | undefined;
  readonly reason?: string | undefined;
}

/** What somebody, or a rule, does with an alert. */
export type ActKind = 'acknowledge' | 'snooze' | 'resolve' | 'reopen';

export interface Act {
  readonly kind: ActKind;
  readonly by: string;
  readonly via: string;
  readonly atMs: number;
  readonly untilMs?: number | undefined;
  readonly reason?: string | undefined;
}

export const OPEN: AlertStatus = { state: 'open' };

const STATES: Readonly<Record<ActKind, AlertState>> = {
  acknowledge: 'acknowledged',
  snooze: 'snoozed',
  resolve: 'resolved',
  reopen: 'open',
};

/** The state after an act; undefined where it changes nothing, so that an echo of a change is not another. */
export function afterAct(status: AlertStatus, act: Act): AlertStatus | undefined {
  const { kind, by, via, atMs, untilMs, reason } = act;
  const state = STATES[kind];
  if (state === status.state && !(kind === 'snooze' && untilMs !== status.untilMs)) return undefined;
  // Whoever says that they are on it says nothing new of what is over.
  if (status.state === 'resolved' && kind !== 'reopen') return undefined;
  return {
    state,
    by,
    via,
    atMs,
    ...(kind === 'snooze' ? { untilMs } : {}),
    ...(reason === undefined ? {} : { reason }),
  };
}

/** From harmless to worst; nobody has weighed `unknown`, which is therefore not the least. */
export const SEVERITY_ORDER: readonly Severity[] = [
  'informational',
  'low',
  'medium',
  'unknown',
  'high',
  'critical',
];

/**
 * The state after one more finding. What goes on after it was resolved is not over, and what has become worse is not
 * what somebody has acknowledged.
 */
export function afterFinding(status: AlertStatus, before: Severity, after: Severity): AlertStatus {
  return status.state === 'resolved' || isWorse(before, after) ? OPEN : status;
}

export function isWorse(before: Severity, after: Severity): boolean {
  return SEVERITY_ORDER.indexOf(after) > SEVERITY_ORDER.indexOf(before);
}

/** As it is shown: a snooze that is over shows as open even before the trail says so. */
export function stateAt({ state, untilMs }: AlertStatus, nowMs: number): AlertState {
  return state === 'snoozed' && untilMs !== undefined && untilMs <= nowMs ? 'open' : state;
}
