import { isArray, isObject } from '../../../json/json.ts';
import type { Entry, Part } from './entry.ts';
import type { CorrelationSet } from './plan.ts';
import {
  type CorrelationState,
  emptyPlanState,
  emptyState,
  entrySizeBytes,
  type Group,
  groupSizeBytes,
  type Input,
  linkGroup,
  OPEN_SIZE_BYTES,
  type Open,
  type PlanState,
} from './state.ts';
import { nextDueMs, settle } from './take.ts';

const VERSION = 2;

/** All that is remembered, as text: the same state is the same text. */
export function encodeState(set: CorrelationSet, state: CorrelationState): string {
  settle({ set, state });
  const plans = set.plans.map((plan) => [plan.name, encodePlan(state.plans[plan.slot])]);
  const untold = set.plans.flatMap(({ name, slot }) => {
    const count = state.plans[slot]?.untoldCount ?? 0;
    return count === 0 ? [] : [[name, count]];
  });
  const watermark = Number.isFinite(state.watermarkMs) ? state.watermarkMs : null;
  return JSON.stringify({ version: VERSION, watermark, untold, plans });
}

/**
 * The state that was written, for the correlations that are as they were; those that are new or changed remember
 * nothing. A text of another version, or a damaged one, is nothing too.
 */
export function decodeState(set: CorrelationSet, text: string): CorrelationState {
  const state = emptyState(set);
  const read = parse(text);
  if (!isObject(read) || read['version'] !== VERSION || !isArray(read['plans'])) return state;
  const known = new Map(read['plans'] as unknown as [string, Encoded][]);
  const untold = new Map((isArray(read['untold']) ? read['untold'] : []) as unknown as [string, number][]);
  const plans = set.plans.map(({ name }) => decodePlan(known.get(name), untold.get(name)));
  const absent = set.plans.filter(({ name }) => !known.has(name)).map(({ slot }) => slot);
  const watermarkMs = typeof read['watermark'] === 'number' ? read['watermark'] : Number.NEGATIVE_INFINITY;
  return { ...stateOf(set, plans, watermarkMs), absent: new Set(absent) };
}

/** Plans together, counted. */
export function stateOf(
  set: CorrelationSet,
  plans: readonly PlanState[],
  watermarkMs: number,
): CorrelationState {
  const groups = plans.flatMap((own) => [...own.groups.values()]);
  return {
    plans,
    absent: new Set(),
    groupCount: groups.length,
    eventCount: groups.reduce((sum, group) => sum + group.entries.length, 0),
    sizeBytes: plans.reduce((sum, own) => sum + own.sizeBytes, 0),
    dueMs: nextDueMs(set, plans),
    watermarkMs,
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

type EncodedEntry = readonly [
  time: number,
  index: number,
  uid: string,
  heard: number,
  steps: readonly number[],
  values: readonly (string | number)[],
  up: readonly Part[],
];

interface Encoded {
  readonly clock: number | null;
  readonly late: number;
  readonly evicted: number;
  readonly evictedMs: number | null;
  readonly opened: number;
  readonly groups: readonly EncodedGroup[];
  readonly held: readonly Input[];
}

type EncodedGroup = readonly [
  key: string,
  shown: readonly string[],
  heard: number,
  swept: number | null,
  lostMs: number | null,
  entries: readonly EncodedEntry[],
  opens: readonly Open[],
];

/** JSON has no infinities: they are null, and none but the negative one occurs. */
function encodePlan(own: PlanState | undefined): Encoded {
  const { clock, lateCount, evictedCount, evictedMs, openCount, held, oldest } = own ?? emptyPlanState();
  const groups: Group[] = [];
  for (let group = oldest; group !== undefined; group = group.newer) groups.push(group);
  return {
    clock,
    late: lateCount,
    evicted: evictedCount,
    evictedMs,
    opened: openCount,
    groups: groups.map(({ key, shown, heard, swept, lostMs, entries, opens }) => [
      key,
      shown,
      heard,
      swept,
      lostMs,
      entries.map((entry) => [
        entry.time,
        entry.index,
        entry.uid,
        entry.heard,
        entry.steps,
        entry.values,
        entry.up,
      ]),
      opens,
    ]),
    held,
  };
}

function decodePlan(encoded: Encoded | undefined, untoldCount = 0): PlanState {
  if (encoded === undefined) return emptyPlanState();
  const groups = encoded.groups.map(decodeGroup);
  const own = emptyPlanState();
  for (const group of groups) linkGroup(own, group);
  const open = groups.flatMap(({ opens }) => opens.filter(({ isClosed }) => !isClosed));
  return {
    ...own,
    clock: encoded.clock ?? Number.NEGATIVE_INFINITY,
    closing: open.sort((a, b) => a.closeAt - b.closeAt || a.number - b.number),
    held: [...encoded.held],
    sizeBytes: groups.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    lateCount: encoded.late,
    evictedCount: encoded.evicted,
    evictedMs: encoded.evictedMs ?? Number.NEGATIVE_INFINITY,
    openCount: encoded.opened,
    untoldCount,
  };
}

function decodeGroup([key, shown, heard, swept, lostMs, encoded, opens]: EncodedGroup): Group {
  const entries = encoded.map(
    ([time, index, uid, own, steps, values, up]): Entry => ({
      time,
      index,
      uid,
      heard: own,
      steps,
      values,
      up,
    }),
  );
  return {
    key,
    shown,
    entries,
    heard,
    swept: swept ?? Number.NEGATIVE_INFINITY,
    lostMs: lostMs ?? Number.NEGATIVE_INFINITY,
    opens,
    older: undefined,
    newer: undefined,
    sizeBytes:
      groupSizeBytes({ key, shown }) +
      entries.reduce((sum, entry) => sum + entrySizeBytes(entry), 0) +
      opens.length * OPEN_SIZE_BYTES,
    cursor: undefined,
  };
}
