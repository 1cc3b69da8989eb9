import { Worker } from 'node:worker_threads';
import type { SourceReading } from '../../shared/sources/read.ts';

/**
 * A thread that reads files: inflating, splitting, mapping, redacting and writing lines happen there, on another core,
 * while this one commits and folds what was read before. One file at a time and in order, so that the trail is the
 * same as without it.
 */
export interface ReadingThread {
  /** A file's readings, in order. At most a few messages are ahead of whoever takes them. */
  read(file: FileToRead): AsyncGenerator<readonly SourceReading[], void>;
  close(): Promise<void>;
}

export interface FileToRead {
  readonly path: string;
  readonly source: string | undefined;
  readonly receivedAt: Date;
  /** Told of compressed bytes as they are read. */
  readonly onBytes: (count: number) => void;
}

export interface FileRequest {
  readonly kind: 'file';
  readonly path: string;
  readonly source: string | undefined;
  readonly receivedAtMs: number;
}

export type ToThread = FileRequest | { readonly kind: 'taken' };

export type ToMain =
  | { readonly kind: 'readings'; readonly readings: readonly SourceReading[]; readonly sizeBytes: number }
  | { readonly kind: 'end'; readonly sizeBytes: number }
  | {
      readonly kind: 'failed';
      readonly message: string;
      readonly code: string | undefined;
      readonly path: string | undefined;
    };

/** Messages that the thread may be ahead: with a megabyte of lines each, this bounds what waits between the two. */
export const AHEAD_MAX = 2;

/** A thread has a heap of its own: room for the largest record, and little for what is gone soon. MiB. */
const LIMITS = { maxOldGenerationSizeMb: 256, maxYoungGenerationSizeMb: 6 };

export function openReadingThread(salt: Uint8Array): ReadingThread {
  const worker = new Worker(new URL('./reading-worker.ts', import.meta.url), {
    workerData: salt,
    resourceLimits: LIMITS,
  });
  const arrived: ToMain[] = [];
  let fault: unknown;
  let wake = (): void => undefined;
  worker.on('message', (message: ToMain) => {
    arrived.push(message);
    wake();
  });
  worker.on('error', (error) => {
    fault = error;
    wake();
  });
  async function next(): Promise<ToMain> {
    for (;;) {
      const message = arrived.shift();
      if (message !== undefined) return message;
      if (fault !== undefined) throw fault;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  }
  const send = (message: ToThread): void => worker.postMessage(message);
  return {
    async *read({ path, source, receivedAt, onBytes }) {
      send({ kind: 'file', path, source, receivedAtMs: receivedAt.getTime() });
      for (;;) {
        const message = await next();
        if (message.kind === 'failed') throw failure(message);
        onBytes(message.sizeBytes);
        if (message.kind === 'end') return;
        send({ kind: 'taken' });
        yield message.readings;
      }
    },
    close: async () => {
      await worker.terminate();
    },
  };
}

/** The system's own error, as whoever reads in this thread would have had it. */
function failure({ message, code, path }: Extract<ToMain, { readonly kind: 'failed' }>): Error {
  return Object.assign(
    new Error(message),
    code === undefined ? {} : { code },
    path === undefined ? {} : { path },
  );
}
