import { type AlertFacts, MATCH_MEMBERS, type Match, matches } from './route.ts';

/** For a time and a reason, alerts like these are kept and tell nobody. */
export interface Silence {
  /** 64 hex digits. */
  readonly uid: string;
  readonly match: Match;
  readonly owner: string;
  readonly reason: string;
  readonly via: string;
  /** Event times that it is for, ms: from, and up to but without. */
  readonly fromMs: number;
  readonly untilMs: number;
  /** Who ended it before its time. */
  readonly endedBy?: string | undefined;
}

/** A silence that has no end is forgotten, and with it whatever it hides. */
export const SILENCE_MS_MAX = 30 * 86_400_000;
/** More at once than anybody could know of. */
export const SILENCES_MAX = 500;

/** The silence that an alert falls under at an event time, if any. */
export function silenceOver(
  silences: readonly Silence[],
  facts: AlertFacts,
  timeMs: number,
): Silence | undefined {
  return silences.find(
    ({ match, fromMs, untilMs }) => timeMs >= fromMs && timeMs < untilMs && matches(match, facts),
  );
}

/** Why a silence is refused, in a sentence; undefined where it may begin. */
export function silenceFault(
  silence: Pick<Silence, 'match' | 'owner' | 'reason' | 'fromMs' | 'untilMs'>,
  nowMs: number,
): string | undefined {
  const { match, owner, reason, fromMs, untilMs } = silence;
  if (MATCH_MEMBERS.every((name) => (match[name] ?? []).length === 0)) {
    return `A silence says what it is for: one of ${MATCH_MEMBERS.join(', ')}.`;
  }
  if (owner.trim() === '') return 'A silence has an owner.';
  if (reason.trim() === '') return 'A silence has a reason.';
  if (untilMs <= nowMs || untilMs <= fromMs) return 'A silence ends after it begins, and after now.';
  if (untilMs - fromMs > SILENCE_MS_MAX) return 'A silence lasts at most 30 days.';
  return undefined;
}
