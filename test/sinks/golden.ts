import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import type { HttpRequest } from '../../shared/sinks/sink.ts';

/** Compares requests with the golden file of that name, which `UPDATE=1` writes. */
export function checkRequests(name: string, requests: readonly HttpRequest[]): void {
  const shown = requests.map(({ body, ...request }) => ({ ...request, body: JSON.parse(body) as unknown }));
  checkText(`${name}.json`, `${JSON.stringify(shown, null, 2)}\n`);
}

export function checkText(name: string, found: string): void {
  const file = fileURLToPath(new URL(`../golden/sinks/${name}`, import.meta.url));
  if (process.env['UPDATE'] === '1') {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, found);
  }
  expect(existsSync(file)).toBe(true);
  expect(found).toBe(readFileSync(file, 'utf8'));
}
