import type { OcsfEvent, ResourceDetails } from '../ocsf/event.ts';

const RESOURCE_COUNT_MAX = 20;

/**
 * What an event was done to, for people: its resources, or in the classes that have none (account, group, sign-in,
 * data store) what they name instead. Names and places only; the details stay with the event.
 */
export function affectedBy(event: OcsfEvent): readonly ResourceDetails[] {
  const { resources = [], group, user, entity, table, databucket, database, service } = event;
  if (resources.length > 0) {
    return resources.slice(0, RESOURCE_COUNT_MAX).map(({ data: _, ...resource }) => resource);
  }
  const named = { group, user, entity, table, databucket, database, service };
  return Object.entries(named).flatMap(([type, each]) => {
    if (each?.name === undefined && each?.uid === undefined) return [];
    return [{ type, name: each.name, uid: each.uid }];
  });
}
