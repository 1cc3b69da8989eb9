import { elements } from '../../json/document.ts';
import { isArray, type JsonDocument, type JsonValue, member } from '../../json/json.ts';
import { textOf } from './fields.ts';

/**
 * Whether a value is a Log Analytics answer over AzureActivity: `{"tables":[{"columns":[{"name":…}],"rows":[[…]]}]}`.
 * @see https://learn.microsoft.com/azure/azure-monitor/logs/api/response-format
 */
export function isTable(value: JsonValue): boolean {
  const tables = member(value, 'tables');
  return isArray(tables) && tables.some((table) => columnsOf(table).includes('OperationNameValue'));
}

/**
 * The rows of every table. A row alone is a list of values that nobody can read, so the record is the object that the
 * column names make of it, every value in exactly the characters it had.
 */
export function tableRows(document: JsonDocument): readonly JsonDocument[] {
  return elements(document, 'tables').flatMap((table) => {
    const columns = columnsOf(table.value);
    return elements(table, 'rows').map((row) => asObject(row, columns));
  });
}

function columnsOf(table: JsonValue): readonly string[] {
  const columns = member(table, 'columns');
  if (!isArray(columns)) return [];
  return columns.map((column) => textOf(column, 'name') ?? '');
}

function asObject(row: JsonDocument, columns: readonly string[]): JsonDocument {
  const cells = elements(row);
  if (!isArray(row.value) || cells.length > columns.length) return row;
  const members = cells.map((cell, n) => `${JSON.stringify(columns[n])}:${cell.text}`);
  const value = Object.fromEntries(
    cells.map((cell, n): [string, JsonValue] => [columns[n] ?? '', cell.value]),
  );
  return { text: `{${members.join(',')}}`, value };
}
