import { idAt, type JsonObject, type JsonValue, member, stringAt } from '../../json/json.ts';
import type { User } from '../../ocsf/event.ts';

/** One webhook, as every mapping of an event sees it. All values are chosen by whoever sent it. */
export interface Delivery {
  readonly event: string;
  readonly action: string | undefined;
  /** `workflow_run.completed`, or the event alone where it has no action. */
  readonly operation: string;
  readonly body: JsonObject;
  readonly repository: JsonValue | undefined;
  /** `octo-org/octo-repo`. */
  readonly repositoryName: string | undefined;
  /** The repository's id, else its name: bodies are trimmed by what stored them. */
  readonly repositoryId: string | undefined;
  readonly sender: User | undefined;
  /** X-GitHub-Delivery: the same again when GitHub is asked to redeliver, another one for each hook. */
  readonly deliveryId: string | undefined;
}

export function deliveryOf(
  event: string,
  body: JsonObject,
  attributes: Readonly<Record<string, string>>,
): Delivery {
  const action = stringAt(body, 'action')?.slice(0, 100);
  const repository = member(body, 'repository');
  const repositoryName = stringAt(repository, 'full_name');
  return {
    event,
    action,
    operation: action === undefined ? event : `${event}.${action}`,
    body,
    repository,
    repositoryName,
    repositoryId: idAt(repository, 'id') ?? repositoryName,
    sender: userOf(member(body, 'sender')),
    deliveryId: attributes['x-github-delivery'],
  };
}

/** A GitHub account. Bots and Apps act as accounts of type Bot. */
export function userOf(account: JsonValue | undefined): User | undefined {
  const name = stringAt(account, 'login') ?? stringAt(account, 'name');
  const uid = idAt(account, 'id');
  if (name === undefined && uid === undefined) return undefined;
  const type = stringAt(account, 'type');
  if (type === undefined) return { name, uid };
  const known = TYPES.get(type);
  return { name, uid, ...(known ?? { type_id: 99, type }) };
}

const TYPES: ReadonlyMap<string, { readonly type_id: number; readonly type: string }> = new Map([
  ['User', { type_id: 1, type: 'User' }],
  ['Bot', { type_id: 4, type: 'Service' }],
]);

/**
 * Whose event it is. A repository hook, an organisation hook and an App's hook differ in `organization`, `enterprise`
 * and `installation`, so the owner of the repository comes first.
 */
export function tenantOf({ body, repository, repositoryName }: Delivery): string {
  return (
    stringAt(repository, 'owner', 'login') ??
    stringAt(repository, 'owner', 'name') ??
    (repositoryName?.includes('/') ? repositoryName.split('/', 1)[0] : undefined) ??
    stringAt(body, 'organization', 'login') ??
    stringAt(body, 'installation', 'account', 'login') ??
    stringAt(body, 'enterprise', 'slug') ??
    stringAt(body, 'sender', 'login') ??
    'github'
  );
}

/** `github.com`, or the host of a GitHub Enterprise Server. */
export function hostOf({ body, repository }: Delivery, enterpriseHost: string | undefined): string {
  const url = stringAt(repository, 'html_url') ?? stringAt(body, 'sender', 'html_url') ?? '';
  return /^https?:\/\/([a-z0-9.-]{1,253})(?:[:/]|$)/i.exec(url)?.[1] ?? enterpriseHost ?? 'github.com';
}

/** The run in a link such as `https://github.com/o/r/actions/runs/123/job/456`. */
export function runIdIn(...urls: readonly (string | undefined)[]): string | undefined {
  for (const url of urls) {
    const id = /\/actions\/runs\/(\d{1,20})(?:[/?#]|$)/.exec(url ?? '')?.[1];
    if (id !== undefined) return id;
  }
  return undefined;
}
