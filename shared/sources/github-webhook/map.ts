import { idAt, isObject, type JsonValue, member, stringAt } from '../../json/json.ts';
import type { OcsfBody, ResourceDetails } from '../../ocsf/event.ts';
import { type Instant, instantOf, TIME_OF_RECEIPT } from '../github/instant.ts';
import { pick, present } from '../github/small.ts';
import type { Mapped, NativeRecord, Unmapped } from '../source.ts';
import { type Delivery, deliveryOf, hostOf, tenantOf, userOf } from './delivery.ts';
import { eventName, headerEvent } from './event-name.ts';
import { EVENTS } from './events.ts';
import type { Facts } from './facts.ts';
import { otherEvent } from './other.ts';

/** One webhook body in OCSF: what its event's mapping found, and what is the same for every event. */
export function mapWebhook({ value, attributes }: NativeRecord): Mapped | Unmapped {
  if (!isObject(value)) return { unmapped: 'expected a webhook body, a JSON object' };
  // A body of no known event is still something that GitHub reported.
  const event = eventName(value, attributes) ?? 'unknown';
  const delivery = deliveryOf(event, value, attributes);
  const facts = (EVENTS.get(event) ?? otherEvent)(delivery);
  const instant = instantOf(facts.time, attributes);
  const tenant = tenantOf(delivery);
  return {
    tenant,
    nativeId: nativeId(delivery, facts),
    originalEventUid: delivery.deliveryId,
    essence: [
      instant.native === undefined ? undefined : String(instant.ms),
      delivery.sender?.name ?? delivery.sender?.uid,
      delivery.operation,
      delivery.repositoryId,
      ...facts.essence,
    ],
    body: { ...bodyOf(delivery, facts, attributes), ...timeParts(instant, tenant, delivery, facts) },
  };
}

function nativeId(delivery: Delivery, { key }: Facts): readonly string[] | undefined {
  if (key === undefined) return undefined;
  const parts = [delivery.event, delivery.action ?? '', delivery.repositoryId ?? ''];
  for (const part of key) {
    if (part === undefined) return undefined;
    parts.push(part);
  }
  return parts;
}

function bodyOf(
  delivery: Delivery,
  facts: Facts,
  attributes: Readonly<Record<string, string>>,
): Omit<OcsfBody, 'time' | 'metadata'> {
  const { event, operation, repositoryName, sender } = delivery;
  const isFinding = facts.more?.class_uid === 2004;
  const host = hostOf(delivery, attributes['x-github-enterprise-host']);
  return {
    class_uid: 6003,
    activity_id: facts.activity,
    severity_id: 1,
    message: messageOf(operation, repositoryName, sender?.name),
    ...facts.outcome,
    // A finding has no room for these: OCSF gives it evidences.
    ...(isFinding
      ? {}
      : {
          actor: sender === undefined ? systemActor(delivery) : { user: sender },
          api: { operation, service: { name: `github.${event}` } },
          src_endpoint: { svc_name: host },
        }),
    resources: [...ownerResources(delivery), ...facts.resources].filter(isNamed),
    ...facts.more,
    unmapped: present({ ...facts.unmapped, ...transport(delivery, attributes) }),
  };
}

function timeParts(
  instant: Instant,
  tenant: string,
  { operation }: Delivery,
  { correlation, profiles }: Facts,
): Pick<OcsfBody, 'time' | 'metadata'> {
  return {
    time: instant.ms,
    metadata: {
      original_time: instant.native?.original,
      correlation_uid: correlation,
      event_code: operation,
      log_name: 'webhook',
      log_provider: 'GitHub',
      tenant_uid: tenant,
      profiles,
      labels: instant.native === undefined ? [TIME_OF_RECEIPT] : undefined,
    },
  };
}

function messageOf(operation: string, where: string | undefined, who: string | undefined): string {
  const place = where === undefined ? '' : ` in ${where.slice(0, 200)}`;
  return `${operation}${place}${who === undefined ? '' : ` by ${who.slice(0, 100)}`}`;
}

/** Without a sender a push names its pusher; GitHub itself speaks in advisories. */
function systemActor({ body }: Delivery) {
  const pusher = userOf(member(body, 'pusher'));
  return pusher === undefined ? { app_name: 'GitHub' } : { user: pusher };
}

function ownerResources({ body, repository }: Delivery): ResourceDetails[] {
  const owner = member(repository, 'owner');
  const isOwned = stringAt(owner, 'type') === 'Organization';
  const organization = isOwned ? owner : member(body, 'organization');
  return [
    {
      type: 'repository',
      uid: idAt(repository, 'id'),
      name: stringAt(repository, 'full_name') ?? stringAt(repository, 'name'),
      data: pick(repository, ['visibility', 'private', 'fork', 'default_branch', 'description', 'html_url']),
    },
    { type: 'organization', uid: idAt(organization, 'id'), name: stringAt(organization, 'login') },
  ];
}

function isNamed({ uid, name }: ResourceDetails): boolean {
  return (uid !== undefined && uid !== '') || (name !== undefined && name !== '');
}

/** How it came, so that a missing or doubled hook can be found. */
function transport(
  { body, event }: Delivery,
  attributes: Readonly<Record<string, string>>,
): Record<string, JsonValue | undefined> {
  const header = headerEvent(attributes);
  return {
    installation_id: idAt(body, 'installation', 'id'),
    enterprise: stringAt(body, 'enterprise', 'slug'),
    hook_installation_target: attributes['x-github-hook-installation-target-type'],
    webhook_id: attributes['x-github-hook-id'],
    // Set where header and body disagree; the body is what was signed.
    header_event: header === event ? undefined : header,
  };
}
