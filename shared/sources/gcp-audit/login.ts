import { member, stringAt } from '../../json/json.ts';
import type { OcsfBody } from '../../ocsf/event.ts';
import { type AuditEntry, serviceOf } from './entry.ts';
import { callerOf, userOf } from './principal.ts';

type Login = Pick<
  OcsfBody,
  | 'class_uid'
  | 'activity_id'
  | 'activity_name'
  | 'user'
  | 'service'
  | 'auth_protocol_id'
  | 'logon_type_id'
  | 'is_remote'
  | 'status_id'
  | 'status_code'
>;

/**
 * Calls that begin or end a session: a federated token exchanged at STS, a token of a service account lent by IAM
 * Credentials (what AssumeRole is on AWS), and people who log in. Signing with a service account's key stays an API
 * call: it may serve for anything.
 */
export function loginOf(entry: AuditEntry, method: string): Login | undefined {
  const service = serviceOf(entry);
  switch (service) {
    case 'sts.googleapis.com':
      return /\.?ExchangeToken$/.test(method) ? tokenExchange(entry, service) : undefined;
    case 'iamcredentials.googleapis.com':
      return /^(?:.*\.)?Generate(Access|Id)Token$/.test(method) ? impersonation(entry, service) : undefined;
    case 'login.googleapis.com':
      return personLogin(entry, service, method);
    default:
      return undefined;
  }
}

/** OAuth 2.0 over the network, as every token of Google's is. */
const TOKEN = { auth_protocol_id: 6, logon_type_id: 3, is_remote: true } as const;

function tokenExchange({ payload }: AuditEntry, service: string): Login {
  const mapped =
    stringAt(payload, 'metadata', 'mappedPrincipal') ?? stringAt(payload, 'metadata', 'mapped_principal');
  return {
    class_uid: 3002,
    activity_id: 1,
    user: userOf(undefined, mapped ?? callerOf(payload)),
    service: { name: service, uid: stringAt(payload, 'request', 'audience') },
    ...TOKEN,
  };
}

function impersonation({ payload, resource }: AuditEntry, service: string): Login | undefined {
  const named = stringAt(payload, 'request', 'name') ?? stringAt(payload, 'resourceName');
  const account = stringAt(resource, 'labels', 'email_id') ?? (named?.split('/').at(-1) || undefined);
  if (account === undefined) return undefined;
  const user = { ...userOf(account), type_id: 99, type: 'ServiceAccount' };
  const uid = stringAt(member(resource, 'labels'), 'unique_id');
  return { class_uid: 3002, activity_id: 1, user: { ...user, uid }, service: { name: service }, ...TOKEN };
}

function personLogin({ payload }: AuditEntry, service: string, method: string): Login | undefined {
  const event = /LoginService\.(\w+)$/.exec(method)?.[1];
  if (event === undefined) return undefined;
  const change = OWN_ACCOUNT.get(event);
  if (change !== undefined) return { class_uid: 3001, activity_id: change, user: userOf(callerOf(payload)) };
  const session = { class_uid: 3002, user: userOf(callerOf(payload)), service: { name: service } } as const;
  switch (event) {
    case 'loginSuccess':
      return { ...session, activity_id: 1 };
    case 'loginFailure':
      return { ...session, activity_id: 1, status_id: 2, status_code: 'FAILURE' };
    case 'logout':
      return { ...session, activity_id: 2 };
    default:
      return { ...session, activity_id: 99, activity_name: event };
  }
}

/** What people do to their own account under the name of logging in: 3 Password Change, 10 and 11 MFA, 5 Disable. */
const OWN_ACCOUNT: ReadonlyMap<string, number> = new Map([
  ['passwordEdit', 3],
  ['2svEnroll', 10],
  ['2svDisable', 11],
  ['accountDisabledGeneric', 5],
  ['accountDisabledHijacked', 5],
  ['accountDisabledPasswordLeak', 5],
  ['accountDisabledSpammingThroughRelay', 5],
  ['accountDisabledSpamming', 5],
]);
