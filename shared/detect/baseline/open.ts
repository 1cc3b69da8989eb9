import type { EventReference, Notice } from '../memory.ts';
import { moment, plural } from './words.ts';

/** A notice that later events still join. */
export interface Open {
  readonly notice: Notice;
  /** Event time up to which they do, ms. */
  readonly until: number;
  events: readonly EventReference[];
  eventCount: number;
}

const EVENTS_MAX = 20;
const OPEN_MAX = 1_000;

/** Lets an event join the notice that was made of its group and value; false where there is none. */
export function joinOpen(
  open: Map<string, Open>,
  groupKey: string,
  { at, subjects }: { readonly at: EventReference; readonly subjects: readonly string[] },
  joinMs: number,
): boolean {
  if (open.size === 0) return false;
  for (const subject of subjects) {
    const found = open.get(openKey(groupKey, subject));
    if (found === undefined || Math.abs(at.time - found.notice.event.time) > joinMs) continue;
    found.events = [...found.events, at].slice(0, EVENTS_MAX);
    found.eventCount += 1;
    return true;
  }
  return false;
}

/** Opens a notice; gives the updates of those that had to make way. */
export function openNotice(
  open: Map<string, Open>,
  { groupKey, subject, notice }: { groupKey: string; subject: string; notice: Notice },
  joinMs: number,
): readonly Notice[] {
  const key = openKey(groupKey, subject);
  const [oldest] = open.size < OPEN_MAX ? [] : open.keys();
  const updates = [key, ...(oldest === undefined ? [] : [oldest])].flatMap((each) => close(open, each));
  const { events, eventCount, event } = notice;
  open.set(key, { notice, until: event.time + joinMs, events: events.slice(-EVENTS_MAX), eventCount });
  return updates;
}

/** The updates of all whose time is over. */
export function closeUntil(open: Map<string, Open>, watermarkMs: number): readonly Notice[] {
  const over = [...open].filter(([, { until }]) => until < watermarkMs);
  return over.flatMap(([key]) => close(open, key));
}

/** The latest time, up to another, at which one is over that more events have joined. */
export function lastEnd(open: Iterable<Open>, untilMs: number): number | undefined {
  let last = Number.NEGATIVE_INFINITY;
  for (const { until, eventCount, notice } of open) {
    if (until < untilMs && eventCount > notice.eventCount) last = Math.max(last, until + 1);
  }
  return last === Number.NEGATIVE_INFINITY ? undefined : last;
}

/** The time of the first that ends. */
export function nextEnd(open: ReadonlyMap<string, Open>): number {
  let next = Number.POSITIVE_INFINITY;
  for (const { until } of open.values()) next = Math.min(next, until);
  return next;
}

function close(open: Map<string, Open>, key: string): readonly Notice[] {
  const found = open.get(key);
  open.delete(key);
  const last = found?.events.at(-1);
  if (found === undefined || last === undefined || found.eventCount === found.notice.eventCount) return [];
  const { notice, events, eventCount } = found;
  const more = eventCount - notice.eventCount;
  const { explanation } = notice;
  const latest = events.reduce((a, b) => (b.time > a.time ? b : a), last);
  return [
    {
      ...notice,
      kind: 'update',
      events,
      eventCount,
      explanation: {
        ...explanation,
        sentence: `${explanation.sentence} ${plural(more, 'more event')} of the kind followed${
          eventCount > events.length ? '' : `, the last at ${moment(latest.time)}`
        }.`,
      },
    },
  ];
}

function openKey(groupKey: string, subject: string): string {
  return JSON.stringify([groupKey, subject]);
}
