import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { temporaryFolders } from '../temporary-folder.ts';
import { cloudTrailRecord } from './support/roads.ts';
import { call, startTrailproof } from './support/trailproof.ts';

const folders = temporaryFolders();
const COUNT = 4_000;
const KILLS = 5;

/** Kills it without warning, so long after it first wrote something. */
async function killed(child: ChildProcess, data: string, afterMs: number): Promise<NodeJS.Signals | null> {
  const ended = new Promise<NodeJS.Signals | null>((resolve) =>
    child.once('close', (_, signal) => resolve(signal)),
  );
  while (!existsSync(join(data, 'trail')) && child.exitCode === null) await setTimeout(5);
  await setTimeout(afterMs);
  child.kill('SIGKILL');
  return ended;
}

test('ingest that is killed at any moment and run again gives each event once', async () => {
  const data = folders();
  const delivered = folders();
  mkdirSync(delivered, { recursive: true });
  const records = Array.from({ length: COUNT }, (_, n) => cloudTrailRecord(n));
  for (let from = 0; from < COUNT; from += 500) {
    const text = JSON.stringify({ Records: records.slice(from, from + 500) });
    writeFileSync(join(delivered, `${from}.json`), text);
  }

  const moments: number[] = [];
  let kills = 0;
  for (let n = 0; n < KILLS; n += 1) {
    // The start of the process takes some of it, from the second kill on.
    const afterMs = Math.round(Math.random() * 900) + (n === 0 ? 0 : 300);
    moments.push(afterMs);
    const child = startTrailproof(['ingest', delivered, '--data', data]);
    if ((await killed(child, data, afterMs)) === 'SIGKILL') kills += 1;
  }
  expect({ moments, kills: kills > 0 }).toMatchObject({ kills: true });

  const last = await call(['ingest', delivered, '--data', data, '--output', 'json']);
  expect({ moments, status: last.status, err: last.err }).toMatchObject({ status: 0, err: '' });
  const { read, appended, duplicates } = JSON.parse(last.out) as Record<string, number>;
  expect({ moments, read, sum: appended! + duplicates! }).toEqual({ moments, read: COUNT, sum: COUNT });

  const { out } = await call([
    'query',
    '*',
    '--fields',
    'metadata.original_event_uid',
    '--output',
    'ndjson',
    '--data',
    data,
  ]);
  const found = out
    .trim()
    .split('\n')
    .map((line) => Object.values(JSON.parse(line) as Record<string, string>)[0]!);
  expect({ moments, count: found.length }).toEqual({ moments, count: COUNT });
  expect(new Set(found)).toEqual(new Set(records.map((record) => record['eventID'])));
  expect(await call(['verify', '--data', data])).toMatchObject({ status: 0 });
  expect((await call(['doctor', '--data', data, '--output', 'json'])).out).toMatch(/"failed": 0/);
});
