import { apply } from './apply.ts';
import { begin } from './begin.ts';
import { commit } from './commit.ts';
import { readHead } from './head.ts';
import type { Next } from './surprise.ts';
import type { TrailPorts } from './trail-ports.ts';
import type { CommitBounds, HandedBatch } from './waiting.ts';

/** Whether all that waited is in the trail, or an alarm was raised that a person must look at. */
export type SequenceOutcome = 'idle' | 'stopped';

/** What one commit takes at most: bounds the memory of whoever makes it, and of whoever applies it. */
export const commitBounds: CommitBounds = { countMax: 20_000, sizeBytesMax: 64 * 1024 * 1024 };

/**
 * Commits what waits, and with it a batch that is handed over in memory, until nothing waits. Safe under any number of sequencers at once, and under a crash at any
 * point: a port's error may be thrown at any time, and running again is all that it takes.
 */
export async function sequence(
  ports: TrailPorts,
  bounds: CommitBounds = commitBounds,
  handed?: HandedBatch,
): Promise<SequenceOutcome> {
  for (;;) {
    const next = await step(ports, bounds, handed);
    if (next !== 'again') return next;
  }
}

/** Steps 1 and 2, and then whichever of the rest is due. */
async function step(ports: TrailPorts, bounds: CommitBounds, handed: HandedBatch | undefined): Promise<Next> {
  const head = await readHead(ports.table);
  if (head === undefined) return begin(ports);
  if (head.applied < head.size) return apply(ports, head);
  return commit(ports, head, { bounds, handed });
}
