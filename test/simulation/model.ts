import type { Row } from '../../shared/ports.ts';
import { parseCheckpointText } from '../../shared/trail/checkpoint.ts';
import type { PendingEntry } from '../../shared/trail/pending.ts';
import type { Alarm } from '../../shared/trail/sequence/alarm.ts';
import { decodeStaging, type Staging } from '../../shared/trail/sequence/staging.ts';
import { type Process, Violation } from './scheduler.ts';
import type { World } from './world.ts';

export interface HeardAlarm extends Alarm {
  readonly process: string;
}

/** What has happened, as somebody who sees everything knows it; and what must never happen, the moment it does. */
export class Model {
  readonly #world: World;
  /** Batches whose enqueue returned. */
  readonly acknowledged = new Map<string, readonly PendingEntry[]>();
  /** Every root that was ever signed, by size. */
  readonly signatures = new Map<number, Set<string>>();
  readonly alarms: HeardAlarm[] = [];
  /** Every object of every commit that was swapped in. */
  readonly #committed = new Map<string, Uint8Array>();
  readonly #commits = new Map<number, Staging>();
  readonly receipts = new Map<string, string>();
  /** Batches whose object the storage lost. */
  readonly lost = new Set<string>();
  forgotten = false;
  beforeCommit: () => void = () => undefined;
  #published = -1;

  constructor(world: World) {
    this.#world = world;
  }

  signed(text: string): void {
    const checkpoint = parseCheckpointText(text);
    if (!checkpoint.ok) throw new Violation('no fork', 'something else than a checkpoint was signed');
    const { size, root } = checkpoint.value;
    const roots = this.signatures.get(size) ?? new Set();
    this.signatures.set(size, roots.add(Buffer.from(root).toString('base64')));
    if (roots.size > 1) throw new Violation('no fork', `two trees of size ${size} were signed`);
  }

  alarmed(process: Process, alarm: Alarm): void {
    this.alarms.push({ ...alarm, process: process.name });
  }

  puttingObject(key: string, bytes: Uint8Array): void {
    if (key.startsWith('events/')) {
      const committed = this.#committed.get(key);
      if (committed === undefined || Buffer.compare(committed, bytes) !== 0) {
        throw new Violation('no orphan', `${key} was written and never committed`);
      }
    }
    if (key === 'checkpoint') this.#publishing(bytes);
  }

  deletingObject(key: string): void {
    if (key === 'checkpoint' || key.startsWith('checkpoints/')) {
      throw new Violation('checkpoint never goes back', `${key} was deleted`);
    }
  }

  puttingRow(process: Process, row: Row, before: Row | undefined): void {
    if (row.pk === 'head') this.#movingHead(row, before);
    if (row.pk === 'receipt' && !process.name.startsWith('rebuild')) this.#receiving(row);
  }

  /** The table has forgotten what it knew: receipts written from now on may say something else. */
  forgetReceipts(): void {
    this.forgotten = true;
    this.receipts.clear();
  }

  #publishing(bytes: Uint8Array): void {
    const size = Number(Buffer.from(bytes).toString().split('\n')[1]);
    if (size < this.#published) {
      throw new Violation('checkpoint never goes back', `from ${this.#published} to ${size}`);
    }
    this.#published = size;
    for (const [key, expected] of this.#commits.get(size)?.objects ?? []) {
      const stored = this.#world.objects.get(key);
      if (stored !== undefined && Buffer.compare(stored.bytes, expected) === 0) continue;
      throw new Violation(
        'every proof valid',
        `a checkpoint of ${size} was published before ${key} was there`,
      );
    }
  }

  #movingHead(row: Row, before: Row | undefined): void {
    const key = String(row.attributes['staging']);
    if (row.attributes['ver'] === before?.attributes['ver'] || key === '') return;
    this.beforeCommit();
    const stored = this.#world.objects.get(key);
    const staging = stored === undefined ? undefined : decodeStaging(key, stored.bytes);
    if (staging?.ok !== true) return;
    this.#commits.set(staging.value.size, staging.value);
    for (const [object, bytes] of staging.value.objects) this.#committed.set(object, bytes);
  }

  #receiving({ sk, attributes }: Row): void {
    const receipt = `${attributes['appended']} appended, ${attributes['duplicates']} duplicates`;
    const before = this.receipts.get(sk);
    if (before !== undefined && before !== receipt) {
      throw new Violation('receipts exact', `batch ${sk}: ${before}, then ${receipt}`);
    }
    this.receipts.set(sk, receipt);
  }
}
