import { isArray, type JsonObject, type JsonValue, member, stringAt } from '../../json/json.ts';
import type { Actor, Authorization, User } from '../../ocsf/event.ts';

/** Permissions of one call that are named one by one. */
const PERMISSIONS_MAX = 50;

/** Who called: the identity that the permissions were checked for, and behind it the chain that it was lent to. */
export function actorOf(payload: JsonObject): Actor {
  const authentication = member(payload, 'authenticationInfo');
  const keyName = stringAt(authentication, 'serviceAccountKeyName');
  const chain = delegatesOf(payload);
  return {
    user: {
      ...userOf(callerOf(payload), stringAt(authentication, 'principalSubject')),
      programmatic_credentials: keyName ? [{ uid: keyName, type: 'Service Account Key' }] : undefined,
    },
    session: { issuer: chain[0], credential_uid: keyName },
    app_uid: stringAt(authentication, 'oauthInfo', 'oauthClientId'),
    idp: poolOf([stringAt(authentication, 'principalSubject'), ...chain]),
    authorizations: authorizationsOf(payload),
  };
}

/** The caller's own name for itself; undefined for anonymous calls and where Google withholds it. */
export function callerOf(payload: JsonObject): string | undefined {
  const authentication = member(payload, 'authenticationInfo');
  return stringAt(authentication, 'principalEmail') ?? stringAt(authentication, 'principalSubject');
}

/**
 * A user from an e-mail address or from a principal identifier.
 * @see https://cloud.google.com/iam/docs/principal-identifiers
 */
export function userOf(name: string | undefined, subject?: string | undefined): User {
  const text = name ?? subject;
  if (text === undefined) return { name: 'unknown', type_id: 0, type: 'Unknown' };
  const short = shortName(text) || text;
  const kind = kindOf(text, subject ?? text);
  return {
    name: short,
    uid: subject ?? (short === text ? undefined : text),
    ...kind,
    email_addr: MAIL.test(short) ? short : undefined,
  };
}

const MAIL = /^[A-Za-z0-9._+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}$/;

/** `principal://…/subject/<name>` and `user:<address>` end in what people know. */
function shortName(text: string): string {
  if (/^principal(Set)?:\/\//.test(text)) return text.split('/subject/')[1] ?? text;
  return text.replace(/^(?:deleted:)?(?:user|serviceAccount|group|domain):/, '');
}

function kindOf(name: string, subject: string): Pick<User, 'type_id' | 'type'> {
  if (
    /gserviceaccount\.com$|^system:serviceaccount:/.test(name) ||
    /^(?:deleted:)?serviceAccount:/.test(subject)
  ) {
    return { type_id: 99, type: 'ServiceAccount' };
  }
  if (name === 'system@google.com' || name.startsWith('system:')) return { type_id: 3, type: 'System' };
  if (/^(?:deleted:)?user:/.test(subject) || MAIL.test(name)) return { type_id: 1, type: 'User' };
  return { type_id: 99, type: 'FederatedIdentity' };
}

/** The impersonation chain, outermost first: who really started it. */
export function delegatesOf(payload: JsonObject): readonly string[] {
  const chain = member(member(payload, 'authenticationInfo'), 'serviceAccountDelegationInfo');
  if (!isArray(chain)) return [];
  return chain
    .map(
      (link) =>
        stringAt(link, 'principalSubject') ??
        stringAt(link, 'firstPartyPrincipal', 'principalEmail') ??
        stringAt(link, 'thirdPartyPrincipal', 'thirdPartyClaims', 'sub'),
    )
    .filter((name) => name !== undefined);
}

/** The workload or workforce identity pool that vouched for a federated identity. */
function poolOf(subjects: readonly (string | undefined)[]): Actor['idp'] {
  for (const subject of subjects) {
    const match = /^principal(?:Set)?:\/\/iam\.googleapis\.com\/(.{1,300}Pools\/([^/]{1,100}))\//.exec(
      subject ?? '',
    );
    if (match?.[1] !== undefined) return { name: match[2], uid: match[1] };
  }
  return undefined;
}

/** JSON from protocol buffers leaves false out: a permission counts as granted only where it says so. */
function authorizationsOf(payload: JsonObject): readonly Authorization[] | undefined {
  const checked = member(payload, 'authorizationInfo');
  if (!isArray(checked)) return undefined;
  return checked
    .filter((entry: JsonValue) => stringAt(entry, 'permission') !== undefined)
    .slice(0, PERMISSIONS_MAX)
    .map((entry) => ({
      decision: member(entry, 'granted') === true ? 'granted' : 'denied',
      policy: {
        name: stringAt(entry, 'permission'),
        type: 'IAM permission',
        desc: stringAt(entry, 'resource'),
      },
    }));
}
