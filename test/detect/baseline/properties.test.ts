import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { settingsOf } from '../../../shared/detect/settings.ts';
import { naive } from './naive.ts';
import {
  baselineText,
  DAY,
  DEPLOYMENT,
  type Deployment,
  HOUR,
  MINUTE,
  MONDAY,
  readBaselines,
  watch,
} from './observations.ts';

const TEXTS = {
  new_value: baselineText('type: new_value\nfield: actor\nlearning: 5d\nmin-events: 4\nmemory: 20d'),
  'new_value with a short memory': baselineText(
    'type: new_value\nfield: actor\nlearning: 1d\nmin-events: 2\nmemory: 2d',
  ),
  rare_value: baselineText(
    'type: rare_value\nfield: actor\nlearning: 3d\nmin-events: 5\nmemory: 20d\ncondition: {lte: 0.2}',
  ),
  time_of_day: baselineText('type: time_of_day\nlearning: 3d\nmin-events: 4\nmemory: 30d'),
  'time_of_day that allows for a few': baselineText(
    'type: time_of_day\nlearning: 3d\nmin-events: 4\nmemory: 30d\ncondition: {lte: 0.2}',
  ),
  rate: baselineText(
    'type: rate\nlearning: 2d\nmin-events: 3\nmemory: 10d\ntimespan: 1h\ncondition: {gte: 2}',
  ),
} as const;

/** Mostly onwards, at times late or after a long silence, and in bursts. */
const deployments: fc.Arbitrary<readonly Deployment[]> = fc
  .array(
    fc.record({
      step: fc.oneof(
        { weight: 4, arbitrary: fc.integer({ min: 0, max: 20 }).map((n) => n * 5 * MINUTE) },
        { weight: 6, arbitrary: fc.integer({ min: 1, max: 30 }).map((n) => n * HOUR) },
        { weight: 1, arbitrary: fc.integer({ min: 1, max: 25 }).map((n) => -n * 7 * HOUR) },
        { weight: 1, arbitrary: fc.integer({ min: 1, max: 40 }).map((n) => n * DAY) },
      ),
      service: fc.constantFrom('api', 'api', 'web'),
      actor: fc.oneof(
        { weight: 6, arbitrary: fc.constantFrom('bot', 'bot', 'alice') },
        { weight: 1, arbitrary: fc.constantFrom('mallory', '__proto__', 'constructor') },
        { weight: 1, arbitrary: fc.constant(['alice', 'bob']) },
      ),
    }),
    { maxLength: 120 },
  )
  .map((steps) => {
    let time = MONDAY;
    return steps.map(({ step, service, actor }) => {
      time += step;
      return { time, service, actor };
    });
  });

describe.for(Object.entries(TEXTS))('%s', ([, text]) => {
  test('notices what a naive reading of all events notices, and nothing else', () => {
    const [baseline] = readBaselines(`${DEPLOYMENT}---\n${text}`).baselines;
    if (baseline === undefined) throw new Error('no baseline');
    const joinMs = baseline.type === 'rate' ? baseline.timespanMs : settingsOf(baseline).windowMs;
    fc.assert(
      fc.property(deployments, (all) => {
        const noticed = watch(text)
          .deploy(...all)
          .map(({ event, kind, isStaged, eventCount, explanation }) => ({
            index: event.index,
            kind,
            isStaged,
            overEvents: explanation.overEvents,
            eventCount,
          }));
        expect(noticed).toEqual(naive(baseline, all, joinMs));
      }),
      { numRuns: 150 },
    );
  });

  test('goes on from a snapshot taken anywhere as if nothing had happened', () => {
    fc.assert(
      fc.property(deployments, fc.nat(), fc.integer({ min: 4_000, max: 40_000 }), (all, cut, bytesMax) => {
        const at = cut % (all.length + 1);
        const whole = watch(text, { bytesMax });
        const before = watch(text, { bytesMax });
        const expected = whole.deploy(...all);
        const first = before.deploy(...all.slice(0, at));
        const bytes = before.memory.snapshot();
        // The second half goes to a memory that knows nothing but the snapshot.
        const after = watch(text, { bytesMax });
        after.memory.restore(bytes);
        expect(after.memory.snapshot()).toEqual(bytes);
        const rest = after.resume(at, all);
        expect([...first, ...rest]).toEqual(expected);
        expect(after.memory.snapshot()).toEqual(whole.memory.snapshot());
      }),
      { numRuns: 60 },
    );
  });
});
