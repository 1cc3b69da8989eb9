import { existsSync, renameSync, rmSync } from 'node:fs';
import { SqliteTable } from '../../shared/adapters/local/sqlite-table.ts';
import { PortError } from '../../shared/ports.ts';
import { ok, type Result } from '../../shared/result.ts';
import { type RebuildReport, rebuild } from '../../shared/stages/rebuild.ts';
import type { Alarm } from '../../shared/trail/sequence/alarm.ts';
import { readHead, writeHead } from '../../shared/trail/sequence/head.ts';
import { openTrail, placesIn } from './compose.ts';

/** What came of a rebuild that ended well, and what a person must look at all the same. */
export interface TableRebuilt extends RebuildReport {
  readonly alarms: readonly Alarm[];
}

/**
 * Makes the table of a trail again from its objects alone, beside the old one, and puts it in its place only when it
 * is whole. The old head goes in first where it can be read, so that a bucket which is an older copy than the table is
 * noticed. Nothing else may run on the folder meanwhile. Folds start again from the beginning.
 */
export async function rebuildTable(folder: string, now: () => Date): Promise<Result<TableRebuilt, Alarm>> {
  const places = placesIn(folder);
  const fresh = `${places.table}.rebuilding`;
  removeTable(fresh);
  const oldHead = await headOf(places.table);
  const trail = await openTrail({ folder, now, tableFile: fresh });
  let report: Result<RebuildReport, Alarm>;
  try {
    if (oldHead !== undefined) await writeHead(trail.table, oldHead);
    report = await rebuild(trail.ports);
  } finally {
    trail.close();
  }
  if (!report.ok) {
    removeTable(fresh);
    return report;
  }
  removeTable(places.table);
  renameSync(fresh, places.table);
  return ok({ ...report.value, alarms: trail.alarms });
}

/** The head of a table that may be missing, damaged, or no table at all: then there is nothing to learn from it. */
async function headOf(file: string): Promise<Awaited<ReturnType<typeof readHead>>> {
  if (!existsSync(file)) return undefined;
  try {
    const table = new SqliteTable(file);
    try {
      return await readHead(table);
    } finally {
      table.close();
    }
  } catch (error) {
    if (error instanceof PortError || error instanceof TypeError || isSqliteError(error)) return undefined;
    throw error;
  }
}

function isSqliteError(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_SQLITE_ERROR';
}

function removeTable(file: string): void {
  for (const suffix of ['', '-wal', '-shm']) rmSync(`${file}${suffix}`, { force: true });
}
