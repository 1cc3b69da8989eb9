import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Firing } from '../../../../shared/detect/sigma/correlation/index.ts';
import { type Loaded, load, Run } from './engine.ts';
import { type Arrival, correlateNaively, type Told } from './reference.ts';

const BASE = ['a', 'b', 'c']
  .map((id) => `title: rule ${id}\nid: rule-${id}\ndetection: {s: {${id}: 1}, condition: s}\n---\n`)
  .join('');

/** Every type, with conditions that are neither always nor never true, over windows of ten seconds. */
const KINDS: Readonly<Record<string, string>> = {
  'event_count gte': 'type: event_count\n  rules: [rule-a, rule-b]\n  condition: {gte: 3}',
  'event_count eq': 'type: event_count\n  rules: [rule-a]\n  condition: {eq: 2}',
  'event_count range': 'type: event_count\n  rules: [rule-a, rule-b]\n  condition: {gt: 2, lte: 4}',
  'event_count neq': 'type: event_count\n  rules: [rule-a]\n  condition: {neq: 1}',
  value_count: 'type: value_count\n  rules: [rule-a, rule-b]\n  condition: {field: v, gte: 3}',
  'value_count lt': 'type: value_count\n  rules: [rule-a]\n  condition: {field: v, lt: 2}',
  value_sum: 'type: value_sum\n  rules: [rule-a, rule-b]\n  condition: {field: v, gt: 8}',
  value_avg: 'type: value_avg\n  rules: [rule-a]\n  condition: {field: v, gte: 3}',
  value_percentile:
    'type: value_percentile\n  rules: [rule-a]\n  condition: {field: v, percentile: 75, gt: 3}',
  'value_percentile share': 'type: value_percentile\n  rules: [rule-a]\n  condition: {field: v, lte: 34}',
  value_median: 'type: value_median\n  rules: [rule-a]\n  condition: {field: v, gte: 3}',
  temporal: 'type: temporal\n  rules: [rule-a, rule-b, rule-c]',
  'temporal two': 'type: temporal\n  rules: [rule-a, rule-b, rule-c]\n  condition: {gte: 2}',
  'temporal expression':
    'type: temporal\n  rules: [rule-a, rule-b, rule-c]\n  condition: rule-a and (rule-b or not rule-c)',
  temporal_ordered: 'type: temporal_ordered\n  rules: [rule-a, rule-b, rule-c]',
  'temporal_ordered two': 'type: temporal_ordered\n  rules: [rule-a, rule-b, rule-c]\n  condition: {gte: 2}',
  'temporal_ordered expression':
    'type: temporal_ordered\n  rules: [rule-a, rule-b, rule-c]\n  condition: rule-a and (rule-b or rule-c) and not (rule-a and rule-b and rule-c)',
};

function correlationOf(kind: string): Loaded {
  const loaded = load(
    `${BASE}title: it\nid: it\ncorrelation:\n  ${kind}\n  group-by: [g]\n  timespan: 10s\n`,
  );
  expect(loaded.faults.filter(({ severity }) => severity === 'error')).toEqual([]);
  return loaded;
}

interface Drawn {
  readonly gap: number;
  readonly back: number;
  readonly group: number;
  readonly rules: readonly boolean[];
  readonly value: number;
  readonly lag: number;
  readonly restart: boolean;
}

const drawn: fc.Arbitrary<Drawn> = fc.record({
  gap: fc.constantFrom(0, 0, 0, 1, 1, 1, 2, 3, 7, 15, 40),
  back: fc.constantFrom(0, 0, 0, 0, 1, 4, 12, 30),
  group: fc.constantFrom(0, 0, 0, 1, 1, 2),
  rules: fc.tuple(fc.boolean(), fc.boolean(), fc.boolean()),
  value: fc.integer({ min: 0, max: 5 }),
  lag: fc.constantFrom(0, 0, 1, 5, 20),
  restart: fc.boolean(),
});

/** Times go forward by gaps; an event may be as late as `back`, and the watermark lags. */
function arrivalsOf(draws: readonly Drawn[]): readonly (Arrival & { restart: boolean })[] {
  let now = 1_000_000;
  let watermark = 0;
  return draws.map(({ gap, back, group, rules, value, lag, restart }, i) => {
    now += gap * 1000;
    watermark = Math.max(watermark, now - lag * 1000);
    return {
      uid: `e${i}`,
      time: now - back * 1000,
      // A third group is none: the field is missing.
      group: group === 2 ? undefined : `g${group}`,
      steps: rules.flatMap((isMatched, step) => (isMatched ? [step] : [])),
      values: [value],
      watermark,
      restart,
    };
  });
}

function recordOf({ group, steps, values }: Arrival) {
  const rules = Object.fromEntries(steps.map((step) => ['abc'[step], 1]));
  return { ...rules, ...(group === undefined ? {} : { g: group }), v: values[0] };
}

function toldOf({ kind, group, key, event, eventCount }: Firing): Told {
  return {
    kind,
    group: group[0] ?? '',
    opener: key.split('|').at(-1) ?? '',
    event: event.uid,
    count: eventCount,
  };
}

const KIND_LIST = Object.entries(KINDS);

/** Most of them in one group and within one window: what is measured slides along. */
const dense: fc.Arbitrary<Drawn> = fc.record({
  gap: fc.integer({ min: 0, max: 49 }).map((n) => (n === 0 ? 30 : Number(n < 9))),
  back: fc.constantFrom(0, 0, 0, 0, 0, 0, 0, 0, 1, 9),
  group: fc.constant(0),
  rules: fc.tuple(fc.boolean(), fc.boolean(), fc.constantFrom(false, false, false, true)),
  value: fc.constantFrom(0, 0, 0, 0, 1, 2, 3),
  lag: fc.constant(0),
  restart: fc.constant(false),
});

test('a window of many events is measured as if it were looked at afresh', () => {
  const kinds = [
    'type: event_count\n  rules: [rule-a, rule-b, rule-c]\n  condition: {gte: 45}',
    'type: value_count\n  rules: [rule-a, rule-b, rule-c]\n  condition: {field: v, gte: 4}',
    'type: value_percentile\n  rules: [rule-a, rule-b, rule-c]\n  condition: {field: v, percentile: 80, gt: 1.5}',
    'type: value_percentile\n  rules: [rule-a, rule-b, rule-c]\n  condition: {field: v, lte: 2}',
    'type: temporal_ordered\n  rules: [rule-a, rule-b, rule-c]',
  ];
  let count = 0;
  for (const kind of kinds) {
    const loaded = correlationOf(kind);
    const [correlation] = loaded.correlations;
    if (correlation === undefined) throw new Error('expected a correlation');
    fc.assert(
      fc.property(fc.array(dense, { minLength: 150, maxLength: 160 }), (draws) => {
        const arrivals = arrivalsOf(draws);
        const run = new Run(loaded);
        const told = arrivals.flatMap((arrival) => {
          const { time, watermark, uid } = arrival;
          return run.take({ uid, time, watermark, event: recordOf(arrival) }).map(toldOf);
        });
        expect(told).toEqual(correlateNaively(correlation, arrivals));
        count += told.length;
      }),
      { numRuns: 8 },
    );
  }
  expect(count).toBeGreaterThan(10);
});

test.each(KIND_LIST)('%s is what the specification says, for any events', (_, kind) => {
  const loaded = correlationOf(kind);
  const [correlation] = loaded.correlations;
  if (correlation === undefined) throw new Error('expected a correlation');
  const rules = correlation.rules.length;
  const seen = { new: 0, update: 0 };
  fc.assert(
    fc.property(fc.array(drawn, { minLength: 1, maxLength: 60, size: 'max' }), (draws) => {
      const arrivals = arrivalsOf(draws);
      const run = new Run(loaded);
      const told = arrivals.flatMap((arrival) => {
        const { time, watermark, uid } = arrival;
        const found = run.take({ uid, time, watermark, event: recordOf(arrival) }).map(toldOf);
        if (arrival.restart) run.restart();
        return found;
      });
      const observed = arrivals.map((each) => ({
        ...each,
        steps: each.steps.filter((step) => step < rules),
      }));
      expect(told).toEqual(correlateNaively(correlation, observed));
      for (const { kind: each } of told) seen[each] += 1;
    }),
    { numRuns: 80 },
  );
  expect(seen.new).toBeGreaterThan(10);
  expect(seen.update).toBeGreaterThan(0);
});
