import type { OcsfEvent } from '../shared/ocsf/event.ts';
import type { Column } from './ui/table.ts';

/** How an event is named to a person: who, what, where, in one word each. Every value may be hostile. */
export function actorOf(event: OcsfEvent): string {
  const { actor, user } = event;
  const evident = event.evidences?.[0]?.actor;
  return (
    actor?.user?.name ??
    actor?.user?.email_addr ??
    actor?.user?.uid ??
    evident?.user?.name ??
    actor?.app_name ??
    actor?.session?.uid ??
    user?.name ??
    user?.uid ??
    ''
  );
}

export function operationOf(event: OcsfEvent): string {
  return (
    event.api?.operation ??
    event.finding_info?.title ??
    event.metadata.event_code ??
    event.activity_name ??
    ''
  );
}

export function resourceOf(event: OcsfEvent): string {
  const [first] = event.resources ?? event.evidences?.[0]?.resources ?? [];
  const name =
    first?.name ??
    first?.uid ??
    event.databucket?.name ??
    event.database?.name ??
    event.table?.name ??
    event.group?.name ??
    event.entity?.name ??
    event.user?.name ??
    event.service?.name;
  return name ?? '';
}

export function sourceOf(event: OcsfEvent): string {
  const own = event.unmapped?.['trailproof'];
  if (typeof own === 'object' && own !== null && 'source' in own && typeof own.source === 'string')
    return own.source;
  return event.metadata.log_name ?? event.metadata.product.name;
}

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
