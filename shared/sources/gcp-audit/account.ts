import { at, isArray, type JsonObject, stringAt } from '../../json/json.ts';
import type { OcsfBody } from '../../ocsf/event.ts';
import { type AuditEntry, serviceOf } from './entry.ts';
import { verbOf } from './method.ts';
import { userOf } from './principal.ts';

type Change = Pick<OcsfBody, 'class_uid' | 'activity_id' | 'activity_name' | 'user' | 'group' | 'privileges'>;

/** Changes of accounts and of who is in a group: service accounts in IAM, people in Workspace and Cloud Identity. */
export function accountChangeOf(entry: AuditEntry, method: string): Change | undefined {
  const service = serviceOf(entry);
  if (service === 'iam.googleapis.com') return serviceAccountChange(entry, method);
  if (service === 'admin.googleapis.com') return directoryChange(entry.payload, method);
  return undefined;
}

// 1 Create, 2 Enable, 3 Password Change, 5 Disable, 6 Delete.
const SERVICE_ACCOUNT_VERBS: ReadonlyMap<string, number> = new Map([
  ['createserviceaccount', 1],
  ['enableserviceaccount', 2],
  ['disableserviceaccount', 5],
  ['deleteserviceaccount', 6],
]);

/** Keys of service accounts are not among these: making one changes no account, and stays an API call. */
function serviceAccountChange({ payload, resource }: AuditEntry, method: string): Change | undefined {
  const activity = SERVICE_ACCOUNT_VERBS.get(verbOf(method));
  const path = stringAt(payload, 'resourceName')?.split('/serviceAccounts/')[1] || undefined;
  const email =
    stringAt(resource, 'labels', 'email_id') ??
    stringAt(payload, 'response', 'email') ??
    path ??
    stringAt(payload, 'request', 'account_id');
  if (activity === undefined || email === undefined) return undefined;
  const uid = stringAt(resource, 'labels', 'unique_id') ?? stringAt(payload, 'response', 'unique_id');
  return {
    class_uid: 3001,
    activity_id: activity,
    user: { ...userOf(email), type_id: 99, type: 'ServiceAccount', uid },
  };
}

const USER_VERBS: ReadonlyMap<string, number> = new Map([
  ['createuser', 1],
  ['unsuspenduser', 2],
  ['changepassword', 3],
  ['suspenduser', 5],
  ['deleteuser', 6],
]);

// 3 Add User, 4 Remove User, 5 Delete, 6 Create.
const GROUP_VERBS: ReadonlyMap<string, number> = new Map([
  ['addgroupmember', 3],
  ['removegroupmember', 4],
  ['deletegroup', 5],
  ['creategroup', 6],
]);

/** @see https://cloud.google.com/logging/docs/audit/gsuite-audit-logging */
function directoryChange(payload: JsonObject, method: string): Change | undefined {
  const verb = verbOf(method);
  const email = parameterOf(payload, 'USER_EMAIL');
  const group = parameterOf(payload, 'GROUP_EMAIL');
  const role = parameterOf(payload, 'ROLE_NAME');
  const user = email === undefined ? undefined : userOf(email);
  const [onUser, onGroup] = [USER_VERBS.get(verb), GROUP_VERBS.get(verb)];
  if (onUser !== undefined && user !== undefined) return { class_uid: 3001, activity_id: onUser, user };
  if (onGroup !== undefined && group !== undefined) {
    return { class_uid: 3006, activity_id: onGroup, group: { name: group }, ...(user && { user }) };
  }
  if ((verb === 'assignrole' || verb === 'unassignrole') && user !== undefined && role !== undefined) {
    return { class_uid: 3005, activity_id: verb === 'assignrole' ? 1 : 2, user, privileges: [role] };
  }
  return undefined;
}

/** Workspace keeps what its events are about in a list of named parameters. */
function parameterOf(payload: JsonObject, name: string): string | undefined {
  const events = at(payload, 'metadata', 'event');
  for (const event of isArray(events) ? events.slice(0, 20) : []) {
    const parameters = at(event, 'parameter');
    const found = (isArray(parameters) ? parameters.slice(0, 100) : []).find(
      (parameter) => stringAt(parameter, 'name') === name,
    );
    const value = stringAt(found, 'value');
    if (value !== undefined) return value;
  }
  return undefined;
}
