import {
  type Comparison,
  type Correlation,
  compare,
} from '../../../../shared/detect/sigma/correlation/index.ts';
import type { Condition } from '../../../../shared/detect/sigma/rule.ts';

/** An event as the reference sees it: which of the correlation's rules it matched, its group, its values. */
export interface Arrival {
  readonly uid: string;
  readonly time: number;
  readonly group: string | undefined;
  readonly steps: readonly number[];
  readonly values: readonly (number | string)[];
  readonly watermark: number;
}

export interface Told {
  readonly kind: 'new' | 'update';
  readonly group: string;
  readonly opener: string;
  readonly event: string;
  readonly count: number;
}

interface Remembered extends Arrival {
  readonly order: number;
  readonly heard: number;
}

interface Finding {
  readonly group: string;
  readonly time: number;
  readonly opener: string;
  readonly closeAt: number;
  readonly uids: Set<string>;
  joined: number;
  last: string;
  heard: number;
  isClosed: boolean;
}

/** How many findings of one group are remembered at once. */
const OPEN_MAX = 8;

/**
 * The specification and our reading of it, word for word: every arrival looks at every event there was. One correlation
 * that judges events as they arrive.
 */
export function correlateNaively(correlation: Correlation, arrivals: readonly Arrival[]): readonly Told[] {
  const { timespanMs } = correlation;
  const told: Told[] = [];
  const events: Remembered[] = [];
  const findings: Finding[] = [];
  const close = (finding: Finding) => {
    if (finding.isClosed) return;
    finding.isClosed = true;
    const { group, opener, last, uids, joined } = finding;
    if (joined > 0) told.push({ kind: 'update', group, opener, event: last, count: uids.size });
  };
  for (const [order, arrival] of arrivals.entries()) {
    const clock = arrival.watermark;
    for (const finding of findings.toSorted((a, b) => a.closeAt - b.closeAt)) {
      if (finding.closeAt < clock) close(finding);
    }
    if (arrival.group === undefined || arrival.steps.length === 0) continue;
    const event = { ...arrival, order, heard: Math.max(clock, arrival.time) };
    events.push(event);
    const step = Math.max(1, Math.floor(timespanMs / 4));
    const since = Math.floor(clock / step) * step - 2 * timespanMs;
    const own = events
      .filter(({ group, heard }) => group === arrival.group && heard >= since)
      .sort((a, b) => a.time - b.time || a.order - b.order);
    const open = findings
      .filter(({ group, heard }) => group === arrival.group && heard >= since)
      .slice(-OPEN_MAX);
    const joined = open.find(({ time }) => Math.abs(time - event.time) <= timespanMs);
    if (joined !== undefined) {
      joined.heard = Math.max(joined.heard, event.heard);
      if (!joined.isClosed) {
        joined.joined += 1;
        joined.last = event.uid;
        joined.uids.add(event.uid);
      }
    }
    const ends = new Set(
      own.map(({ time }) => time).filter((time) => time >= event.time && time <= event.time + timespanMs),
    );
    for (const end of ends) {
      if (open.some(({ time }) => Math.abs(time - end) <= timespanMs)) continue;
      const window = own.filter(({ time }) => time >= end - timespanMs && time <= end);
      if (!holds(correlation, window)) continue;
      const [opener, last] = [window[0], window.at(-1)];
      if (opener === undefined || last === undefined) continue;
      told.push({
        kind: 'new',
        group: arrival.group,
        opener: opener.uid,
        event: last.uid,
        count: window.length,
      });
      findings.push({
        group: arrival.group,
        time: end,
        opener: opener.uid,
        closeAt: Math.max(clock, end) + timespanMs,
        uids: new Set(window.map(({ uid }) => uid)),
        joined: 0,
        last: last.uid,
        heard: Math.max(clock, end),
        isClosed: false,
      });
      const all = findings.filter(({ group, heard }) => group === arrival.group && heard >= since);
      if (all.length > OPEN_MAX) close(all[all.length - OPEN_MAX - 1] as Finding);
      break;
    }
  }
  return told;
}

function holds(correlation: Correlation, window: readonly Remembered[]): boolean {
  const { condition, rules } = correlation;
  if (condition.kind === 'expression') {
    const names = rules.map(({ reference }) => reference);
    return correlation.type === 'temporal'
      ? satisfied(condition.expression, names, window, stepsOf(window))
      : subsets(names.length).some(
          (chosen) =>
            isInOrder(chosen, window) && satisfied(condition.expression, names, window, new Set(chosen)),
        );
  }
  const measured = measure(correlation, window);
  return (
    !Number.isNaN(measured) && condition.comparisons.every((each: Comparison) => compare(measured, each))
  );
}

function measure(correlation: Correlation, window: readonly Remembered[]): number {
  const { condition, rules, type } = correlation;
  const values = window.flatMap((event) => event.values);
  const numbers = values.map(Number);
  const rank = condition.kind === 'measure' ? condition.percentile : undefined;
  switch (type) {
    case 'event_count':
      return window.length;
    case 'value_count':
      return new Set(values).size;
    case 'value_sum':
      return numbers.reduce((sum, value) => sum + value, 0);
    case 'value_avg':
      return numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
    case 'value_median':
    case 'value_percentile': {
      if (rank === undefined) {
        const value = window.at(-1)?.values[0];
        return (100 * window.filter((event) => event.values[0] === value).length) / window.length;
      }
      return percentile(numbers, rank);
    }
    case 'temporal':
      return stepsOf(window).size;
    case 'temporal_ordered': {
      const lengths = subsets(rules.length)
        .filter((chosen) => isInOrder(chosen, window))
        .map((chosen) => chosen.length);
      return Math.max(0, ...lengths);
    }
  }
}

function percentile(numbers: readonly number[], rank: number): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const at = (rank / 100) * (sorted.length - 1);
  const below = sorted[Math.floor(at)] ?? Number.NaN;
  const above = sorted[Math.ceil(at)] ?? Number.NaN;
  return below + (at - Math.floor(at)) * (above - below);
}

function stepsOf(window: readonly Remembered[]): ReadonlySet<number> {
  return new Set(window.flatMap(({ steps }) => steps));
}

/** Every set of the first numbers, each in ascending order. */
function subsets(count: number): readonly (readonly number[])[] {
  const all = Array.from({ length: count }, (_, step) => step);
  return Array.from({ length: 2 ** count }, (_, bits) => all.filter((step) => (bits & (1 << step)) !== 0));
}

/** Whether the rules match one after another, in events of their own. */
function isInOrder(chosen: readonly number[], window: readonly Remembered[]): boolean {
  const [first, ...rest] = chosen;
  if (first === undefined) return true;
  return window.some((event, i) => event.steps.includes(first) && isInOrder(rest, window.slice(i + 1)));
}

function satisfied(
  condition: Condition,
  names: readonly string[],
  window: readonly Remembered[],
  chosen: ReadonlySet<number>,
  negated = false,
): boolean {
  const go = (operand: Condition, isNegated = negated) =>
    satisfied(operand, names, window, chosen, isNegated);
  switch (condition.kind) {
    case 'selection': {
      const step = names.indexOf(condition.name);
      return negated ? !stepsOf(window).has(step) : chosen.has(step);
    }
    case 'not':
      return go(condition.operand, !negated);
    case 'and':
      return negated
        ? condition.operands.some((each) => go(each))
        : condition.operands.every((each) => go(each));
    case 'or':
      return negated
        ? condition.operands.every((each) => go(each))
        : condition.operands.some((each) => go(each));
  }
}
