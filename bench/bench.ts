/**
 * `npm run bench`: what Trailproof costs beside what no program can do without, both sides in one run, on one core, by
 * CPU time. Prints a table, and writes `bench/results.json`, which the README's table is made of.
 *
 *     npm run bench                     # everything, some minutes
 *     npm run bench -- --quick          # the same on fewer events, for a look
 *     npm run bench -- --only pipeline  # one part
 *     npm run bench -- --large          # and a file of 5 GB
 *     npm run bench -- --readme         # and the table into the README, between its two marks
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { makeProgress } from '../cli/ui/progress.ts';
import { FULL, QUICK, SECTIONS, type SectionName, type Sections } from './sections.ts';
import { type Results, renderTable, withTable } from './table.ts';

/** As the launcher starts the command line. */
const FLAGS = launcherFlags();
const RESULTS = fileURLToPath(new URL('results.json', import.meta.url));
const README = fileURLToPath(new URL('../README.md', import.meta.url));
const SELF = fileURLToPath(import.meta.url);

if (import.meta.main) await main();

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      quick: { type: 'boolean', default: false },
      large: { type: 'boolean', default: false },
      readme: { type: 'boolean', default: false },
      only: { type: 'string' },
      section: { type: 'string' },
      folder: { type: 'string' },
      out: { type: 'string', default: RESULTS },
    },
  });
  const quick = values.quick ? QUICK : FULL;
  const size = values.large ? { ...quick, memoryMb: [...quick.memoryMb, 5000] } : quick;
  if (values.section !== undefined && values.folder !== undefined) {
    const work = SECTIONS[values.section as SectionName];
    const result = await work(size, values.folder, (share) => process.send?.({ share }));
    process.send?.({ result });
    process.disconnect?.();
    return;
  }
  const names = (Object.keys(SECTIONS) as SectionName[]).filter(
    (name) => values.only === undefined || name === values.only,
  );
  const results: Results = { ...readResults(values.out), ...describeMachine(), quick: values.quick };
  for (const name of names) Object.assign(results, { [name]: await runSection(name, process.argv.slice(2)) });
  writeFileSync(values.out, `${JSON.stringify(results, null, 2)}\n`);
  process.stdout.write(renderTable(results));
  if (values.readme) writeFileSync(README, withTable(readFileSync(README, 'utf8'), results));
}

/** One part in a process of its own, pinned to one core where the system can do that. */
async function runSection<N extends SectionName>(name: N, given: readonly string[]): Promise<Sections[N]> {
  const folder = mkdtempSync(join(tmpdir(), 'trailproof-bench-'));
  const progress = makeProgress({
    stream: process.stderr,
    label: name,
    total: 1000,
    unit: 'entries',
    now: () => performance.now(),
  });
  const node = [process.execPath, ...FLAGS, SELF, ...given, '--section', name, '--folder', folder];
  const [command = '', ...args] = [...pinning(name), ...node];
  const child = spawn(command, args, {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, MALLOC_ARENA_MAX: '1' },
  });
  let result: unknown;
  child.on('message', (message: { readonly share?: number; readonly result?: unknown }) => {
    if (message.share !== undefined) progress.update(Math.round(message.share * 1000));
    if (message.result !== undefined) result = message.result;
  });
  const code = await new Promise<number | null>((resolve) => child.on('exit', resolve));
  progress.finish();
  rmSync(folder, { recursive: true, force: true });
  if (code !== 0 || result === undefined) throw new Error(`${name} ended with ${code} and no result`);
  return result as Sections[N];
}

/** Memory is that of the program as people run it, on every core that it finds. */
function pinning(name: SectionName): readonly string[] {
  if (name === 'memory') return [];
  const last = String(cpus().length - 1);
  return spawnSync('taskset', ['-c', last, 'true']).status === 0 ? ['taskset', '-c', last] : [];
}

function launcherFlags(): readonly string[] {
  const launcher = readFileSync(fileURLToPath(new URL('../cli/trailproof.js', import.meta.url)), 'utf8');
  const found = /const FLAGS = (\[.*\]);/.exec(launcher)?.[1] ?? '[]';
  return JSON.parse(found.replaceAll("'", '"')) as string[];
}

function describeMachine(): Pick<Results, 'machine'> {
  const [cpu] = cpus();
  const machine = {
    cpu: cpu?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryGb: Math.round(totalmem() / 1e9),
    platform: `${process.platform} ${process.arch}`,
    node: process.version,
  };
  return { machine };
}

function readResults(path: string): Partial<Results> {
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Results) : {};
}
