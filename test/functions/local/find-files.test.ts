import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { findFiles } from '../../../functions/local/find-files.ts';

const folder = mkdtempSync(join(tmpdir(), 'trailproof-files-'));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('a folder stands for every file below it, in order, but for hidden ones and looping links', async () => {
  mkdirSync(join(folder, 'b/inner'), { recursive: true });
  for (const name of ['b/inner/2.txt', 'b/1.json.gz', 'a.ndjson', '.hidden', 'b/.DS_Store'])
    writeFileSync(join(folder, name), 'x');
  symlinkSync(folder, join(folder, 'b/loop'));
  symlinkSync(join(folder, 'a.ndjson'), join(folder, 'c-link'));
  const names = (await findFiles([folder])).map(({ path }) => path.slice(folder.length + 1));
  expect(names).toEqual(['a.ndjson', 'b/1.json.gz', 'b/inner/2.txt', 'c-link']);
});

test('a path that is not there is the system’s own error', async () => {
  await expect(findFiles([join(folder, 'missing')])).rejects.toMatchObject({ code: 'ENOENT' });
});
