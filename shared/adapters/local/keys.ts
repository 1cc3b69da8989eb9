import { randomBytes } from 'node:crypto';
import { access, chmod, link, mkdir, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Signer } from '../../ports.ts';
import { fail, ok, type Result } from '../../result.ts';
import {
  formatLogKey,
  formatVerifierKey,
  generateLogKey,
  type LogKey,
  parseLogKey,
  signerOf,
  verifierKeyOf,
} from '../../trail/key.ts';
import { codeOf, syncFolder } from './file-system.ts';

/** What one trail signs and redacts with. */
export interface LocalKeys {
  readonly signer: Signer;
  /** One line that anyone may know: what `verify --key` takes. */
  readonly vkey: string;
  /** 32 bytes: with it equal secrets are redacted to equal marks, and nobody without it can guess them back. */
  readonly redactionSalt: Uint8Array;
}

/**
 * The keys of a data folder, made when they are not there: `keys/log.key` and `keys/redaction.salt` for the owner's
 * eyes only, `keys/log.vkey` for everyone. Of two processes that make them at once, both get the same keys. The
 * origin is what every checkpoint says from the first on: a trail keeps the one that it was begun with.
 */
export async function openKeys(dataFolder: string, origin?: string): Promise<Result<LocalKeys>> {
  const folder = join(dataFolder, 'keys');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const made = newKey(origin);
  if (!made.ok) return fail(`the origin "${origin}": ${made.fault}`);
  const lost = await lostKey(folder);
  if (lost !== undefined) return fail(lost);
  const key = parseLogKey(await firstWritten(join(folder, 'log.key'), `${formatLogKey(made.value)}\n`));
  if (!key.ok) return fail(`${join(folder, 'log.key')}: ${key.fault}`);
  if (origin !== undefined && key.value.name !== origin) {
    return fail(
      `expected the origin ${origin}, found a trail that was begun as ${key.value.name}: a trail keeps its name, ` +
        'so configure that one, or use another data folder',
    );
  }
  const salt = await firstWritten(join(folder, 'redaction.salt'), `${randomBytes(32).toString('hex')}\n`);
  if (!/^[0-9a-f]{64}\n$/.test(salt))
    return fail(`${join(folder, 'redaction.salt')}: expected 64 hex digits`);
  const vkey = formatVerifierKey(verifierKeyOf(key.value));
  if ((await firstWritten(join(folder, 'log.vkey'), `${vkey}\n`, 0o644)).trim() !== vkey) {
    return fail(
      `${join(folder, 'log.vkey')}: not the public half of log.key; one of the two is of another trail`,
    );
  }
  return ok({ signer: signerOf(key.value), vkey, redactionSalt: new Uint8Array(Buffer.from(salt, 'hex')) });
}

/** A key made in the place of one that was lost could sign nothing that anybody trusts. Says what is missing. */
async function lostKey(folder: string): Promise<string | undefined> {
  // In this order: the private half is written first, so a public one that is there came after it.
  const isPublic = await exists(join(folder, 'log.vkey'));
  const isBegun = await exists(join(folder, '..', 'trail', 'checkpoint'));
  if ((!isPublic && !isBegun) || (await exists(join(folder, 'log.key')))) return undefined;
  return `${join(folder, 'log.key')}: expected the key of the trail that was begun here, found none: put it back from a copy`;
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** Until somebody configures an origin, the name says which key it is. */
function newKey(origin: string | undefined): Result<LogKey> {
  const seed = new Uint8Array(randomBytes(32));
  if (origin !== undefined) return generateLogKey(origin, seed);
  const nameless = generateLogKey('trailproof.local', seed);
  if (!nameless.ok) return nameless;
  const digits = Buffer.from(verifierKeyOf(nameless.value).publicKey).toString('hex').slice(0, 8);
  return generateLogKey(`trailproof.local/${digits}`, seed);
}

/** Writes a file unless it is there, and returns what is there then. Whole or not at all, and on the disk. */
async function firstWritten(path: string, text: string, mode = 0o600): Promise<string> {
  const temporary = `${path}.${process.pid}-${randomBytes(6).toString('hex')}`;
  const found = await readFile(path, 'utf8').catch(() => undefined);
  if (found !== undefined) return found;
  const file = await open(temporary, 'wx', mode);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  // The umask may have taken bits away that a public file needs; it never adds any.
  await chmod(temporary, mode);
  await link(temporary, path).catch((error: unknown) => {
    if (codeOf(error) !== 'EEXIST') throw error;
  });
  await rm(temporary);
  await syncFolder(join(path, '..'));
  return readFile(path, 'utf8');
}
