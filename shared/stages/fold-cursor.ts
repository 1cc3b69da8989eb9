import { hash } from 'node:crypto';
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { type ObjectStore, PortError, type RowCondition, type Table } from '../ports.ts';
import type { Recent } from '../trail/sequence/recent.ts';
import { number } from '../trail/sequence/rows.ts';
import type { FoldMemory } from './fold.ts';

export interface FoldPorts {
  readonly table: Table;
  readonly objects: ObjectStore;
  /** What this process committed a moment ago: read from memory. */
  readonly recent?: Recent;
}

/** The cursor row of a fold. */
export interface Cursor {
  readonly id: string;
  /** The first entry that was not applied. */
  readonly next: number;
  /** The object that what it remembers is in; empty where it remembers nothing. */
  readonly snapshot: string;
  readonly sizeBytes: number;
  /** Whether the row is there. */
  readonly isStored: boolean;
}

/** Inflated, no snapshot is larger; memories are bounded to much less. */
const SIZE_BYTES_MAX = 1024 * 1024 * 1024;

export async function loadCursor(table: Table, id: string): Promise<Cursor> {
  const [row] = await table.get([cursorKey(id)]);
  if (row === undefined) return { id, next: 0, snapshot: '', sizeBytes: 0, isStored: false };
  const { next, snapshot, size } = row.attributes;
  return {
    id,
    next: number(next),
    snapshot: typeof snapshot === 'string' ? snapshot : '',
    sizeBytes: typeof size === 'number' ? size : 0,
    isStored: true,
  };
}

/** Sets a fold back to the beginning of the trail; its next run repeats everything. */
export async function resetFold(table: Table, id: string): Promise<void> {
  await table.delete([cursorKey(id)]);
}

/** The index of the first entry that a fold has not applied, as far as that is durable. */
export async function readCursor(table: Table, id: string): Promise<number> {
  return (await loadCursor(table, id)).next;
}

/** Moves the cursor where it is still where it was; undefined where another runner has moved it. */
export async function moveCursor(
  { table, objects }: FoldPorts,
  cursor: Cursor,
  next: number,
  memory: FoldMemory | undefined,
): Promise<Cursor | undefined> {
  const kept = memory && (await keep(objects, cursor, next, memory.snapshot()));
  const moved = { ...cursor, ...kept, next, isStored: true };
  const condition = cursor.isStored ? conditionOf(cursor) : 'absent';
  const named = kept === undefined ? {} : { snapshot: moved.snapshot, size: moved.sizeBytes };
  try {
    await table.put({ ...cursorKey(cursor.id), attributes: { next, ...named } }, condition);
  } catch (error) {
    if (!(error instanceof PortError && error.code === 'conflict')) throw error;
    return undefined;
  }
  // Only now: until the row names another, this is what a crash goes on from.
  if (cursor.snapshot !== '' && cursor.snapshot !== moved.snapshot) await objects.delete(cursor.snapshot);
  return moved;
}

/** Also a snapshot may be replaced where the cursor stays: its name tells both. */
function conditionOf({ next, snapshot }: Cursor): RowCondition {
  return snapshot === '' ? { attribute: 'next', equals: next } : { attribute: 'snapshot', equals: snapshot };
}

/** The snapshot, durable. Its name tells its cursor and checks its bytes; one that is there already is the same. */
async function keep(
  objects: ObjectStore,
  { id }: Cursor,
  next: number,
  snapshot: Uint8Array,
): Promise<Pick<Cursor, 'snapshot' | 'sizeBytes'>> {
  const bytes = zstdCompressSync(snapshot);
  const key = `${prefixOf(id)}${String(next).padStart(12, '0')}-${digest(bytes)}`;
  await objects.put(key, bytes, 'any');
  return { snapshot: key, sizeBytes: snapshot.length };
}

/**
 * What a cursor says was remembered, put into the memory. Where that is lost or damaged nothing is, and the trail is
 * read again from its first entry: findings that are made again are known to it. A cursor that never had any, because
 * nothing remembered, stays where it is if what is new can be shown the trail. Returns where the memory stands.
 */
export async function restoreMemory(
  ports: FoldPorts,
  cursor: Cursor,
  memory: FoldMemory,
): Promise<{ readonly cursor: Cursor; readonly next: number }> {
  let current = cursor;
  for (;;) {
    const bytes = current.snapshot === '' ? undefined : await readSnapshot(ports.objects, current.snapshot);
    if (bytes !== undefined || current.snapshot === '') {
      memory.restore(bytes);
      const next = bytes === undefined && memory.newcomers === undefined ? 0 : current.next;
      await sweep(ports.objects, current);
      return { cursor: current, next };
    }
    // Another runner replaces a snapshot and deletes the one before: then the row names another by now.
    const again = await loadCursor(ports.table, cursor.id);
    if (again.snapshot === current.snapshot) {
      memory.restore(undefined);
      return { cursor: { ...again, snapshot: '', sizeBytes: 0 }, next: 0 };
    }
    current = again;
  }
}

async function readSnapshot(objects: ObjectStore, key: string): Promise<Uint8Array | undefined> {
  const stored = await objects.get(key);
  if (stored === undefined || !key.endsWith(`-${digest(stored.bytes)}`)) return undefined;
  try {
    return zstdDecompressSync(stored.bytes, { maxOutputLength: SIZE_BYTES_MAX });
  } catch {
    return undefined;
  }
}

/** What runners left that died between a snapshot and its row. One that is ahead of the row may be about to be named. */
async function sweep(objects: ObjectStore, { id, next, snapshot }: Cursor): Promise<void> {
  const prefix = prefixOf(id);
  for await (const key of objects.list(prefix)) {
    const at = Number(key.slice(prefix.length, prefix.length + 12));
    if (key !== snapshot && at < next) await objects.delete(key);
  }
}

function prefixOf(id: string): string {
  return `state/${id}/`;
}

function cursorKey(id: string) {
  return { pk: `cursor#${id}`, sk: 'cursor' };
}

function digest(bytes: Uint8Array): string {
  return hash('sha256', bytes, 'hex').slice(0, 16);
}
