import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** A file to take in. Its name says nothing about what is inside. */
export interface FoundFile {
  readonly path: string;
  readonly sizeBytes: number;
}

/**
 * The files that some paths stand for: a file for itself, a folder for every file below it, in byte order of their
 * names. Hidden files and folders are passed over, and links to folders are not followed.
 * @throws the system's own error (ENOENT, EACCES) for a path that was named and cannot be read.
 */
export async function findFiles(paths: readonly string[]): Promise<readonly FoundFile[]> {
  const found: FoundFile[] = [];
  for (const path of paths) found.push(...(await expand(path)));
  return found;
}

async function expand(path: string): Promise<readonly FoundFile[]> {
  const status = await stat(path);
  if (!status.isDirectory()) return [{ path, sizeBytes: status.size }];
  const found: FoundFile[] = [];
  const entries = await readdir(path, { withFileTypes: true });
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    if (entry.name.startsWith('.')) continue;
    const inside = join(path, entry.name);
    if (entry.isDirectory()) found.push(...(await expand(inside)));
    else if (entry.isFile()) found.push({ path: inside, sizeBytes: (await stat(inside)).size });
    else if (entry.isSymbolicLink()) found.push(...(await linked(inside)));
  }
  return found;
}

async function linked(path: string): Promise<readonly FoundFile[]> {
  const status = await stat(path).catch(() => undefined);
  return status?.isFile() ? [{ path, sizeBytes: status.size }] : [];
}

const CHUNK_BYTES = 256 * 1024;

export function readChunks(path: string, onBytes: (count: number) => void): AsyncIterable<Uint8Array> {
  return counted(createReadStream(path, { highWaterMark: CHUNK_BYTES }), onBytes);
}

async function* counted(
  stream: AsyncIterable<Uint8Array>,
  onBytes: (count: number) => void,
): AsyncIterable<Uint8Array> {
  for await (const chunk of stream) {
    onBytes(chunk.length);
    yield chunk;
  }
}
