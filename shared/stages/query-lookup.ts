import type { ObjectStore, Table } from '../ports.ts';
import type { TrailLine } from '../trail/pending.ts';
import { readUidRow, type UidRow, uidKey } from '../trail/sequence/rows.ts';
import { readLines } from './read-trail.ts';

/** The fewest digits of a uid that are looked up. */
export const UID_PREFIX_MIN = 8;

/** Where the events are whose uid begins so, at most `limit`; none for what is no prefix of at least 8 hex digits. */
export async function findByUid(table: Table, prefix: string, limit = 10): Promise<readonly UidRow[]> {
  const asked = prefix.toLowerCase();
  if (!/^[0-9a-f]{8,64}$/.test(asked)) return [];
  const { pk, sk } = uidKey(asked);
  // `g` comes after every hex digit.
  return (await table.query(pk, { from: sk, to: `${sk}g`, limit })).map(readUidRow);
}

/** One line of the trail; undefined where the trail does not reach so far. */
export async function readLine(
  ports: { readonly objects: ObjectStore; readonly table: Table },
  index: number,
): Promise<TrailLine | undefined> {
  for await (const line of readLines(ports, index, index + 1)) return line;
  return undefined;
}
