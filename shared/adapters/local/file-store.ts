import {
  closeSync,
  constants,
  mkdirSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { link, mkdir, open, readdir, realpath, rm, stat, unlink } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { type ObjectStore, PortError, type PutCondition, type StoredObject } from '../../ports.ts';
import { checkObjectKey, checkPrefix } from '../key.ts';
import { codeOf, guarded, syncFolder, versionOf } from './file-system.ts';
import { ProcessLock } from './process-lock.ts';

/** Ours, inside the root so that a rename never crosses file systems. Keys cannot begin with a dot. */
const OWN_FOLDER = '.store';
/** Folders that are remembered; a trail has one for each day, and a few for its tiles. */
const KNOWN_MAX = 4096;
/** A temporary file this old belongs to a process that died before its rename. */
const TEMPORARY_AGE_MAX_MS = 3_600_000;

/**
 * Objects as files under one folder, for any number of processes at once. A put is written beside its place, forced
 * to the disk, and then appears whole by link or rename. The version is a hash of the bytes. Keys that differ only
 * in case are one file where the file system says so; none of ours do.
 */
export class FileStore implements ObjectStore {
  readonly #root: string;
  readonly #temporary: string;
  readonly #lock: ProcessLock;
  #temporaries = 0;
  /** Folders that were inside when somebody read from them. */
  readonly #known = new Set<string>();

  constructor(root: string) {
    mkdirSync(resolve(root), { recursive: true });
    this.#root = realpathSync(resolve(root));
    this.#temporary = join(this.#root, OWN_FOLDER);
    this.#lock = new ProcessLock(join(this.#temporary, 'lock.sqlite'));
  }

  async get(key: string): Promise<StoredObject | undefined> {
    const path = this.#pathOf(key);
    const bytes = await guarded(async () => {
      if (!(await this.#mayRead(dirname(path)))) return undefined;
      return readWhole(path);
    });
    return bytes === undefined ? undefined : storedFile(bytes);
  }

  async put(key: string, bytes: Uint8Array, condition: PutCondition): Promise<string> {
    const path = this.#pathOf(key);
    await guarded(async () => {
      await this.#makeFolder(dirname(path));
      const temporary = await this.#writeTemporary(bytes);
      try {
        if (condition === 'absent') await linkAbsent(temporary, path, key);
        else this.#replace(temporary, path, condition);
        await syncFolder(dirname(path));
      } finally {
        await rm(temporary, { force: true });
      }
    });
    return versionOf(bytes);
  }

  async *list(prefix: string): AsyncIterable<string> {
    checkPrefix(prefix);
    const folder = prefix.slice(0, prefix.lastIndexOf('/') + 1);
    for await (const key of this.#walk(folder, prefix)) if (key.startsWith(prefix)) yield key;
  }

  async delete(key: string): Promise<void> {
    const path = this.#pathOf(key);
    await guarded(async () => {
      if (!(await this.#isInside(dirname(path)))) return;
      this.#lock.hold(() => rmSync(path, { force: true }));
      await syncFolder(dirname(path));
    });
  }

  /** Removes what processes that died left half written. Safe at any time; done when a hub starts. */
  async removeStaleTemporaries(nowMs: number): Promise<void> {
    const names = await readdir(this.#temporary).catch(() => []);
    for (const name of names.filter((found) => found.endsWith('.tmp'))) {
      const path = join(this.#temporary, name);
      const modifiedMs = (await stat(path).catch(() => undefined))?.mtimeMs ?? nowMs;
      if (nowMs - modifiedMs > TEMPORARY_AGE_MAX_MS) await rm(path, { force: true });
    }
  }

  close(): void {
    this.#lock.close();
  }

  #pathOf(key: string): string {
    checkObjectKey(key);
    return join(this.#root, ...key.split('/'));
  }

  /** A conditional replacement reads, compares and renames as one step: nobody else replaces or deletes meanwhile. */
  #replace(temporary: string, path: string, condition: Exclude<PutCondition, 'absent'>): void {
    this.#lock.hold(() => {
      if (condition !== 'any' && currentVersion(path) !== condition.version) {
        throw new PortError('conflict', `expected version ${condition.version}, found another`);
      }
      renameSync(temporary, path);
    });
  }

  async #writeTemporary(bytes: Uint8Array): Promise<string> {
    await mkdir(this.#temporary, { recursive: true });
    this.#temporaries += 1;
    const name = `${process.pid}-${process.hrtime.bigint()}-${this.#temporaries}.tmp`;
    const path = join(this.#temporary, name);
    const file = await open(path, 'wx', 0o600);
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    return path;
  }

  /**
   * Makes a folder below one that is inside the root, so never through a link. Each folder made is itself forced to
   * the disk, else a crash could take its contents along.
   */
  async #makeFolder(folder: string): Promise<void> {
    if (await this.#isInside(folder)) return;
    await this.#makeFolder(dirname(folder));
    await mkdir(folder).catch((error: unknown) => {
      if (codeOf(error) !== 'EEXIST') throw error;
    });
    await syncFolder(dirname(folder));
  }

  /** Whether the folder exists and is where its name says: a symbolic link must not lead out of the root. */
  async #isInside(folder: string): Promise<boolean> {
    const real = await realpath(folder).catch((error: unknown) => {
      if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return undefined;
      throw error;
    });
    if (real === undefined) return false;
    if (real === folder) return true;
    throw new PortError('invalid', `expected a folder inside the store, found a link to ${real}`);
  }

  /** As #isInside, which asks the system about every folder on the way: once for each folder is enough for readers. */
  async #mayRead(folder: string): Promise<boolean> {
    if (this.#known.has(folder)) return true;
    const isInside = await this.#isInside(folder);
    if (this.#known.size >= KNOWN_MAX) this.#known.clear();
    if (isInside) this.#known.add(folder);
    return isInside;
  }

  /** Depth first, a folder sorting as its name with a slash: that is the byte order of whole keys. */
  async *#walk(folder: string, prefix: string): AsyncIterable<string> {
    const entries = await guarded(() =>
      readdir(join(this.#root, ...folder.split('/')), { withFileTypes: true }).catch((error: unknown) => {
        if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return [];
        throw error;
      }),
    );
    const names = entries
      .filter((entry) => !entry.name.startsWith('.') && (entry.isFile() || entry.isDirectory()))
      .map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name))
      .sort();
    for (const name of names) {
      const key = `${folder}${name}`;
      if (!key.startsWith(prefix) && !prefix.startsWith(key)) continue;
      if (name.endsWith('/')) yield* this.#walk(key, prefix);
      else yield key;
    }
  }
}

/** Most readers do not ask for the version, which costs a look at every byte. */
function storedFile(bytes: Uint8Array): StoredObject {
  return {
    bytes,
    get version() {
      return versionOf(bytes);
    },
  };
}

/** Read in one go: objects are small, and the way to another thread and back costs more than reading one. */
function readWhole(path: string): Uint8Array | undefined {
  let file: number;
  try {
    file = openSync(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return undefined;
    throw error;
  }
  try {
    const bytes = readFileSync(file);
    return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  } finally {
    closeSync(file);
  }
}

/** link(2) fails where a name exists, whoever made it: of two processes one wins. */
async function linkAbsent(temporary: string, path: string, key: string): Promise<void> {
  await link(temporary, path).catch((error: unknown) => {
    if (codeOf(error) === 'EEXIST')
      throw new PortError('conflict', `expected no object at ${key}, found one`);
    throw error;
  });
  await unlink(temporary);
}

function currentVersion(path: string): string | undefined {
  try {
    return versionOf(readFileSync(path));
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}
