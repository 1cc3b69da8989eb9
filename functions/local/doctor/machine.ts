import { constants } from 'node:fs';
import { access, stat, statfs } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { resolveSecret } from '../secrets.ts';
import { broken, type Check, doubtful, healthy, messageOf, type Patient } from './check.ts';

const NODE_MAJOR_MIN = 24;
const FREE_BYTES_WARN = 2_000_000_000;
const FREE_BYTES_FAIL = 200_000_000;
/** Everybody but the owner. */
const OTHERS = 0o077;

export function checkNode(version: string): Check {
  const major = Number(version.replace(/^v/, '').split('.')[0]);
  return major >= NODE_MAJOR_MIN
    ? healthy('node', version)
    : broken('node', version, `Install Node.js ${NODE_MAJOR_MIN}, or run "npm ci", which brings one along.`);
}

export function checkSettings({ settingsFile, settings, environment }: Patient): readonly Check[] {
  const { path, fault } = settingsFile;
  if (fault !== undefined)
    return [broken('settings', fault, 'Mend the file; the checks below are of the defaults.')];
  const unresolved = settings.githubSecrets.flatMap((reference) => {
    try {
      resolveSecret(reference, environment);
      return [];
    } catch (error) {
      return [broken('settings', messageOf(error), '"start" needs it to check what GitHub sends.')];
    }
  });
  return [healthy('settings', path ?? 'no file; the defaults are at work'), ...unresolved];
}

/** Whether the data folder is there and can be used; the first is undefined where there is none yet. */
export async function checkFolder(folder: string): Promise<Check> {
  const status = await stat(folder).catch(() => undefined);
  if (status === undefined) {
    return doubtful(
      'folder',
      `there is no ${folder} yet`,
      '"trailproof ingest PATH" begins one; --data names another.',
    );
  }
  if (!status.isDirectory()) return broken('folder', `${folder} is no folder`, 'Name another with --data.');
  const writable = await access(folder, constants.R_OK | constants.W_OK | constants.X_OK).then(
    () => true,
    () => false,
  );
  if (!writable) {
    return broken(
      'folder',
      `${folder} cannot be read and written`,
      `Give it to the user that runs this: chown -R "$USER" ${folder}`,
    );
  }
  if (process.platform !== 'win32' && (status.mode & OTHERS) !== 0) {
    const mode = (status.mode & 0o777).toString(8).padStart(4, '0');
    return doubtful('folder', `${folder} is open to other users (mode ${mode})`, `chmod 700 ${folder}`);
  }
  return healthy('folder', `${resolve(folder)}, read and written`);
}

/** Space where the folder is, or will be. */
export async function checkDisk(folder: string): Promise<Check> {
  const { bavail, bsize } = await statfs(await nearest(resolve(folder)));
  const freeBytes = bavail * bsize;
  const found = `${(freeBytes / 1e9).toFixed(1)} GB free`;
  const remedy = 'Make room, or move the folder: nothing is taken once the disk is full.';
  if (freeBytes < FREE_BYTES_FAIL) return broken('disk', found, remedy);
  return freeBytes < FREE_BYTES_WARN ? doubtful('disk', found, remedy) : healthy('disk', found);
}

async function nearest(folder: string): Promise<string> {
  const there = await stat(folder).catch(() => undefined);
  return there === undefined && dirname(folder) !== folder ? nearest(dirname(folder)) : folder;
}
