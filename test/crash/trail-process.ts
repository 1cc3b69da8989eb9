// One process that appends to a data folder until it is killed: `node trail-process.ts FOLDER NAME`. Prints the names
// of events once they are acknowledged.
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { FileStore } from '../../shared/adapters/local/file-store.ts';
import { openKeys } from '../../shared/adapters/local/keys.ts';
import { SqliteTable } from '../../shared/adapters/local/sqlite-table.ts';
import { MemoryBus } from '../../shared/adapters/memory/bus.ts';
import { enqueue, sequence } from '../../shared/stages/append.ts';
import { testEvent } from '../trail/sequence/trail.ts';

const [folder = '', name = ''] = process.argv.slice(2);
const keys = await openKeys(folder);
if (!keys.ok) throw new Error(keys.fault);
const ports = {
  objects: new FileStore(join(folder, 'trail')),
  table: new SqliteTable(join(folder, 'table.sqlite')),
  signer: keys.value.signer,
  clock: () => new Date(),
  random: (sizeBytes: number) => new Uint8Array(randomBytes(sizeBytes)),
  bus: new MemoryBus(),
  onAlarm: (alarm: { message: string }) => {
    process.stderr.write(`${alarm.message}\n`);
    process.exit(9);
  },
};

// Each event is delivered twice, as by a transport that did not hear the acknowledgement.
for (let batch = 0; ; batch += 1) {
  const names = Array.from({ length: 20 }, (_, index) => `${name} ${batch} ${index}`);
  const entries = names.map((event) => testEvent(event));
  await enqueue(ports, entries);
  process.stdout.write(`${names.join('\n')}\n`);
  const sequencing = sequence(ports);
  if (batch % 3 === 0) await enqueue(ports, entries);
  await sequencing;
  await setTimeout(1);
}
