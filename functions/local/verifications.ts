import { Worker } from 'node:worker_threads';
import type { Verification, Verifications } from '../../console/verifications.ts';
import { type LocalTrail, placesIn } from './compose.ts';

const ROW = { pk: 'verification', sk: 'last' };

export interface LocalVerifications extends Verifications {
  /** Ends the one that is running, if any. */
  close(): Promise<void>;
}

/** Verifies the trail of a folder on a thread of its own, and remembers in the table what came of it. */
export function verificationsOf(trail: LocalTrail, failed: (error: Error) => void): LocalVerifications {
  const { folder, keys, table, ports } = trail;
  let running: { readonly sinceMs: number; readonly worker: Worker } | undefined;
  return {
    last: async () => {
      const [row] = await table.get([ROW]);
      return row === undefined
        ? undefined
        : (JSON.parse(String(row.attributes['verification'])) as Verification);
    },
    runningSinceMs: () => running?.sinceMs,
    begin() {
      if (running !== undefined) return;
      const atMs = ports.clock().getTime();
      const worker = new Worker(new URL('./verify-worker.ts', import.meta.url), {
        workerData: { folder: placesIn(folder).trail, vkey: keys.vkey, atMs },
      });
      running = { sinceMs: atMs, worker };
      worker.on('message', (verification: Verification) => {
        const attributes = { verification: JSON.stringify(verification) };
        table.write([{ ...ROW, attributes }]).catch(failed);
      });
      worker.on('error', (error) => failed(error instanceof Error ? error : new Error(String(error))));
      worker.on('exit', () => {
        running = undefined;
      });
      // The hub ends when it is told to, not when this has ended.
      worker.unref();
    },
    close: async () => {
      await running?.worker.terminate();
    },
  };
}
