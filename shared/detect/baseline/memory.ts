import type { Memory, Notice, Observation } from '../memory.ts';
import { referenceOf } from '../sigma/index.ts';
import type { BoundBaseline, ObservedRule } from './bind.ts';
import { makeRoom, nothingRemembered, observeEvent, type Remembered } from './observe.ts';
import { closeUntil, nextEnd } from './open.ts';
import { readSnapshot, writeSnapshot } from './snapshot.ts';

/** What all baselines together may remember. */
const BYTES_MAX_DEFAULT = 64 * 1024 * 1024;

export interface BaselineMemoryOptions {
  /** Of all baselines together. */
  readonly bytesMax?: number;
}

/**
 * Baselines at work. What is usual is learnt from every event, also from one that was noticed; what was not seen for
 * the rule's `memory` is forgotten, and when room runs out what was not touched for longest, one-off groups first.
 */
export function baselineMemory(
  bound: readonly BoundBaseline[],
  { bytesMax = BYTES_MAX_DEFAULT }: BaselineMemoryOptions = {},
): Memory {
  const empty = () => bound.map(({ baseline }) => nothingRemembered(baseline));
  let states: readonly Remembered[] = empty();
  let nextEndMs = Number.POSITIVE_INFINITY;
  const routes = routesOf(bound);

  const advance = (watermarkMs: number): Notice[] => {
    if (nextEndMs >= watermarkMs) return [];
    const notices = states.flatMap(({ open }) => closeUntil(open, watermarkMs));
    nextEndMs = firstEnd(states);
    return notices;
  };

  return {
    id: 'baselines',
    observe(observation, watermarkMs) {
      // Most events match nothing that is observed.
      if (observation.matched.length === 0 && nextEndMs >= watermarkMs) return NOTHING;
      const notices = advance(watermarkMs);
      for (const { baseline, observed } of routesFor(routes, observation)) {
        const state = states[baseline];
        const found = state === undefined ? [] : observeEvent(state, observed, observation);
        if (found.length > 0) nextEndMs = Math.min(nextEndMs, observation.event.time + (state?.joinMs ?? 0));
        notices.push(...found);
      }
      makeRoom(states, bytesMax);
      return notices;
    },
    // Nobody waits for the update that follows: it says only what came after.
    advance,
    snapshot: () => writeSnapshot(states),
    restore(bytes) {
      states = empty();
      if (bytes !== undefined) readSnapshot(states, bytes);
      nextEndMs = firstEnd(states);
    },
  };
}

const NOTHING: readonly Notice[] = [];

interface Route {
  /** Index of the baseline. */
  readonly baseline: number;
  readonly observed: ObservedRule;
}

function routesOf(bound: readonly BoundBaseline[]): ReadonlyMap<string, readonly Route[]> {
  const routes = new Map<string, Route[]>();
  for (const [baseline, { observed }] of bound.entries()) {
    for (const each of observed) {
      const key = referenceOf(each.rule);
      routes.set(key, [...(routes.get(key) ?? []), { baseline, observed: each }]);
    }
  }
  return routes;
}

/** Each baseline sees an event once, by the first of its rules that matched. */
function routesFor(
  routes: ReadonlyMap<string, readonly Route[]>,
  { matched }: Observation,
): readonly Route[] {
  const [only] = matched;
  if (matched.length === 1 && only !== undefined) return routes.get(referenceOf(only)) ?? [];
  const found = new Map<number, Route>();
  for (const rule of matched) {
    for (const route of routes.get(referenceOf(rule)) ?? []) {
      if (!found.has(route.baseline)) found.set(route.baseline, route);
    }
  }
  return [...found.values()];
}

function firstEnd(states: readonly Remembered[]): number {
  let next = Number.POSITIVE_INFINITY;
  for (const { open } of states) next = Math.min(next, nextEnd(open));
  return next;
}
