import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Watermark } from '../../shared/detect/watermark.ts';
import { eventOf } from '../query/events.ts';

const event = (time: number, loggedMs?: number) => {
  const made = eventOf(0, { time });
  return loggedMs === undefined ? made : { ...made, metadata: { ...made.metadata, logged_time: loggedMs } };
};

function after(...times: readonly number[]): number {
  const watermark = new Watermark();
  for (const time of times) watermark.observe(event(time));
  return watermark.ms;
}

test('the watermark is the third-latest time that an event told of', () => {
  expect(after(1, 2)).toBe(Number.NEGATIVE_INFINITY);
  expect(after(1, 2, 3)).toBe(1);
  expect(after(5, 9, 7, 8, 1)).toBe(7);
});

test('an event from the future does not move it, nor does the other record of the same act', () => {
  expect(after(1, 2, 3, 99_999, 99_999)).toBe(3);
});

test('no event tells of a later time than that of its receipt, or of its entry', () => {
  const watermark = new Watermark();
  for (const time of [100, 200, 300]) watermark.observe(event(time, 50));
  expect(watermark.ms).toBe(50);
  for (const time of [100, 200, 300]) watermark.observe(event(time), 70);
  expect(watermark.ms).toBe(70);
});

test('what we say of the time moves it, and never back', () => {
  const watermark = new Watermark();
  watermark.tell(500);
  watermark.tell(400);
  expect(watermark.ms).toBe(500);
});

test('it never falls, and goes on from what was kept', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(1_000)), fc.nat(50), (times, cut) => {
      const whole = new Watermark();
      let kept = new Watermark();
      let before = Number.NEGATIVE_INFINITY;
      for (const [i, time] of times.entries()) {
        whole.observe(event(time));
        kept.observe(event(time));
        if (i % 7 === 3) whole.tell(time - 100);
        if (i % 7 === 3) kept.tell(time - 100);
        if (i === cut) {
          const state: unknown = JSON.parse(JSON.stringify(kept.snapshot()));
          kept = new Watermark();
          kept.restore(state);
        }
        expect(whole.ms).toBeGreaterThanOrEqual(before);
        expect(kept.ms).toBe(whole.ms);
        before = whole.ms;
      }
    }),
  );
});

test('what is no snapshot is no memory', () => {
  for (const state of [undefined, null, 'x', [1], [['a'], ['b']]]) {
    const watermark = new Watermark();
    watermark.tell(1);
    watermark.restore(state);
    expect(watermark.ms).toBe(Number.NEGATIVE_INFINITY);
  }
});
