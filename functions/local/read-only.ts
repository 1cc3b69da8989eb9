import { constants } from 'node:fs';
import { type FileHandle, open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ObjectStore } from '../../shared/ports.ts';

/** No object of a trail is larger. Of one that is, the beginning is enough to find it at fault. */
const sizeBytesMax = 192 * 1024 * 1024;

/**
 * A folder as objects, read and nothing else: verifying a copy must not leave a trace in it. What lies there may be
 * anything: a link that leads nowhere, a folder or a pipe is no object.
 */
export function openReadOnly(folder: string): Pick<ObjectStore, 'get' | 'list'> {
  return {
    get: async (key) => {
      const bytes = await readRegular(join(folder, ...key.split('/')));
      return bytes === undefined ? undefined : { bytes, version: '' };
    },
    list: (prefix) => walk(folder, prefix.slice(0, prefix.lastIndexOf('/') + 1), prefix),
  };
}

async function readRegular(path: string): Promise<Uint8Array | undefined> {
  // Without O_NONBLOCK a pipe would be waited for until somebody writes to it.
  const file = await unlessCode(open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)), noObject);
  if (file === undefined) return undefined;
  try {
    const found = await file.stat();
    return found.isFile() ? await readBeginning(file, Math.min(found.size, sizeBytesMax)) : undefined;
  } finally {
    await file.close();
  }
}

async function readBeginning(file: FileHandle, sizeBytes: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(sizeBytes);
  let end = 0;
  while (end < sizeBytes) {
    const { bytesRead } = await file.read(bytes, end, sizeBytes - end);
    if (bytesRead === 0) break;
    end += bytesRead;
  }
  return bytes.subarray(0, end);
}

const noFolder = ['ENOENT', 'ENOTDIR'];
/** ENXIO is a socket. */
const noObject = [...noFolder, 'EISDIR', 'ELOOP', 'ENXIO'];

/** Undefined for these system errors; the others stand: what cannot be read must not pass for what is not there. */
async function unlessCode<T>(result: Promise<T>, codes: readonly string[]): Promise<T | undefined> {
  try {
    return await result;
  } catch (error) {
    if (error instanceof Error && 'code' in error && codes.includes(String(error.code))) return undefined;
    throw error;
  }
}

/**
 * Depth first, a folder sorting as its name with a slash: the byte order of whole keys. Hidden files are listed too,
 * except beside the trail's own folders, where the writer keeps its lock.
 */
async function* walk(root: string, folder: string, prefix: string): AsyncGenerator<string> {
  const path = join(root, ...folder.split('/'));
  const entries = (await unlessCode(readdir(path, { withFileTypes: true }), noFolder)) ?? [];
  const names = entries
    .filter((entry) => folder !== '' || !entry.name.startsWith('.'))
    .map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name));
  for (const name of names.sort()) {
    const key = `${folder}${name}`;
    if (!key.startsWith(prefix) && !prefix.startsWith(key)) continue;
    if (name.endsWith('/')) yield* walk(root, key, prefix);
    else yield key;
  }
}
