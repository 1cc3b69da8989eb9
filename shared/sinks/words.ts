import type { Alert, Severity } from '../alert/alert.ts';
import { isWorse as isWorseThan, SEVERITY_ORDER } from '../alert/state.ts';
import { cutInert } from './cut.ts';
import type { AlertMessage } from './sink.ts';

/** A shape and a word for each severity, so that neither colour nor shape has to say it alone. */
export const SEVERITY_MARKS: Readonly<Record<Severity, string>> = {
  critical: '■ CRITICAL',
  high: '▲ HIGH',
  medium: '◆ MEDIUM',
  low: '● LOW',
  informational: '○ INFO',
  unknown: '? UNKNOWN',
};

/** Whether a severity is worse than the one that people were told before; what was told is unknown where none is kept. */
export function isWorse(severity: Severity, told: string | undefined): boolean {
  const before = SEVERITY_ORDER.find((each) => each === told);
  return before !== undefined && isWorseThan(before, severity);
}

/** `2026-03-04 02:17:09 UTC`. */
export function utc(timeMs: number): string {
  const time = isoTime(timeMs);
  return time === undefined ? 'at an unknown time' : `${time.slice(0, 19).replace('T', ' ')} UTC`;
}

/** RFC 3339, or undefined for what is no time: an event may claim any number. */
export function isoTime(timeMs: number): string | undefined {
  const time = new Date(timeMs);
  // Years of more than four digits are none in RFC 3339.
  return Number.isNaN(time.getTime()) || !/^\d{4}-/.test(time.toISOString()) ? undefined : time.toISOString();
}

/** When it happened: once, or how often until when. */
export function whenOf({ firstTime, lastTime, count }: Alert): string {
  return count === 1 ? utc(firstTime) : `${utc(firstTime)}, ${count} times until ${utc(lastTime)}`;
}

/** What an alert is about in one line: `org-trail in aws 123456789012`, as far as it is known. */
export function placeOf({ where, account }: Alert): string | undefined {
  if (where === undefined) return account;
  return account === undefined ? where : `${where} in ${account}`;
}

/** Who did it: `alice from 203.0.113.9`, as far as it is known. */
export function actorOf({ who, from }: Alert): string | undefined {
  if (who === undefined) return from === undefined ? undefined : `from ${from}`;
  return from === undefined ? who : `${who} from ${from}`;
}

/** What an alert is about, each under a word of its own; at most ten, and only what is known. */
export function factsOf(alert: Alert): readonly (readonly [label: string, value: string])[] {
  const explanation = untold(alert);
  const [innocent] = alert.rule.falsePositives;
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['Who', actorOf(alert)],
    ['What', alert.what],
    ['Where', alert.where],
    ['When', whenOf(alert)],
    ['Environment', alert.environment],
    ['Account', alert.account],
    ['Source', alert.source],
    ['Expected', explanation === undefined ? undefined : `${explanation.expected} (${basisOf(explanation)})`],
    ['Seen', explanation?.seen],
    ['Perhaps innocent', innocent],
  ];
  return facts.flatMap(([label, value]) => (value === undefined ? [] : [[label, value] as const]));
}

/** The explanation of an alert, where its message does not already say what was expected and what was seen. */
export function untold({ message, explanation }: Alert): Alert['explanation'] {
  if (explanation === undefined) return undefined;
  const isTold = message.includes(explanation.expected) && message.includes(explanation.seen);
  return isTold ? undefined : explanation;
}

/** What an expectation rests on: `over 214 events in 90 days`. */
export function basisOf({ overEvents, overDays }: NonNullable<Alert['explanation']>): string {
  const time = overDays < 1 ? span(overDays * DAY_MS) : days(Math.round(overDays * 10) / 10);
  return `over ${overEvents.toLocaleString('en-US')} ${overEvents === 1 ? 'event' : 'events'} in ${time}`;
}

const DAY_MS = 86_400_000;

function days(count: number): string {
  return `${count.toLocaleString('en-US')} ${count === 1 ? 'day' : 'days'}`;
}

/** What has become of an alert, and by whom; undefined while nobody has done anything about it. */
export function stateLine({
  state,
  by,
  untilMs,
}: Pick<AlertMessage, 'state' | 'by' | 'untilMs'>): string | undefined {
  const who = by === undefined ? '' : ` by ${cutInert(by, 80)}`;
  switch (state) {
    case 'open':
      return undefined;
    case 'acknowledged':
      return `✓ Acknowledged${who}`;
    case 'snoozed':
      return `◷ Snoozed${who}${untilMs === undefined ? '' : ` until ${utc(untilMs)}`}`;
    case 'resolved':
      return `✓ Resolved${who}`;
  }
}

/** `1 time`, `1,204 times`. */
export function times(count: number): string {
  return `${count.toLocaleString('en-US')} ${count === 1 ? 'time' : 'times'}`;
}

/** `1 h`, `90 min`, `7 d`: the largest unit that says it whole. */
export function span(lengthMs: number): string {
  const minutes = Math.max(1, Math.round(lengthMs / 60_000));
  if (minutes % 1_440 === 0) return `${minutes / 1_440} d`;
  return minutes % 60 === 0 ? `${minutes / 60} h` : `${minutes} min`;
}
