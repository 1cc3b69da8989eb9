import type { Actor, OcsfBody, Session, User } from '../../ocsf/event.ts';
import { parseTime } from '../../ocsf/time.ts';
import { arnName, parseArn } from './arn.ts';
import { accountOf, identityType } from './identity.ts';
import { type CloudTrailRecord, field, object, text } from './record.ts';

/**
 * What Authentication (3002) has beside the call: who signs in, to what, with which session. `user` is the role or
 * person that the session is for; whoever asked for it is the actor.
 */
export function authenticationOf(record: CloudTrailRecord, actor: Actor): Partial<OcsfBody> {
  const user = signedIn(record, actor);
  const protocol = protocolOf(record);
  return {
    user,
    service: { name: record.eventSource ?? 'AWS' },
    session: newSession(record, user),
    is_mfa: usedMfa(record, actor),
    ...protocol,
  };
}

function signedIn(record: CloudTrailRecord, actor: Actor): User {
  const { request, response } = record;
  const roleArn = roleOf(record);
  const assumed = object(response, 'assumedRoleUser');
  if (roleArn !== undefined) {
    return {
      name: text(request, 'roleSessionName') ?? arnName(roleArn),
      uid: roleArn,
      uid_alt: text(assumed, 'arn'),
      type_id: 99,
      type: 'Role',
      account: accountOf(parseArn(roleArn)?.account),
    };
  }
  const federated = text(request, 'name');
  if (record.eventName === 'GetFederationToken' && federated !== undefined) {
    const uid = text(object(response, 'federatedUser'), 'arn');
    return { name: federated, uid, type_id: 99, type: 'FederatedUser', account: accountOf(record.accountId) };
  }
  const target = text(request, 'targetPrincipal');
  if (target !== undefined)
    return { name: 'root', uid: target, type_id: 99, type: 'Root', account: accountOf(target) };
  return actor.user ?? unknownUser(record, actor);
}

/** The role that a session was asked for; a refused call may name it only among its resources. */
function roleOf(record: CloudTrailRecord): string | undefined {
  if (!record.eventName.startsWith('AssumeRole')) return undefined;
  const asked = text(record.request, 'roleArn');
  if (asked !== undefined) return asked;
  const declared = field(record.native, 'resources');
  const first = Array.isArray(declared) ? text(declared[0], 'ARN') : undefined;
  return first !== undefined && parseArn(first)?.resource.startsWith('role/') === true ? first : undefined;
}

/** A failed sign-in may name nobody; the class requires somebody, so it is the account, else the caller's service. */
function unknownUser(record: CloudTrailRecord, actor: Actor): User {
  const account = accountOf(record.accountId);
  return account === undefined ? { name: actor.app_name ?? 'unknown' } : { account };
}

/** The session that the call created; the one that it was made with is `actor.session`. */
function newSession(record: CloudTrailRecord, user: User): Session | undefined {
  const credentials = object(record.response, 'credentials');
  const key = text(credentials, 'accessKeyId');
  if (key === undefined) return undefined;
  const issuer = user.uid;
  return {
    uid: key,
    credential_uid: key,
    uid_alt: user.uid_alt,
    issuer,
    created_time: parseTime(field(record.native, 'eventTime'))?.ms,
    expiration_time: expirationMs(text(credentials, 'expiration')),
    is_mfa: text(record.request, 'serialNumber') === undefined ? undefined : true,
  };
}

function usedMfa(record: CloudTrailRecord, actor: Actor): boolean | undefined {
  const word = text(record.additional, 'MFAUsed');
  if (word !== undefined) return word.toLowerCase() === 'yes';
  if (text(record.request, 'serialNumber') !== undefined) return true;
  return actor.session?.is_mfa;
}

function protocolOf(record: CloudTrailRecord): Pick<OcsfBody, 'auth_protocol_id' | 'auth_protocol'> {
  const type = identityType(record);
  if (record.eventName.endsWith('WithWebIdentity') || type === 'WebIdentityUser') {
    return { auth_protocol_id: 4, auth_protocol: 'OpenID' };
  }
  const isSaml = record.eventName.endsWith('WithSAML') || type === 'SAMLUser';
  if (isSaml || text(record.additional, 'SamlProviderArn') !== undefined) {
    return { auth_protocol_id: 5, auth_protocol: 'SAML' };
  }
  return {};
}

const MONTHS = 'JanFebMarAprMayJunJulAugSepOctNovDec';
const EXPIRATION = /^([A-Z][a-z]{2}) (\d{1,2}), (\d{4}),? (\d{1,2}):(\d\d):(\d\d)\s([AP])M$/;

/** STS writes the end of a session as `May 4, 2026, 11:15:31 AM` in UTC; some services as RFC 3339. */
export function expirationMs(value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const match = EXPIRATION.exec(value);
  if (match === null) return parseTime(value)?.ms;
  const month = MONTHS.indexOf(match[1] ?? '');
  if (month < 0 || month % 3 !== 0) return undefined;
  const hour = (Number(match[4]) % 12) + (match[7] === 'P' ? 12 : 0);
  return Date.UTC(Number(match[3]), month / 3, Number(match[2]), hour, Number(match[5]), Number(match[6]));
}
