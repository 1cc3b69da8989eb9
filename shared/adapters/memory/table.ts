import {
  PortError,
  type Row,
  type RowCondition,
  type RowKey,
  type RowRange,
  type Table,
} from '../../ports.ts';
import { compareUtf8 } from '../utf8-order.ts';

/** Rows in maps, by partition. Holds copies, as a table across a network would. */
export class MemoryTable implements Table {
  readonly #partitions = new Map<string, Map<string, Row>>();

  async get(keys: readonly RowKey[]): Promise<readonly Row[]> {
    const found: Row[] = [];
    for (const { pk, sk } of keys) {
      const row = this.#partitions.get(pk)?.get(sk);
      if (row !== undefined) found.push(copyOf(row));
    }
    return found;
  }

  async put(row: Row, condition: RowCondition): Promise<void> {
    const found = this.#partitions.get(row.pk)?.get(row.sk);
    checkCondition(row, found, condition);
    this.#set(row);
  }

  async write(rows: readonly Row[]): Promise<void> {
    for (const row of rows) this.#set(row);
  }

  async delete(keys: readonly RowKey[]): Promise<void> {
    for (const { pk, sk } of keys) this.#partitions.get(pk)?.delete(sk);
  }

  async query(pk: string, range: RowRange): Promise<readonly Row[]> {
    const { from, to, order = 'ascending', limit } = range;
    const rows = [...(this.#partitions.get(pk)?.values() ?? [])]
      .filter(({ sk }) => from === undefined || compareUtf8(sk, from) >= 0)
      .filter(({ sk }) => to === undefined || compareUtf8(sk, to) <= 0)
      .sort((a, b) => compareUtf8(a.sk, b.sk));
    if (order === 'descending') rows.reverse();
    return rows.slice(0, limit).map(copyOf);
  }

  #set(row: Row): void {
    const partition = this.#partitions.get(row.pk) ?? new Map<string, Row>();
    partition.set(row.sk, copyOf(row));
    this.#partitions.set(row.pk, partition);
  }
}

/** @throws PortError `conflict` when the row that is there does not meet the condition. */
export function checkCondition(key: RowKey, found: Row | undefined, condition: RowCondition): void {
  if (condition === 'any') return;
  if (condition === 'absent') {
    if (found === undefined) return;
    throw new PortError('conflict', `expected no row at ${key.pk} / ${key.sk}, found one`);
  }
  const { attribute, equals } = condition;
  const value =
    found !== undefined && Object.hasOwn(found.attributes, attribute)
      ? found.attributes[attribute]
      : undefined;
  if (value === equals) return;
  throw new PortError(
    'conflict',
    `expected ${attribute} to be ${equals} at ${key.pk} / ${key.sk}, found another`,
  );
}

function copyOf(row: Row): Row {
  const attributes = { ...row.attributes };
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'object') attributes[name] = value.slice();
  }
  return { pk: row.pk, sk: row.sk, attributes };
}
