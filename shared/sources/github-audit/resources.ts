import { member, stringAt } from '../../json/json.ts';
import type { ResourceDetails } from '../../ocsf/event.ts';
import { environment, gitRef } from '../github/resources.ts';
import { pick, present } from '../github/small.ts';
import { type AuditEntry, detail } from './entry.ts';
import { pipeline } from './pipeline.ts';

/** What an entry is about, from the thing itself out to who owns it. Secrets are named, never shown. */
export function resourcesOf(entry: AuditEntry): ResourceDetails[] {
  return [
    ...repositories(entry),
    ...pipeline(entry),
    ...environment(detail(entry, 'environment_name', 'env_name', 'environment'), {
      uid: detail(entry, 'environment_id', 'env_id'),
    }),
    ...protections(entry),
    ...settings(entry),
    ...owners(entry),
  ].filter(({ uid, name }) => uid !== undefined || name !== undefined);
}

function repositories({ native, repositories: names, repositoryIds }: AuditEntry): ResourceDetails[] {
  const data = pick(native, ['visibility', 'public_repo', 'repository_public', 'previous_visibility']);
  const places = Math.max(names.length, repositoryIds.length);
  return Array.from({ length: places }, (_, place) => ({
    type: 'repository',
    uid: repositoryIds[place],
    name: names[place],
    data,
  }));
}

function protections(entry: AuditEntry): ResourceDetails[] {
  const { category, native } = entry;
  const branch = detail(entry, 'branch');
  const [ref] = gitRef(branch);
  const guarded = category === 'protected_branch' ? (detail(entry, 'name') ?? ref?.name) : undefined;
  return [
    ...gitRef(branch),
    { type: 'branch_protection_rule', uid: detail(entry, 'protected_branch_id'), name: guarded },
    {
      type: 'ruleset',
      uid: detail(entry, 'ruleset_id'),
      name: detail(entry, 'ruleset_name'),
      data: pick(native, ['ruleset_enforcement', 'ruleset_source_type', 'ruleset_old_enforcement']),
    },
  ];
}

/** The kind of thing that a category is about, and where the entry names it. */
const SETTINGS: ReadonlyMap<string, { readonly type: string; readonly names: readonly string[] }> = new Map([
  ['public_key', { type: 'public_key', names: ['title', 'fingerprint', 'key'] }],
  ['deploy_key', { type: 'public_key', names: ['title', 'fingerprint', 'key'] }],
  ['integration_installation', { type: 'integration', names: ['integration', 'name'] }],
  ['integration', { type: 'integration', names: ['integration', 'name'] }],
  [
    'oauth_application',
    { type: 'oauth_application', names: ['oauth_application', 'oauth_application_name'] },
  ],
  [
    'personal_access_token',
    { type: 'personal_access_token', names: ['token_name', 'user_programmatic_access_name'] },
  ],
  ['audit_log_streaming', { type: 'audit_log_stream', names: ['sink', 'name', 'audit_log_stream_sink'] }],
  ['ip_allow_list_entry', { type: 'ip_allow_list_entry', names: ['ip_allow_list_entry', 'name', 'value'] }],
  ['packages', { type: 'package', names: ['package', 'package_name'] }],
]);

function settings(entry: AuditEntry): ResourceDetails[] {
  const { category } = entry;
  const setting = SETTINGS.get(category);
  return [
    ...(setting === undefined ? [] : [{ type: setting.type, name: detail(entry, ...setting.names) }]),
    webhook(entry),
    ...secrets(entry),
    { type: 'team', name: entry.team },
    { type: 'user', uid: otherUser(entry) === undefined ? undefined : entry.userId, name: otherUser(entry) },
    {
      type: 'pull_request',
      uid: detail(entry, 'pull_request_id'),
      name: detail(entry, 'pull_request_title'),
    },
    { type: 'alert', uid: detail(entry, 'alert_number'), name: detail(entry, 'ghsa_id') },
  ];
}

function webhook(entry: AuditEntry): ResourceDetails {
  const config = pick(member(entry.native, 'config'), ['url', 'content_type', 'insecure_ssl']);
  const data = present({ ...pick(entry.native, ['events', 'active']), ...config });
  const isHook = entry.category === 'hook';
  return {
    type: 'webhook',
    uid: detail(entry, 'hook_id'),
    name: isHook ? (stringAt(config, 'url') ?? detail(entry, 'name')) : undefined,
    data,
  };
}

/** `org.create_actions_secret`: the name, under which workflows read it; GitHub never writes the value. */
function secrets(entry: AuditEntry): ResourceDetails[] {
  const kind =
    /_(secret|variable)s?$/.exec(`_${entry.verb}`)?.[1] ?? /_(secret|variable)_/.exec(entry.verb)?.[1];
  if (kind === undefined || entry.verb.includes('scanning')) return [];
  return [{ type: kind, name: detail(entry, `${kind}_name`, 'key', 'name') }];
}

/** Many entries repeat the actor as the user; that is no second person. */
function otherUser({ actor, user }: AuditEntry): string | undefined {
  return user === actor ? undefined : user;
}

function owners(entry: AuditEntry): ResourceDetails[] {
  const organizations = entry.organizations.map((name, place) => ({
    type: 'organization',
    uid: entry.organizationIds[place],
    name,
  }));
  return [...organizations, { type: 'enterprise', uid: entry.businessId, name: entry.business }];
}
