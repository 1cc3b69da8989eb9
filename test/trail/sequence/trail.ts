import { hash } from 'node:crypto';
import { MemoryBus } from '../../../shared/adapters/memory/bus.ts';
import { MemoryObjectStore } from '../../../shared/adapters/memory/object-store.ts';
import { MemoryTable } from '../../../shared/adapters/memory/table.ts';
import type { BusMessage } from '../../../shared/ports.ts';
import { generateLogKey, signerOf, verifierKeyOf } from '../../../shared/trail/key.ts';
import type { PendingEntry } from '../../../shared/trail/pending.ts';
import type { Alarm } from '../../../shared/trail/sequence/alarm.ts';
import type { TrailPorts } from '../../../shared/trail/sequence/trail-ports.ts';

const key = generateLogKey('example.com/trail', new Uint8Array(32).fill(7));
if (!key.ok) throw new Error(key.fault);
export const testSigner = signerOf(key.value);
export const testVerifierKey = verifierKeyOf(key.value);

/** A trail in memory whose clock stands still until it is moved, and what it was heard to say. */
export interface TestTrail extends TrailPorts {
  readonly objects: MemoryObjectStore;
  readonly table: MemoryTable;
  readonly time: { ms: number };
  readonly alarms: Alarm[];
  readonly rung: BusMessage[];
}

export function testTrail(): TestTrail {
  const time = { ms: Date.parse('2026-11-20T10:00:00Z') };
  const alarms: Alarm[] = [];
  const rung: BusMessage[] = [];
  const bus = new MemoryBus();
  bus.subscribe('committed', (message) => rung.push(message));
  return {
    objects: new MemoryObjectStore(),
    table: new MemoryTable(),
    signer: testSigner,
    clock: () => new Date(time.ms),
    random: countingRandom(),
    bus,
    onAlarm: (alarm) => alarms.push(alarm),
    time,
    alarms,
    rung,
  };
}

/** An event with a uid and an essence that follow from two words. */
export function testEvent(name: string, essence = name, line = ''): PendingEntry {
  const uid = hash('sha256', name, 'hex');
  const versioned = `1:${hash('sha256', essence, 'hex')}`;
  const event = {
    class_uid: 6003,
    time: 1_790_000_000_000 + name.length,
    metadata: { uid, version: '1.8.0' },
    message: `${name} ${line}`,
    unmapped: { trailproof: { essence: versioned, nonce: '00' } },
  };
  return {
    kind: 'event',
    uid,
    essence: versioned,
    source: 'aws.cloudtrail',
    time: 1_790_000_000_000 + name.length,
    line: JSON.stringify(event),
  };
}

export async function keysIn(trail: Pick<TrailPorts, 'objects'>, prefix: string): Promise<readonly string[]> {
  const keys: string[] = [];
  for await (const found of trail.objects.list(prefix)) keys.push(found);
  return keys;
}

function countingRandom(): TrailPorts['random'] {
  let count = 0;
  return (sizeBytes) => {
    count += 1;
    const digest = hash('sha256', String(count), 'buffer');
    return new Uint8Array(digest.subarray(0, sizeBytes));
  };
}
