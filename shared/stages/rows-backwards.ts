import type { Row, Table } from '../ports.ts';

/** Rows of one partition from the last to the first, a page at a time, skipping what is jumped over. */
export interface RowsBackwards {
  /** The last row whose sort key is at most that. Calls must come with descending sort keys. */
  seek(sk: string): Promise<Row | undefined>;
}

const PAGE_FIRST = 16;
const PAGE_MAX = 256;

export function rowsBackwards(table: Table, pk: string): RowsBackwards {
  let page: readonly Row[] = [];
  let at = 0;
  let ended = false;
  let limit = PAGE_FIRST;
  return {
    seek: async (sk) => {
      for (;;) {
        while (at < page.length && (page[at] as Row).sk > sk) at += 1;
        if (at < page.length || ended) return page[at];
        page = await table.query(pk, { to: sk, order: 'descending', limit });
        ended = page.length < limit;
        limit = Math.min(PAGE_MAX, limit * 4);
        at = 0;
      }
    },
  };
}
