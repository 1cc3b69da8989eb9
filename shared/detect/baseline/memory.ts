import type { Memory, Newcomers, Notice, Observation } from '../memory.ts';
import { referenceOf } from '../sigma/index.ts';
import type { BoundBaseline, ObservedRule } from './bind.ts';
import { makeRoom, nothingRemembered, observeEvent, type Remembered } from './observe.ts';
import { closeUntil, lastEnd, nextEnd } from './open.ts';
import { fingerprint, readSnapshot, writeSnapshot } from './snapshot.ts';

/** What all baselines together may remember. */
const BYTES_MAX_DEFAULT = 16 * 1024 * 1024;

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
  return memoryOver(new AtWork(bound, bytesMax));
}

/** Baselines with what they remember. */
class AtWork {
  readonly bound: readonly BoundBaseline[];
  readonly bytesMax: number;
  readonly #names: readonly string[];
  states: readonly Remembered[] = [];
  /** The baselines of which nothing was restored. */
  absent: ReadonlySet<Remembered> = new Set();
  /** When the first notice is over that events join, ms. */
  nextEndMs = Number.POSITIVE_INFINITY;

  constructor(bound: readonly BoundBaseline[], bytesMax: number) {
    this.bound = bound;
    this.bytesMax = bytesMax;
    this.#names = bound.map(fingerprint);
    this.restore(undefined);
  }

  restore(bytes: Uint8Array | undefined): void {
    this.states = this.bound.map(({ baseline }, i) => nothingRemembered(baseline, this.#names[i] ?? ''));
    const filled = bytes === undefined ? new Set() : readSnapshot(this.states, bytes);
    this.absent = new Set(this.states.filter((state) => !filled.has(state)));
    this.nextEndMs = firstEnd(this.states);
  }

  advance(watermarkMs: number): Notice[] {
    if (this.nextEndMs >= watermarkMs) return [];
    const notices = this.states.flatMap((state) => told(state, closeUntil(state.open, watermarkMs)));
    this.nextEndMs = firstEnd(this.states);
    return notices;
  }

  /** Of those alone that are absent, in the order of all. */
  newcomers(): Newcomers | undefined {
    if (this.absent.size === 0) return undefined;
    const bound = this.states.flatMap((state, i) => (this.absent.has(state) ? (this.bound[i] ?? []) : []));
    const alone = new AtWork(bound, this.bytesMax);
    return {
      rules: bound.map(({ baseline }) => baseline),
      memory: memoryOver(alone),
      join: (next) => {
        const learnt = new Map(alone.states.map((state) => [state.baseline, state]));
        for (const state of alone.states) state.untoldUntil = next;
        this.states = this.states.map((state) =>
          this.absent.has(state) ? (learnt.get(state.baseline) ?? state) : state,
        );
        this.absent = new Set();
        this.nextEndMs = firstEnd(this.states);
      },
    };
  }
}

function memoryOver(own: AtWork): Memory {
  const routes = routesOf(own.bound);
  return {
    id: 'baselines',
    observe(observation, watermarkMs) {
      // Most events match nothing that is observed.
      if (observation.matched.length === 0 && own.nextEndMs >= watermarkMs) return NOTHING;
      const notices = own.advance(watermarkMs);
      for (const { baseline, observed } of routesFor(routes, observation)) {
        const state = own.states[baseline];
        const found = state === undefined ? [] : told(state, observeEvent(state, observed, observation));
        if (found.length > 0)
          own.nextEndMs = Math.min(own.nextEndMs, observation.event.time + (state?.joinMs ?? 0));
        notices.push(...found);
      }
      makeRoom(own.states, own.bytesMax);
      return notices;
    },
    advance: (watermarkMs) => own.advance(watermarkMs),
    waitsForMs: (untilMs) => waitsForMs(own.states, untilMs),
    snapshot: () => writeSnapshot(own.states),
    restore: (bytes) => own.restore(bytes),
    newcomers: () => own.newcomers(),
  };
}

/** Nobody is told more of what nobody was told of. */
function told({ untoldUntil }: Remembered, notices: readonly Notice[]): readonly Notice[] {
  if (untoldUntil === 0) return notices;
  return notices.filter(({ kind, event }) => kind === 'new' || event.index >= untoldUntil);
}

function waitsForMs(states: readonly Remembered[], untilMs: number): number | undefined {
  let latest: number | undefined;
  for (const { open, untoldUntil } of states) {
    const awaited = [...open.values()].filter(({ notice }) => notice.event.index >= untoldUntil);
    const due = lastEnd(awaited, untilMs);
    if (due !== undefined && (latest === undefined || due > latest)) latest = due;
  }
  return latest;
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
