import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { objectStoreContract } from '../contract/object-store.ts';
import { tableContract } from '../contract/table.ts';
import { Model } from './model.ts';
import { portsOf } from './ports.ts';
import { protocol } from './protocol.ts';
import { SeededRandom } from './random.ts';
import { runSchedule } from './schedule.ts';
import { Scheduler } from './scheduler.ts';
import { World } from './world.ts';

const run = promisify(execFile);
const simulate = fileURLToPath(new URL('../../tools/simulate.ts', import.meta.url));

/** In a process of its own, so that two cores are used. */
async function simulated(seed: number, schedules: number): Promise<{ schedules: number; crashes: number }> {
  const { stdout } = await run(
    process.execPath,
    [simulate, '--schedules', `${schedules}`, '--seed', `${seed}`],
    {
      maxBuffer: 1e8,
    },
  ).catch((error: { stdout: string }) => {
    throw new Error(error.stdout);
  });
  return JSON.parse(stdout);
}

test.concurrent.each([
  [1, 1000],
  [1_000_001, 1000],
])(
  'schedules from seed %i on, %i of them, break no invariant',
  { timeout: 600_000 },
  async (seed, schedules) => {
    const outcome = await simulated(seed, schedules);
    expect(outcome.schedules).toBe(schedules);
    expect(outcome.crashes).toBeGreaterThan(schedules / 2);
  },
);

test('a seed decides everything', async () => {
  const traces = await Promise.all(
    [7, 7, 8].map(async (seed) => {
      const lines: string[] = [];
      await runSchedule(protocol, seed, { trace: (line) => lines.push(line) });
      return lines.join('\n');
    }),
  );
  expect(traces[0]).toBe(traces[1]);
  expect(traces[0]).not.toBe(traces[2]);
});

/** The simulated ports with nothing going wrong, driven by a clock of their own. */
function quietPorts(): ReturnType<typeof portsOf> {
  const world = new World();
  const random = new SeededRandom(1);
  const scheduler = new Scheduler({
    random,
    portError: (code, message) => new protocol.PortError(code, message),
    tick: () => undefined,
  });
  const process = scheduler.start('contract', () => new Promise(() => undefined));
  const drive = setInterval(() => scheduler.run(() => false, 1e6), 0);
  drive.unref();
  return portsOf({ world, scheduler, model: new Model(world), random, protocol, process, skewMs: 0 });
}

describe('the simulated table', () => tableContract(() => quietPorts().table));

describe('the simulated objects', () => objectStoreContract(() => quietPorts().objects));
