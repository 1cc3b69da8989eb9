import { PortError } from '../ports.ts';
import type { ActPorts } from './act.ts';
import { timeKey } from './alert-rows.ts';

/** `seen` / key, `seen#time` / time and key. */
const SEEN = 'seen';
const BY_TIME = 'seen#time';
const FORGET_MAX = 100;

/** Whether something was seen within that time; from now on it was. Of two that ask at once, one is told no. */
export async function seenBefore(ports: ActPorts, key: string, withinMs: number): Promise<boolean> {
  const { table, clock } = ports;
  const nowMs = clock().getTime();
  // A request may be dated as far ahead as it may be dated back.
  const old = await table.query(BY_TIME, { to: timeKey(nowMs - 2 * withinMs - 1), limit: FORGET_MAX });
  await table.delete(old.map(({ attributes }) => ({ pk: SEEN, sk: String(attributes['key']) })));
  await table.delete(old.map(({ pk, sk }) => ({ pk, sk })));
  try {
    await table.put({ pk: SEEN, sk: key, attributes: { at: nowMs } }, 'absent');
  } catch (error) {
    if (error instanceof PortError && error.code === 'conflict') return true;
    throw error;
  }
  await table.write([{ pk: BY_TIME, sk: `${timeKey(nowMs)}#${key}`, attributes: { key } }]);
  return false;
}
