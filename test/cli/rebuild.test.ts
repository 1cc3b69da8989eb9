import { copyFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { temporaryFolders } from '../temporary-folder.ts';
import { cloudTrailRecord } from './support/roads.ts';
import { call } from './support/trailproof.ts';

const folders = temporaryFolders();
let data: string;
let table: string;

async function ingest(...numbers: readonly number[]) {
  const input = numbers.map((number) => JSON.stringify(cloudTrailRecord(number))).join('\n');
  return call(['ingest', '-', '--data', data], { input });
}

const everything = () => call(['query', '*', '--data', data, '--output', 'ndjson']);

beforeEach(async () => {
  data = folders();
  table = join(data, 'table.sqlite');
  await ingest(1, 2, 3);
});

test('a table that was lost is no empty trail, and a rebuild brings the same answers', async () => {
  const before = await everything();
  rmSync(table);
  expect(await everything()).toMatchObject({
    status: 3,
    out: '',
    err: expect.stringMatching(/lost.*rebuild/),
  });
  expect((await call(['rebuild', '--data', data])).status).toBe(0);
  expect(await everything()).toEqual(before);
});

test('no command goes on without the table, and each says what to do', async () => {
  rmSync(table);
  const match = ['--match', 'rule=*', '--for', '1h', '--reason', 'none'];
  const commands = [
    ['start', '--port', '0'],
    ['ack', 'abcd'],
    ['alerts', 'redrive'],
    ['silence', 'add', ...match],
  ];
  for (const argv of commands) {
    expect(await call([...argv, '--data', data])).toMatchObject({
      status: 3,
      out: '',
      err: expect.stringMatching(/^error: .*lost.*rebuild/),
    });
  }
});

test('an old copy of the table answers nothing and signs nothing, until it is rebuilt', async () => {
  copyFileSync(table, `${data}.table`);
  await ingest(4);
  const before = await everything();
  const checkpoint = readFileSync(join(data, 'trail', 'checkpoint'));
  copyFileSync(`${data}.table`, table);
  expect(await everything()).toMatchObject({ status: 3, err: expect.stringMatching(/old copy.*rebuild/) });
  expect(await ingest(4)).toMatchObject({ status: 3, err: expect.stringContaining('rebuild') });
  expect(readFileSync(join(data, 'trail', 'checkpoint'))).toEqual(checkpoint);
  expect((await call(['rebuild', '--data', data])).status).toBe(0);
  expect(await everything()).toEqual(before);
});

test('a rebuild without the lines of some entries says so', async () => {
  const [block = ''] = readdirSync(join(data, 'trail', 'events'), {
    recursive: true,
    encoding: 'utf8',
  }).filter((name) => name.endsWith('.zst'));
  writeFileSync(join(data, 'trail', 'events', block), 'damaged');
  expect(await call(['rebuild', '--data', data])).toMatchObject({
    status: 0,
    err: expect.stringMatching(/block-missing.*lines 0 to 3/),
  });
});
