import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PortError, type Row, type RowCondition, type Table } from '../../shared/ports.ts';

const row = (pk: string, sk: string, attributes: Row['attributes'] = {}): Row => ({ pk, sk, attributes });

async function isConflict(call: Promise<unknown>): Promise<boolean> {
  try {
    await call;
    return false;
  } catch (error) {
    if (error instanceof PortError && error.code === 'conflict' && !error.retryable) return true;
    throw error;
  }
}

/** What every table does. `open` gives a new, empty table each time. */
export function tableContract(open: () => Table): void {
  test('a row is read back with every kind of attribute', async () => {
    const table = open();
    const attributes = {
      text: 'ü\u{1f600} "quoted" \u0000',
      number: 12.5,
      large: Number.MAX_SAFE_INTEGER,
      yes: true,
      bytes: Uint8Array.of(0, 255, 7),
      none: new Uint8Array(0),
      list: ['a', ''],
      empty: [],
    };
    await table.put(row('p', 's', attributes), 'any');
    expect(await table.get([{ pk: 'p', sk: 's' }])).toEqual([row('p', 's', attributes)]);
  });

  test('rows are read in the order asked, and missing ones are left out', async () => {
    const table = open();
    await table.write([row('p', 'a', { n: 1 }), row('p', 'b', { n: 2 }), row('q', 'a', { n: 3 })]);
    const keys = [row('q', 'a'), row('p', 'missing'), row('p', 'b'), row('nowhere', 'a'), row('p', 'a')];
    const found = await table.get(keys.map(({ pk, sk }) => ({ pk, sk })));
    expect(found.map(({ attributes }) => attributes['n'])).toEqual([3, 2, 1]);
  });

  test('a row is replaced whole', async () => {
    const table = open();
    await table.put(row('p', 's', { a: 1, b: 2 }), 'any');
    await table.put(row('p', 's', { b: 3 }), 'any');
    expect(await table.get([{ pk: 'p', sk: 's' }])).toEqual([row('p', 's', { b: 3 })]);
  });

  test('put with condition absent never replaces', async () => {
    const table = open();
    await table.put(row('p', 's', { n: 1 }), 'absent');
    expect(await isConflict(table.put(row('p', 's', { n: 2 }), 'absent'))).toBe(true);
    expect(await table.get([{ pk: 'p', sk: 's' }])).toEqual([row('p', 's', { n: 1 })]);
  });

  const unmet: readonly RowCondition[] = [
    { attribute: 'ver', equals: 2 },
    { attribute: 'ver', equals: '1' },
    { attribute: 'other', equals: 1 },
    { attribute: 'constructor', equals: 1 },
  ];
  test.each(unmet)('put on condition %j over another value is refused', async (condition) => {
    const table = open();
    expect(await isConflict(table.put(row('p', 's', { ver: 9 }), condition))).toBe(true);
    await table.put(row('p', 's', { ver: 1 }), 'any');
    expect(await isConflict(table.put(row('p', 's', { ver: 9 }), condition))).toBe(true);
    expect(await table.get([{ pk: 'p', sk: 's' }])).toEqual([row('p', 's', { ver: 1 })]);
  });

  test('put on the value that is there replaces', async () => {
    const table = open();
    await table.put(row('p', 's', { ver: 1, name: 'x' }), 'any');
    await table.put(row('p', 's', { ver: 2, name: 'y' }), { attribute: 'ver', equals: 1 });
    await table.put(row('p', 's', { ver: 3 }), { attribute: 'name', equals: 'y' });
    expect(await table.get([{ pk: 'p', sk: 's' }])).toEqual([row('p', 's', { ver: 3 })]);
  });

  test('of many conditional puts at once exactly one succeeds', async () => {
    const table = open();
    await table.put(row('p', 's', { ver: 0 }), 'any');
    const condition = { attribute: 'ver', equals: 0 } as const;
    const lost = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        isConflict(table.put(row('p', 's', { ver: index + 1 }), condition)),
      ),
    );
    const winner = lost.indexOf(false);
    expect(lost.filter((conflict) => !conflict).length).toBe(1);
    expect(await table.get([{ pk: 'p', sk: 's' }])).toEqual([row('p', 's', { ver: winner + 1 })]);
  });

  test('any number of rows is written, read and deleted in one call', async () => {
    const table = open();
    const rows = Array.from({ length: 3000 }, (_, index) => row(`p${index % 7}`, String(index), { index }));
    await table.write(rows);
    const keys = rows.map(({ pk, sk }) => ({ pk, sk }));
    expect(await table.get(keys)).toEqual(rows);
    await table.delete(keys.slice(1));
    expect(await table.get(keys)).toEqual(rows.slice(0, 1));
    await table.write([]);
    await table.delete([]);
    expect(await table.get([])).toEqual([]);
  });

  test('deleting what is not there is success', async () => {
    const table = open();
    await table.delete([{ pk: 'p', sk: 's' }]);
    expect(await table.query('p', {})).toEqual([]);
  });

  test('a query is one partition, in order, both ends inclusive, up to its limit', async () => {
    const table = open();
    await table.write(['d', 'a', 'c', 'b', 'e'].map((sk) => row('p', sk)));
    await table.write([row('p2', 'b'), row('', 'b'), row('P', 'b')]);
    const asked = async (range: Parameters<Table['query']>[1]): Promise<string> =>
      (await table.query('p', range)).map(({ sk }) => sk).join('');
    expect(await asked({})).toBe('abcde');
    expect(await asked({ from: 'b' })).toBe('bcde');
    expect(await asked({ from: 'bb', to: 'd' })).toBe('cd');
    expect(await asked({ to: 'c', order: 'descending' })).toBe('cba');
    expect(await asked({ from: 'b', order: 'descending', limit: 2 })).toBe('ed');
    expect(await asked({ from: 'b', limit: 1 })).toBe('b');
    expect(await asked({ from: 'x' })).toBe('');
    expect(await asked({ from: 'd', to: 'b' })).toBe('');
  });

  test('sort keys order by their UTF-8 bytes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.string({ unit: 'binary', minLength: 1, maxLength: 5 }), { maxLength: 12 }),
        async (names) => {
          const table = open();
          await table.write(names.map((sk) => row('p', sk)));
          const expected = [...names].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
          expect((await table.query('p', {})).map(({ sk }) => sk)).toEqual(expected);
        },
      ),
      { numRuns: 20 },
    );
  });

  test('what a caller does to its rows afterwards changes nothing', async () => {
    const table = open();
    const bytes = Uint8Array.of(1, 2);
    const attributes = { bytes };
    await table.put(row('p', 's', attributes), 'any');
    bytes.fill(0);
    const [found] = await table.get([{ pk: 'p', sk: 's' }]);
    expect(found?.attributes).toEqual({ bytes: Uint8Array.of(1, 2) });
  });
}
