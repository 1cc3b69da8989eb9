import type { PendingEntry } from '../../shared/trail/pending.ts';
import { testEvent } from '../trail/sequence/trail.ts';
import type { SeededRandom } from './random.ts';

const names = 30;

/** What an event of that name was: mostly the same each time, now and then a contradiction, or read by a newer source. */
const deliveries: readonly PendingEntry[][] = Array.from({ length: names }, (_, index) => {
  const name = `event ${index}`;
  const same = testEvent(name);
  const essence = same.essence.replace('1:', '2:');
  const newer = { ...same, essence, line: same.line.replace(same.essence, essence) };
  return [
    same,
    same,
    same,
    testEvent(name, `${name} forged`),
    testEvent(name, `${name} forged again`),
    newer,
  ];
});

/** A few entries: some new, some delivered before, some contradicting what was. */
export function someEntries(random: SeededRandom, countMax: number): readonly PendingEntry[] {
  return Array.from({ length: random.between(1, countMax) }, () => random.pick(random.pick(deliveries)));
}

/** Entries that fill a trail up to near the end of its first tile. */
export const prefill: readonly PendingEntry[] = Array.from({ length: 250 }, (_, index) =>
  testEvent(`old ${index}`),
);
