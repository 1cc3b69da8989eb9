import type { Bounds } from './bounds.ts';
import type { Entry } from './entry.ts';
import { type Firing, firingOf } from './firing.ts';
import type { CorrelationSet, Plan } from './plan.ts';
import {
  type CorrelationState,
  entrySizeBytes,
  type Group,
  isFull,
  OPEN_SIZE_BYTES,
  type Open,
  type PlanState,
  resize,
  unlinkGroup,
} from './state.ts';

interface Run {
  readonly set: CorrelationSet;
  readonly state: CorrelationState;
  readonly bounds: Bounds;
  readonly firings: Firing[];
}

/**
 * An event is remembered until time has moved on by two timespans since it was heard of: one for its own window, one
 * for those that come late. Time counts in steps of a quarter of the timespan, so that a group is looked through
 * seldom, and what is remembered does not depend on when it was.
 */
export function horizon({ correlation: { timespanMs } }: Plan, clock: number): number {
  const step = Math.max(1, Math.floor(timespanMs / 4));
  return Math.floor(clock / step) * step - 2 * timespanMs;
}

/** Drops what a group need not remember any more. */
export function forget(context: Pick<Run, 'state'>, plan: Plan, own: PlanState, group: Group): void {
  const since = horizon(plan, own.clock);
  if (since <= horizon(plan, group.swept)) return;
  group.swept = own.clock;
  dropEntries(context, own, group, ({ heard }) => heard >= since);
  const opens = group.opens.filter(({ heard }) => heard >= since);
  resize(context, own, group, (opens.length - group.opens.length) * OPEN_SIZE_BYTES);
  group.opens = opens;
}

function dropEntries(
  { state }: Pick<Run, 'state'>,
  own: PlanState,
  group: Group,
  isKept: (entry: Entry, at: number) => boolean,
): readonly Entry[] {
  const dropped: Entry[] = [];
  const kept = group.entries.filter((entry, at) => {
    const stays = isKept(entry, at);
    if (!stays) dropped.push(entry);
    return stays;
  });
  if (dropped.length === 0) return dropped;
  group.entries = kept;
  group.cursor = undefined;
  state.eventCount -= dropped.length;
  resize({ state }, own, group, -dropped.reduce((sum, entry) => sum + entrySizeBytes(entry), 0));
  return dropped;
}

/**
 * Brings a group back to its bound: first what others repeat (a value that is there again later, a rule that has more
 * than its share), then the oldest. Counts may then be too small, never too large.
 */
export function compact(context: Pick<Run, 'state'>, plan: Plan, own: PlanState, group: Group): void {
  const surplus = group.entries.length - plan.groupEventCountMax;
  const spare = spareEntries(plan, group.entries);
  const doomed = new Set(spare.slice(0, surplus));
  for (const entry of group.entries) {
    if (doomed.size >= surplus) break;
    doomed.add(entry);
  }
  const dropped = dropEntries(context, own, group, (entry) => !doomed.has(entry));
  for (const { time } of dropped) group.lostMs = Math.max(group.lostMs, time);
}

/** What can best be missed, first of all. */
function spareEntries(
  { correlation: { type }, steps, groupEventCountMax }: Plan,
  entries: readonly Entry[],
): readonly Entry[] {
  if (type === 'value_count') {
    const later = new Set<string | number>();
    const spare = entries.toReversed().filter(({ values }) => {
      const isRepeated = values.every((value) => later.has(value));
      for (const value of values) later.add(value);
      return isRepeated;
    });
    return spare.reverse();
  }
  if (type !== 'temporal' && type !== 'temporal_ordered') return [];
  const quota = Math.max(2, Math.floor(groupEventCountMax / (2 * steps.length)));
  const counts = new Map<string, number>();
  // The first of each rule begin a row, the last of them end one: those between are spare.
  const early = entries.filter(({ steps: own }) => {
    const count = (counts.get(own.join()) ?? 0) + 1;
    counts.set(own.join(), count);
    return count > quota;
  });
  counts.clear();
  const between = early.toReversed().filter(({ steps: own }) => {
    const count = (counts.get(own.join()) ?? 0) + 1;
    counts.set(own.join(), count);
    return count > quota;
  });
  return between.reverse();
}

/** Closes the windows that nothing can join any more; a finding that events joined since is brought up to date once. */
export function close({ firings }: Pick<Run, 'firings'>, plan: Plan, own: PlanState): void {
  let count = 0;
  for (const found of own.closing) {
    if (found.closeAt >= own.clock) break;
    count += 1;
    closeOne(firings, plan, own, found);
  }
  if (count > 0) own.closing.splice(0, count);
}

/** Closes a window before its time, for want of room. */
export function closeEarly(firings: Firing[], plan: Plan, own: PlanState, found: Open): void {
  if (found.isClosed) return;
  let from = 0;
  let to = own.closing.length;
  while (from < to) {
    const middle = (from + to) >>> 1;
    const { closeAt = 0, number = 0 } = own.closing[middle] ?? {};
    if (closeAt < found.closeAt || (closeAt === found.closeAt && number < found.number)) from = middle + 1;
    else to = middle;
  }
  if (own.closing[from] === found) own.closing.splice(from, 1);
  closeOne(firings, plan, own, found);
}

function closeOne(firings: Firing[], plan: Plan, own: PlanState, found: Open): void {
  if (found.isClosed) return;
  found.isClosed = true;
  if (isAwaited(own, found)) firings.push(firingOf('update', plan, found, []));
}

/** Whether its closing is worth an update: something joined it, and somebody was told of it. */
export function isAwaited({ untoldCount }: PlanState, { joinedCount, number }: Open): boolean {
  return joinedCount > 0 && number >= untoldCount;
}

/** Forgets groups that nothing was heard of for so long that all they remember is too old. */
export function evictIdle(run: Pick<Run, 'state' | 'firings'>, plan: Plan, own: PlanState): void {
  const since = horizon(plan, own.clock);
  for (let group = own.oldest; group !== undefined && group.heard < since; group = own.oldest) {
    drop(run, plan, own, group);
  }
}

/** Makes room: the correlation that takes the most gives up the group that it heard of the longest ago. */
export function evictBeyond(run: Run): void {
  while (isFull(run.state, run.bounds)) {
    let plan: Plan | undefined;
    let largest: PlanState | undefined;
    for (const each of run.set.plans) {
      const own = run.state.plans[each.slot];
      if (own === undefined || own.groups.size === 0) continue;
      if (largest !== undefined && own.sizeBytes <= largest.sizeBytes) continue;
      plan = each;
      largest = own;
    }
    const group = largest?.oldest;
    if (plan === undefined || largest === undefined || group === undefined) return;
    largest.evictedCount += 1;
    largest.evictedMs = Math.max(largest.evictedMs, group.heard);
    drop(run, plan, largest, group);
  }
}

/** What has joined its findings by now is told: nobody will remember it. */
function drop(run: Pick<Run, 'state' | 'firings'>, plan: Plan, own: PlanState, group: Group): void {
  for (const found of group.opens) closeEarly(run.firings, plan, own, found);
  unlinkGroup(own, group);
  own.groups.delete(group.key);
  own.sizeBytes -= group.sizeBytes;
  run.state.groupCount -= 1;
  run.state.eventCount -= group.entries.length;
  run.state.sizeBytes -= group.sizeBytes;
}
