import { execFile } from 'node:child_process';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from 'vitest';
import { neededClauses, savingClauses } from './mutants.ts';
import type { MutantResult } from './run-mutants.ts';

const runMutants = fileURLToPath(new URL('./run-mutants.ts', import.meta.url));
const parts = Math.min(2, cpus().length);
const results = new Map<string, MutantResult>();

async function runPart(part: number): Promise<void> {
  const { stdout } = await promisify(execFile)(process.execPath, [runMutants, `${part}`, `${parts}`], {
    maxBuffer: 1e8,
  });
  for (const line of stdout.trim().split('\n')) {
    const result: MutantResult = JSON.parse(line);
    results.set(result.clause, result);
  }
}

beforeAll(() => Promise.all(Array.from({ length: parts }, (_, part) => runPart(part))), 600_000);

describe('without a clause that safety or progress needs the simulation breaks an invariant', () => {
  test.each(neededClauses)('$clause', ({ clause, breaks }) => {
    expect(breaks).toContain(results.get(clause)?.invariant);
  });
});

describe('without a clause that only saves work, or stands behind another, nothing breaks', () => {
  test.each(savingClauses)('$clause', ({ clause }) => {
    expect(results.get(clause)).toMatchObject({ clause, schedules: expect.any(Number) });
    expect(results.get(clause)?.message).toBeUndefined();
  });
});
