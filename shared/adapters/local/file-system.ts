import { hash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { PortError, type PortErrorCode } from '../../ports.ts';

export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}

/** Equal versions mean equal bytes. */
export function versionOf(bytes: Uint8Array): string {
  return hash('sha256', bytes, 'hex').slice(0, 32);
}

/** A system error as a port's. */
export async function guarded<T>(body: () => Promise<T>): Promise<T> {
  try {
    return await body();
  } catch (error) {
    if (error instanceof PortError) throw error;
    const code = codeOf(error) ?? 'unknown error';
    throw new PortError(PORT_CODES[code] ?? 'unavailable', `file store: ${code}${placeOf(error)}`, {
      cause: error,
    });
  }
}

/** Where a link or a rename would have led, or else the file. */
function placeOf(error: unknown): string {
  const { dest, path } = error as { readonly dest?: unknown; readonly path?: unknown };
  const place = dest ?? path;
  return typeof place === 'string' ? ` at ${place}` : '';
}

const PORT_CODES: Readonly<Record<string, PortErrorCode>> = {
  EACCES: 'denied',
  EPERM: 'denied',
  EROFS: 'denied',
  EISDIR: 'invalid',
  ENOTDIR: 'invalid',
  ELOOP: 'invalid',
  ENAMETOOLONG: 'invalid',
  EMFILE: 'throttled',
  ENFILE: 'throttled',
};

/** Makes names in a folder survive a power cut. Windows has no such call and refuses it. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
