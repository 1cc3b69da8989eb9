import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { FileStore } from '../../shared/adapters/local/file-store.ts';
import { type LocalKeys, openKeys } from '../../shared/adapters/local/keys.ts';
import { SqliteTable } from '../../shared/adapters/local/sqlite-table.ts';
import { MemoryBus } from '../../shared/adapters/memory/bus.ts';
import { PortError } from '../../shared/ports.ts';
import type { TrailPorts } from '../../shared/stages/append.ts';
import type { Alarm } from '../../shared/trail/sequence/alarm.ts';
import { readHead } from '../../shared/trail/sequence/head.ts';
import { readPublished } from '../../shared/trail/sequence/published.ts';
import { keepRecent } from '../../shared/trail/sequence/recent.ts';

/** A trail in a folder on this machine, with its ports built. */
export interface LocalTrail {
  readonly folder: string;
  readonly ports: TrailPorts;
  readonly keys: LocalKeys;
  readonly objects: FileStore;
  readonly table: SqliteTable;
  /** What a person must look at, in the order in which it was raised. */
  readonly alarms: readonly Alarm[];
  close(): void;
}

export interface OpenOptions {
  readonly folder: string;
  readonly now: () => Date;
  /** Only for a trail that begins: one that exists keeps the name it was begun with. */
  readonly origin?: string;
  /** Another file for the table, while it is being rebuilt. */
  readonly tableFile?: string;
}

/** Where a data folder keeps what: `trail/` is what a bucket is in a cloud. */
export const placesIn = (folder: string) => ({
  trail: join(folder, 'trail'),
  table: join(folder, 'table.sqlite'),
  keys: join(folder, 'keys'),
  checkpoint: join(folder, 'trail', 'checkpoint'),
  verifierKey: join(folder, 'keys', 'log.vkey'),
});

export function hasTrail(folder: string): boolean {
  return existsSync(placesIn(folder).trail);
}

/**
 * Opens the trail in a folder, making the folder and its keys where there are none.
 * @throws PortError where the folder cannot be used or its keys cannot be read.
 */
export async function openTrail(options: OpenOptions): Promise<LocalTrail> {
  const places = placesIn(options.folder);
  mkdirSync(options.folder, { recursive: true, mode: 0o700 });
  const keys = await openKeys(options.folder, options.origin);
  if (!keys.ok) throw new PortError('invalid', keys.fault);
  const objects = new FileStore(places.trail);
  await objects.removeStaleTemporaries(options.now().getTime());
  const table = new SqliteTable(options.tableFile ?? places.table);
  const alarms: Alarm[] = [];
  return {
    folder: options.folder,
    keys: keys.value,
    objects,
    table,
    alarms,
    ports: {
      objects,
      table,
      signer: keys.value.signer,
      clock: options.now,
      random: (sizeBytes) => new Uint8Array(randomBytes(sizeBytes)),
      bus: new MemoryBus(),
      onAlarm: (alarm) => alarms.push(alarm),
      recent: keepRecent(),
    },
    close: () => {
      table.close();
      objects.close();
    },
  };
}

/** Says what of the published trail the table does not know, which is then not the table of this trail as it is now. */
export async function unknownToTable({ ports }: LocalTrail): Promise<string | undefined> {
  // In this order: whoever publishes a checkpoint has swapped the head before.
  const published = await readPublished(ports);
  const head = await readHead(ports.table);
  if (published?.ok !== true || published.value.checkpoint.size <= (head?.size ?? 0)) return undefined;
  const { size } = published.value.checkpoint;
  return head === undefined
    ? `The trail has ${size} entries, and table.sqlite knows none of them: it was lost`
    : `The trail has ${size} entries, and table.sqlite knows ${head.size}: it is an old copy`;
}
