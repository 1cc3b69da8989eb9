import type { Activity } from './activity.ts';
import { sameText, textOf } from './fields.ts';

/** OCSF's activity of an operation: 1 Create, 2 Read, 3 Update, 4 Delete, 99 with the operation's own verb. */
export interface ActivityId {
  readonly id: 1 | 2 | 3 | 4 | 99;
  readonly name?: string;
}

/**
 * Azure's `write` is create-or-update and does not say which; it counts as Create unless the request was a PATCH. An
 * `action` is what its verb says: `listKeys` reads, `restart` changes, and what no list knows keeps its own name.
 * @see https://learn.microsoft.com/azure/role-based-access-control/resource-provider-operations
 */
export function activityIdOf(activity: Activity): ActivityId {
  const segments = activity.operation?.split('/') ?? [];
  const last = segments.at(-1)?.toLowerCase();
  if (last === 'write') return { id: isPatch(activity) ? 3 : 1 };
  if (last === 'delete') return { id: 4 };
  if (last === 'read') return { id: 2 };
  const verb = (last === 'action' ? segments.at(-2) : segments.at(-1)) ?? 'Other';
  const known = VERBS.find(({ pattern }) => pattern.test(verb));
  return known === undefined ? { id: 99, name: verb } : { id: known.id };
}

const VERBS: readonly { readonly id: 1 | 2 | 3 | 4; readonly pattern: RegExp }[] = [
  {
    id: 2,
    pattern:
      /^(list|get|read|check|validate|query|search|export|download|whatif|preview|calculate|fetch|lookup|retrieve|sharedkeys)/i,
  },
  { id: 1, pattern: /^(create|generate|import|clone|copy|add)/i },
  { id: 4, pattern: /^(delete|purge|remove|destroy)/i },
  {
    id: 3,
    pattern:
      /^(update|set|regenerate|rotate|reset|restart|start|stop|deallocate|poweroff|reimage|redeploy|enable|disable|move|attach|detach|approve|reject|cancel|swap|publish|upgrade|scale|restore|recover|resume|pause|suspend|activate|deactivate|revoke|renew|sync|failover|lock|unlock|convert|extend|apply|assign|register|unregister|replace|elevateaccess)/i,
  },
];

function isPatch(activity: Activity): boolean {
  return sameText(textOf(activity.request, 'method'), 'PATCH');
}

/** `microsoft.storage`: the resource provider, which stands in for the service that Azure does not name. */
export function providerOf(operation: string | undefined): string | undefined {
  const provider = operation?.split('/')[0]?.toLowerCase();
  return provider?.includes('.') ? provider : undefined;
}

/** The operation in the letters that people know, where the record has them beside the capitals of the hub. */
export function readableOperation(activity: Activity): string | undefined {
  const spellings = [textOf(activity.authorization, 'action'), textOf(activity.properties, 'message')];
  return spellings.find((spelling) => sameText(spelling, activity.operation)) ?? activity.operation;
}
