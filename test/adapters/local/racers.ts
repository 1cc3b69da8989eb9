import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** What one process did: how many absent puts it won, and how often it raised the counter. */
export interface RacerResult {
  readonly won: number;
  readonly increments: number;
}

/** Runs the racer in several processes over one folder at once. */
export function runRacers(
  kind: 'file-store' | 'sqlite-table',
  root: string,
  count: number,
): Promise<RacerResult[]> {
  return Promise.all(Array.from({ length: count }, () => runRacer(kind, root)));
}

function runRacer(kind: string, root: string): Promise<RacerResult> {
  const script = fileURLToPath(new URL('./racer.ts', import.meta.url));
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [script, kind, root], { stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    child.stdout.on('data', (chunk) => {
      output += chunk;
    });
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(JSON.parse(output));
      else reject(new Error(`a racer ended with ${code}`));
    });
  });
}
