// One of several processes that use one folder at once: see racers.ts. Prints what it did as JSON.
import { join } from 'node:path';
import { FileStore } from '../../../shared/adapters/local/file-store.ts';
import { SqliteTable } from '../../../shared/adapters/local/sqlite-table.ts';
import { PortError } from '../../../shared/ports.ts';

const [kind = '', root = ''] = process.argv.slice(2);

interface Racer {
  /** Whether this process made it. */
  make(name: string): Promise<boolean>;
  /** Whether the counter was raised by one from the value read. */
  raise(): Promise<boolean>;
}

async function holds(call: Promise<unknown>): Promise<boolean> {
  try {
    await call;
    return true;
  } catch (error) {
    if (error instanceof PortError && error.code === 'conflict') return false;
    throw error;
  }
}

function files(): Racer {
  const store = new FileStore(root);
  const bytes = (value: unknown): Uint8Array => new TextEncoder().encode(String(value));
  return {
    make: (name) => holds(store.put(`race/${name}`, bytes(process.pid), 'absent')),
    raise: async () => {
      const found = await store.get('counter');
      if (found === undefined) return holds(store.put('counter', bytes(1), 'absent'));
      const next = Number(new TextDecoder().decode(found.bytes)) + 1;
      return holds(store.put('counter', bytes(next), { version: found.version }));
    },
  };
}

function rows(): Racer {
  const table = new SqliteTable(join(root, 'table.sqlite'));
  const counter = { pk: 'counter', sk: 'counter' };
  return {
    make: (name) => holds(table.put({ pk: 'race', sk: name, attributes: {} }, 'absent')),
    raise: async () => {
      const [found] = await table.get([counter]);
      if (found === undefined) return holds(table.put({ ...counter, attributes: { n: 1 } }, 'absent'));
      const n = Number(found.attributes['n']);
      return holds(table.put({ ...counter, attributes: { n: n + 1 } }, { attribute: 'n', equals: n }));
    },
  };
}

const racer = kind === 'file-store' ? files() : rows();
let won = 0;
let increments = 0;
for (let name = 0; name < 20; name += 1) if (await racer.make(String(name))) won += 1;
while (increments < 15) if (await racer.raise()) increments += 1;
process.stdout.write(JSON.stringify({ won, increments }));
