import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/**
 * A file or folder of the reference data that may lie beside a checkout, or undefined where it does not. Tests that
 * read it skip when it is absent; the suite is strong without it.
 */
export function sharedFile(path: string): string | undefined {
  const file = fileURLToPath(new URL(`../../shared/${path}`, import.meta.url));
  return existsSync(file) ? file : undefined;
}
