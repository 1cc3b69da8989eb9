import type { Actor, Group, OcsfBody, User } from '../../ocsf/event.ts';
import { arnName, parseArn } from './arn.ts';
import { accountOf } from './identity.ts';
import { type CloudTrailRecord, object, text } from './record.ts';

/**
 * What Account Change (3001) has beside the call: whom it changes. Operations on the account itself (its alias, its
 * password policy) change nobody, and name the account.
 */
export function accountChangeOf(record: CloudTrailRecord, actor: Actor): Partial<OcsfBody> {
  const key =
    text(record.request, 'accessKeyId') ?? text(object(record.response, 'accessKey'), 'accessKeyId');
  const user = changedUser(record, actor);
  return {
    user: key === undefined ? user : { ...user, programmatic_credentials: [{ uid: key }] },
    policies: policiesOf(record),
  };
}

/** What Group Management (3006) has beside the call; undefined where the record names no group. */
export function groupOf(record: CloudTrailRecord): Partial<OcsfBody> | undefined {
  const { request, response } = record;
  const made = object(response, 'group');
  const name = text(request, 'groupName') ?? text(made, 'groupName') ?? text(request, 'displayName');
  const uid = text(made, 'arn') ?? text(request, 'groupId') ?? text(response, 'groupId');
  if (name === undefined && uid === undefined) return undefined;
  const group: Group = { name, uid };
  return { group, user: member(record) };
}

/** What User Access Management (3005) has beside the call; undefined unless it is about one person. */
export function accessOf(record: CloudTrailRecord): Partial<OcsfBody> | undefined {
  const { request } = record;
  const uid = text(request, 'principalId');
  const permissionSet = text(request, 'permissionSetArn');
  if (text(request, 'principalType') !== 'USER' || uid === undefined || permissionSet === undefined)
    return undefined;
  return { user: { uid, account: accountOf(text(request, 'targetId')) }, privileges: [permissionSet] };
}

function member(record: CloudTrailRecord): User | undefined {
  const { request } = record;
  const name = text(request, 'userName');
  const uid = text(object(request, 'memberId'), 'userId') ?? text(request, 'memberId');
  return name === undefined && uid === undefined ? undefined : { name, uid };
}

/** The kinds of account that IAM has, by the parameter that names them and the member of the response they fill. */
const KINDS = [
  ['userName', 'user', 'User'],
  ['roleName', 'role', 'Role'],
  ['groupName', 'group', 'Group'],
  ['instanceProfileName', 'instanceProfile', 'InstanceProfile'],
] as const;

function changedUser(record: CloudTrailRecord, actor: Actor): User {
  const { request, response, eventName } = record;
  const account = accountOf(record.accountId);
  for (const [parameter, made, type] of KINDS) {
    const name = text(request, parameter) ?? text(object(response, made), parameter);
    if (name === undefined) continue;
    const created = object(response, made);
    const uid = text(created, 'arn');
    return { name, uid, uid_alt: text(created, `${made}Id`), type_id: 99, type, account };
  }
  const own = text(object(response, 'accessKey'), 'userName') ?? deviceOwner(text(request, 'serialNumber'));
  if (own !== undefined) return { name: own, type_id: 99, type: 'User', account };
  const uid = text(request, 'userId') ?? text(response, 'userId');
  if (uid !== undefined) return { uid, type_id: 99, type: 'User', account };
  const isOwn = OWN_BY_DEFAULT.has(eventName);
  if (isOwn && actor.user !== undefined) return actor.user;
  return account === undefined ? (actor.user ?? { name: 'unknown' }) : { account };
}

/** IAM takes the caller where these name nobody. */
const OWN_BY_DEFAULT = new Set([
  'ChangePassword',
  'PasswordUpdated',
  'EmailUpdated',
  'AccountNameUpdated',
  'CreateAccessKey',
  'DeleteAccessKey',
  'UpdateAccessKey',
  'RequestSmsMfaRegistration',
  'FinalizeSmsMfaRegistration',
  'PasswordRecoveryCompleted',
]);

/** A virtual MFA device is usually called after its owner: `arn:aws:iam::111122223333:mfa/alice`. */
function deviceOwner(serialNumber: string | undefined): string | undefined {
  if (serialNumber === undefined) return undefined;
  return parseArn(serialNumber)?.resource.startsWith('mfa/') === true ? arnName(serialNumber) : undefined;
}

function policiesOf(record: CloudTrailRecord): OcsfBody['policies'] {
  const uid = text(record.request, 'policyArn') ?? text(record.request, 'permissionsBoundary');
  const name = text(record.request, 'policyName') ?? (uid === undefined ? undefined : arnName(uid));
  return name === undefined ? undefined : [{ name, uid }];
}
