import { expect, test } from 'vitest';
import { sources } from '../../shared/sources/index.ts';
import { createReader } from '../../shared/sources/read.ts';
import { hasValidator, loadValidator } from './github-ocsf.ts';

const reader = createReader({ sources, random: (size) => new Uint8Array(size), salt: new Uint8Array(32) });

function read(record: unknown) {
  const body = Buffer.from(JSON.stringify(record));
  const receivedAt = new Date('2026-05-04T12:00:00Z');
  const [event] = reader.readEnvelope({ source: undefined, receivedAt, attributes: {}, body }).events;
  return { essence: event?.essence, uid: event?.uid, ocsf: JSON.parse(event?.line ?? '{}') };
}

const aws = (eventSource: string, eventName: string, requestParameters: object, more: object = {}) => ({
  eventVersion: '1.11',
  eventID: 'example-1',
  eventTime: '2026-05-04T10:00:00Z',
  awsRegion: 'eu-west-1',
  recipientAccountId: '111122223333',
  userIdentity: { type: 'IAMUser', userName: 'alice', arn: 'arn:aws:iam::111122223333:user/alice' },
  eventSource,
  eventName,
  requestParameters,
  ...more,
});

const google = (serviceName: string, methodName: string, more: object) => ({
  logName: 'projects/acme/logs/cloudaudit.googleapis.com%2Factivity',
  insertId: 'abc1',
  timestamp: '2026-05-04T10:00:00.123456789Z',
  protoPayload: {
    '@type': 'type.googleapis.com/google.cloud.audit.AuditLog',
    authenticationInfo: { principalEmail: 'alice@example.com' },
    resourceName: 'projects/acme/things/one',
    serviceName,
    methodName,
    ...more,
  },
});

const pipeline = (status: string, more: object = {}) =>
  aws(
    'codepipeline.amazonaws.com',
    'PutApprovalResult',
    {
      pipelineName: 'shop',
      stageName: 'prod',
      actionName: 'gate',
      result: { status, summary: 'looked at it' },
    },
    more,
  );
const rollout = (request: object, more: object = {}) =>
  google('clouddeploy.googleapis.com', 'google.cloud.deploy.v1.CloudDeploy.ApproveRollout', {
    request,
    ...more,
  });
const build = (decision: string) =>
  google('cloudbuild.googleapis.com', 'google.devtools.cloudbuild.v1.CloudBuild.ApproveBuild', {
    request: { name: 'projects/acme/builds/1', approvalResult: { decision, comment: 'fine' } },
  });

test.each<[string, object, number | undefined]>([
  ['an approved stage of CodePipeline', pipeline('Approved'), 8],
  ['a rejected one', pipeline('Rejected'), 25],
  ['one that was not let through', pipeline('Approved', { errorCode: 'AccessDenied' }), undefined],
  ['an approved rollout', rollout({ name: 'r1', approved: true }), 8],
  ['a rollout that was rejected, which JSON leaves out', rollout({ name: 'r1' }), 25],
  ['a rollout whose request is not known', rollout([]), undefined],
  ['one that failed', rollout({ approved: true }, { status: { code: 7 } }), undefined],
  ['an approved build', build('APPROVED'), 8],
  ['a rejected build', build('REJECTED'), 25],
])('%s is an update, and says what was decided', (_, record, disposition) => {
  const { ocsf } = read(record);
  expect(ocsf).toMatchObject({ class_uid: 6003, activity_id: 3 });
  expect(ocsf.disposition_id).toBe(disposition);
  expect(ocsf.action_id).toBe(disposition === undefined ? undefined : disposition === 8 ? 1 : 2);
  expect(ocsf.metadata.profiles.includes('security_control')).toBe(disposition !== undefined);
});

test.each<[string, object, number, number]>([
  [
    'a key used for what has no name of a store',
    aws('kms.amazonaws.com', 'Decrypt', { keyId: 'k' }),
    6005,
    10,
  ],
  ['a call of KMS that names no key', aws('kms.amazonaws.com', 'Decrypt', {}), 6003, 99],
  ['a user made by an administrator', aws('cognito-idp.amazonaws.com', 'AdminCreateUser', {}), 6003, 1],
  [
    'a second factor taken off',
    google('login.googleapis.com', 'google.login.LoginService.2svDisable', {}),
    3001,
    11,
  ],
  [
    'a password changed',
    google('login.googleapis.com', 'google.login.LoginService.passwordEdit', {}),
    3001,
    3,
  ],
  ['a record whose operation is empty', aws('iam.amazonaws.com', '', {}), 0, 0],
])('%s has its class and activity', (_, record, classUid, activity) => {
  expect(read(record).ocsf).toMatchObject({ class_uid: classUid, activity_id: activity });
});

test.skipIf(!hasValidator)('all of them are OCSF', async () => {
  const validate = await loadValidator();
  for (const record of [
    pipeline('Approved'),
    rollout({}),
    build('APPROVED'),
    aws('iam.amazonaws.com', '', {}),
  ]) {
    expect(validate(read(record).ocsf)).toEqual([]);
  }
});

test('a copy that names another member of a group or policy is another event', () => {
  const policy = (member: string) =>
    google('iam.googleapis.com', 'SetIamPolicy', {
      serviceData: { policyDelta: { bindingDeltas: [{ action: 'ADD', role: 'roles/owner', member }] } },
    });
  const [one, other] = [read(policy('user:a@example.com')), read(policy('user:b@example.com'))];
  expect(one.uid).toBe(other.uid);
  expect(one.essence).not.toBe(other.essence);
});

test("Azure's own services are the same caller in a shape that names them and in one that does not", () => {
  const shared = { correlationId: 'c', resourceId: '/subscriptions/s/providers/Microsoft.Advisor/x/y' };
  const rest = {
    ...shared,
    eventTimestamp: '2026-05-04T10:00:00Z',
    operationName: { value: 'Microsoft.Advisor/recommendations/available/action' },
    category: { value: 'Recommendation' },
    status: { value: 'Active' },
    caller: 'Microsoft.Advisor',
  };
  const hub = {
    ...shared,
    time: '2026-05-04T10:00:00Z',
    operationName: 'Microsoft.Advisor/recommendations/available/action',
    category: 'Recommendation',
    resultType: 'Active',
  };
  expect([read(hub).uid, read(hub).essence]).toEqual([read(rest).uid, read(rest).essence]);
});
