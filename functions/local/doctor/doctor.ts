import { existsSync } from 'node:fs';
import { SqliteTable } from '../../../shared/adapters/local/sqlite-table.ts';
import { SEGMENT_SIZE } from '../../../shared/stages/index-segment.ts';
import { hasTrail, placesIn } from '../compose.ts';
import { openReadOnly } from '../read-only.ts';
import { checkFolds, checkQueue } from './backlog.ts';
import { broken, type Check, messageOf, type Patient } from './check.ts';
import { checkRejects, checkRules, checkSources } from './contents.ts';
import { checkKeys } from './keys.ts';
import { checkDisk, checkFolder, checkNode, checkSettings } from './machine.ts';
import { checkClock, checkTrail } from './trail.ts';

/** The folds of the hub, and how large the spans are in which they work. */
const FOLDS = [
  { id: 'index', spanSize: SEGMENT_SIZE },
  { id: 'sources', spanSize: 1 },
  { id: 'detect', spanSize: 1 },
  { id: 'alert', spanSize: 1 },
] as const;

/**
 * Looks over a local installation and its data folder, and says what to do. Makes nothing and mends nothing: safe
 * beside a hub that runs.
 */
export async function diagnose(patient: Patient): Promise<readonly Check[]> {
  const { folder, settings } = patient;
  const place = await checkFolder(folder);
  const machine = [
    checkNode(process.version),
    ...checkSettings(patient),
    place,
    await checkDisk(folder),
    ...(await checkRules(settings.rules)),
  ];
  if (place.status === 'fail' || !existsSync(folder)) return machine;
  return [...machine, ...(await checkKeys(patient)), ...(await checkData(patient))];
}

async function checkData({ folder, nowMs }: Patient): Promise<readonly Check[]> {
  const { table: file, trail } = placesIn(folder);
  if (!hasTrail(folder)) return [];
  const objects = openReadOnly(trail);
  const rejects = await checkRejects(objects);
  if (!existsSync(file)) {
    return [
      broken('table', `${file} is missing`, 'Run "trailproof rebuild": it makes the table from the trail.'),
      rejects,
    ];
  }
  let table: SqliteTable | undefined;
  try {
    table = new SqliteTable(file);
    return [
      await checkTrail(folder, table, objects),
      await checkClock(table, nowMs),
      ...(await checkQueue(table, objects)),
      await checkFolds(table, FOLDS),
      rejects,
      ...(await checkSources(table, nowMs)),
    ];
  } catch (error) {
    const found = `${file} cannot be read: ${messageOf(error)}`;
    return [broken('table', found, 'Stop whatever runs on the folder, then "trailproof rebuild".'), rejects];
  } finally {
    table?.close();
  }
}
