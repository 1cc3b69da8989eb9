import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { openReadOnly } from '../../../functions/local/read-only.ts';
import { formatVerifierKey } from '../../../shared/trail/key.ts';
import { verifyTrail } from '../../../shared/trail/verify.ts';
import { checkTrail } from '../../../tools/verify.ts';
import { temporaryFolders } from '../../temporary-folder.ts';
import { makeTrail, someLines, testVerifier } from '../../trail/make-trail.ts';

const folders = temporaryFolders();
const testVkey = formatVerifierKey(testVerifier);
const objects = await makeTrail([someLines(3)]);

/** A trail of three entries as a folder. */
function trailFolder(): string {
  const folder = folders();
  for (const [key, bytes] of objects) {
    mkdirSync(dirname(join(folder, key)), { recursive: true });
    writeFileSync(join(folder, key), bytes);
  }
  return folder;
}

/** The keys at fault, by the verifier and by the second one; what one finds faulty the other does too. */
async function faultyKeys(folder: string): Promise<readonly string[]> {
  const report = await verifyTrail({ store: openReadOnly(folder), keys: [testVerifier] });
  expect(checkTrail(folder, testVkey).length > 0).toBe(report.faultCount > 0);
  return report.faults.map(({ key }) => key);
}

test.each(['events/.hidden', 'events/2026/.hidden.ndjson.zst', 'tile/.hidden/000', 'checkpoints/.1'])(
  'a hidden file %s is a fault like any other that belongs to no entry',
  async (key) => {
    const folder = trailFolder();
    mkdirSync(dirname(join(folder, key)), { recursive: true });
    writeFileSync(join(folder, key), 'x');
    expect(await faultyKeys(folder)).toEqual([key]);
  },
);

const links = {
  'to itself': (path: string) => symlinkSync(path, path),
  'to nothing': (path: string) => symlinkSync('/nonexistent/trail', path),
  'to a folder': (path: string) => symlinkSync(dirname(path), path),
};

test.each(Object.entries(links))('an object that is a link %s is missing', async (_, link) => {
  const folder = trailFolder();
  rmSync(join(folder, 'tile/0/000.p/3'));
  link(join(folder, 'tile/0/000.p/3'));
  expect(await faultyKeys(folder)).toEqual(['tile/0/000.p/3']);
});

test.skipIf(process.platform === 'win32')('a pipe in the place of an object is not waited for', async () => {
  const folder = trailFolder();
  rmSync(join(folder, 'checkpoint'));
  execFileSync('mkfifo', [join(folder, 'checkpoint')]);
  expect(await faultyKeys(folder)).toEqual(['checkpoint']);
});

test('an object larger than any can be is a fault, and is not read whole', async () => {
  const folder = trailFolder();
  // Sparse: it takes no room on the disk.
  truncateSync(join(folder, 'tile/entries/000.p/3'), 2 ** 32);
  const report = await verifyTrail({ store: openReadOnly(folder), keys: [testVerifier] });
  expect(report.faults.map(({ key }) => key)).toEqual(['tile/entries/000.p/3']);
});

test('a folder that cannot be read is not an empty one', async () => {
  const folder = trailFolder();
  rmSync(join(folder, 'checkpoints'), { recursive: true });
  symlinkSync('checkpoints', join(folder, 'checkpoints'));
  await expect(verifyTrail({ store: openReadOnly(folder), keys: [testVerifier] })).rejects.toThrow('ELOOP');
});

test('verifying leaves no trace in the folder', async () => {
  const folder = trailFolder();
  const before = readdirSync(folder, { recursive: true });
  await faultyKeys(folder);
  expect(readdirSync(folder, { recursive: true })).toEqual(before);
});
