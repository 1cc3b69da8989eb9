import type { Entry } from './entry.ts';
import { type CorrelationSet, withThoseBelow } from './plan.ts';
import { stateOf } from './snapshot.ts';
import {
  type CorrelationState,
  emptyPlanState,
  entrySizeBytes,
  type Input,
  type PlanState,
} from './state.ts';

/**
 * The state with what another one, that was shown the same events, remembers for the correlations that are absent from
 * it. What those have found so far nobody was told of, and nobody is told more of it. What they refer to keeps its
 * memory, and learns only what of each event goes on to them. Both are used up.
 */
export function adoptAbsent(
  set: CorrelationSet,
  state: CorrelationState,
  other: CorrelationState,
): CorrelationState {
  const related = withThoseBelow(set, state.absent);
  const plans = set.plans.map(({ slot }) => {
    const own = state.plans[slot] ?? emptyPlanState();
    const shown = other.plans[slot];
    if (shown === undefined || !related.has(slot)) return own;
    if (!state.absent.has(slot)) return withWhatGoesOn(own, shown);
    shown.untoldCount = shown.openCount;
    return shown;
  });
  return stateOf(set, plans, Math.max(state.watermarkMs, other.watermarkMs));
}

function withWhatGoesOn(own: PlanState, shown: PlanState): PlanState {
  for (const group of own.groups.values()) {
    const ups = upsOf(shown.groups.get(group.key)?.entries ?? []);
    let moreBytes = 0;
    group.entries = group.entries.map((entry) => {
      const changed = { ...entry, up: ups.get(entry.index) ?? entry.up };
      moreBytes += entrySizeBytes(changed) - entrySizeBytes(entry);
      return changed;
    });
    group.cursor = undefined;
    group.sizeBytes += moreBytes;
    own.sizeBytes += moreBytes;
  }
  const held = heldUps(shown.held);
  for (const [i, { group, entry }] of own.held.entries()) {
    const up = held.get(heldKey(group.key, entry.index));
    if (up !== undefined) own.held[i] = { group, entry: { ...entry, up } };
  }
  return own;
}

function upsOf(entries: readonly Entry[]): ReadonlyMap<number, Entry['up']> {
  return new Map(entries.map(({ index, up }) => [index, up]));
}

function heldUps(held: readonly Input[]): ReadonlyMap<string, Entry['up']> {
  return new Map(held.map(({ group, entry }) => [heldKey(group.key, entry.index), entry.up]));
}

function heldKey(group: string, index: number): string {
  return `${index} ${group}`;
}
