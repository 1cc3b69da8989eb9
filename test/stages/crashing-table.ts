import type { Table } from '../../shared/ports.ts';

/** A table whose process ends at its n-th change, before or after it happened: that call and all after it fail. */
export function crashingTable(table: Table, changes: number, when: 'before' | 'after' = 'before'): Table {
  let left = changes;
  const change = async <T>(effect: () => Promise<T>): Promise<T> => {
    left -= 1;
    if (left < 0 && (when === 'before' || left < -1)) throw new Error('crash');
    const result = await effect();
    if (left < 0) throw new Error('crash');
    return result;
  };
  return {
    get: (keys) => table.get(keys),
    query: (pk, range) => table.query(pk, range),
    put: (row, condition) => change(() => table.put(row, condition)),
    write: (rows) => change(() => table.write(rows)),
    delete: (keys) => change(() => table.delete(keys)),
  };
}
