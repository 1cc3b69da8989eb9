import type { OcsfEvent } from '../shared/ocsf/event.ts';
import { actorOf, operationOf, resourceOf, sourceOf } from '../shared/ocsf/names.ts';
import type { Column } from './ui/table.ts';

export { actorOf, operationOf, resourceOf, sourceOf } from '../shared/ocsf/names.ts';

/** `2026-05-04 09:11:22`, UTC. */
export function formatTime(timeMs: number): string {
  const date = new Date(timeMs);
  return Number.isNaN(date.getTime()) ? '' : date.toISOString().slice(0, 19).replace('T', ' ');
}

export const UID_SHOWN = 12;

export const EVENT_COLUMNS: readonly Column<OcsfEvent>[] = [
  { title: 'time (UTC)', value: ({ time }) => formatTime(time) },
  { title: 'source', value: sourceOf, keep: 2 },
  { title: 'actor', value: actorOf, min: 9 },
  { title: 'operation', value: operationOf, min: 14 },
  { title: 'resource', value: resourceOf, min: 12, keep: 3 },
  { title: 'status', value: ({ status }) => status ?? '', min: 7, keep: 4 },
  {
    title: 'uid',
    value: ({ metadata }) => metadata.uid.slice(0, UID_SHOWN),
    whole: ({ metadata }) => metadata.uid,
    keep: 5,
  },
];
