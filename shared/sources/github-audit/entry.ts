import {
  idAt,
  isArray,
  isObject,
  type JsonObject,
  type JsonValue,
  member,
  stringAt,
} from '../../json/json.ts';
import type { NativeTime } from '../../ocsf/time.ts';
import { firstTime } from '../github/instant.ts';

/** The members of an audit entry that the mapping reads. All values are chosen by whoever acted on GitHub. */
export interface AuditEntry {
  readonly native: JsonObject;
  /** `protected_branch.policy_override`. */
  readonly action: string;
  /** `protected_branch`. */
  readonly category: string;
  /** `policy_override`. */
  readonly verb: string;
  readonly actor: string | undefined;
  readonly actorId: string | undefined;
  readonly isBot: boolean;
  /** Whom it was done to. Git events write an empty text. */
  readonly user: string | undefined;
  readonly userId: string | undefined;
  /** One, but bulk events name several. */
  readonly organizations: readonly string[];
  readonly organizationIds: readonly string[];
  /** `octo-org/octo-repo`. */
  readonly repositories: readonly string[];
  readonly repositoryIds: readonly string[];
  readonly business: string | undefined;
  readonly businessId: string | undefined;
  readonly team: string | undefined;
  readonly time: NativeTime | undefined;
}

export function readEntry(native: JsonObject): AuditEntry {
  const action = (stringAt(native, 'action') ?? '').slice(0, 200);
  const dot = action.lastIndexOf('.');
  return {
    native,
    action,
    category: action.slice(0, Math.max(dot, 0)),
    verb: action.slice(dot + 1),
    actor: stringAt(native, 'actor'),
    actorId: idAt(native, 'actor_id'),
    isBot: member(native, 'actor_is_bot') === true || stringAt(native, 'actor')?.endsWith('[bot]') === true,
    user: stringAt(native, 'user') ?? stringAt(native, 'data', 'user'),
    userId: userIdOf(native),
    organizations: several(member(native, 'org')),
    organizationIds: several(member(native, 'org_id')),
    repositories: firstOf(several(member(native, 'repo')), several(member(native, 'repository'))),
    repositoryIds: firstOf(several(member(native, 'repo_id')), several(member(native, 'repository_id'))),
    business: stringAt(native, 'business'),
    businessId: idAt(native, 'business_id'),
    team: stringAt(native, 'team') ?? stringAt(native, 'data', 'team'),
    time: timeOf(native),
  };
}

/** A detail of an entry: older entries and exports put them in `data`. */
export function detail(entry: AuditEntry, ...names: readonly string[]): string | undefined {
  for (const name of names) {
    const found = idAt(entry.native, name) ?? idAt(entry.native, 'data', name);
    if (found !== undefined) return found;
  }
  return undefined;
}

/**
 * The organisation comes first because both the organisation's and the enterprise's log name it, then the owner of the
 * repository, which is the same name.
 */
export function tenantOf(entry: AuditEntry): string {
  const organizations = [...entry.organizations].sort().join(',');
  const owner = entry.repositories[0]?.includes('/') ? entry.repositories[0].split('/', 1)[0] : undefined;
  return organizations || owner || entry.business || entry.actor || 'github';
}

/**
 * `@timestamp` is when it happened; `created_at` is the same in most entries, and in others when the object it is
 * about was created (an alert, a workflow run). Exports rename the first.
 */
function timeOf(native: JsonObject): NativeTime | undefined {
  const names = ['@timestamp', 'at_sign_timestamp', 'timestamp', 'created_at', 'p_event_time'];
  return firstTime(...names.map((name) => member(native, name)));
}

function userIdOf(native: JsonObject): string | undefined {
  const id = idAt(native, 'user_id');
  return id === '0' ? undefined : id;
}

const SEVERAL_MAX = 100;

/** One text or number, or a list of them. */
function several(value: JsonValue | undefined): readonly string[] {
  if (!isArray(value)) return oneOf(value);
  return value.slice(0, SEVERAL_MAX).flatMap(oneOf);
}

function oneOf(value: JsonValue | undefined): readonly string[] {
  if (typeof value === 'number') return [String(value)];
  return typeof value === 'string' && value !== '' ? [value] : NOTHING;
}

const NOTHING: readonly string[] = [];

function firstOf(first: readonly string[], second: readonly string[]): readonly string[] {
  return first.length > 0 ? first : second;
}

/**
 * Whether a value is an audit entry: an action of category and verb with a dot between, and somebody or something it
 * is about in texts. Webhook bodies have objects there, and actions of one word.
 */
export function isEntry(value: JsonValue | undefined): boolean {
  if (!isObject(value)) return false;
  const action = member(value, 'action');
  if (typeof action !== 'string' || action.length > 200 || !ACTION.test(action)) return false;
  if (isObject(member(value, 'sender')) || isObject(member(value, 'repository'))) return false;
  if (isObject(member(value, 'actor'))) return false;
  for (const name of ABOUT) if (several(member(value, name)).length > 0) return true;
  return false;
}

const ACTION = /^[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)+$/;

const ABOUT = ['_document_id', 'actor', 'org', 'repo', 'business', 'user', 'org_id', 'repo_id'];
