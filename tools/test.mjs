// What `npm test` runs, in the order in which a fault is cheapest to read. Stops at the first that fails.
import { spawnSync } from 'node:child_process';

const steps = [
  ['format and lint', 'biome', ['check', '--error-on-warnings', '.']],
  ['types', 'tsc', ['--noEmit']],
  ['tests', 'vitest', ['run']],
];

for (const [name, command, args] of steps) {
  const started = Date.now();
  const { status } = spawnSync(command, args, { stdio: 'inherit', shell: process.platform === 'win32' });
  if (status !== 0) {
    process.stderr.write(`\n${name}: failed (${command} ${args.join(' ')})\n`);
    process.exit(status ?? 1);
  }
  process.stderr.write(`${name}: passed in ${((Date.now() - started) / 1000).toFixed(1)} s\n`);
}
