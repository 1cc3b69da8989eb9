import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { temporaryFolders } from '../temporary-folder.ts';
import { cloudTrailRecord } from './support/roads.ts';
import { call } from './support/trailproof.ts';

const folders = temporaryFolders();
const data = folders();
const key = join(data, 'keys', 'log.vkey');
const kept = `${data}.checkpoint`;

async function ingest(folder: string, ...numbers: readonly number[]): Promise<void> {
  const input = numbers.map((number) => JSON.stringify(cloudTrailRecord(number))).join('\n');
  expect(await call(['ingest', '-', '--data', folder], { input })).toMatchObject({ status: 0, err: '' });
}

beforeAll(async () => {
  await ingest(data, 1, 2, 3);
  cpSync(join(data, 'trail', 'checkpoint'), kept);
  await ingest(data, 4, 5);
});

test('what a verification cannot show, it says', async () => {
  const alone = folders();
  cpSync(join(data, 'trail'), alone, { recursive: true });
  const pinned = await call(['verify', data, '--key', key, '--since', kept]);
  const keyed = await call(['verify', data, '--key', key]);
  const beside = await call(['verify', data]);
  const within = await call(['verify', alone]);
  expect([pinned, keyed, beside, within].map(({ status }) => status)).toEqual([0, 0, 0, 0]);
  expect(pinned.out).not.toMatch(/not shown|--key|--since/);
  expect(keyed.out).toMatch(/not shown: .* put back to an earlier state.*--since/s);
  expect(keyed.out).not.toContain('--key');
  expect(beside.out).toMatch(/the key that lies beside the trail.*--key.*--since/s);
  expect(within.out).toMatch(/the key that the trail itself names.*--key.*--since/s);
});

test('a trail put back to an earlier state verifies, unless a later checkpoint was kept', async () => {
  const later = `${data}.later`;
  cpSync(join(data, 'trail', 'checkpoint'), later);
  const grown = folders();
  cpSync(data, grown, { recursive: true });
  await ingest(grown, 6);
  expect((await call(['verify', data, '--key', key, '--since', later])).status).toBe(0);
  const back = await call(['verify', data, '--key', key, '--since', join(grown, 'trail', 'checkpoint')]);
  expect(back).toMatchObject({ status: 1, out: expect.stringContaining('rollback') });
  expect(back.out).toContain('not shown');
});
