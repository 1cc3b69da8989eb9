import stringWidth from 'string-width';
import { expect, test } from 'vitest';
import { renderCsv } from '../../cli/output.ts';
import { type Column, renderTable, truncate } from '../../cli/ui/table.ts';

interface Row {
  readonly name: string;
  readonly count: number;
  readonly note: string;
}

const columns: readonly Column<Row>[] = [
  { title: 'name', value: (row) => row.name, min: 6 },
  { title: 'count', value: (row) => String(row.count), align: 'right' },
  { title: 'note', value: (row) => row.note, min: 8, keep: 1 },
];
const rows: readonly Row[] = [
  { name: 'aws.cloudtrail', count: 1200, note: 'a longer note that needs room' },
  { name: '東京のサービス', count: 7, note: '' },
];

test.each([30, 40, 60, 120])('a table fits a terminal of %i columns', (width) => {
  for (const line of renderTable(columns, rows, { width }).split('\n'))
    expect(stringWidth(line)).toBeLessThanOrEqual(width);
});

test('the column that matters least goes first when there is no room', () => {
  expect(renderTable(columns, rows, { width: 20 })).not.toContain('note');
  expect(renderTable(columns, rows, { width: 20 })).toContain('count');
});

test('numbers are aligned to the right', () => {
  expect(renderTable(columns, rows, { width: 80 }).split('\n')[2]).toMatch(/ {3}7 *$/);
});

test('a cut text ends with an ellipsis and never in half of a wide character', () => {
  expect(truncate('東京のサービス', 6)).toBe('東京…');
  expect(truncate('plain', 5)).toBe('plain');
});

test('a CSV cell is quoted where it must be, and never a formula', () => {
  const csv = renderCsv(columns, [{ name: '=1+1', count: -1, note: 'say "hi", twice\n' }]);
  expect(csv).toBe('name,count,note\r\n\'=1+1,\'-1,"say ""hi"", twice\n"\r\n');
});

test('when nothing can be left out any more, what may be cut is cut further', () => {
  const two: readonly Column<Row>[] = [
    { title: 'name', value: () => 'x'.repeat(60), min: 30 },
    { title: 'count', value: () => '1' },
  ];
  const [, line = ''] = renderTable(two, [rows[0]!], { width: 25 }).split('\n');
  expect(line).toBe(`${'x'.repeat(17)}…  1`);
});
