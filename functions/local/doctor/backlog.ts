import type { ObjectStore, Table } from '../../../shared/ports.ts';
import { readCursor } from '../../../shared/stages/fold-runner.ts';
import { readHead } from '../../../shared/trail/sequence/head.ts';
import { asidePartition, outboxPartition, readOutboxRow } from '../../../shared/trail/sequence/rows.ts';
import { parseStagingKey } from '../../../shared/trail/sequence/staging.ts';
import { plural } from '../plural.ts';
import { broken, type Check, doubtful, healthy } from './check.ts';

/** More than this many are said to be "more than". */
const ROWS_MAX = 10_000;
const NAMES_SHOWN = 3;

/** What waits to be appended, what could not be, and what a crash left lying. */
export async function checkQueue(
  table: Table,
  objects: Pick<ObjectStore, 'list'>,
): Promise<readonly Check[]> {
  const waiting = (await table.query(outboxPartition, { limit: ROWS_MAX })).map(readOutboxRow);
  const aside = (await table.query(asidePartition, { limit: ROWS_MAX })).map(readOutboxRow);
  const events = waiting.reduce((sum, row) => sum + row.count, 0);
  const queue =
    waiting.length === 0
      ? healthy('queue', 'nothing waits to be appended')
      : doubtful(
          'queue',
          `${plural(waiting.length, 'batch')} of ${plural(events, 'entry')} wait to be appended`,
          'The next "ingest" or "start" appends them; a hub at work does within a second or so.',
        );
  const lost =
    aside.length === 0
      ? []
      : [
          broken(
            'queue',
            `${plural(aside.length, 'batch')} could not be read and were set aside: ${some(aside.map(({ key }) => key))}`,
            'Take in again what came at that time: what is on the trail already is not appended twice.',
          ),
        ];
  const named = new Set([...waiting, ...aside].map(({ key }) => key));
  return [queue, ...lost, ...(await checkLeftovers(table, objects, named))];
}

async function checkLeftovers(
  table: Table,
  objects: Pick<ObjectStore, 'list'>,
  named: ReadonlySet<string>,
): Promise<readonly Check[]> {
  const head = await readHead(table);
  const stale: string[] = [];
  for await (const key of objects.list('inbox/')) if (!named.has(key)) stale.push(key);
  for await (const key of objects.list('staging/')) {
    if (key !== head?.staging && (parseStagingKey(key)?.base ?? 0) < (head?.applied ?? 0)) stale.push(key);
  }
  if (stale.length === 0) return [];
  const found = `${plural(stale.length, 'object')} in passing that nothing names: ${some(stale)}`;
  return [
    doubtful('queue', found, 'None: a crash left them, and they are delivered again or cleared in time.'),
  ];
}

/** How far each fold is behind what was appended. A fold that works in spans is behind by less than one. */
export async function checkFolds(
  table: Table,
  folds: readonly { readonly id: string; readonly spanSize: number }[],
): Promise<Check> {
  const applied = (await readHead(table))?.applied ?? 0;
  const lags: string[] = [];
  for (const { id, spanSize } of folds) {
    const cursor = await readCursor(table, id);
    const due = applied - (applied % spanSize);
    if (cursor > applied) return broken('folds', `${id} is ahead of the trail`, 'Run "trailproof rebuild".');
    if (cursor < due) lags.push(`${id} by ${plural(due - cursor, 'entry')}`);
  }
  if (lags.length === 0) return healthy('folds', `${folds.map(({ id }) => id).join(', ')} are up to date`);
  return doubtful('folds', `behind: ${lags.join(', ')}`, 'The next "ingest" or "start" catches up.');
}

function some(keys: readonly string[]): string {
  const shown = keys.slice(0, NAMES_SHOWN).join(', ');
  return keys.length > NAMES_SHOWN ? `${shown}, …` : shown;
}
