// Runs the commit protocol in simulated worlds: `node tools/simulate.ts --schedules N --seed S`. A seed decides
// everything, so one that breaks an invariant can be run again; its trace is printed.
import { parseArgs } from 'node:util';
import { protocol } from '../test/simulation/protocol.ts';
import { runSchedule } from '../test/simulation/schedule.ts';

// Errors of ports are made by the thousand, and nobody reads where.
Error.stackTraceLimit = 0;

const { values } = parseArgs({
  options: {
    schedules: { type: 'string', default: '2000' },
    seed: { type: 'string', default: '1' },
    trace: { type: 'boolean', default: false },
  },
});
const schedules = Number(values.schedules);
const first = Number(values.seed);
const totals = { schedules: 0, steps: 0, crashes: 0, entries: 0, disasters: {} as Record<string, number> };
const started = Date.now();

for (let seed = first; seed < first + schedules; seed += 1) {
  const lines: string[] = [];
  const outcome = await runSchedule(
    protocol,
    seed,
    values.trace ? { trace: (line) => lines.push(line) } : {},
  );
  totals.schedules += 1;
  totals.steps += outcome.steps;
  totals.crashes += outcome.crashes;
  totals.entries += outcome.size;
  totals.disasters[outcome.disaster] = (totals.disasters[outcome.disaster] ?? 0) + 1;
  if (values.trace) process.stdout.write(`${lines.join('\n')}\n`);
  if (outcome.violation !== undefined) {
    if (!values.trace) {
      const trace: string[] = [];
      await runSchedule(protocol, seed, { trace: (line) => trace.push(line) });
      process.stdout.write(`${trace.slice(-80).join('\n')}\n`);
    }
    process.stdout.write(`seed ${seed} (${outcome.disaster}): ${outcome.violation.message}\n`);
    process.exit(1);
  }
  if (process.stderr.isTTY && totals.schedules % 50 === 0) {
    process.stderr.write(`\r${totals.schedules} of ${schedules} schedules, ${totals.steps} port calls`);
  }
}
process.stdout.write(`${JSON.stringify({ ...totals, seconds: (Date.now() - started) / 1000 })}\n`);
