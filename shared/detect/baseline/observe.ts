import type { EventReference, Notice, Observation } from '../memory.ts';
import { settingsOf } from '../settings.ts';
import type { Baseline } from './baseline.ts';
import type { ObservedRule } from './bind.ts';
import { type Group, isCrowded, type Keeping, learn, newGroup, ROOM_SHARE, type Value } from './group.ts';
import { judgeNewValue } from './new-value.ts';
import { isLearning, type Judgement, type Occasion, occasionOf } from './occasion.ts';
import { joinOpen, type Open, openNotice } from './open.ts';
import { judgeRareValue } from './rare-value.ts';
import { BINS_IN_WINDOW, judgeRate, windowValue } from './rate.ts';
import { valueFrom } from './read-fields.ts';
import { emptyStore, find, forgetWhile, type Store, sizeOf, touch } from './store.ts';
import { hourValue, judgeTimeOfDay } from './time-of-day.ts';

/** Everything that one baseline remembers. */
export interface Remembered {
  readonly baseline: Baseline;
  /** A hash of what gives the memory its meaning. */
  readonly name: string;
  readonly keeping: Keeping;
  /** How long after a notice later events join it, ms. */
  readonly joinMs: number;
  groups: Store<Group>;
  sizeBytes: number;
  open: Map<string, Open>;
  /** Nobody was told of what was noticed at entries before this one: the baseline was not yet at work. */
  untoldUntil: number;
}

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
/** Events that a rate's finding shows. */
const RECENT_MAX = 20;
/** The range of ECMAScript's Date: an event beyond it has no day and no hour. */
const TIME_MS_MAX = 8.64e15;

export function nothingRemembered(baseline: Baseline, name: string): Remembered {
  const isRate = baseline.type === 'rate';
  return {
    baseline,
    name,
    keeping: keepingOf(baseline),
    joinMs: isRate ? baseline.timespanMs : settingsOf(baseline).windowMs,
    groups: emptyStore(),
    sizeBytes: 0,
    open: new Map(),
    untoldUntil: 0,
  };
}

/** Counts by day where days are few beside the memory; a short memory needs finer ones. */
function keepingOf({ type, memoryMs, timespanMs }: Baseline): Keeping {
  const [, binMs] = [
    [14 * DAY_MS, DAY_MS] as const,
    [DAY_MS, HOUR_MS] as const,
    [0, MINUTE_MS] as const,
  ].find(([from]) => memoryMs >= from) ?? [0, MINUTE_MS];
  const width = type === 'rate' ? timespanMs / BINS_IN_WINDOW : binMs;
  return {
    memoryMs,
    binMs: width,
    binsMax: Math.ceil(memoryMs / width) + 2 * BINS_IN_WINDOW,
    recentMax: type === 'rate' ? RECENT_MAX : 0,
  };
}

/** Judges an event by what is remembered, then learns it. */
export function observeEvent(
  state: Remembered,
  { group: groupReaders, field }: ObservedRule,
  observation: Observation,
): readonly Notice[] {
  const { baseline, keeping } = state;
  const at = referenceTo(observation);
  if (!(Math.abs(at.time) <= TIME_MS_MAX)) return [];
  const parts = groupReaders.map((read) => read(observation)[0]);
  const named = parts.filter((part) => part !== undefined);
  if (named.length < parts.length) return [];
  const values = valuesSeen(
    state,
    field.map((read) => read(observation)),
    at.time,
  );
  if (values === undefined) return [];

  const { key, texts } = valueFrom(named);
  const found = find(state.groups, key);
  const group = found ?? newGroup({ key, texts }, at);
  const occasion = occasionOf(group, { at, values }, state);
  // Of a new group, or one of which nothing is remembered any more, nothing was expected: its first events teach.
  const judgement = occasion.count === 0 ? undefined : judge(occasion);
  const subjects = [
    '',
    ...values.map((value) => value.key),
    ...(judgement === undefined ? [] : [judgement.subject]),
  ];
  const joined = joinOpen(state.open, group.key, { at, subjects }, state.joinMs);
  const notices = judgement === undefined || joined ? [] : notice(state, occasion, judgement);

  const before = found?.sizeBytes ?? 0;
  learn(group, { at, values }, keeping);
  state.sizeBytes += group.sizeBytes - before;
  touch(state.groups, key, group, occasion.count + 1 >= baseline.minEvents);
  return notices;
}

function referenceTo({ index, event }: Observation): EventReference {
  return { uid: event.metadata.uid, index, time: event.time };
}

/** What of the event is looked at; undefined where it lacks a field and takes no part. */
function valuesSeen(
  { baseline, keeping }: Remembered,
  fields: readonly (readonly string[])[],
  timeMs: number,
): readonly Value[] | undefined {
  switch (baseline.type) {
    case 'time_of_day':
      return [hourValue(timeMs)];
    case 'rate':
      return [windowValue(timeMs, keeping)];
    case 'new_value':
    case 'rare_value': {
      const [only = []] = fields;
      if (fields.length === 1) return only.length === 0 ? undefined : only.map((text) => valueFrom([text]));
      // Of a tuple the first value of each: which of several belong together, nobody says.
      const tuple = fields.map(([first]) => first).filter((text) => text !== undefined);
      return tuple.length < fields.length ? undefined : [valueFrom(tuple)];
    }
  }
}

/** In a crowd any value may look new: its notices are one, instead of one for each. */
function judge(occasion: Occasion): Judgement | undefined {
  const judgement = judgeType(occasion);
  if (judgement === undefined || !isCrowded(occasion.group, occasion.at.time)) return judgement;
  return { ...judgement, subject: CROWD };
}

/** No value has this key. */
const CROWD = 'crowd';

function judgeType(occasion: Occasion): Judgement | undefined {
  switch (occasion.baseline.type) {
    case 'new_value':
      return judgeNewValue(occasion);
    case 'rare_value':
      return judgeRareValue(occasion);
    case 'rate':
      return judgeRate(occasion);
    case 'time_of_day':
      return judgeTimeOfDay(occasion);
  }
}

function notice(state: Remembered, occasion: Occasion, judgement: Judgement): readonly Notice[] {
  const { baseline, group, at } = occasion;
  const made: Notice = {
    rule: baseline,
    kind: 'new',
    key: JSON.stringify([group.key, at.uid]),
    event: at,
    group: baseline.groupBy.map((field, i) => ({ field, value: group.values[i] ?? '' })),
    events: judgement.events,
    eventCount: judgement.eventCount,
    isAtLeast: isCrowded(group, at.time),
    isStaged: isLearning(occasion),
    explanation: judgement.explanation(),
  };
  return [
    made,
    ...openNotice(
      state.open,
      { groupKey: group.key, subject: judgement.subject, notice: made },
      state.joinMs,
    ),
  ];
}

/** Makes room where all of them together need more than they may: the largest gives. */
export function makeRoom(states: readonly Remembered[], bytesMax: number): void {
  let sizeBytes = 0;
  for (const state of states) sizeBytes += state.sizeBytes;
  if (sizeBytes <= bytesMax) return;
  const largest = states.reduce((a, b) => (b.sizeBytes > a.sizeBytes ? b : a));
  forgetWhile(
    largest.groups,
    () => sizeBytes > bytesMax * ROOM_SHARE && sizeOf(largest.groups) > 1,
    (group) => {
      largest.sizeBytes -= group.sizeBytes;
      sizeBytes -= group.sizeBytes;
    },
  );
}
