import type { Alert, Severity } from '../shared/alert/alert.ts';
import type { Silence } from '../shared/alert/silence.ts';
import type { AlertStatus } from '../shared/alert/state.ts';
import type { Result } from '../shared/result.ts';

/** An alert with what people and sinks made of it. */
export interface DeskAlert {
  readonly alert: Alert;
  readonly status: AlertStatus;
  /** Of those that were asked for; see `withDeliveries`. */
  readonly deliveries: readonly DeskDelivery[];
  /** How its deliveries are named. */
  readonly subject: string;
  /** Whom it is to be told to. */
  readonly sinks: readonly string[];
  /** False where a silence or a rule's budget keeps its messages back. */
  readonly isTold: boolean;
  /** A silence keeps it quiet: it is listed and tells nobody. */
  readonly isSilenced: boolean;
}

/** Where one message about an alert stands. */
export interface DeskDelivery {
  readonly sink: string;
  readonly state: 'waiting' | 'delivered' | 'failing' | 'given up' | 'held back';
  readonly attempts: number;
  readonly atMs: number | undefined;
  readonly why: string | undefined;
}

/** What somebody has done, as the trail tells it. */
export interface DeskAct {
  readonly what: string;
  readonly by: string;
  readonly via: string | undefined;
  readonly atMs: number;
  readonly reason: string | undefined;
}

/** Alerts, and what a person does with them; every act is an entry of the trail. */
export interface AlertDesk {
  /** Newest first, without their deliveries. */
  list(limit: number): Promise<readonly DeskAlert[]>;
  /** The same alerts with what became of their messages, read in one go. */
  withDeliveries(alerts: readonly DeskAlert[]): Promise<readonly DeskAlert[]>;
  /** The alert whose id begins so; undefined where there is none, or several. */
  find(uid: string): Promise<DeskAlert | undefined>;
  history(uid: string): Promise<readonly DeskAct[]>;
  silences(): Promise<readonly Silence[]>;
  /** A fault is a sentence for whoever filled in the form. */
  acknowledge(uid: string, by: string): Promise<Result<void>>;
  resolve(uid: string, by: string, reason: string): Promise<Result<void>>;
  reopen(uid: string, by: string): Promise<Result<void>>;
  snooze(uid: string, by: string, untilMs: number, reason: string): Promise<Result<void>>;
  /** Alerts like this one tell nobody for a time. */
  silence(wanted: WantedSilence): Promise<Result<void>>;
  endSilence(uid: string, by: string): Promise<Result<void>>;
}

export interface WantedSilence {
  /** The alert that it is for: the same rule, and where asked for the same actor. */
  readonly alertUid: string;
  readonly isOnlyActor: boolean;
  readonly by: string;
  readonly reason: string;
  readonly untilMs: number;
}

/** How pages order severities: the worst first. */
export const WORST_FIRST: readonly Severity[] = [
  'critical',
  'high',
  'unknown',
  'medium',
  'low',
  'informational',
];

export function byWorst(a: Severity, b: Severity): number {
  return WORST_FIRST.indexOf(a) - WORST_FIRST.indexOf(b);
}
