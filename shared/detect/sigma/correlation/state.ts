import type { Bounds } from './bounds.ts';
import type { Entry, GroupName } from './entry.ts';
import type { Gauge } from './gauge.ts';
import type { CorrelationSet } from './plan.ts';

/** An event as findings name it. */
export interface Reference {
  readonly uid: string;
  readonly index: number;
  readonly time: number;
}

/** All that is remembered: changed in place by `take`, written and read by `encodeState` and `decodeState`. */
export interface CorrelationState {
  readonly plans: readonly PlanState[];
  /** Slots of the correlations of which nothing was restored. */
  readonly absent: ReadonlySet<number>;
  groupCount: number;
  eventCount: number;
  /** Estimated. */
  sizeBytes: number;
  /** Nothing happens by the passing of time alone before the watermark is here. */
  dueMs: number;
  /** Where it was last: a correlation that nothing came for is behind until it matters. */
  watermarkMs: number;
}

export interface PlanState {
  /** How far time has come for this correlation: the watermark, or behind it by the lateness. */
  clock: number;
  /** By their keys. */
  readonly groups: Map<string, Group>;
  /** The least recently touched, and the most: a list, because a map that lost its first members is slow to begin. */
  oldest: Group | undefined;
  newest: Group | undefined;
  /** Findings whose window has not closed, by when it will. */
  readonly closing: Open[];
  /** Events that wait for earlier ones, by time; for correlations with a lateness. */
  readonly held: Input[];
  sizeBytes: number;
  /** Events that came when nothing so early was waited for any more. */
  lateCount: number;
  /** Groups that were forgotten for want of room, and the latest time at which one of them was heard of. */
  evictedCount: number;
  evictedMs: number;
  /** Numbers findings, so that two that close at one time close in one order. */
  openCount: number;
  /** Nobody was told of the findings below this number: they fired before the correlation was at work. */
  untoldCount: number;
}

export interface Group extends GroupName {
  /** By time, then by place. */
  entries: Entry[];
  /** The latest of its events, as far as it is remembered: see `Entry.heard`. */
  heard: number;
  /** When it was last looked through for what may be forgotten. */
  swept: number;
  /** Events up to this time were dropped for want of room. */
  lostMs: number;
  opens: readonly Open[];
  sizeBytes: number;
  older: Group | undefined;
  newer: Group | undefined;
  /** Follows from the entries; not part of what is written. */
  cursor: Cursor | undefined;
}

/** The window at the latest event, measured. */
export interface Cursor {
  readonly gauge: Gauge;
  /** Its first event among the entries. */
  from: number;
}

/** A finding that is open to what joins it. */
export interface Open {
  readonly group: string;
  readonly shown: readonly string[];
  /** The end of the window that fired. */
  readonly time: number;
  readonly end: Reference;
  readonly fromMs: number;
  /** The event that opened the window. */
  readonly opener: string;
  /** Until then events join; once the clock is past it, no more are waited for. */
  readonly closeAt: number;
  readonly number: number;
  readonly isAtLeast: boolean;
  readonly measured: number;
  readonly stepCounts: readonly number[];
  heard: number;
  eventCount: number;
  joinedCount: number;
  /** The last that joined. */
  last: Reference;
  first: Reference[];
  latest: Reference[];
  isClosed: boolean;
}

/** An event on its way into a group. */
export interface Input {
  readonly group: GroupName;
  readonly entry: Omit<Entry, 'heard'>;
}

export function emptyState({ plans }: CorrelationSet): CorrelationState {
  return {
    plans: plans.map(emptyPlanState),
    absent: new Set(plans.map(({ slot }) => slot)),
    groupCount: 0,
    eventCount: 0,
    sizeBytes: 0,
    dueMs: Number.POSITIVE_INFINITY,
    watermarkMs: Number.NEGATIVE_INFINITY,
  };
}

export function emptyPlanState(): PlanState {
  return {
    clock: Number.NEGATIVE_INFINITY,
    groups: new Map(),
    oldest: undefined,
    newest: undefined,
    closing: [],
    held: [],
    sizeBytes: 0,
    lateCount: 0,
    evictedCount: 0,
    evictedMs: Number.NEGATIVE_INFINITY,
    openCount: 0,
    untoldCount: 0,
  };
}

/** Puts a group among the others, as the most recently touched. */
export function linkGroup(own: PlanState, group: Group): void {
  own.groups.set(group.key, group);
  group.older = own.newest;
  if (own.newest === undefined) own.oldest = group;
  else own.newest.newer = group;
  own.newest = group;
}

/** Takes a group out of the list; by its key it is still found. */
export function unlinkGroup(own: PlanState, group: Group): void {
  if (group.older === undefined) own.oldest = group.newer;
  else group.older.newer = group.newer;
  if (group.newer === undefined) own.newest = group.older;
  else group.newer.older = group.older;
  group.older = undefined;
  group.newer = undefined;
}

export function isFull(state: CorrelationState, bounds: Bounds): boolean {
  return (
    state.groupCount > bounds.groupCountMax ||
    state.eventCount > bounds.eventCountMax ||
    state.sizeBytes > bounds.sizeBytesMax
  );
}

/** Measured with node --expose-gc over a million groups: rather too much than too little. */
const GROUP_SIZE_BYTES = 420;
const ENTRY_SIZE_BYTES = 240;
export const OPEN_SIZE_BYTES = 3_000;

export function groupSizeBytes({ key, shown }: GroupName): number {
  return GROUP_SIZE_BYTES + 2 * key.length + shown.reduce((sum, text) => sum + 2 * text.length + 24, 0);
}

export function entrySizeBytes({ values, up }: Pick<Entry, 'values' | 'up'>): number {
  let size = ENTRY_SIZE_BYTES;
  for (const value of values) size += typeof value === 'string' ? 24 + 2 * value.length : 8;
  for (const part of up) {
    size += 120 + entrySizeBytes({ values: part.values, up: part.up });
    for (const group of part.groups) size += groupSizeBytes(group);
  }
  return size;
}

export function resize(
  { state }: { readonly state: CorrelationState },
  own: PlanState,
  group: Group,
  byBytes: number,
): void {
  group.sizeBytes += byBytes;
  own.sizeBytes += byBytes;
  state.sizeBytes += byBytes;
}
