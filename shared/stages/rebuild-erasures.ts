import type { ControlEntry, Entry } from '../trail/entry.ts';

/** What the trail itself says was erased. */
export interface Erasures {
  /** Redact entries by the index of what they erase. */
  readonly redactions: ReadonlyMap<number, ControlEntry>;
  /** Expired ranges, from `first` up to and without `next`. */
  readonly retained: readonly { readonly first: number; readonly next: number }[];
}

export async function readErasures(
  size: number,
  entryAt: (index: number) => Promise<Entry>,
): Promise<Erasures> {
  const redactions = new Map<number, ControlEntry>();
  const retained: { first: number; next: number }[] = [];
  for (let index = 0; index < size; index += 1) {
    const entry = await entryAt(index);
    if (entry.kind === 'redact') redactions.set(Number(entry.members['index']), entry);
    if (entry.kind === 'retain') {
      retained.push({ first: Number(entry.members['first']), next: Number(entry.members['next']) });
    }
  }
  return { redactions, retained: retained.sort((a, b) => a.first - b.first) };
}

/** Whether every entry from `first` up to and without `next` has expired. */
export function isRetained({ retained }: Erasures, first: number, next: number): boolean {
  let from = first;
  for (const range of retained) {
    if (range.first <= from && range.next > from) from = range.next;
  }
  return from >= next;
}
