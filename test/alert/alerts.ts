import { type Alert, candidateOf } from '../../shared/alert/alert.ts';
import { findingOf } from '../../shared/detect/finding.ts';
import type { OcsfEvent } from '../../shared/ocsf/event.ts';
import type { FoldedEvent } from '../../shared/stages/fold.ts';
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

/** An event time so many minutes after the first. */
export function minute(minutes: number): { eventTime: string } {
  return { eventTime: new Date(Date.UTC(2026, 2, 4, 2, minutes)).toISOString().replace('.000', '') };
}

export function alertOf(event: FoldedEvent): Alert {
  const candidate = candidateOf(event.event, event.index);
  if (candidate === undefined) throw new Error('expected a finding');
  return candidate.alert;
}
