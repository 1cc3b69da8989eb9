import type { OcsfBody, ResourceDetails } from '../../ocsf/event.ts';
import { identityType, roleName, roleSession } from './identity.ts';
import { type CloudTrailRecord, INSIGHT, object, operationName, text } from './record.ts';
import { words } from './verbs.ts';

/** One English line that says who did what to what, and how it ended. Its words come from the event: it is data. */
export function messageOf(
  record: CloudTrailRecord,
  body: Pick<OcsfBody, 'class_uid' | 'actor' | 'user' | 'status_id' | 'status_code' | 'status_detail'>,
  resources: readonly ResourceDetails[],
): string {
  if (record.eventType === INSIGHT) return insightMessage(record);
  const who = callerOf(record, body);
  const end = body.status_id === 2 ? `: ${clip(body.status_code ?? body.status_detail ?? 'failed')}` : '';
  if (record.eventName === 'ConsoleLogin') return `${who} signed in to the AWS console${end}`;
  const operation = operationName(record.eventName);
  const call = record.eventType === 'AwsServiceEvent' ? 'reported' : 'called';
  return `${who} ${call} ${clip(operation)}${objectOf(record, body, resources)}${end}`;
}

function insightMessage(record: CloudTrailRecord): string {
  const details = object(record.native, 'insightDetails');
  const state = text(details, 'state') === 'End' ? 'ended' : 'began';
  const call = clip(text(details, 'eventName') ?? 'unknown calls');
  const service = clip(text(details, 'eventSource') ?? 'unknown service');
  return `CloudTrail Insights: unusual activity ${state}: ${call} of ${service}`;
}

function callerOf(record: CloudTrailRecord, body: Pick<OcsfBody, 'actor'>): string {
  const { identity } = record;
  const user = body.actor?.user;
  const name = clip(user?.name ?? user?.uid ?? '');
  switch (identityType(record)) {
    case 'AssumedRole':
      return assumedRole(record, name);
    case 'Root':
      return `root of account ${clip(text(identity, 'accountId') ?? record.accountId ?? 'unknown')}`;
    case 'AWSService':
      return `service ${clip(body.actor?.app_name ?? name)}`;
    case 'AWSAccount':
      return `account ${clip(text(identity, 'accountId') ?? name)}`;
    case 'FederatedUser':
      return `federated user ${name}`;
    case 'WebIdentityUser':
      return `web identity ${name}`;
    case 'SAMLUser':
      return `SAML user ${name}`;
    case 'IdentityCenterUser':
      return `Identity Center user ${name}`;
    default:
      return name === '' ? otherCaller(record) : `user ${name}`;
  }
}

function assumedRole(record: CloudTrailRecord, name: string): string {
  const role = roleName(record.identity);
  const session = roleSession(record.identity);
  if (role === undefined) return `role session ${name}`;
  if (name === role || name.includes(':')) {
    return session === undefined ? `role ${clip(role)}` : `role ${clip(role)} (session ${clip(session)})`;
  }
  return `user ${name} (role ${clip(role)})`;
}

/** Who called when the record names no user: a service, if it says so, else nobody can tell. */
function otherCaller(record: CloudTrailRecord): string {
  const service = text(record.identity, 'invokedBy') ?? serviceOfEvent(record);
  if (service !== undefined) return `service ${clip(service)}`;
  return record.accountId === undefined ? 'somebody' : `somebody in account ${clip(record.accountId)}`;
}

function serviceOfEvent(record: CloudTrailRecord): string | undefined {
  return record.eventType === 'AwsServiceEvent' ? record.eventSource : undefined;
}

function objectOf(
  record: CloudTrailRecord,
  body: Pick<OcsfBody, 'class_uid' | 'user'>,
  resources: readonly ResourceDetails[],
): string {
  const session = text(record.request, 'roleSessionName');
  const target = resources[0];
  if (body.class_uid === 3002 && session !== undefined) {
    const role = target?.name ?? text(record.request, 'roleArn') ?? 'unknown';
    return ` on role ${clip(role)} (session ${clip(session)})`;
  }
  if (target === undefined) return '';
  // A policy or a group means as much as the user that it is for.
  const other = record.service === 'iam' ? resources[1] : undefined;
  const also = other === undefined ? '' : ` and ${described(other)}`;
  return ` on ${described(target)}${also}`;
}

function described(item: ResourceDetails): string {
  const kind = kindOf(item.type);
  return `${kind === '' ? '' : `${kind} `}${clip(item.name ?? item.uid ?? '')}`;
}

/** `AWS::Lambda::Function` is a function to people, `AWS::RDS::DBInstance` a DB instance. */
function kindOf(type: string | undefined): string {
  const last = type?.split(/::|:/).at(-1) ?? '';
  const kind = words(last).map((word) => (/^[A-Z]{2,}$/.test(word) ? word : word.toLowerCase()));
  return clip(kind.join(' '));
}

/** Names may be as long as a record; a line that is read may not. */
function clip(value: string): string {
  return value.length <= CLIP ? value : `${value.slice(0, CLIP - 1)}…`;
}

const CLIP = 200;
