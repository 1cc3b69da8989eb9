import { readHead } from '../trail/sequence/head.ts';
import type { Fold, FoldedEvent, FoldedTick } from './fold.ts';
import { type Cursor, type FoldPorts, loadCursor, moveCursor, restoreMemory } from './fold-cursor.ts';
import { foldedPlaces } from './folded-places.ts';
import { type WarmStart, warmStart } from './warm-start.ts';

export { type FoldPorts, readCursor, resetFold } from './fold-cursor.ts';
export type { WarmStart } from './warm-start.ts';

/** How far one fold came in one run. */
export interface FoldProgress {
  readonly id: string;
  /** Where it was, and where it is now. */
  readonly first: number;
  readonly next: number;
}

/** Entries, and characters of their lines, that are handed to a fold at once. */
const CHUNK_COUNT_MAX = 500;
const CHUNK_LENGTH_MAX = 16 * 1024 * 1024;

/** How often the cursor of a fold that remembers is made durable, and its snapshot with it. */
export interface SnapshotBounds {
  /** After so many entries, */
  readonly countMax: number;
  /** or more, where the last snapshot was so large that writing it would cost more than reading them again: */
  readonly bytesPerEntry: number;
  /** At the end of a run, whenever it is no larger than this. */
  readonly smallBytes: number;
  /** Entries that are handed to a fold at once, where fewer than usual. */
  readonly chunkCountMax?: number;
}

const SNAPSHOT_BOUNDS: SnapshotBounds = { countMax: 5_000, bytesPerEntry: 512, smallBytes: 256 * 1024 };

/**
 * Brings folds up to the trail's head: each from its own cursor, all over one reading, each line parsed once. A cursor
 * is written after what it stands for, and only where it is still where this run found it: two runners at once, or a
 * crash between the two, only repeat what changes nothing. A fold whose cursor another runner moved is left to that one.
 * A fold that remembers goes on from memory, ahead of its cursor; who finds that memory gone begins at the cursor, and
 * what is new in it is shown the trail up to there first.
 */
export async function runFolds(
  ports: FoldPorts,
  folds: readonly Fold[],
  bounds: SnapshotBounds = SNAPSHOT_BOUNDS,
): Promise<readonly FoldProgress[]> {
  const head = await readHead(ports.table);
  const end = head?.applied ?? 0;
  const runs: Run[] = [];
  for (const fold of folds) runs.push(await runOf(ports, fold, bounds));
  const behind = runs.filter(({ next, fold }) => end - (end % fold.spanSize) > next);
  if (behind.length > 0) await follow(ports, behind, end);
  return runs.map(({ fold, first, next }) => ({ id: fold.id, first, next }));
}

/**
 * Does what `runFolds` would do before it applies anything: what folds remember is restored, and what is new in it is
 * shown the trail.
 */
export async function warmFolds(
  ports: FoldPorts,
  folds: readonly Fold[],
  onProgress?: (progress: WarmStart) => void,
): Promise<void> {
  for (const fold of folds) await runOf(ports, fold, SNAPSHOT_BOUNDS, onProgress);
}

interface Run {
  readonly fold: Fold;
  readonly bounds: SnapshotBounds;
  readonly first: number;
  next: number;
  /** What is durable, */
  cursor: Cursor;
  /** and since which entry nothing is: behind the cursor where a lost snapshot is made again. */
  kept: number;
  /** Another runner has moved the cursor. */
  overtaken: boolean;
  waiting: FoldedEvent[];
  ticks: FoldedTick[];
  waitingLength: number;
}

async function runOf(
  ports: FoldPorts,
  fold: Fold,
  bounds: SnapshotBounds,
  onProgress?: (progress: WarmStart) => void,
): Promise<Run> {
  const cursor = await loadCursor(ports.table, fold.id);
  const { memory } = fold;
  const { standing } = memory ?? {};
  const state = { overtaken: false, waiting: [], ticks: [], waitingLength: 0 };
  if (memory === undefined) {
    return { fold, bounds, cursor, kept: cursor.next, first: cursor.next, next: cursor.next, ...state };
  }
  if (standing !== undefined && standing.cursor === nameOf(cursor)) {
    return { fold, bounds, cursor, kept: cursor.next, first: standing.next, next: standing.next, ...state };
  }
  memory.standing = undefined;
  const { cursor: found, next } = await restoreMemory(ports, cursor, memory);
  const run = { fold, bounds, cursor: found, kept: next, first: next, next, ...state };
  const isWarm = await warmStart(ports, memory, next, onProgress);
  memory.standing = { next, cursor: nameOf(found) };
  // At once, so that it was done once, also where nothing more comes.
  if (isWarm) await makeDurable(ports, run);
  return run;
}

function nameOf({ next, snapshot, isStored }: Cursor): string {
  return isStored ? `${next} ${snapshot}` : '';
}

async function follow(ports: FoldPorts, runs: readonly Run[], end: number): Promise<void> {
  const from = Math.min(...runs.map(({ next }) => next));
  for await (const places of foldedPlaces(ports, from, end)) {
    for (const { index, length, event, tick } of places) {
      const next = index + 1;
      for (const run of runs) {
        if (run.overtaken || index < run.next) continue;
        if (event !== undefined) run.waiting.push(event);
        if (tick !== undefined) run.ticks.push(tick);
        run.waitingLength += length;
        if (isDue(run, next)) await applyTo(ports, run, next);
      }
    }
    if (runs.every(({ overtaken }) => overtaken)) return;
  }
  for (const run of runs) {
    if (run.overtaken) continue;
    if (run.fold.spanSize === 1 && run.next < end) await applyTo(ports, run, end);
    if (isWorthKeeping(run)) await makeDurable(ports, run);
  }
}

/** A fold with spans gets them whole and nothing else; another gets what has gathered, bounded. */
function isDue({ fold, next: first, waitingLength, bounds }: Run, next: number): boolean {
  if (fold.spanSize > 1) return next % fold.spanSize === 0;
  return next - first >= (bounds.chunkCountMax ?? CHUNK_COUNT_MAX) || waitingLength >= CHUNK_LENGTH_MAX;
}

async function applyTo(ports: FoldPorts, run: Run, next: number): Promise<void> {
  const { memory } = run.fold;
  // Should it fail half-way, nobody knows what is in it.
  if (memory !== undefined) memory.standing = undefined;
  await run.fold.apply(run.waiting, { first: run.next, next, ticks: run.ticks });
  run.waiting = [];
  run.ticks = [];
  run.waitingLength = 0;
  run.next = next;
  if (memory !== undefined) memory.standing = { next, cursor: nameOf(run.cursor) };
  if (memory === undefined || isSnapshotDue(run)) await makeDurable(ports, run);
}

function isSnapshotDue({ cursor, kept, next, bounds }: Run): boolean {
  return next - kept >= Math.max(bounds.countMax, cursor.sizeBytes / bounds.bytesPerEntry);
}

function isWorthKeeping(run: Run): boolean {
  if (run.fold.memory === undefined) return false;
  if (run.next === run.cursor.next && run.cursor.snapshot !== '') return false;
  return run.cursor.sizeBytes <= run.bounds.smallBytes || isSnapshotDue(run);
}

async function makeDurable(ports: FoldPorts, run: Run): Promise<void> {
  const { memory } = run.fold;
  const moved = await moveCursor(ports, run.cursor, run.next, memory);
  if (memory !== undefined) {
    memory.standing = moved && { next: run.next, cursor: nameOf(moved) };
  }
  if (moved === undefined) {
    run.overtaken = true;
    // As before this run, for whoever reads how far it came: what another has written counts.
    run.next = run.cursor.next;
    return;
  }
  run.cursor = moved;
  run.kept = run.next;
}
