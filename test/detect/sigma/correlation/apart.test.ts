import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  adoptAbsent,
  decodeState,
  encodeState,
  onlyPlans,
} from '../../../../shared/detect/sigma/correlation/index.ts';
import { type Loaded, loadSound, Run } from './engine.ts';

const BASE = ['a', 'b']
  .map((id) => `title: rule ${id}\nid: rule-${id}\ndetection: {s: {${id}: 1}, condition: s}\n---\n`)
  .join('');

const correlation = (id: string, members: string) =>
  `title: ${id}\nid: ${id}\ncorrelation: {${members}, group-by: [g], timespan: 10s}\n`;

/** Over rule a: as events arrive, waiting for late ones, and above another. */
const WATCHED = [
  correlation('many', 'type: event_count, rules: [rule-a], condition: {gte: 2}'),
  correlation('ordered', 'type: event_count, rules: [rule-a], lateness: 6s, condition: {gte: 2}'),
  `${correlation('under', 'type: event_count, rules: [rule-a], lateness: 3s, condition: {gte: 2}')}---\n${correlation(
    'over',
    'type: event_count, rules: [under], condition: {gte: 2}',
  )}`,
];

/** Another correlation that hears of more, fires more, and closes at other times. */
const OTHER = correlation('other', 'type: event_count, rules: [rule-b], condition: {gte: 2}');

interface Drawn {
  readonly gap: number;
  readonly back: number;
  readonly group: string;
  readonly rules: Readonly<Record<string, number>>;
  readonly lag: number;
  readonly restart: boolean;
}

const drawn = fc.array(
  fc.record<Drawn>({
    gap: fc.constantFrom(0, 1, 1, 2, 5, 15, 40),
    back: fc.constantFrom(0, 0, 0, 2, 5, 9, 30),
    group: fc.constantFrom('x', 'y'),
    rules: fc.constantFrom({ a: 1 }, { b: 1 }, { a: 1, b: 1 }, {}),
    lag: fc.constantFrom(0, 0, 1, 5),
    restart: fc.boolean(),
  }),
  { minLength: 20, maxLength: 50 },
);

/** What the correlations of a text fire and remember; the others of the set are not in it. */
function follow(loaded: Loaded, names: readonly string[], draws: readonly Drawn[], restarts: boolean) {
  const run = new Run(loaded);
  let now = 1_000_000;
  const fired = draws.flatMap(({ gap, back, group, rules, lag, restart }, n) => {
    now += gap * 1_000;
    const firings = run.take({
      uid: `e${n}`,
      time: now - back * 1_000,
      watermark: now - lag * 1_000,
      event: { ...rules, g: group },
    });
    if (restart && restarts) run.restart();
    return firings.flatMap((firing) => {
      const { id } = firing.correlation;
      return id === 'other' ? [] : [{ ...firing, correlation: id }];
    });
  });
  const written = JSON.parse(encodeState(loaded.set, run.state)) as { plans: [string, unknown][] };
  return { fired, plans: written.plans.filter(([name]) => names.includes(name)) };
}

test.each(WATCHED)('what a correlation fires and remembers does not depend on others beside it', (text) => {
  const alone = loadSound(BASE + text);
  const beside = loadSound(`${BASE}${OTHER}---\n${text}`);
  const names = alone.set.plans.map(({ name }) => name);
  fc.assert(
    fc.property(drawn, (draws) => {
      const expected = follow(alone, names, draws, false);
      expect(expected.plans).toHaveLength(names.length);
      expect(follow(beside, names, draws, true)).toEqual(expected);
    }),
    { numRuns: 40 },
  );
});

test('what goes on to a correlation that is added is counted where it is kept', () => {
  const [under = '', over] = WATCHED[2]?.split('---\n') ?? [];
  const loaded = loadSound(`${BASE}${under}---\n${over}`);
  const events = [0, 1, 2, 3].map((n) => ({ time: n * 2_000, event: { a: 1, g: 'x' } }));
  const before = new Run(loadSound(BASE + under));
  const shown = new Run({ ...loaded, set: onlyPlans(loaded.set, new Set([1])) });
  for (const event of events) for (const run of [before, shown]) run.take(event);
  const state = decodeState(loaded.set, encodeState(before.loaded.set, before.state));
  const { sizeBytes } = state;
  const joined = adoptAbsent(loaded.set, state, shown.state);
  expect(joined.plans[0]?.groups.size).toBe(1);
  expect(joined.sizeBytes).toBeGreaterThan(sizeBytes);
  const restored = decodeState(loaded.set, encodeState(loaded.set, joined));
  expect(restored.sizeBytes).toBe(joined.sizeBytes);
});
