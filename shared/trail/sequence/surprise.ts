import type { Alarm } from './alarm.ts';
import { type Head, headMoved } from './head.ts';
import type { TrailPorts } from './trail-ports.ts';

/** What follows a step: begin again with a fresh head, nothing left to do, or stop until a person has looked. */
export type Next = 'again' | 'idle' | 'stopped';

/**
 * Something is not as this sequencer expected. Where another sequencer has moved on, that explains it: begin again.
 * Else nobody but a person can, and nothing must be signed.
 */
export async function surprised(ports: TrailPorts, head: Head | undefined, alarm: Alarm): Promise<Next> {
  if (await headMoved(ports.table, head)) return 'again';
  ports.onAlarm(alarm);
  return 'stopped';
}
