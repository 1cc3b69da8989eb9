import { describe } from 'vitest';
import { MemoryBus } from '../../../shared/adapters/memory/bus.ts';
import { MemoryObjectStore } from '../../../shared/adapters/memory/object-store.ts';
import { MemoryTable } from '../../../shared/adapters/memory/table.ts';
import type { BusMessage } from '../../../shared/ports.ts';
import { busContract } from '../../contract/bus.ts';
import { objectStoreContract } from '../../contract/object-store.ts';
import { tableContract } from '../../contract/table.ts';

describe('object store in memory', () => objectStoreContract(() => new MemoryObjectStore()));

describe('table in memory', () => tableContract(() => new MemoryTable()));

describe('bus in memory', () =>
  busContract((topics) => {
    const bus = new MemoryBus();
    const heard = new Map<string, BusMessage[]>(topics.map((topic) => [topic, []]));
    for (const topic of topics) bus.subscribe(topic, (message) => heard.get(topic)?.push(message));
    return {
      bus,
      received: async (topic) => {
        await new Promise(setImmediate);
        return heard.get(topic) ?? [];
      },
    };
  }));
