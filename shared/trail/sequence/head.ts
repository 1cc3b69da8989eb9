import { PortError, type Row, type RowCondition, type Table } from '../../ports.ts';
import { number, text } from './rows.ts';

/** What the table knows of the trail: the one row that decides. */
export interface Head {
  /** Names this state; every commit makes a new one that nobody has used, so an old condition never holds again. */
  readonly ver: string;
  readonly size: number;
  /** Base64. */
  readonly root: string;
  /** How much of `size` is in the bucket and signed: `size`, or less while a commit waits to be applied. */
  readonly applied: number;
  /** Key of the staging object of the last commit; empty before the first. */
  readonly staging: string;
  /** The last checkpoint that this row knows to be published, of size `applied`. */
  readonly note: string;
  /** Append time of the last commit, ms; 0 where unknown. */
  readonly timeMs: number;
}

const headKey = { pk: 'head', sk: 'head' };

export async function readHead(table: Table): Promise<Head | undefined> {
  const [row] = await table.get([headKey]);
  return row === undefined ? undefined : fromRow(row);
}

/** Whether somebody has committed or applied something since this head was read. */
export async function headMoved(table: Table, head: Head | undefined): Promise<boolean> {
  const now = await readHead(table);
  return now?.ver !== head?.ver || now?.applied !== head?.applied;
}

/** The first head: of several that begin at once, one wins. Returns whether this one did. */
export function createHead(table: Table, head: Head): Promise<boolean> {
  return putHead(table, head, 'absent');
}

/** Replaces the head only while it is still the state named `ver`. Returns whether it was. */
export function swapHead(table: Table, head: Head, ver: string): Promise<boolean> {
  return putHead(table, head, { attribute: 'ver', equals: ver });
}

/** For a rebuild only, with everything else stopped. */
export async function writeHead(table: Table, head: Head): Promise<void> {
  await table.put({ ...headKey, attributes: { ...head } }, 'any');
}

/** For a rebuild only: without a head no sequencer begins where there is a trail. */
export async function deleteHead(table: Table): Promise<void> {
  await table.delete([headKey]);
}

async function putHead(table: Table, head: Head, condition: RowCondition): Promise<boolean> {
  try {
    await table.put({ ...headKey, attributes: { ...head } }, condition);
    return true;
  } catch (error) {
    if (error instanceof PortError && error.code === 'conflict') return false;
    throw error;
  }
}

function fromRow({ attributes }: Row): Head {
  return {
    ver: text(attributes['ver']),
    size: number(attributes['size']),
    root: text(attributes['root']),
    applied: number(attributes['applied']),
    staging: text(attributes['staging']),
    note: text(attributes['note']),
    timeMs: number(attributes['timeMs']),
  };
}
