import type { Condition } from '../rule.ts';
import { type Comparison, type Correlation, compare } from './correlation.ts';
import type { Entry } from './entry.ts';

/** Measures a window that slides over a group's events: they are added in order, and removed in order. */
export interface Gauge {
  add(entry: Entry): void;
  remove(entry: Entry): void;
  /** What the events since `from` measure, the last of them being `end`. */
  measure(from: number, end: Entry): number;
  holds(from: number, end: Entry): boolean;
}

/** Whether a gauge that slid for long is the same as a fresh one: sums of fractions are not. */
export function isExact({ type }: Correlation): boolean {
  return type !== 'value_sum' && type !== 'value_avg';
}

export function gaugeOf(correlation: Correlation): Gauge {
  const { condition, rules } = correlation;
  if (condition.kind === 'expression') return expressionGauge(correlation, condition.expression);
  const { comparisons } = condition;
  switch (correlation.type) {
    case 'event_count':
      return measured(comparisons, counter());
    case 'value_count':
      return measured(comparisons, valueCounter());
    case 'value_sum':
      return measured(
        comparisons,
        sum((total) => total),
      );
    case 'value_avg':
      return measured(
        comparisons,
        sum((total, count) => total / count),
      );
    case 'value_median':
      return measured(comparisons, percentile(50));
    case 'value_percentile':
      return measured(
        comparisons,
        condition.percentile === undefined ? share() : percentile(condition.percentile),
      );
    case 'temporal':
      return measured(comparisons, ruleCounter(rules.length));
    case 'temporal_ordered':
      return measured(comparisons, longestOrder(rules.length));
  }
}

type Meter = Omit<Gauge, 'holds'>;

function measured(comparisons: readonly Comparison[], meter: Meter): Gauge {
  return {
    ...meter,
    holds: (from, end) => {
      const found = meter.measure(from, end);
      return !Number.isNaN(found) && comparisons.every((comparison) => compare(found, comparison));
    },
  };
}

function counter(): Meter {
  let count = 0;
  return {
    add: () => {
      count += 1;
    },
    remove: () => {
      count -= 1;
    },
    measure: () => count,
  };
}

/** How often each value is in the window. */
function tally() {
  const counts = new Map<string | number, number>();
  return {
    counts,
    add: (value: string | number) => {
      counts.set(value, (counts.get(value) ?? 0) + 1);
    },
    remove: (value: string | number) => {
      const left = (counts.get(value) ?? 0) - 1;
      if (left > 0) counts.set(value, left);
      else counts.delete(value);
    },
  };
}

function valueCounter(): Meter {
  const { counts, add, remove } = tally();
  return {
    add: ({ values }) => values.forEach(add),
    remove: ({ values }) => values.forEach(remove),
    measure: () => counts.size,
  };
}

/** How many events of a hundred have the last event's value, the rarest of its values. */
function share(): Meter {
  const { counts, add, remove } = tally();
  let count = 0;
  return {
    add: ({ values }) => {
      count += 1;
      values.forEach(add);
    },
    remove: ({ values }) => {
      count -= 1;
      values.forEach(remove);
    },
    measure: (_, { values }) =>
      (100 * Math.min(...values.map((value) => counts.get(value) ?? Number.NaN))) / count,
  };
}

function sum(result: (total: number, count: number) => number): Meter {
  let total = 0;
  let count = 0;
  return {
    add: ({ values }) => {
      for (const value of values) total += Number(value);
      count += values.length;
    },
    remove: ({ values }) => {
      for (const value of values) total -= Number(value);
      count -= values.length;
    },
    measure: () => result(total, count),
  };
}

/** Between two values in proportion, as most systems that Sigma is translated to have it. */
function percentile(rank: number): Meter {
  const sorted: number[] = [];
  const numbers = ({ values }: Entry) => values.filter((value) => typeof value === 'number');
  return {
    add: (entry) => {
      for (const value of numbers(entry)) sorted.splice(lowerBound(sorted, value), 0, value);
    },
    remove: (entry) => {
      for (const value of numbers(entry)) sorted.splice(lowerBound(sorted, value), 1);
    },
    measure: () => {
      const at = (rank / 100) * (sorted.length - 1);
      const [below, above] = [sorted[Math.floor(at)], sorted[Math.ceil(at)]];
      if (below === undefined || above === undefined) return Number.NaN;
      return below + (at - Math.floor(at)) * (above - below);
    },
  };
}

function lowerBound(sorted: readonly number[], value: number): number {
  let from = 0;
  let to = sorted.length;
  while (from < to) {
    const middle = (from + to) >>> 1;
    if ((sorted[middle] ?? 0) < value) from = middle + 1;
    else to = middle;
  }
  return from;
}

/** In how many events of the window each rule matched. */
function stepCounts(count: number) {
  const counts = new Array<number>(count).fill(0);
  const change = (by: number) => {
    return ({ steps }: Entry) => {
      for (const step of steps) counts[step] = (counts[step] ?? 0) + by;
    };
  };
  return { counts, add: change(1), remove: change(-1) };
}

function ruleCounter(count: number): Meter {
  const { counts, add, remove } = stepCounts(count);
  return { add, remove, measure: () => counts.filter((each) => each > 0).length };
}

/**
 * The most rules that matched one after another in their order: `starts[length][last]` is the latest time at which a
 * row of that many, ending with that rule, may have begun. What has left the window began too early, so that nothing
 * need be removed. One event is one step of a row.
 */
function longestOrder(count: number): Meter {
  const starts = Array.from({ length: count }, () => new Array<number>(count).fill(Number.NEGATIVE_INFINITY));
  return {
    add: ({ time, steps }) => {
      for (const step of steps.toReversed()) {
        for (let length = count - 1; length > 0; length--) {
          const before = starts[length - 1]?.slice(0, step) ?? [];
          raise(starts[length], step, Math.max(Number.NEGATIVE_INFINITY, ...before));
        }
        raise(starts[0], step, time);
      }
    },
    remove: () => undefined,
    measure: (from) => starts.findLastIndex((ends) => ends.some((start) => start >= from)) + 1,
  };
}

function raise(starts: number[] | undefined, step: number, start: number): void {
  if (starts !== undefined && start > (starts[step] ?? Number.NEGATIVE_INFINITY)) starts[step] = start;
}

/** An expression over which rules matched; in order, over which of them can be found in their order. */
function expressionGauge({ type, rules }: Correlation, expression: Condition): Gauge {
  const names = rules.map(({ reference }) => reference);
  const { counts, add, remove } = stepCounts(names.length);
  const isPresent = (step: number) => (counts[step] ?? 0) > 0;
  const rows = type === 'temporal_ordered' ? rowsInOrder() : undefined;
  const test = (condition: Condition, isChosen: (step: number) => boolean, isNegated: boolean): boolean => {
    switch (condition.kind) {
      case 'selection': {
        const step = names.indexOf(condition.name);
        return isNegated ? !isPresent(step) : isChosen(step);
      }
      case 'not':
        return test(condition.operand, isChosen, !isNegated);
      case 'and':
      case 'or': {
        const each = (operand: Condition) => test(operand, isChosen, isNegated);
        const all = (condition.kind === 'and') !== isNegated;
        return all ? condition.operands.every(each) : condition.operands.some(each);
      }
    }
  };
  return {
    add: (entry) => {
      add(entry);
      rows?.add(entry);
    },
    remove,
    measure: () => counts.filter((each) => each > 0).length,
    holds: (from) =>
      rows === undefined
        ? test(expression, isPresent, false)
        : rows.since(from).some((row) => test(expression, (step) => (row & (1 << step)) !== 0, false)),
  };
}

/** Every set of rules that matched in their order, as bits, with the latest time at which such a row began. */
function rowsInOrder() {
  const starts = new Map<number, number>([[0, Number.POSITIVE_INFINITY]]);
  return {
    add: ({ time, steps }: Entry) => {
      for (const step of steps.toReversed()) {
        for (const [row, start] of [...starts]) {
          if (row >= 1 << step) continue;
          const longer = row | (1 << step);
          const began = Math.min(start, time);
          if (began > (starts.get(longer) ?? Number.NEGATIVE_INFINITY)) starts.set(longer, began);
        }
      }
    },
    since: (from: number) => [...starts].flatMap(([row, start]) => (start >= from ? [row] : [])),
  };
}
