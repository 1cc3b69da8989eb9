import type { LocalTrail } from '../functions/local/compose.ts';
import type { OcsfEvent } from '../shared/ocsf/event.ts';
import { findByUid, readLine, UID_PREFIX_MIN } from '../shared/stages/query-lookup.ts';
import { UsageError } from './command.ts';

export interface FoundEvent {
  readonly index: number;
  readonly uid: string;
  /** Empty where it was erased. */
  readonly line: string;
  readonly event: OcsfEvent | undefined;
}

/** The one event whose uid begins so. */
export async function findEvent(trail: LocalTrail, prefix: string): Promise<FoundEvent> {
  if (!/^[0-9a-f]+$/i.test(prefix) || prefix.length < UID_PREFIX_MIN) {
    throw new UsageError(
      `A uid is 64 hex digits, or at least the first ${UID_PREFIX_MIN} of them; found "${prefix}".`,
    );
  }
  const rows = await findByUid(trail.ports.table, prefix);
  const [row] = rows;
  if (row === undefined) throw new UsageError(`No event on this trail has a uid that begins with ${prefix}.`);
  if (rows.length > 1) {
    const list = rows.map(({ uid }) => `  ${uid}`).join('\n');
    throw new UsageError(`Several events have a uid that begins with ${prefix}; say which:\n${list}`);
  }
  const line = (await readLine(trail.ports, row.index))?.line ?? '';
  return { index: row.index, uid: row.uid, line, event: parse(line) };
}

function parse(line: string): OcsfEvent | undefined {
  if (line === '') return undefined;
  const value = JSON.parse(line) as OcsfEvent;
  return value.metadata === undefined ? undefined : value;
}
