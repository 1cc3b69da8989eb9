import stringWidth from 'string-width';

export interface Column<T> {
  readonly title: string;
  readonly value: (row: T) => string;
  /** What an export holds, where a table shows less. */
  readonly whole?: (row: T) => string;
  readonly align?: 'left' | 'right';
  /** Least width that it is cut to while columns can be left out instead; without one it is never cut. */
  readonly min?: number;
  /** Lower goes first when the terminal is too narrow for every column; 0 never goes. */
  readonly keep?: number;
  readonly paint?: (text: string, row: T) => string;
}

const GAP = '  ';
/** What a column is cut to when nothing is left that could be left out. */
const LEAST_WIDTH = 8;

/**
 * A table that fits the width: columns with a `min` are cut with an ellipsis, widest first, and when that is not
 * enough the columns of the lowest `keep` are left out. Values must already be inert (see shared/inert.ts).
 */
export function renderTable<T>(
  columns: readonly Column<T>[],
  rows: readonly T[],
  options: { readonly width: number; readonly heading?: (text: string) => string },
): string {
  const chosen = fitColumns(columns, rows, options.width);
  const heading = options.heading ?? ((text) => text);
  const lines = [
    chosen
      .map(({ column, width }, n) =>
        heading(
          n === chosen.length - 1 && column.align !== 'right'
            ? column.title
            : pad(column.title, width, column.align),
        ),
      )
      .join(GAP),
    ...rows.map((row) =>
      chosen
        .map(({ column, width }) => cell(column, row, width))
        .join(GAP)
        .replace(/ +$/, ''),
    ),
  ];
  return `${lines.join('\n')}\n`;
}

interface Fitted<T> {
  readonly column: Column<T>;
  readonly width: number;
}

function fitColumns<T>(
  columns: readonly Column<T>[],
  rows: readonly T[],
  width: number,
): readonly Fitted<T>[] {
  let fitted = columns.map((column) => ({
    column,
    width: Math.max(stringWidth(column.title), ...rows.map((row) => stringWidth(column.value(row)))),
  }));
  for (;;) {
    const cut = cutToFit(fitted, width, ({ min }) => min);
    if (total(cut) <= width) return cut;
    const droppable = cut.filter(({ column }) => (column.keep ?? 0) > 0);
    const least = Math.min(...droppable.map(({ column }) => column.keep ?? 0));
    const victim = droppable.findLast(({ column }) => column.keep === least);
    if (victim === undefined) {
      return cutToFit(fitted, width, ({ min }) =>
        min === undefined ? undefined : Math.min(min, LEAST_WIDTH),
      );
    }
    fitted = fitted.filter(({ column }) => column !== victim.column);
  }
}

function cutToFit<T>(
  fitted: readonly Fitted<T>[],
  width: number,
  leastOf: (column: Column<T>) => number | undefined,
): Fitted<T>[] {
  const result = fitted.map((each) => ({ ...each }));
  let excess = total(result) - width;
  while (excess > 0) {
    const cuttable = result.filter(({ column, width: now }) => now > (leastOf(column) ?? now));
    const widest = cuttable.reduce<Fitted<T> | undefined>(
      (best, each) => (best === undefined || each.width > best.width ? each : best),
      undefined,
    );
    if (widest === undefined) break;
    result[result.findIndex(({ column }) => column === widest.column)] = {
      ...widest,
      width: widest.width - 1,
    };
    excess -= 1;
  }
  return result;
}

function total<T>(fitted: readonly Fitted<T>[]): number {
  return fitted.reduce((sum, { width }) => sum + width, 0) + GAP.length * Math.max(0, fitted.length - 1);
}

function cell<T>(column: Column<T>, row: T, width: number): string {
  const text = pad(truncate(column.value(row), width), width, column.align);
  return column.paint ? column.paint(text, row) : text;
}

/** Cuts to a display width, with an ellipsis where something was cut. Wide characters count as two. */
export function truncate(text: string, width: number): string {
  if (stringWidth(text) <= width) return text;
  let out = '';
  let used = 0;
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    const step = stringWidth(segment);
    if (used + step > width - 1) break;
    out += segment;
    used += step;
  }
  return `${out}…`;
}

function pad(text: string, width: number, align: 'left' | 'right' = 'left'): string {
  const space = ' '.repeat(Math.max(0, width - stringWidth(text)));
  return align === 'right' ? space + text : text + space;
}
