import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { FileStore } from '../../shared/adapters/local/file-store.ts';
import { openKeys } from '../../shared/adapters/local/keys.ts';
import { SqliteTable } from '../../shared/adapters/local/sqlite-table.ts';
import { MemoryBus } from '../../shared/adapters/memory/bus.ts';
import { sequence, type TrailPorts } from '../../shared/stages/append.ts';
import { readLines } from '../../shared/stages/read-trail.ts';
import { parseVerifierKey } from '../../shared/trail/key.ts';
import { verifyTrail } from '../../shared/trail/verify.ts';
import { temporaryFolders } from '../temporary-folder.ts';

const folders = temporaryFolders();
const script = fileURLToPath(new URL('./trail-process.ts', import.meta.url));

/** Starts a process, and kills it without warning so long after it first said that an event is acknowledged. */
async function killedProcess(
  folder: string,
  name: string,
  lifeMs: number,
  acknowledged: Set<string>,
): Promise<number | null> {
  const child: ChildProcess = spawn(process.execPath, [script, folder, name], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  const begun = new Promise<void>((resolve) => {
    child.stdout?.on('data', (chunk) => {
      output += chunk;
      resolve();
    });
  });
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  await Promise.race([begun, ended]);
  await setTimeout(lifeMs);
  child.kill('SIGKILL');
  const code = await ended;
  // What follows the last newline was cut by the kill.
  for (const line of output.split('\n').slice(0, -1)) acknowledged.add(line);
  return code;
}

async function portsOn(folder: string, alarms: string[]): Promise<{ ports: TrailPorts; vkey: string }> {
  const keys = await openKeys(folder);
  if (!keys.ok) throw new Error(keys.fault);
  const ports = {
    objects: new FileStore(join(folder, 'trail')),
    table: new SqliteTable(join(folder, 'table.sqlite')),
    signer: keys.value.signer,
    clock: () => new Date(),
    random: (sizeBytes: number) => crypto.getRandomValues(new Uint8Array(sizeBytes)),
    bus: new MemoryBus(),
    onAlarm: ({ message }: { message: string }) => alarms.push(message),
  };
  return { ports, vkey: keys.value.vkey };
}

test('processes killed at any moment lose nothing and repeat nothing', async () => {
  const folder = folders();
  mkdirSync(folder, { recursive: true });
  const acknowledged = new Set<string>();
  const codes: (number | null)[] = [];
  for (let round = 0; round < 5; round += 1) {
    const lives = [0, 1].map((half) =>
      killedProcess(folder, `${round}-${half}`, 250 + (((round * 2 + half) * 137) % 350), acknowledged),
    );
    codes.push(...(await Promise.all(lives)));
  }
  const alarms: string[] = [];
  const { ports, vkey } = await portsOn(folder, alarms);
  expect(await sequence(ports)).toBe('idle');
  const seen: string[] = [];
  for await (const { kind, line } of readLines(ports, 0, Number.MAX_SAFE_INTEGER)) {
    if (kind === 'event') seen.push(JSON.parse(line).message.trim());
  }
  const key = parseVerifierKey(vkey);
  const report = await verifyTrail({ store: ports.objects, keys: key.ok ? [key.value] : [] });
  expect(codes.every((code) => code === null)).toBe(true);
  expect(alarms).toEqual([]);
  expect(new Set(seen).size).toBe(seen.length);
  expect([...acknowledged].filter((name) => !seen.includes(name))).toEqual([]);
  expect(acknowledged.size).toBeGreaterThan(0);
  expect(report.faults).toEqual([]);
  expect(await ports.table.query('outbox', {})).toEqual([]);
  expect(readdirSync(join(folder, 'keys')).sort()).toEqual(['log.key', 'log.vkey', 'redaction.salt']);
});
