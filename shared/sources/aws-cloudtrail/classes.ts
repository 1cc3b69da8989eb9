import type { ClassUid } from '../../ocsf/event.ts';
import { isTrue } from './identity.ts';
import { type CloudTrailRecord, field, INSIGHT, operationName, text } from './record.ts';
import { type Activity, activityOf, words } from './verbs.ts';

export interface Classification extends Activity {
  readonly class_uid: ClassUid;
}

/**
 * The class that a record's operation calls for. Whether its required attributes are there too is for the class's own
 * mapping to say: without them the event is API Activity, which every call fits.
 */
export function classify(record: CloudTrailRecord): Classification {
  const name = record.eventName;
  if (record.eventType === INSIGHT) return insight(record);
  if (isIdentityService(record.service)) {
    const logon = AUTHENTICATION.get(name) ?? (name.startsWith('AssumeRole') ? LOGON : undefined);
    if (logon !== undefined) return { class_uid: 3002, ...named(logon, name) };
    const group = GROUPS.get(name);
    if (group !== undefined) return { class_uid: 3006, activity_id: group };
    if (ACCOUNT.has(name)) return { class_uid: 3001, ...accountActivity(record) };
    const access = ACCESS.get(name);
    if (access !== undefined) return { class_uid: 3005, activity_id: access };
  }
  return { class_uid: 6003, ...callActivity(record) };
}

/** What API Activity calls the operation. */
export function callActivity(record: CloudTrailRecord): Activity {
  if (record.eventType === 'AwsServiceEvent') {
    // Services name what happened, not what was asked: the whole name is the word.
    const known = activityOf(record.eventName, false);
    return known.activity_id === 99 ? { activity_id: 99, activity_name: record.eventName } : known;
  }
  return activityOf(operationName(record.eventName), isTrue(field(record.native, 'readOnly')));
}

/** Services whose users, roles, groups and sign-ins are AWS's own. Others have operations of the same names. */
function isIdentityService(service: string): boolean {
  return service === '' || IDENTITY_SERVICES.has(service);
}

const IDENTITY_SERVICES = new Set([
  'iam',
  'sts',
  'signin',
  'account',
  'sso',
  'sso-oauth',
  'sso-directory',
  'identitystore',
]);

const LOGON = 1;
const LOGOFF = 2;
const ACCOUNT_SWITCH = 7;
const OTHER = 99;

const AUTHENTICATION: ReadonlyMap<string, number> = new Map([
  ['ConsoleLogin', LOGON],
  ['ExternalIdPDirectoryLogin', LOGON],
  ['UserAuthentication', LOGON],
  ['CredentialVerification', LOGON],
  ['CredentialChallenge', OTHER],
  ['CheckMfa', OTHER],
  ['AssumeRoot', LOGON],
  ['GetSessionToken', LOGON],
  ['GetFederationToken', LOGON],
  ['GetSigninToken', LOGON],
  ['Authenticate', LOGON],
  ['Federate', LOGON],
  ['CreateToken', LOGON],
  ['CreateTokenWithIAM', LOGON],
  ['RenewRole', LOGON],
  ['Logout', LOGOFF],
  ['SwitchRole', ACCOUNT_SWITCH],
  ['ExitRole', ACCOUNT_SWITCH],
]);

/** Membership and life of groups: 3 Add User, 4 Remove User, 5 Delete, 6 Create. */
const GROUPS: ReadonlyMap<string, number> = new Map([
  ['AddUserToGroup', 3],
  ['AddMemberToGroup', 3],
  ['CreateGroupMembership', 3],
  ['RemoveUserFromGroup', 4],
  ['RemoveMemberFromGroup', 4],
  ['DeleteGroupMembership', 4],
  ['DeleteGroup', 5],
  ['CreateGroup', 6],
]);

/** A permission set for one person in one account: 1 Assign, 2 Revoke. */
const ACCESS: ReadonlyMap<string, number> = new Map([
  ['CreateAccountAssignment', 1],
  ['DeleteAccountAssignment', 2],
]);

/** Changes to users, roles, their credentials and policies, by the noun of the operation. */
const ACCOUNT = new Set(
  [
    ...of('User', 'Create Delete Update Tag Untag Enable Disable'),
    ...of('Role', 'Create Delete Update Tag Untag'),
    ...of('ServiceLinkedRole', 'Create Delete'),
    ...of('InstanceProfile', 'Create Delete Tag Untag'),
    ...of('AccessKey', 'Create Delete Update'),
    ...of('LoginProfile', 'Create Delete Update'),
    ...of('AccountAlias', 'Create Delete'),
    ...of('AccountPasswordPolicy', 'Delete Update'),
    ...of('VirtualMFADevice', 'Create Delete'),
    ...of('MFADevice', 'Enable Deactivate Resync'),
    ...of('UserPolicy', 'Attach Detach Put Delete'),
    ...of('RolePolicy', 'Attach Detach Put Delete'),
    ...of('GroupPolicy', 'Attach Detach Put Delete'),
    ...of('UserPermissionsBoundary', 'Put Delete'),
    ...of('RolePermissionsBoundary', 'Put Delete'),
    'DeletePolicy UpdateGroup UpdateRoleDescription UpdateAssumeRolePolicy',
    'AddRoleToInstanceProfile RemoveRoleFromInstanceProfile',
    'ChangePassword PasswordUpdated UpdatePassword PasswordRecoveryCompleted',
    'AccountNameUpdated EmailUpdated UpdateAccountName UpdateAccountEmailAddress',
    'RequestSmsMfaRegistration FinalizeSmsMfaRegistration',
  ].flatMap((names) => names.split(' ')),
);

function of(noun: string, verbs: string): readonly string[] {
  return verbs.split(' ').map((verb) => `${verb}${noun}`);
}

/** Operations whose activity their first word does not tell. */
const ACCOUNT_ACTIVITY: ReadonlyMap<string, number> = new Map([
  ['ChangePassword', 3],
  ['PasswordUpdated', 3],
  ['UpdatePassword', 4],
  ['UpdateLoginProfile', 4],
  ['PasswordRecoveryCompleted', 4],
  ['EnableUser', 2],
  ['DisableUser', 5],
  ['EnableMFADevice', 10],
  ['FinalizeSmsMfaRegistration', 10],
  ['DeactivateMFADevice', 11],
]);

function accountActivity(record: CloudTrailRecord): Activity {
  const name = record.eventName;
  const known = ACCOUNT_ACTIVITY.get(name);
  if (known !== undefined) return { activity_id: known };
  if (name === 'UpdateAccessKey') return keyActivity(record);
  // An inline policy or a boundary is deleted where a managed policy is detached: the account stays.
  if (/^(Attach|Put|Add)/.test(name)) return { activity_id: 7 };
  if (/^(Detach|Remove)|^Delete(User|Role|Group)P/.test(name)) return { activity_id: 8 };
  if (name.startsWith('Create')) return { activity_id: 1 };
  if (name.startsWith('Delete')) return { activity_id: 6 };
  return named(OTHER, name);
}

function keyActivity(record: CloudTrailRecord): Activity {
  const status = text(record.request, 'status');
  if (status === 'Active') return { activity_id: 2 };
  return status === 'Inactive' ? { activity_id: 5 } : named(OTHER, record.eventName);
}

function named(activity: number, operation: string): Activity {
  if (activity !== OTHER) return { activity_id: activity };
  return { activity_id: OTHER, activity_name: words(operation).join(' ') || operation };
}

function insight(record: CloudTrailRecord): Classification {
  const state = text(field(record.native, 'insightDetails'), 'state');
  return {
    class_uid: 6003,
    activity_id: OTHER,
    activity_name: state === undefined ? 'Insight' : `Insight ${state}`,
  };
}
