import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openCorpus } from './corpus.ts';

export interface MemoryResult {
  readonly sizeBytes: number;
  readonly records: number;
  readonly peakBytes: number;
  readonly seconds: number;
}

const LAUNCHER = fileURLToPath(new URL('../cli/trailproof.js', import.meta.url));
const LOOK_MS = 100;

/**
 * Ingests one NDJSON file of that size by the command line, and says how large its process became. Linux only: the
 * system must tell the peak of a process that is not ours.
 */
export async function measureMemory(folder: string, sizeBytes: number): Promise<MemoryResult> {
  const file = join(folder, 'large.ndjson');
  const data = join(folder, 'large');
  const records = writeNdjson(file, sizeBytes);
  const startedMs = performance.now();
  const child = spawn(process.execPath, [LAUNCHER, 'ingest', file, '--data', data, '--output', 'json'], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  let peak = 0;
  const timer = setInterval(() => {
    peak = Math.max(peak, peakOfChildren(child.pid ?? 0));
  }, LOOK_MS);
  const code = await new Promise<number | null>((resolve) => child.on('exit', resolve));
  clearInterval(timer);
  rmSync(file, { force: true });
  rmSync(data, { recursive: true, force: true });
  if (code !== 0) throw new Error(`ingest ended with ${code}`);
  return { sizeBytes, records, peakBytes: peak, seconds: (performance.now() - startedMs) / 1000 };
}

function writeNdjson(path: string, sizeBytes: number): number {
  const corpus = openCorpus({ seed: 2, actors: 300 });
  const file = openSync(path, 'w');
  let written = 0;
  let count = 0;
  while (written < sizeBytes) {
    let chunk = '';
    for (let n = 0; n < 1000; n += 1) chunk += `${corpus.record(count + n)}\n`;
    written += writeSync(file, chunk);
    count += 1000;
  }
  closeSync(file);
  return count;
}

/** VmHWM of what the launcher started. */
function peakOfChildren(pid: number): number {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
    return Math.max(...children.map((child) => peakOf(Number(child))));
  } catch {
    return 0;
  }
}

function peakOf(pid: number): number {
  const found = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return found === null ? 0 : Number(found[1]) * 1024;
}
