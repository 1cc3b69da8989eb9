import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { SqliteTable } from '../../../shared/adapters/local/sqlite-table.ts';
import { PortError } from '../../../shared/ports.ts';
import { tableContract } from '../../contract/table.ts';
import { temporaryFolders } from '../../temporary-folder.ts';
import { runRacers } from './racers.ts';

const folder = temporaryFolders();

function tableFile(): string {
  const root = folder();
  mkdirSync(root, { recursive: true });
  return join(root, 'table.sqlite');
}

describe('table in SQLite', () => tableContract(() => new SqliteTable(tableFile())));

test('rows are there when the file is opened again', async () => {
  const file = tableFile();
  const first = new SqliteTable(file);
  await first.put({ pk: 'p', sk: 's', attributes: { n: 1 } }, 'absent');
  first.close();
  expect(await new SqliteTable(file).query('p', {})).toEqual([{ pk: 'p', sk: 's', attributes: { n: 1 } }]);
});

test('several processes at once lose no conditional put', async () => {
  const root = folder();
  mkdirSync(root, { recursive: true });
  const results = await runRacers('sqlite-table', root, 3);
  const table = new SqliteTable(join(root, 'table.sqlite'));
  const [counter] = await table.get([{ pk: 'counter', sk: 'counter' }]);
  expect(results.reduce((sum, { won }) => sum + won, 0)).toBe(20);
  expect(counter?.attributes['n']).toBe(3 * 15);
});

test('a table that cannot be opened is a fault of the port', () => {
  const place = folder();
  mkdirSync(join(place, 'table.sqlite'), { recursive: true });
  expect(() => new SqliteTable(join(place, 'table.sqlite'))).toThrow(PortError);
});
