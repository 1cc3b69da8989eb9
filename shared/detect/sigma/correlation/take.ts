import type { RuleHeader } from '../rule.ts';
import { type Bounds, REFERENCE_COUNT_MAX } from './bounds.ts';
import { type CorrelatedEvent, type Part, partOf } from './entry.ts';
import type { Firing } from './firing.ts';
import { close, evictBeyond, evictIdle, isAwaited } from './forget.ts';
import { judge } from './judge.ts';
import type { CorrelationSet, Plan } from './plan.ts';
import type { CorrelationState, Input, PlanState } from './state.ts';

/**
 * Takes the next event of the trail into the correlations of the rules that it matched; without an event, only time
 * passes. `watermarkMs` never falls: no event before it is still waited for. The state is changed in place; the same
 * events, rules and watermarks in the same order give the same firings and the same state. Never throws.
 */
export function take(
  { set, state, bounds }: { set: CorrelationSet; state: CorrelationState; bounds: Bounds },
  event: CorrelatedEvent | undefined,
  matched: readonly RuleHeader[],
  watermarkMs: number,
): readonly Firing[] {
  const firings: Firing[] = [];
  const inputs = event === undefined ? undefined : inputsOf(set, event, matched);
  const beforeMs = state.watermarkMs;
  state.watermarkMs = Math.max(beforeMs, watermarkMs);
  if (inputs === undefined && watermarkMs < state.dueMs) return firings;
  const run: Run = { set, state, bounds, beforeMs, watermarkMs, firings, inputs: inputs ?? new Map() };
  for (const plan of set.plans) step(run, plan);
  state.dueMs = nextDueMs(set, state.plans);
  return firings;
}

/**
 * Lets every correlation know how far time has come, also where nothing came for it: what it remembers then does not
 * depend on what came for others. Nothing fires by that, because nothing was due.
 */
export function settle({
  set,
  state,
}: {
  readonly set: CorrelationSet;
  readonly state: CorrelationState;
}): void {
  for (const plan of set.plans) {
    const own = state.plans[plan.slot];
    const until = state.watermarkMs - (plan.correlation.latenessMs ?? 0);
    if (own !== undefined) moveTo({ state, firings: [] }, plan, own, until);
  }
}

/**
 * The latest watermark, up to a time, at which something happens that somebody waits for: held events are judged, a
 * finding that events joined is brought up to date. Undefined where nothing waits.
 */
export function waitsForMs(
  { set, state }: { readonly set: CorrelationSet; readonly state: CorrelationState },
  untilMs: number,
): number | undefined {
  const due = set.plans.flatMap(({ slot, correlation }) => {
    const own = state.plans[slot];
    const held = own?.held.map(({ entry }) => entry.time) ?? [];
    const open = own?.closing.filter((found) => isAwaited(own, found)) ?? [];
    const joined = open.map(({ closeAt }) => closeAt + 1);
    return [...held, ...joined].map((time) => time + (correlation.latenessMs ?? 0));
  });
  const latest = due.reduce((most, time) => (time <= untilMs ? Math.max(most, time) : most), -1);
  return latest < 0 ? undefined : latest;
}

interface Run {
  readonly set: CorrelationSet;
  readonly state: CorrelationState;
  readonly bounds: Bounds;
  /** Where the watermark was at the event before, and where it is now. */
  readonly beforeMs: number;
  readonly watermarkMs: number;
  readonly firings: Firing[];
  /** By the slot that they are for. */
  readonly inputs: Map<number, Input[]>;
}

/** Undefined where the event is nothing to any correlation. */
function inputsOf(
  set: CorrelationSet,
  event: CorrelatedEvent,
  matched: readonly RuleHeader[],
): Map<number, Input[]> | undefined {
  let inputs: Map<number, Input[]> | undefined;
  for (const rule of matched) {
    for (const feed of set.feeds.get(rule) ?? []) {
      const part = partOf(feed, rule, event, set);
      if (part === undefined) continue;
      inputs ??= new Map();
      const own = inputs.get(feed.to) ?? [];
      inputs.set(feed.to, own);
      addPart(own, part, event);
    }
  }
  return inputs;
}

/** Shared by most events: they match one rule of a correlation. */
const ONE_STEP: readonly (readonly number[])[] = Array.from({ length: REFERENCE_COUNT_MAX }, (_, step) => [
  step,
]);

/** An event that matched two rules of a correlation is one event of its group. */
function addPart(
  inputs: Input[],
  { step, groups, values, up }: Part,
  { uid, index, time }: Pick<CorrelatedEvent, 'uid' | 'index' | 'time'>,
): void {
  for (const group of groups) {
    const at = inputs.findIndex((each) => each.group.key === group.key && each.entry.index === index);
    const same = inputs[at];
    if (same === undefined) {
      inputs.push({ group, entry: { time, index, uid, steps: ONE_STEP[step] ?? [step], values, up } });
    } else if (!same.entry.steps.includes(step)) {
      const steps = [...same.entry.steps, step].sort((a, b) => a - b);
      inputs[at] = { group, entry: { ...same.entry, steps } };
    }
  }
}

function step(run: Run, plan: Plan): void {
  const own = run.state.plans[plan.slot];
  if (own === undefined) return;
  const inputs = run.inputs.get(plan.slot) ?? [];
  if (plan.correlation.latenessMs === undefined) {
    moveTo(run, plan, own, run.watermarkMs);
    for (const input of inputs) admit(run, plan, own, input);
    return;
  }
  // As if it had been asked at every event: what comes now was late by then or was not.
  moveTo(run, plan, own, run.beforeMs - plan.correlation.latenessMs);
  for (const input of inputs) hold(run, plan, own, input);
  const until = run.watermarkMs - plan.correlation.latenessMs;
  let count = 0;
  for (const input of own.held) {
    // Were there more than this, waiting on would remember without bound.
    if (input.entry.time > until && own.held.length - count <= run.bounds.heldCountMax) break;
    count += 1;
    moveTo(run, plan, own, input.entry.time);
    admit(run, plan, own, input);
  }
  own.held.splice(0, count);
  moveTo(run, plan, own, until);
}

/** Time passes for a correlation; it never goes back. */
function moveTo(run: Pick<Run, 'state' | 'firings'>, plan: Plan, own: PlanState, clock: number): void {
  if (clock > own.clock) own.clock = clock;
  close(run, plan, own);
  evictIdle(run, plan, own);
}

function admit(run: Run, plan: Plan, own: PlanState, input: Input): void {
  const { latenessMs, timespanMs } = plan.correlation;
  if (input.entry.time < own.clock - (latenessMs === undefined ? timespanMs : 0)) own.lateCount += 1;
  const firing = judge(run, plan, own, input);
  if (firing !== undefined) {
    run.firings.push(firing);
    chain(run, firing);
  }
  evictBeyond(run);
}

/** Events wait in the order of their times; one that is too late to wait is judged at once. */
function hold(run: Run, plan: Plan, own: PlanState, input: Input): void {
  if (input.entry.time < own.clock) {
    admit(run, plan, own, input);
    return;
  }
  let from = 0;
  let to = own.held.length;
  while (from < to) {
    const middle = (from + to) >>> 1;
    const other = own.held[middle]?.entry;
    const isBefore =
      other !== undefined &&
      (other.time < input.entry.time ||
        (other.time === input.entry.time && other.index <= input.entry.index));
    if (isBefore) from = middle + 1;
    else to = middle;
  }
  own.held.splice(from, 0, input);
}

/** A firing is an event of the correlations above. */
function chain(run: Run, { up, end }: Firing): void {
  for (const part of up) {
    const plan = run.set.plans.find(({ name }) => name === part.to);
    if (plan === undefined) continue;
    const inputs = run.inputs.get(plan.slot) ?? [];
    run.inputs.set(plan.slot, inputs);
    addPart(inputs, part, end);
  }
}

/** Before this watermark nothing happens without an event. */
export function nextDueMs({ plans }: CorrelationSet, states: readonly PlanState[]): number {
  let least = Number.POSITIVE_INFINITY;
  for (const { slot, correlation } of plans) {
    const own = states[slot];
    const closes = (own?.closing[0]?.closeAt ?? Number.POSITIVE_INFINITY) + 1;
    const released = own?.held[0]?.entry.time ?? Number.POSITIVE_INFINITY;
    least = Math.min(least, Math.min(closes, released) + (correlation.latenessMs ?? 0));
  }
  return least;
}
