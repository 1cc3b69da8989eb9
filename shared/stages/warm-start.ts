import type { FoldMemory } from './fold.ts';
import type { FoldPorts } from './fold-cursor.ts';
import { foldedPlaces } from './folded-places.ts';

/** How far those that are new have been shown the trail. */
export interface WarmStart {
  /** What a person calls them. */
  readonly names: readonly string[];
  /** Entries shown, of how many. */
  readonly done: number;
  readonly total: number;
}

/** Entries between two tellings. */
const TELL_COUNT = 500;

/**
 * Shows what is new in a memory all entries before the cursor, so that it goes on from there knowing what it would know
 * had it always been there. Nothing else is touched, and nothing comes of it: no findings, no rows. False where nothing
 * is new. It reads every entry, and is done once: who calls makes the memory durable.
 * @throws PortError where the trail cannot be read; the memory is as it was.
 */
export async function warmStart(
  ports: FoldPorts,
  memory: FoldMemory,
  next: number,
  onProgress: (progress: WarmStart) => void = () => undefined,
): Promise<boolean> {
  const newcomers = next === 0 ? undefined : memory.newcomers?.();
  if (newcomers === undefined) return false;
  const { names } = newcomers;
  let toldAt = 0;
  for await (const places of foldedPlaces(ports, 0, next)) {
    for (const { index, event, tick } of places) {
      if (event !== undefined) newcomers.showEvent(event);
      if (tick !== undefined) newcomers.showTick(tick);
      if (index - toldAt < TELL_COUNT) continue;
      toldAt = index;
      onProgress({ names, done: index, total: next });
    }
  }
  newcomers.join(next);
  onProgress({ names, done: next, total: next });
  return true;
}
