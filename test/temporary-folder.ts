import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

/** Gives a test file folders of its own that are gone when it ends. */
export function temporaryFolders(): () => string {
  const root = mkdtempSync(join(tmpdir(), 'trailproof-test-'));
  let count = 0;
  afterAll(() => rmSync(root, { recursive: true, force: true }));
  return () => {
    count += 1;
    return join(root, String(count));
  };
}
