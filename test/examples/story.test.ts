import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { tellStory } from '../../examples/story/story.ts';

const NOW = Date.UTC(2026, 4, 20, 9, 30);
const DAY = 24 * 3_600_000;

test('the same seed and time tell the same story, byte for byte', () => {
  expect(tellStory({ nowMs: NOW, seed: 7 })).toEqual(tellStory({ nowMs: NOW, seed: 7 }));
});

test.each([0, 2, 5, 12, 23])('told at %i o’clock, the night lies in the past and within a day', (hour) => {
  const nowMs = Date.UTC(2026, 4, 20, hour, 15);
  const { attackStartsMs } = tellStory({ nowMs, seed: 7 });
  expect(attackStartsMs).toBeLessThan(nowMs);
  expect(nowMs - attackStartsMs).toBeLessThan(2 * DAY);
});

test('no event lies in the future, and the normal days reach back a fortnight', () => {
  const { fortnight } = tellStory({ nowMs: NOW, seed: 7 });
  const text = fortnight
    .map(({ path, bytes }) => (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString())
    .join('\n');
  const times = [...text.matchAll(/"eventTime":"([^"]+)"/g)].map((found) => Date.parse(found[1] ?? ''));
  expect(Math.max(...times)).toBeLessThan(NOW);
  expect(Math.min(...times)).toBeLessThan(NOW - 13 * DAY);
});

test('the night crosses all four systems', () => {
  const paths = tellStory({ nowMs: NOW, seed: 7 }).night.map(({ path }) => path.split('/')[1]);
  expect(new Set(paths)).toEqual(new Set(['github', 'aws', 'gcp', 'azure']));
});

test('a company of three times the teams delivers about three times the events, in the same night', () => {
  const small = tellStory({ nowMs: NOW, seed: 7 });
  const large = tellStory({ nowMs: NOW, seed: 7, volume: 3 });
  const lines = (files: typeof small.fortnight) =>
    files
      .filter(({ path }) => path.endsWith('.ndjson'))
      .reduce((sum, { bytes }) => sum + bytes.toString().split('\n').length, 0);
  expect(lines(large.fortnight) / lines(small.fortnight)).toBeGreaterThan(2.5);
  expect(lines(large.night) / lines(small.night)).toBeGreaterThan(2.5);
  expect(large.attackStartsMs).toBe(small.attackStartsMs);
});
