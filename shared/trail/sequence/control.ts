import { hash } from 'node:crypto';
import { type ControlEntry, entryText } from '../entry.ts';
import type { PendingEntry } from '../pending.ts';

/**
 * What Trailproof itself says, ready to be appended. The same members are the same entry, whenever they are said:
 * whoever means to say a thing twice puts what differs into the members.
 */
export function controlEntry(entry: Omit<ControlEntry, 'timeMs'>, timeMs: number): PendingEntry {
  const whole = { ...entry, timeMs };
  const uid = controlUid(whole);
  return {
    kind: entry.kind,
    uid,
    essence: `1:${uid}`,
    source: entry.source,
    time: timeMs,
    line: entryText(whole),
  };
}

/** Follows from everything but the time, which only the sequencer knows. */
export function controlUid(entry: ControlEntry): string {
  return hash('sha256', `control|${entryText({ ...entry, timeMs: 0 })}`, 'hex');
}
