import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { formatVerifierKey, parseLogKey, verifierKeyOf } from '../../../shared/trail/key.ts';
import { hasTrail, placesIn } from '../compose.ts';
import { broken, type Check, doubtful, healthy, type Patient } from './check.ts';

const SECRET_FILES = ['log.key', 'redaction.salt', 'hub.token'] as const;
/** Everybody but the owner. */
const OTHERS = 0o077;

/** Whether the keys are there, the owner's alone, and of this trail. None of their contents is ever shown. */
export async function checkKeys({ folder, settings }: Patient): Promise<readonly Check[]> {
  const place = placesIn(folder).keys;
  const open = (await Promise.all(SECRET_FILES.map((name) => checkMode(join(place, name))))).flat();
  const missing = [
    ...(await checkPresence(folder, 'log.key')),
    ...(await checkPresence(folder, 'redaction.salt')),
  ];
  const faults = [...missing, ...open];
  const text = await read(join(place, 'log.key'));
  if (text === undefined) {
    return faults.length > 0 ? faults : [healthy('keys', 'none yet; they are made with the trail')];
  }
  const key = parseLogKey(text);
  if (!key.ok) {
    return [...faults, broken('keys', `log.key cannot be read: ${key.fault}`, 'Restore it from a backup.')];
  }
  const { name } = key.value;
  const vkey = formatVerifierKey(verifierKeyOf(key.value));
  const published = (await read(join(place, 'log.vkey')))?.trim();
  if (published !== vkey) {
    const found =
      published === undefined ? 'log.vkey is missing' : 'log.vkey is not the key that log.key signs with';
    faults.push(broken('keys', found, `If log.key is the right one, write to log.vkey: ${vkey}`));
  }
  if (settings.origin !== undefined && settings.origin !== name) {
    const found = `the settings say origin ${settings.origin}, and the trail was begun as ${name}`;
    faults.push(
      broken('keys', found, `Set origin to ${name}: a trail keeps the name that it was begun with.`),
    );
  }
  return faults.length > 0 ? faults : [healthy('keys', `${name}; the owner's alone`)];
}

async function checkMode(file: string): Promise<readonly Check[]> {
  const mode = (await stat(file).catch(() => undefined))?.mode ?? 0;
  if (process.platform === 'win32' || (mode & OTHERS) === 0) return [];
  const found = `${file} is open to other users (mode ${(mode & 0o777).toString(8).padStart(4, '0')})`;
  return [broken('keys', found, `chmod 600 ${file}, and ask who may have read it`)];
}

async function checkPresence(folder: string, name: 'log.key' | 'redaction.salt'): Promise<readonly Check[]> {
  const file = join(placesIn(folder).keys, name);
  if (!hasTrail(folder) || (await read(file)) !== undefined) return [];
  return name === 'log.key'
    ? [
        broken(
          'keys',
          `${file} is missing`,
          'Restore it from a backup: without it this trail can be verified, and never grow.',
        ),
      ]
    : [
        doubtful(
          'keys',
          `${file} is missing`,
          'Restore it from a backup: with a new one, equal secrets get other marks than before.',
        ),
      ];
}

async function read(file: string): Promise<string | undefined> {
  return readFile(file, 'utf8').catch(() => undefined);
}
