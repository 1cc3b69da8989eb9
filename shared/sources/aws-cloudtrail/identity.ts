import type { JsonObject, JsonValue } from '../../json/json.ts';
import type { Account, Actor, Idp, Session, User } from '../../ocsf/event.ts';
import { parseTime } from '../../ocsf/time.ts';
import { arnName, parseArn, sessionName } from './arn.ts';
import { type CloudTrailRecord, field, INSIGHT, object, text } from './record.ts';

/**
 * Who called. `userIdentity` has a different set of members for each of its types, and is absent from service events:
 * then the actor is the service that the record is about.
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html
 */
export function readActor(record: CloudTrailRecord): Actor {
  const user = readUser(record);
  const session = readSession(record.identity);
  const invokedBy = text(record.identity, 'invokedBy');
  const actor: Actor = { user, session, app_name: invokedBy, idp: readIdp(record) };
  const isKnown = user !== undefined || session !== undefined || invokedBy !== undefined;
  return isKnown ? actor : { ...actor, app_name: serviceOf(record) };
}

/** The service that a record without an identity is about. */
function serviceOf(record: CloudTrailRecord): string {
  if (record.eventType === INSIGHT) return 'cloudtrail.amazonaws.com';
  return record.eventSource ?? 'AWS';
}

export function identityType(record: CloudTrailRecord): string | undefined {
  return text(record.identity, 'type');
}

/** An AWS account as OCSF has it. */
export function accountOf(uid: string | undefined): Account | undefined {
  return uid === undefined ? undefined : { uid, type_id: 10, type: 'AWS Account' };
}

/** The name of the role that a session belongs to. */
export function roleName(identity: JsonObject | undefined): string | undefined {
  const issuer = sessionIssuer(identity);
  const fromArn = parseArn(text(identity, 'arn'))?.resource.split('/', 2);
  return text(issuer, 'userName') ?? (fromArn?.[0] === 'assumed-role' ? fromArn[1] : undefined);
}

/** The name that whoever assumed the role gave the session. */
export function roleSession(identity: JsonObject | undefined): string | undefined {
  const principal = text(identity, 'principalId');
  const colon = principal?.indexOf(':') ?? -1;
  return sessionName(text(identity, 'arn')) ?? (colon > 0 ? principal?.slice(colon + 1) : undefined);
}

function readUser(record: CloudTrailRecord): User | undefined {
  const { identity } = record;
  const type = identityType(record);
  const principal = text(identity, 'principalId');
  const accessKey = text(identity, 'accessKeyId');
  const onBehalfOf = object(identity, 'onBehalfOf');
  const uid = text(identity, 'arn') ?? principal ?? text(onBehalfOf, 'userId');
  const name = userName(record, type);
  const account = accountOf(text(identity, 'accountId'));
  const isNobody = uid === undefined && name === undefined;
  // A service's own events carry the account that they happened in, which is not who acted.
  if (isNobody && (account === undefined || text(identity, 'invokedBy') !== undefined)) return undefined;
  return {
    name,
    uid,
    uid_alt: principal,
    display_name: type === 'AssumedRole' ? roleSession(identity) : undefined,
    // OCSF's own kinds are too few for AWS's, so the type is AWS's word under 99 Other.
    type_id: type === undefined ? undefined : 99,
    type,
    account,
    programmatic_credentials: accessKey === undefined ? undefined : [{ uid: accessKey }],
  };
}

function userName(record: CloudTrailRecord, type: string | undefined): string | undefined {
  const { identity } = record;
  const given = text(identity, 'userName');
  const arn = text(identity, 'arn');
  switch (type) {
    case 'AssumedRole':
      return given ?? assumedRoleName(record);
    case 'Root':
      return given ?? 'root';
    case 'AWSService':
      return given ?? text(identity, 'invokedBy');
    case 'IdentityCenterUser':
      return given ?? text(object(identity, 'onBehalfOf'), 'userId');
    case 'AWSAccount':
      return given ?? roleSession(identity);
    default:
      return given ?? (arn === undefined ? undefined : arnName(arn));
  }
}

/**
 * A role session is named after the person behind it where the record shows that there is one, so that people are
 * found by their names; else after the role, because machines give every session another name.
 */
function assumedRoleName(record: CloudTrailRecord): string | undefined {
  const { identity } = record;
  const context = object(identity, 'sessionContext');
  const sourceIdentity = text(context, 'sourceIdentity');
  if (sourceIdentity !== undefined) return sourceIdentity;
  const role = text(sessionIssuer(identity), 'userName');
  if (role === undefined) return text(identity, 'principalId') ?? roleName(identity);
  const isPerson =
    role.startsWith('AWSReservedSSO_') ||
    isTrue(field(object(context, 'attributes'), 'mfaAuthenticated')) ||
    isTrue(field(record.native, 'sessionCredentialFromConsole'));
  return isPerson ? (roleSession(identity) ?? role) : role;
}

function readSession(identity: JsonObject | undefined): Session | undefined {
  const context = object(identity, 'sessionContext');
  const attributes = object(context, 'attributes');
  const key = text(identity, 'accessKeyId');
  const mfa = field(attributes, 'mfaAuthenticated');
  const arn = text(identity, 'arn');
  const session: Session = {
    uid: key,
    uid_alt: sessionName(arn) === undefined ? undefined : arn,
    credential_uid: key ?? text(identity, 'credentialId'),
    issuer: text(sessionIssuer(identity), 'arn'),
    created_time: parseTime(field(attributes, 'creationDate'))?.ms,
    is_mfa: mfa === undefined || mfa === null ? undefined : isTrue(mfa),
  };
  const isEmpty = Object.values(session).every((value) => value === undefined);
  return isEmpty ? undefined : session;
}

/** Who vouched for the caller: an OIDC or SAML provider, named by its ARN or its host. */
function readIdp(record: CloudTrailRecord): Idp | undefined {
  const { identity, additional } = record;
  const federation = object(object(identity, 'sessionContext'), 'webIdFederationData');
  const provider =
    text(identity, 'identityProvider') ??
    text(federation, 'federatedProvider') ??
    text(additional, 'SamlProviderArn');
  if (provider === undefined) return undefined;
  return parseArn(provider) === undefined ? { name: provider } : { name: arnName(provider), uid: provider };
}

function sessionIssuer(identity: JsonObject | undefined): JsonObject | undefined {
  return object(object(identity, 'sessionContext'), 'sessionIssuer');
}

/** CloudTrail writes booleans as booleans or as the words. */
export function isTrue(value: JsonValue | undefined): boolean {
  return value === true || (typeof value === 'string' && value.toLowerCase() === 'true');
}

/** What `userIdentity` says beyond the actor: kept, because joins over role chains need it. */
export function identityLeftovers(identity: JsonObject | undefined): JsonObject | undefined {
  if (identity === undefined) return undefined;
  const kept = Object.entries(identity).filter(([key]) => !MAPPED.has(key) && key !== 'sessionContext');
  const context = object(identity, 'sessionContext');
  const inner = Object.entries(context ?? {}).filter(([key]) => key !== 'attributes');
  // Entries define their keys, so that one called __proto__ is data here too.
  const rest = Object.fromEntries(
    inner.length > 0 ? [...kept, ['sessionContext', Object.fromEntries(inner)]] : kept,
  );
  return Object.keys(rest).length > 0 ? (rest as JsonObject) : undefined;
}

const MAPPED = new Set(['type', 'principalId', 'arn', 'accountId', 'accessKeyId', 'userName', 'invokedBy']);
