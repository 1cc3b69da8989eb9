import { type Alert, candidateOf } from '../../shared/alert/alert.ts';
import { findingOf } from '../../shared/detect/finding.ts';
import type { OcsfEvent } from '../../shared/ocsf/event.ts';
import type { FoldedEvent } from '../../shared/stages/fold.ts';
import type { PendingEntry } from '../../shared/trail/pending.ts';
import { cloudTrail, folded, ruleOf, STOP_LOGGING } from '../detect/events.ts';

/** A finding of the rule as the alert fold reads it back from the trail. */
export function findingAt(
  index: number,
  more: Record<string, unknown> = {},
  rule = STOP_LOGGING,
): FoldedEvent {
  const record = { eventID: `event-${index}`, ...more };
  const entry = findingOf(
    ruleOf(rule),
    folded(cloudTrail('StopLogging', record), index - 1),
    '00'.repeat(16),
  );
  return {
    index,
    source: 'trailproof',
    event: JSON.parse(entry.line) as OcsfEvent,
    record: undefined,
    raw: '',
  };
}

/**
 * A finding about alice, ready to be appended: of the first hour one alert, of another hour another. Findings of one
 * number are one.
 */
export function findingEntry(
  number: number,
  {
    hour = 2,
    rule = STOP_LOGGING,
    more = {},
  }: {
    readonly hour?: number;
    readonly rule?: string;
    readonly more?: Record<string, unknown>;
  } = {},
): PendingEntry {
  const eventTime = new Date(Date.UTC(2026, 2, 4, hour)).toISOString().replace('.000', '');
  const record = { eventID: `event-${number}`, eventTime, ...more };
  const event = folded(cloudTrail('StopLogging', record), number);
  return findingOf(ruleOf(rule), event, number.toString(16).padStart(32, '0'));
}

/** An event time so many minutes after the first. */
export function minute(minutes: number): { eventTime: string } {
  return { eventTime: new Date(Date.UTC(2026, 2, 4, 2, minutes)).toISOString().replace('.000', '') };
}

export function alertOf(event: FoldedEvent): Alert {
  const candidate = candidateOf(event.event, event.index);
  if (candidate === undefined) throw new Error('expected a finding');
  return candidate.alert;
}
