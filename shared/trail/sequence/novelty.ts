import type { Table } from '../../ports.ts';
import type { PendingEntry } from '../pending.ts';
import { conflictUid, contradicts, spliceConflict } from './conflict.ts';
import { type Receipt, readUidRow, receiptPartition, type UidRow, uidKey } from './rows.ts';
import type { Batch } from './waiting.ts';

/** What of the waiting batches is new, in order, and what became of each batch. */
export interface Novelty {
  /** With their final uids and lines. */
  readonly entries: readonly PendingEntry[];
  /** Those that are not known already. */
  readonly receipts: readonly Receipt[];
}

export interface Candidates {
  readonly batches: readonly Batch[];
  /** New without asking, and before the batches. */
  readonly preamble: readonly PendingEntry[];
  /** The index that the first new entry gets. */
  readonly size: number;
}

/**
 * Step 4, its second half: drops what the trail has, in the table or earlier in these batches, and gives a
 * contradicting event its own uid.
 */
export async function selectNew(table: Table, candidates: Candidates): Promise<Novelty> {
  const uids = candidates.batches.flatMap(({ entries }) => entries.map(({ uid }) => uid));
  const known = await lookUp(table, uids);
  const { conflictUids, ...novelty } = select(candidates, known);
  if (conflictUids.length === 0) return withoutEchoes(table, novelty);
  const conflicts = await lookUp(table, conflictUids);
  const { entries, receipts } = select(candidates, new Map([...known, ...conflicts]));
  return withoutEchoes(table, { entries, receipts });
}

/** A batch that has its receipt came back by an echo of its own row. All of it is known, and the receipt stands. */
async function withoutEchoes(table: Table, { entries, receipts }: Novelty): Promise<Novelty> {
  const unchanged = receipts.filter(({ appended }) => appended === 0);
  const rows = await table.get(unchanged.map(({ id }) => ({ pk: receiptPartition, sk: id })));
  const echoes = new Set(rows.map(({ sk }) => sk));
  return { entries, receipts: receipts.filter(({ id }) => !echoes.has(id)) };
}

async function lookUp(table: Table, uids: readonly string[]): Promise<ReadonlyMap<string, UidRow>> {
  const rows = await table.get([...new Set(uids)].map(uidKey));
  return new Map(rows.map(readUidRow).map((row) => [row.uid, row]));
}

function select(
  { batches, preamble, size }: Candidates,
  known: ReadonlyMap<string, UidRow>,
): Novelty & { readonly conflictUids: readonly string[] } {
  const entries: PendingEntry[] = [];
  const receipts: Receipt[] = [];
  const conflictUids: string[] = [];
  const earlier = new Map<string, UidRow>();
  const append = (entry: PendingEntry): void => {
    earlier.set(entry.uid, { uid: entry.uid, essence: entry.essence, index: size + entries.length });
    entries.push(entry);
  };
  for (const entry of preamble) append(entry);
  for (const batch of batches) {
    const before = entries.length;
    for (const entry of batch.entries) {
      const first = known.get(entry.uid) ?? earlier.get(entry.uid);
      if (first === undefined) append(entry);
      else if (contradicts(entry.essence, first.essence)) {
        const uid = conflictUid(entry.uid, entry.essence);
        conflictUids.push(uid);
        if (known.has(uid) || earlier.has(uid)) continue;
        append({
          ...entry,
          uid,
          line: spliceConflict(entry.line, uid, first) ?? entry.line,
          // It says something else now.
          parsed: undefined,
        });
      }
    }
    const appended = entries.length - before;
    receipts.push({ id: batch.row.id, appended, duplicates: batch.entries.length - appended });
  }
  return { entries, receipts, conflictUids };
}
