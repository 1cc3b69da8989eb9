import { type JsonObject, type JsonValue, member } from '../../json/json.ts';
import { pick } from '../github/small.ts';
import { type AuditEntry, detail } from './entry.ts';
import { JOB_MEMBERS, RUN_MEMBERS } from './pipeline.ts';

const MEMBERS_MAX = 200;

/** What an entry has beside the members that have a place in OCSF. `p_…` members are a log store's own. */
export function unmappedOf(entry: AuditEntry): JsonObject | undefined {
  const { native, time } = entry;
  const hasRun = detail(entry, 'workflow_run_id') !== undefined;
  const hasJob = detail(entry, 'job_name') !== undefined;
  const isPlaced = (key: string) =>
    MAPPED.has(key) || (hasRun && IN_RUN.has(key)) || (hasJob && IN_JOB.has(key));
  const keys = Object.keys(native).filter((key) => !isPlaced(key) && !key.startsWith('p_'));
  const rest = pick(native, keys.slice(0, MEMBERS_MAX));
  const created = createdAt(member(native, 'created_at'), time?.original);
  return created === undefined ? rest : { ...rest, created_at: created };
}

/** When the object was created, where that is not when it happened. */
function createdAt(value: JsonValue | undefined, original: string | undefined): JsonValue | undefined {
  const isTime = typeof value === 'number' || typeof value === 'string';
  return isTime && String(value) !== original ? value : undefined;
}

const IN_RUN: ReadonlySet<string> = new Set(RUN_MEMBERS);

const IN_JOB: ReadonlySet<string> = new Set(JOB_MEMBERS);

const MAPPED: ReadonlySet<string> = new Set([
  ...['@timestamp', 'at_sign_timestamp', 'created_at', '_document_id', 'action', 'actor', 'actor_id'],
  ...['actor_is_bot', 'actor_ip', 'actor_location', 'user', 'user_id', 'org', 'org_id', 'repo', 'repo_id'],
  ...['repository', 'repository_id', 'business', 'business_id', 'team', 'user_agent', 'request_id'],
  ...['hashed_token', 'external_identity_nameid', 'config', 'workflow_run_id', 'head_sha', 'head_branch'],
  ...[
    'conclusion',
    'job_name',
    'environment_name',
    'environment_id',
    'hook_id',
    'branch',
    'events',
    'active',
  ],
  ...['ruleset_id', 'ruleset_name', 'ruleset_enforcement', 'ruleset_source_type'],
]);
