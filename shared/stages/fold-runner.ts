import { type ObjectStore, PortError, type Table } from '../ports.ts';
import { readHead } from '../trail/sequence/head.ts';
import { number } from '../trail/sequence/rows.ts';
import type { Fold, FoldedEvent } from './fold.ts';
import { foldedEvent } from './folded-event.ts';
import { readLines } from './read-trail.ts';

export interface FoldPorts {
  readonly table: Table;
  readonly objects: ObjectStore;
}

/** How far one fold came in one run. */
export interface FoldProgress {
  readonly id: string;
  /** Where its cursor was, and where it is now. */
  readonly first: number;
  readonly next: number;
}

/** Entries, and characters of their lines, that are handed to a fold at once. */
const CHUNK_COUNT_MAX = 500;
const CHUNK_LENGTH_MAX = 16 * 1024 * 1024;

/**
 * Brings folds up to the trail's head: each from its own cursor, all over one reading, each line parsed once. A cursor
 * is written after what it stands for, and only where it is still where this run found it: two runners at once, or a
 * crash between the two, only repeat what changes nothing. A fold whose cursor another runner moved is left to that one.
 */
export async function runFolds(ports: FoldPorts, folds: readonly Fold[]): Promise<readonly FoldProgress[]> {
  const head = await readHead(ports.table);
  const end = head?.applied ?? 0;
  const runs: Run[] = [];
  for (const fold of folds) runs.push(await runOf(ports.table, fold));
  const behind = runs.filter(({ next, fold }) => end - (end % fold.spanSize) > next);
  if (behind.length > 0) await follow(ports, behind, end);
  return runs.map(({ fold, first, next }) => ({ id: fold.id, first, next }));
}

/** Sets a fold back to the beginning of the trail; its next run repeats everything. */
export async function resetFold(table: Table, id: string): Promise<void> {
  await table.delete([cursorKey(id)]);
}

/** The index of the first entry that a fold has not applied. */
export async function readCursor(table: Table, id: string): Promise<number> {
  const [row] = await table.get([cursorKey(id)]);
  return row === undefined ? 0 : number(row.attributes['next']);
}

interface Run {
  readonly fold: Fold;
  readonly first: number;
  next: number;
  /** Whether the cursor row is there. */
  stored: boolean;
  /** Another runner has moved the cursor. */
  overtaken: boolean;
  waiting: FoldedEvent[];
  waitingLength: number;
}

async function runOf(table: Table, fold: Fold): Promise<Run> {
  const [row] = await table.get([cursorKey(fold.id)]);
  const first = row === undefined ? 0 : number(row.attributes['next']);
  const stored = row !== undefined;
  return { fold, first, next: first, stored, overtaken: false, waiting: [], waitingLength: 0 };
}

function cursorKey(id: string) {
  return { pk: `cursor#${id}`, sk: 'cursor' };
}

async function follow(ports: FoldPorts, runs: readonly Run[], end: number): Promise<void> {
  const from = Math.min(...runs.map(({ next }) => next));
  for await (const line of readLines(ports, from, end)) {
    const event = await foldedEvent(ports, line);
    const next = line.index + 1;
    for (const run of runs) {
      if (run.overtaken || line.index < run.next) continue;
      if (event !== undefined) run.waiting.push(event);
      run.waitingLength += line.line.length;
      if (isDue(run, next)) await applyTo(ports.table, run, next);
    }
    if (runs.every(({ overtaken }) => overtaken)) return;
  }
  for (const run of runs) {
    if (!run.overtaken && run.fold.spanSize === 1 && run.next < end) await applyTo(ports.table, run, end);
  }
}

/** A fold with spans gets them whole and nothing else; another gets what has gathered, bounded. */
function isDue({ fold, next: first, waitingLength }: Run, next: number): boolean {
  if (fold.spanSize > 1) return next % fold.spanSize === 0;
  return next - first >= CHUNK_COUNT_MAX || waitingLength >= CHUNK_LENGTH_MAX;
}

async function applyTo(table: Table, run: Run, next: number): Promise<void> {
  await run.fold.apply(run.waiting, { first: run.next, next });
  run.waiting = [];
  run.waitingLength = 0;
  try {
    const condition = run.stored ? ({ attribute: 'next', equals: run.next } as const) : 'absent';
    await table.put({ ...cursorKey(run.fold.id), attributes: { next } }, condition);
    run.next = next;
    run.stored = true;
  } catch (error) {
    if (!(error instanceof PortError && error.code === 'conflict')) throw error;
    run.overtaken = true;
  }
}
