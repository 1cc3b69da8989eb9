import type { OcsfEvent } from './event.ts';

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

/** The source that took it in, as the event itself says; the trail's entry has the same. */
export function sourceOf(event: OcsfEvent): string {
  const own = event.unmapped?.['trailproof'];
  if (typeof own === 'object' && own !== null && 'source' in own && typeof own.source === 'string')
    return own.source;
  return event.metadata.log_name ?? event.metadata.product.name;
}

/** Success, Failure, or the source's own word; of a finding its status (New). Empty where nothing was said. */
export function outcomeOf(event: OcsfEvent): string {
  if (event.category_uid === FINDINGS) return event.status ?? '';
  if (event.status_id === 1) return 'Success';
  if (event.status_id === 2) return 'Failure';
  return event.status ?? '';
}

/** OCSF category_uid. */
const FINDINGS = 2;
