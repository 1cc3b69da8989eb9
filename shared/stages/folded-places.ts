import type { RecentLine } from '../trail/sequence/recent.ts';
import type { FoldedEvent, FoldedTick } from './fold.ts';
import type { FoldPorts } from './fold-cursor.ts';
import { foldedEvent, foldedTick } from './folded-event.ts';
import { readLines } from './read-trail.ts';

/** A place in the trail, and what folds see there. */
export interface FoldedPlace {
  readonly index: number;
  /** Characters of its line. */
  readonly length: number;
  /** undefined for what is no event. */
  readonly event: FoldedEvent | undefined;
  readonly tick: FoldedTick | undefined;
}

/** Places that are given out at once. */
const PLACES_MAX = 500;

/**
 * The trail from one index up to and without another, in order, as folds read it: out of memory where this process
 * committed it a moment ago, and else out of the blocks. Each line is parsed once, or not at all.
 */
export async function* foldedPlaces(
  ports: FoldPorts,
  from: number,
  to: number,
): AsyncGenerator<readonly FoldedPlace[]> {
  const { recent } = ports;
  for (let next = from; next < to; ) {
    if (recent?.line(next) === undefined) {
      for await (const line of readLines(ports, next, to)) {
        const { index } = line;
        yield [
          { index, length: line.line.length, event: await foldedEvent(ports, line), tick: foldedTick(line) },
        ];
        next = index + 1;
        if (recent?.line(next) !== undefined) break;
      }
      // Nothing more to read.
      if (recent?.line(next) === undefined) return;
    }
    const places: FoldedPlace[] = [];
    for (let line = recent?.line(next); line !== undefined && next < to; line = recent?.line(next)) {
      const event = knownEvent(line) ?? (await foldedEvent(ports, line));
      places.push({ index: next, length: line.line.length, event, tick: foldedTick(line) });
      next += 1;
      if (places.length >= PLACES_MAX) break;
    }
    yield places;
  }
}

/** undefined for what was not handed over with what it says. */
function knownEvent({ index, source, timeMs, parsed }: RecentLine): FoldedEvent | undefined {
  if (parsed === undefined) return undefined;
  const { event, record, raw } = parsed;
  return { index, source, event, record, raw, appendedMs: timeMs };
}
