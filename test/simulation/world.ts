import { compareUtf8 } from '../../shared/adapters/utf8-order.ts';
import type { Row, RowKey, StoredObject } from '../../shared/ports.ts';

export type TableState = ReadonlyMap<string, ReadonlyMap<string, Row>>;

/** Bucket, table and time. Every method is one step: nothing happens in between. */
export class World {
  readonly objects = new Map<string, StoredObject>();
  #table = new Map<string, Map<string, Row>>();
  #versions = 0;
  timeMs = Date.parse('2026-11-20T10:00:00Z');

  putObject(key: string, bytes: Uint8Array): string {
    this.#versions += 1;
    const version = String(this.#versions);
    this.objects.set(key, { bytes: Uint8Array.from(bytes), version });
    return version;
  }

  keys(prefix: string): readonly string[] {
    return [...this.objects.keys()].filter((key) => key.startsWith(prefix)).sort();
  }

  row({ pk, sk }: RowKey): Row | undefined {
    return this.#table.get(pk)?.get(sk);
  }

  rows(pk: string): readonly Row[] {
    const rows = [...(this.#table.get(pk)?.values() ?? [])];
    return rows.sort((a, b) => compareUtf8(a.sk, b.sk));
  }

  putRow(row: Row): void {
    const partition = this.#table.get(row.pk) ?? new Map<string, Row>();
    this.#table.set(row.pk, partition.set(row.sk, row));
  }

  deleteRow({ pk, sk }: RowKey): void {
    this.#table.get(pk)?.delete(sk);
  }

  /** A backup of the table. Rows are never changed in place. */
  copyTable(): TableState {
    return new Map([...this.#table].map(([pk, rows]) => [pk, new Map(rows)]));
  }

  restoreTable(state: TableState): void {
    this.#table = new Map([...state].map(([pk, rows]) => [pk, new Map(rows)]));
  }
}
