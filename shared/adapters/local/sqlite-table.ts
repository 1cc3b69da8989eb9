import { DatabaseSync, type StatementSync } from 'node:sqlite';
import {
  PortError,
  type Row,
  type RowCondition,
  type RowKey,
  type RowRange,
  type Table,
} from '../../ports.ts';
import { checkCondition } from '../memory/table.ts';
import { decodeAttributes, encodeAttributes } from './attributes.ts';

/** How long a writer waits for another process's transaction, which lasts milliseconds. */
const BUSY_TIMEOUT_MS = 10_000;

/** SQLite orders every blob after every text. */
const AFTER_ALL_TEXT = new Uint8Array(0);

/**
 * A table in one SQLite file, for any number of processes at once. Every call that changes something is one
 * transaction, on the disk before the call returns (WAL with synchronous=FULL): an outbox row is what a transport is
 * acknowledged on.
 */
export class SqliteTable implements Table {
  readonly #database: DatabaseSync;
  readonly #select: StatementSync;
  readonly #upsert: StatementSync;
  readonly #remove: StatementSync;
  readonly #queries: Readonly<Record<'ascending' | 'descending', StatementSync>>;

  constructor(file: string) {
    this.#database = guarded(() => new DatabaseSync(file, { timeout: BUSY_TIMEOUT_MS }));
    guarded(() => prepare(this.#database));
    this.#select = this.#database.prepare('SELECT attributes FROM rows WHERE pk = ? AND sk = ?');
    this.#upsert = this.#database.prepare(
      'INSERT OR REPLACE INTO rows (pk, sk, attributes) VALUES (?, ?, ?)',
    );
    this.#remove = this.#database.prepare('DELETE FROM rows WHERE pk = ? AND sk = ?');
    const where = 'pk = ? AND sk >= ? AND sk <= ?';
    this.#queries = {
      ascending: this.#database.prepare(
        `SELECT sk, attributes FROM rows WHERE ${where} ORDER BY sk ASC LIMIT ?`,
      ),
      descending: this.#database.prepare(
        `SELECT sk, attributes FROM rows WHERE ${where} ORDER BY sk DESC LIMIT ?`,
      ),
    };
  }

  async get(keys: readonly RowKey[]): Promise<readonly Row[]> {
    return this.#transaction('BEGIN', () => keys.flatMap((key) => this.#find(key) ?? []));
  }

  async put(row: Row, condition: RowCondition): Promise<void> {
    this.#transaction('BEGIN IMMEDIATE', () => {
      checkCondition(row, condition === 'any' ? undefined : this.#find(row), condition);
      this.#set(row);
    });
  }

  async write(rows: readonly Row[]): Promise<void> {
    if (rows.length === 0) return;
    this.#transaction('BEGIN IMMEDIATE', () => {
      for (const row of rows) this.#set(row);
    });
  }

  async delete(keys: readonly RowKey[]): Promise<void> {
    if (keys.length === 0) return;
    this.#transaction('BEGIN IMMEDIATE', () => {
      for (const { pk, sk } of keys) this.#remove.run(pk, sk);
    });
  }

  async query(pk: string, range: RowRange): Promise<readonly Row[]> {
    const { from = '', to = AFTER_ALL_TEXT, order = 'ascending', limit = -1 } = range;
    return guarded(() =>
      this.#queries[order].all(pk, from, to, limit).map((found) => ({
        pk,
        sk: String(found['sk']),
        attributes: decodeAttributes(String(found['attributes'])),
      })),
    );
  }

  /** Closes the file; no call may follow. */
  close(): void {
    this.#database.close();
  }

  #find({ pk, sk }: RowKey): Row | undefined {
    const found = this.#select.get(pk, sk);
    if (found === undefined) return undefined;
    return { pk, sk, attributes: decodeAttributes(String(found['attributes'])) };
  }

  #set({ pk, sk, attributes }: Row): void {
    this.#upsert.run(pk, sk, encodeAttributes(attributes));
  }

  #transaction<T>(begin: 'BEGIN' | 'BEGIN IMMEDIATE', body: () => T): T {
    return guarded(() => {
      this.#database.exec(begin);
      try {
        const result = body();
        this.#database.exec('COMMIT');
        return result;
      } catch (error) {
        if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
        throw error;
      }
    });
  }
}

function prepare(database: DatabaseSync): void {
  database.exec('PRAGMA journal_mode = WAL');
  database.exec('PRAGMA synchronous = FULL');
  // Uids are random: their pages are everywhere in the tree, and worth keeping in memory (KiB) and in the log (pages).
  database.exec('PRAGMA cache_size = -16384');
  database.exec('PRAGMA wal_autocheckpoint = 8192');
  database.exec(
    'CREATE TABLE IF NOT EXISTS rows (pk TEXT NOT NULL, sk TEXT NOT NULL, attributes TEXT NOT NULL, PRIMARY KEY (pk, sk)) STRICT, WITHOUT ROWID',
  );
}

/** SQLite's own errors as a port's: busy and I/O errors may pass, a full disk and a broken file do not by themselves. */
function guarded<T>(body: () => T): T {
  try {
    return body();
  } catch (error) {
    if (error instanceof PortError) throw error;
    const message = error instanceof Error ? error.message : String(error);
    throw new PortError('unavailable', `table: ${message}`, { cause: error });
  }
}
