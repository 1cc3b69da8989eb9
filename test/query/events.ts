import { hash } from 'node:crypto';
import type { OcsfEvent } from '../../shared/ocsf/event.ts';
import type { Subject } from '../../shared/query/subject.ts';
import type { PendingEntry } from '../../shared/trail/pending.ts';

/** What an event of our own making may be given; the rest is the same for all of them. */
export type EventParts = Partial<Omit<OcsfEvent, 'metadata'>> & {
  readonly source?: string;
  readonly record?: object;
};

const TIME_MS = Date.UTC(2026, 4, 1, 10);

/** An event in OCSF with a record behind it; `n` makes its uid and, unless given, its time. */
export function eventOf(n: number, { source: _, record = {}, ...parts }: EventParts = {}): OcsfEvent {
  const classUid = parts.class_uid ?? 6003;
  return {
    class_uid: classUid,
    class_name: classUid === 3002 ? 'Authentication' : 'API Activity',
    category_uid: Math.floor(classUid / 1000),
    category_name: 'Application Activity',
    activity_id: 1,
    type_uid: classUid * 100 + 1,
    type_name: 'API Activity: Create',
    time: TIME_MS + n * 1000,
    severity_id: 1,
    metadata: {
      version: '1.8.0',
      uid: uidOf(n),
      product: { name: 'CloudTrail', vendor_name: 'AWS' },
    },
    ...parts,
    unmapped: { ...parts.unmapped, trailproof: { nonce: uidOf(n).slice(0, 32) } },
    raw_data: JSON.stringify({ eventName: parts.api?.operation ?? 'Nothing', ...record }),
  };
}

export function subjectOf(parts: EventParts = {}, n = 0): Subject {
  const event = eventOf(n, parts);
  const raw = event.raw_data ?? '';
  return { source: parts.source ?? 'aws.cloudtrail', event, raw, record: JSON.parse(raw) };
}

export function pendingOf(n: number, parts: EventParts = {}): PendingEntry {
  const event = eventOf(n, parts);
  return {
    kind: 'event',
    uid: event.metadata.uid,
    essence: `1:${event.metadata.uid}`,
    source: parts.source ?? 'aws.cloudtrail',
    time: event.time,
    line: JSON.stringify(event),
  };
}

export function uidOf(n: number): string {
  return hash('sha256', `event ${n}`, 'hex');
}
