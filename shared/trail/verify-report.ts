import type { EntryKind } from './pending.ts';

/**
 * What is wrong: `missing` is not there, `changed` is not what was committed to, `malformed` is not in its format,
 * `extra` belongs to no entry, `signature` does not hold, `fork` contradicts what the log signed before, `rollback`
 * is older than what the log signed before, `key` means that nothing could be trusted.
 */
export type FaultCode =
  | 'missing'
  | 'changed'
  | 'malformed'
  | 'extra'
  | 'signature'
  | 'fork'
  | 'rollback'
  | 'key';

export interface Fault {
  readonly code: FaultCode;
  /** The object; for a block that is gone, the beginning of its key. */
  readonly key: string;
  /** The first entry that the fault concerns. */
  readonly index?: number;
  /** One after the last entry, where it concerns more than one. */
  readonly next?: number;
  readonly message: string;
}

/** What was checked, and every fault found, in the order of checking, which is always the same. */
export interface TrailReport {
  /** Of the checkpoint, if it could be opened. */
  readonly origin: string | undefined;
  readonly size: number;
  /** Base64, computed from the entries. */
  readonly root: string | undefined;
  /** The vkey that the checkpoint was verified with, and whether the reader gave it or the trail itself says it. */
  readonly key: { readonly vkey: string; readonly from: 'given' | 'trail' } | undefined;
  readonly cosignatures: readonly { readonly name: string; readonly timeS: number }[];
  /** Signatures under the checkpoint by keys that were not given. */
  readonly unknownSignatures: number;
  readonly checked: Readonly<Record<Checked, number>>;
  readonly kinds: Readonly<Record<EntryKind, number>>;
  /** Lines that are gone as an entry says, and lines that an entry says are to go but are still there. */
  readonly erased: { readonly redacted: number; readonly retained: number; readonly waiting: number };
  /** The size of the checkpoint given as `since`, once the trail is known to extend it. */
  readonly extends: number | undefined;
  /** At most `faultCountMax`; `faultCount` counts all. */
  readonly faults: readonly Fault[];
  readonly faultCount: number;
}

export type Checked = 'entries' | 'lines' | 'bundles' | 'tiles' | 'superseded' | 'blocks' | 'checkpoints';

export interface FaultLog {
  readonly faults: readonly Fault[];
  count(): number;
  add(fault: Fault): void;
}

export const faultCountMax = 1000;

export function faultLog(): FaultLog {
  const faults: Fault[] = [];
  let count = 0;
  return {
    faults,
    count: () => count,
    add: (fault) => {
      count++;
      if (faults.length < faultCountMax) faults.push(fault);
    },
  };
}
