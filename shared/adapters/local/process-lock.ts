import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { PortError } from '../../ports.ts';

const WAIT_MAX_MS = 10_000;

/**
 * One holder at a time over all processes of this machine. It is SQLite's own write lock on an otherwise empty file:
 * the kernel gives it back when its holder dies, however it dies, so there is nothing stale to detect. The body is
 * synchronous on purpose: a lock held across an await could wait for itself.
 */
export class ProcessLock {
  readonly #file: string;
  #database: DatabaseSync | undefined;

  constructor(file: string) {
    this.#file = file;
  }

  hold<T>(body: () => T): T {
    const database = this.#opened();
    try {
      database.exec('BEGIN IMMEDIATE');
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new PortError('unavailable', `file store: ${this.#file} cannot be locked: ${why}`, {
        cause: error,
      });
    }
    try {
      return body();
    } finally {
      database.exec('ROLLBACK');
    }
  }

  close(): void {
    this.#database?.close();
    this.#database = undefined;
  }

  #opened(): DatabaseSync {
    if (this.#database === undefined) {
      try {
        mkdirSync(dirname(this.#file), { recursive: true });
        this.#database = new DatabaseSync(this.#file, { timeout: WAIT_MAX_MS });
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        throw new PortError('unavailable', `file store: ${this.#file} cannot be opened: ${why}`, {
          cause: error,
        });
      }
    }
    return this.#database;
  }
}
