import type { Activity } from './activity.ts';
import { textOf } from './fields.ts';

/** What an Azure resource id says. All but `name` are in lower case, because Azure compares them without case. */
export interface ResourceId {
  readonly uid: string;
  readonly subscription: string | undefined;
  readonly group: string | undefined;
  /** `microsoft.storage/storageaccounts`. */
  readonly type: string | undefined;
  readonly name: string;
}

/**
 * Reads a resource id: `/subscriptions/<id>/resourceGroups/<name>/providers/<namespace>/<type>/<name>…`. Event Hubs
 * write it in capitals; a spelling of the same id from elsewhere in the record gives the name back its letters.
 * @see https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules
 */
export function resourceOf(activity: Activity): ResourceId | undefined {
  const uid = normalId(activity.resourceId);
  if (uid === undefined) return undefined;
  const segments = uid.split('/').slice(1);
  const written = readableId(activity, uid).split('/');
  return {
    uid,
    subscription: after(segments, 'subscriptions'),
    group: after(segments, 'resourcegroups'),
    type: typeOf(segments),
    name: written.at(-1) ?? uid,
  };
}

/** A resource id as it is compared: lower case, one slash in front, none behind. */
export function normalId(id: string | undefined): string | undefined {
  let path = id?.trim().toLowerCase() ?? '';
  if (path.startsWith('//') || path.endsWith('/'))
    path = path.replace(/^\/+/, '/').replace(/\/{1,1000}$/, '');
  if (path === '') return undefined;
  return path.startsWith('/') ? path : `/${path}`;
}

function readableId(activity: Activity, uid: string): string {
  const spellings = [
    activity.resourceId,
    textOf(activity.authorization, 'scope'),
    textOf(activity.properties, 'entity'),
  ];
  const mixed = spellings.find((id) => id !== undefined && id !== id.toUpperCase() && normalId(id) === uid);
  return (mixed ?? uid).replace(/\/+$/, '');
}

/** `name` of `/name/<value>` at an even place, where keys are. */
function after(segments: readonly string[], key: string): string | undefined {
  const place = segments.indexOf(key);
  return place === 0 || place === 2 ? segments[place + 1] : undefined;
}

/** An extension resource (a lock on an account) has its own provider last; what has none is a group or subscription. */
function typeOf(segments: readonly string[]): string | undefined {
  const provider = segments.lastIndexOf('providers');
  if (provider === -1) {
    if (segments.includes('resourcegroups')) return 'microsoft.resources/resourcegroups';
    return segments[0] === 'subscriptions' ? 'microsoft.resources/subscriptions' : undefined;
  }
  const types = segments.slice(provider + 2).filter((_, place) => place % 2 === 0);
  return [segments[provider + 1], ...types].join('/');
}
