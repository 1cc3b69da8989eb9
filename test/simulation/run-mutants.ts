// Simulates mutants of the protocol, in a process of its own because their source is loaded from a folder of its own:
// `node test/simulation/run-mutants.ts PART PARTS`. Prints one JSON line for each.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadMutant, type Mutant } from './mutant.ts';
import { neededClauses, savingClauses } from './mutants.ts';
import { runSchedule } from './schedule.ts';

/** What became of one mutant: the invariant that broke first, after how many schedules. */
export interface MutantResult {
  readonly clause: string;
  readonly invariant: string | undefined;
  readonly message: string | undefined;
  readonly schedules: number;
}

/** A mutant that breaks something is found within this many schedules; most within ten. */
const neededSchedules = 1500;
const savingSchedules = 30;

// Errors of ports are made by the thousand, and nobody reads where.
Error.stackTraceLimit = 0;
const [part = 0, parts = 1] = process.argv.slice(2, 4).map(Number);
const only = process.argv[4];
const folder = mkdtempSync(join(tmpdir(), 'trailproof-mutants-'));
const all = [
  ...neededClauses.map((mutant) => ({ mutant, schedules: neededSchedules })),
  ...savingClauses.map((mutant) => ({ mutant, schedules: savingSchedules })),
].filter(({ mutant }) => only === undefined || mutant.clause.includes(only));

try {
  for (const [index, { mutant, schedules }] of all.entries()) {
    if (index % parts !== part) continue;
    process.stdout.write(`${JSON.stringify(await simulate(mutant, schedules, String(index)))}\n`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function simulate(mutant: Mutant, schedules: number, name: string): Promise<MutantResult> {
  const protocol = await loadMutant(mutant, join(folder, name));
  for (let seed = 1; seed <= schedules; seed += 1) {
    const { violation } = await runSchedule(protocol, seed, {
      disaster: mutant.disaster,
      faults: mutant.faults,
    });
    if (violation === undefined) continue;
    const { invariant, message } = violation;
    return { clause: mutant.clause, invariant, message, schedules: seed };
  }
  return { clause: mutant.clause, invariant: undefined, message: undefined, schedules };
}
