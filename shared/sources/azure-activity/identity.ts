import { type JsonObject, member } from '../../json/json.ts';
import type { Actor, Idp, Policy, Session, User } from '../../ocsf/event.ts';
import { parseTime } from '../../ocsf/time.ts';
import type { Activity } from './activity.ts';
import { textOf } from './fields.ts';

const SCHEMAS = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/';
const MICROSOFT = 'http://schemas.microsoft.com/';

/** Well-known first-party applications: a person at the portal and one at the command line differ to who is on call. */
const APPLICATIONS: ReadonlyMap<string, string> = new Map([
  ['c44b4083-3bb0-49c1-b47d-974e53cbdf3c', 'Azure Portal'],
  ['04b07795-8ddb-461a-bbee-02f9e1bf7b46', 'Azure CLI'],
  ['1950a258-227b-4e31-a9cf-717495945fc2', 'Azure PowerShell'],
  ['0c1307d4-29d6-4389-a11c-5cbe7f65d7fa', 'Azure mobile app'],
]);

/** Who did it, from the claims of the token; from the bare caller where a road cut the claims away. */
export function actorOf(activity: Activity): Actor {
  const { claims } = activity;
  const appId = textOf(claims, 'appid', 'azp');
  const user = userOf(activity, appId);
  return {
    user,
    session: sessionOf(claims),
    app_uid: appId,
    app_name: appId === undefined ? (user ? undefined : 'unknown') : APPLICATIONS.get(appId.toLowerCase()),
    idp: idpOf(claims),
    authorizations: grantOf(activity),
  };
}

/**
 * What Azure itself calls the caller: a person's name, else the object id of a service principal. It is in the claims
 * of every shape; where a road cut them away, `caller` is the same. Of Azure's own services only some shapes tell.
 */
export function callerOf(activity: Activity): string | undefined {
  const { caller, claims } = activity;
  const isAccount = caller !== undefined && (caller.includes('@') || GUID.test(caller));
  return personOf(claims) ?? objectIdOf(claims) ?? (isAccount ? caller : undefined) ?? appIdOf(activity);
}

const GUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

function userOf(activity: Activity, appId: string | undefined): User | undefined {
  const { claims } = activity;
  const evidence = member(activity.authorization, 'evidence');
  const kind = kindOf(activity);
  const uid = objectIdOf(claims) ?? appId ?? dashed(textOf(evidence, 'principalId'));
  const name = kind.name ?? personOf(claims) ?? textOf(claims, 'app_displayname') ?? activity.caller ?? appId;
  if (uid === undefined && name === undefined) return undefined;
  const isMail = kind.type_id === 1 && name !== undefined && MAIL.test(name);
  return {
    name: name ?? uid,
    uid,
    type_id: kind.type_id,
    type: kind.type,
    email_addr: isMail ? name : undefined,
    full_name: kind.type_id === 1 ? textOf(claims, 'name') : undefined,
  };
}

const MAIL = /^[A-Za-z0-9._+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}$/;

/** A managed identity has the id of what it belongs to; an application has no name but its ids. */
function kindOf(activity: Activity): { name?: string | undefined; type_id: number; type: string } {
  const { claims } = activity;
  const principalType = textOf(member(activity.authorization, 'evidence'), 'principalType');
  const identity = textOf(claims, 'xms_mirid');
  if (identity !== undefined)
    return { name: identity.split('/').at(-1) || undefined, type_id: 99, type: 'ManagedIdentity' };
  const named = personOf(claims);
  const person = named ?? activity.caller;
  if (person !== undefined && /^Microsoft\.[A-Za-z.]+$/i.test(person)) return { type_id: 3, type: 'System' };
  const isPerson = textOf(claims, 'idtyp') === 'user' || named !== undefined;
  const isApp = textOf(claims, 'idtyp') === 'app' || textOf(claims, 'appid') !== undefined;
  if (!isPerson && (isApp || principalType === 'ServicePrincipal'))
    return { type_id: 99, type: 'ServicePrincipal' };
  if (isPerson || person?.includes('@') || principalType === 'User') return { type_id: 1, type: 'User' };
  return { type_id: 0, type: 'Unknown' };
}

function personOf(claims: JsonObject | undefined): string | undefined {
  const name = textOf(
    claims,
    `${SCHEMAS}upn`,
    'upn',
    `${SCHEMAS}emailaddress`,
    'email',
    `${SCHEMAS}name`,
    'unique_name',
  );
  if (name !== undefined) return name.trim().replace(/^live\.com#/, '');
  return textOf(claims, 'idtyp') === 'app' ? undefined : textOf(claims, 'name');
}

function objectIdOf(claims: JsonObject | undefined): string | undefined {
  return textOf(claims, `${MICROSOFT}identity/claims/objectidentifier`, 'oid');
}

function appIdOf(activity: Activity): string | undefined {
  return textOf(activity.claims, 'appid', 'azp');
}

/** `uti` is the token's id, which the sign-in log has as uniqueTokenIdentifier: the join to how it was obtained. */
function sessionOf(claims: JsonObject | undefined): Session | undefined {
  if (claims === undefined) return undefined;
  const methods = textOf(claims, `${MICROSOFT}claims/authnmethodsreferences`, 'amr');
  return {
    uid: textOf(claims, 'uti'),
    issuer: textOf(claims, 'iss'),
    created_time: parseTime(member(claims, 'iat'))?.ms,
    expiration_time: parseTime(member(claims, 'exp'))?.ms,
    is_mfa: methods === undefined ? undefined : /\bmfa\b/.test(methods.slice(0, 200)),
  };
}

function idpOf(claims: JsonObject | undefined): Idp | undefined {
  const tenant = tenantOf(claims);
  const guest = textOf(claims, `${MICROSOFT}identity/claims/identityprovider`, 'idp');
  if (tenant === undefined && guest === undefined) return undefined;
  return { name: guest ?? 'Microsoft Entra ID', issuer: textOf(claims, 'iss'), tenant_uid: tenant };
}

export function tenantOf(claims: JsonObject | undefined): string | undefined {
  return textOf(claims, `${MICROSOFT}identity/claims/tenantid`, 'tid');
}

/** The role that let the call through, as Azure's own evidence of the authorization names it. */
function grantOf(activity: Activity): Actor['authorizations'] {
  const evidence = member(activity.authorization, 'evidence');
  const role = textOf(evidence, 'role') ?? textOf(activity.authorization, 'role');
  if (role === undefined) return undefined;
  const scope = textOf(evidence, 'roleAssignmentScope');
  const policy: Policy = {
    name: role,
    type: 'Azure role',
    uid: textOf(evidence, 'roleAssignmentId'),
    desc: scope === undefined ? undefined : `assigned at ${scope}`,
  };
  return [{ policy }];
}

/** Evidence writes GUIDs without dashes. */
function dashed(id: string | undefined): string | undefined {
  if (id === undefined || !/^[0-9a-f]{32}$/i.test(id)) return id;
  return id.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
