import { inert } from '../shared/inert.ts';
import type { Call } from './command.ts';
import { type Column, renderTable } from './ui/table.ts';

/** How a list of things is shown in each output format. */
export interface Listing<T> {
  readonly columns: readonly Column<T>[];
  readonly rows: readonly T[];
  /** The stable JSON shape of one row, documented in docs/cli.md. */
  readonly json: (row: T) => unknown;
  /** Said in place of an empty table. */
  readonly empty: string;
}

export function writeListing<T>(call: Call, listing: Listing<T>): void {
  const { out, style, width } = call.terminal;
  switch (call.output) {
    case 'json':
      out.write(`${JSON.stringify(listing.rows.map(listing.json), null, 2)}\n`);
      return;
    case 'ndjson':
      for (const row of listing.rows) out.write(`${JSON.stringify(listing.json(row))}\n`);
      return;
    case 'csv':
      out.write(renderCsv(listing.columns, listing.rows));
      return;
    case 'table':
      if (listing.rows.length === 0) out.write(`${listing.empty}\n`);
      else out.write(renderTable(safe(listing.columns), listing.rows, { width, heading: style.dim }));
  }
}

function safe<T>(columns: readonly Column<T>[]): readonly Column<T>[] {
  return columns.map((column) => ({ ...column, value: (row) => inert(column.value(row)) }));
}

/**
 * RFC 4180. A value that a spreadsheet would take for a formula (=, +, -, @, tab, carriage return first) gets an
 * apostrophe, because attackers choose these values.
 * @see https://owasp.org/www-community/attacks/CSV_Injection
 */
export function renderCsv<T>(
  columns: readonly Pick<Column<T>, 'title' | 'value' | 'whole'>[],
  rows: readonly T[],
): string {
  const lines = [
    columns.map(({ title }) => csvCell(title)),
    ...rows.map((row) => columns.map(({ value, whole = value }) => csvCell(whole(row)))),
  ];
  return lines.map((cells) => `${cells.join(',')}\r\n`).join('');
}

function csvCell(value: string): string {
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
