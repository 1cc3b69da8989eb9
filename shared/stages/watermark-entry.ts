import { OWN_SOURCE } from '../detect/finding.ts';
import type { PendingEntry } from '../trail/pending.ts';
import { controlEntry } from '../trail/sequence/control.ts';

/**
 * Moves the watermark though no event does: an entry that says how far time has come. The same watermark is the same
 * entry, whoever appends it, so that no window has more than one.
 */
export function watermarkEntry(watermarkMs: number): PendingEntry {
  return controlEntry(
    { kind: 'count', source: OWN_SOURCE, members: { watermark: watermarkMs } },
    watermarkMs,
  );
}
