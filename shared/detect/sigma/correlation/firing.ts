import type { Correlation } from './correlation.ts';
import type { Part } from './entry.ts';
import type { Plan } from './plan.ts';
import type { Open, Reference } from './state.ts';

/** A correlation whose condition became true, or whose window closed after more had joined. */
export interface Firing {
  readonly kind: 'new' | 'update';
  readonly correlation: Correlation;
  /** The same for a finding and its update, however often the trail is read. */
  readonly key: string;
  /** Values of the group-by fields, cut short. */
  readonly group: readonly string[];
  /** The event at the end of the window; in an update the last that joined. */
  readonly event: Reference;
  /** The event at the end of the window. */
  readonly end: Reference;
  /** The first and the last of them, by time. */
  readonly events: readonly Reference[];
  readonly eventCount: number;
  /** Of those, how many came after it fired. */
  readonly joinedCount: number;
  /** What the condition looks at: a count, a sum, a number of rules. */
  readonly measured: number;
  /** In how many events of the window each of its rules matched. */
  readonly stepCounts: readonly number[];
  readonly stepTitles: readonly string[];
  /** Room was short: the true numbers may be larger. */
  readonly isAtLeast: boolean;
  /** What goes on to other correlations. */
  readonly up: readonly Part[];
}

export function firingOf(kind: Firing['kind'], plan: Plan, found: Open, up: readonly Part[]): Firing {
  return {
    kind,
    correlation: plan.correlation,
    key: `${plan.reference}|${found.group}|${found.opener}`,
    group: found.shown,
    event: kind === 'new' ? found.end : found.last,
    end: found.end,
    events: [...found.first, ...found.latest].sort((a, b) => a.time - b.time || a.index - b.index),
    eventCount: found.eventCount,
    joinedCount: found.joinedCount,
    measured: found.measured,
    stepCounts: found.stepCounts,
    stepTitles: plan.steps.map(({ title }) => title),
    isAtLeast: found.isAtLeast,
    up,
  };
}
