import { GROUP_EVENT_COUNT, OPEN_COUNT_MAX, REFERENCE_COUNT_MAX } from './bounds.ts';
import type { Entry } from './entry.ts';
import { type Firing, firingOf } from './firing.ts';
import { closeEarly, compact, forget } from './forget.ts';
import { type Gauge, gaugeOf, isExact } from './gauge.ts';
import type { Plan } from './plan.ts';
import {
  type CorrelationState,
  entrySizeBytes,
  type Group,
  groupSizeBytes,
  type Input,
  linkGroup,
  OPEN_SIZE_BYTES,
  type Open,
  type PlanState,
  type Reference,
  resize,
  unlinkGroup,
} from './state.ts';

/** Shared by all groups that have none, and never changed. */
const NO_ENTRIES: Entry[] = [];
const NO_OPENS: readonly Open[] = [];

/** A smaller window is measured afresh: keeping the gauge would take more room than it saves time. */
const CURSOR_COUNT_MIN = 32;

interface Context {
  readonly state: CorrelationState;
  readonly firings: Firing[];
}

/**
 * Puts an event into its group, and judges the windows that it is in: `[t - timespan, t]` for its own time and for
 * each later one that reaches back to it. At most one of them fires; those within a timespan of a finding belong to it.
 */
export function judge(context: Context, plan: Plan, own: PlanState, input: Input): Firing | undefined {
  const group = touch(context, plan, own, input);
  const entry: Entry = { ...input.entry, heard: Math.max(own.clock, input.entry.time) };
  group.heard = Math.max(group.heard, entry.heard);
  const at = insert(group, entry);
  resize(context, own, group, entrySizeBytes(entry));
  context.state.eventCount += 1;
  join(plan, group, entry);
  const fired = window(plan, group, at);
  const firing = fired && open(context, plan, own, group, fired);
  if (group.entries.length > plan.groupEventCountMax + GROUP_EVENT_COUNT / 4) {
    compact(context, plan, own, group);
  }
  return firing;
}

/** The group, made the most recently touched one and rid of what is too old. */
function touch(context: Context, plan: Plan, own: PlanState, { group: name }: Input): Group {
  const known = own.groups.get(name.key);
  if (known !== undefined) {
    if (own.newest !== known) {
      unlinkGroup(own, known);
      linkGroup(own, known);
    }
    forget(context, plan, own, known);
    return known;
  }
  const group: Group = {
    key: name.key,
    shown: name.shown,
    entries: NO_ENTRIES,
    heard: Number.NEGATIVE_INFINITY,
    swept: own.clock,
    lostMs: Number.NEGATIVE_INFINITY,
    opens: NO_OPENS,
    sizeBytes: 0,
    older: undefined,
    newer: undefined,
    cursor: undefined,
  };
  linkGroup(own, group);
  context.state.groupCount += 1;
  resize(context, own, group, groupSizeBytes(name));
  return group;
}

/** By time, events of one time in the order of the trail. */
function insert(group: Group, entry: Entry): number {
  const { entries } = group;
  if (entries.length === 0) {
    // Most groups never have a second: an array that was pushed to has room for many.
    group.entries = [entry];
    return 0;
  }
  let at = entries.length;
  while (at > 0) {
    const before = entries[at - 1];
    if (before === undefined || before.time < entry.time) break;
    if (before.time === entry.time && before.index <= entry.index) break;
    at -= 1;
  }
  if (at === entries.length) entries.push(entry);
  else entries.splice(at, 0, entry);
  return at;
}

/** An event within a timespan of a finding joins it: the earliest, where there are two. */
function join({ correlation: { timespanMs } }: Plan, { opens }: Group, entry: Entry): void {
  const open = opens.find(({ time }) => Math.abs(entry.time - time) <= timespanMs);
  if (open === undefined) return;
  const reference = referenceTo(entry);
  open.heard = Math.max(open.heard, entry.heard);
  if (open.isClosed) return;
  open.eventCount += 1;
  open.joinedCount += 1;
  open.last = reference;
  open.latest.push(reference);
  if (open.latest.length > REFERENCE_COUNT_MAX / 2) open.latest.shift();
}

interface Window {
  /** Places among the entries, both inclusive. */
  readonly from: number;
  readonly to: number;
  readonly measured: number;
}

/** The first window with the entry at `at` in it that fulfils the condition and belongs to no finding. */
function window(plan: Plan, group: Group, at: number): Window | undefined {
  const { entries, opens } = group;
  const { timespanMs } = plan.correlation;
  const isLast = at === entries.length - 1;
  const start = entries[at]?.time ?? 0;
  const cursor = isLast ? group.cursor : undefined;
  const gauge = cursor?.gauge ?? gaugeOf(plan.correlation);
  let from = cursor?.from ?? firstSince(entries, start - timespanMs);
  let to = cursor === undefined ? from : at;
  while (to < entries.length) {
    const time = Math.max(entries[to]?.time ?? 0, start);
    if (time > start + timespanMs) break;
    for (let next = entries[to]; next !== undefined && next.time <= time; next = entries[to]) {
      gauge.add(next);
      to += 1;
    }
    from = leave(gauge, entries, from, time - timespanMs);
    const end = entries[to - 1];
    const belongs = opens.some((open) => Math.abs(open.time - time) <= timespanMs);
    if (!belongs && end !== undefined && gauge.holds(time - timespanMs, end)) {
      keep(plan, group, gauge, from, to);
      return { from, to: to - 1, measured: gauge.measure(time - timespanMs, end) };
    }
  }
  keep(plan, group, gauge, from, to);
  return undefined;
}

/** The gauge is worth keeping where it stands at the last event: the next one needs only be added. */
function keep({ correlation }: Plan, group: Group, gauge: Gauge, from: number, to: number): void {
  const isWorth = to === group.entries.length && to - from >= CURSOR_COUNT_MIN && isExact(correlation);
  group.cursor = isWorth ? { gauge, from } : undefined;
}

function leave(gauge: Gauge, entries: readonly Entry[], from: number, since: number): number {
  let at = from;
  for (let entry = entries[at]; entry !== undefined && entry.time < since; entry = entries[at]) {
    gauge.remove(entry);
    at += 1;
  }
  return at;
}

function firstSince(entries: readonly Entry[], since: number): number {
  let from = 0;
  let to = entries.length;
  while (from < to) {
    const middle = (from + to) >>> 1;
    if ((entries[middle]?.time ?? 0) < since) from = middle + 1;
    else to = middle;
  }
  return from;
}

function open(context: Context, plan: Plan, own: PlanState, group: Group, { from, to, measured }: Window) {
  const { timespanMs } = plan.correlation;
  const events = group.entries.slice(from, to + 1);
  const [opener] = events;
  const last = events.at(-1);
  if (opener === undefined || last === undefined) return undefined;
  const half = REFERENCE_COUNT_MAX / 2;
  const latest = events.slice(Math.max(half, events.length - half)).map(referenceTo);
  const since = last.time - timespanMs;
  const found: Open = {
    group: group.key,
    shown: group.shown,
    time: last.time,
    end: referenceTo(last),
    fromMs: opener.time,
    opener: opener.uid,
    closeAt: Math.max(own.clock, last.time) + timespanMs,
    number: own.openCount,
    isAtLeast: group.lostMs >= since || own.evictedMs >= since,
    measured,
    stepCounts: plan.steps.map((_, step) => events.filter(({ steps }) => steps.includes(step)).length),
    heard: Math.max(own.clock, last.time),
    eventCount: events.length,
    joinedCount: 0,
    last: referenceTo(last),
    first: events.slice(0, half).map(referenceTo),
    latest,
    isClosed: false,
  };
  own.openCount += 1;
  group.opens = [...group.opens, found];
  resize(context, own, group, OPEN_SIZE_BYTES);
  enqueue(own.closing, found);
  const [oldest] = group.opens;
  if (oldest !== undefined && group.opens.length > OPEN_COUNT_MAX) {
    group.opens = group.opens.slice(1);
    resize(context, own, group, -OPEN_SIZE_BYTES);
    closeEarly(context.firings, plan, own, oldest);
  }
  return firingOf('new', plan, found, last.up);
}

/** By when they close; those of one time in the order in which they were found. */
function enqueue(closing: Open[], found: Open): void {
  let at = closing.length;
  while (at > 0 && (closing[at - 1]?.closeAt ?? 0) > found.closeAt) at -= 1;
  closing.splice(at, 0, found);
}

function referenceTo({ uid, index, time }: Entry): Reference {
  return { uid, index, time };
}
