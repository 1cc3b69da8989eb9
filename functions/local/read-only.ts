import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ObjectStore } from '../../shared/ports.ts';

/** A folder as objects, read and nothing else: verifying a copy must not leave a trace in it. */
export function openReadOnly(folder: string): Pick<ObjectStore, 'get' | 'list'> {
  return {
    get: async (key) => {
      const bytes = await readFile(join(folder, ...key.split('/'))).catch((error: unknown) => {
        const code = error instanceof Error && 'code' in error ? error.code : undefined;
        if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EISDIR') return undefined;
        throw error;
      });
      return bytes === undefined ? undefined : { bytes: new Uint8Array(bytes), version: '' };
    },
    list: (prefix) => walk(folder, prefix.slice(0, prefix.lastIndexOf('/') + 1), prefix),
  };
}

/** Depth first, a folder sorting as its name with a slash: the byte order of whole keys. */
async function* walk(root: string, folder: string, prefix: string): AsyncGenerator<string> {
  const entries = await readdir(join(root, ...folder.split('/')), { withFileTypes: true }).catch(() => []);
  const names = entries
    .filter((entry) => !entry.name.startsWith('.'))
    .map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name));
  for (const name of names.sort()) {
    const key = `${folder}${name}`;
    if (!key.startsWith(prefix) && !prefix.startsWith(key)) continue;
    if (name.endsWith('/')) yield* walk(root, key, prefix);
    else yield key;
  }
}
