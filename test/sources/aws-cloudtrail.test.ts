import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { compact } from '../../shared/ocsf/compact.ts';
import { awsCloudtrail } from '../../shared/sources/aws-cloudtrail.ts';
import { document, faultsOf, map, nativeRecord, RECORD } from './aws-cloudtrail-support.ts';

const golden = fileURLToPath(new URL('../golden/sources/aws.cloudtrail/', import.meta.url));
const names = readdirSync(golden).filter((name) => name.endsWith('.json'));

describe('a record maps to the event in its golden file', () => {
  test.each(names)('%s', (name) => {
    const { native, mapped } = JSON.parse(readFileSync(golden + name, 'utf8'));
    const found = plain(map(native));
    if (process.env['UPDATE'] === '1') {
      writeFileSync(golden + name, `${JSON.stringify({ native, mapped: found }, null, 2)}\n`);
      return;
    }
    expect(found).toEqual(mapped);
  });

  test('and each is valid OCSF 1.8.0', () => {
    for (const name of names) {
      const { native } = JSON.parse(readFileSync(golden + name, 'utf8'));
      expect(faultsOf(map(native)), name).toEqual([]);
    }
  });
});

describe('who called', () => {
  test('a machine is named after its role, because its sessions have a new name every run', () => {
    const user = map({ ...RECORD, userIdentity: session('deploy', 'gha-1001-1', 'false') }).body.actor?.user;
    expect(user).toMatchObject({ name: 'deploy', display_name: 'gha-1001-1' });
  });

  test('a person is named after the session when MFA shows that there is a person', () => {
    const user = map({ ...RECORD, userIdentity: session('engineer', 'alice', 'true') }).body.actor?.user;
    expect(user).toMatchObject({
      name: 'alice',
      uid: 'arn:aws:sts::111122223333:assumed-role/engineer/alice',
    });
  });

  test('a source identity names the caller over every chain of roles', () => {
    const identity = session('deploy', 'chained', 'false');
    const context = { ...identity.sessionContext, sourceIdentity: 'erin@example.com' };
    const user = map({ ...RECORD, userIdentity: { ...identity, sessionContext: context } }).body.actor?.user;
    expect(user?.name).toBe('erin@example.com');
  });

  test('a record without an identity still has an actor, and its line says that nobody is known', () => {
    const { body } = map({ ...RECORD, userIdentity: undefined });
    expect(body.actor?.app_name).toBe('cloudtrail.amazonaws.com');
    expect(body.message).toBe('somebody in account 111122223333 called StopLogging on trail organisation');
  });

  test('MFA is read from the word and from the boolean', () => {
    for (const mfaAuthenticated of ['true', true, 'True']) {
      const identity = session('engineer', 'alice', mfaAuthenticated);
      expect(map({ ...RECORD, userIdentity: identity }).body.actor?.session?.is_mfa).toBe(true);
    }
    const identity = session('engineer', 'alice', 'false');
    expect(map({ ...RECORD, userIdentity: identity }).body.actor?.session?.is_mfa).toBe(false);
  });
});

describe('where from', () => {
  test.each([
    ['198.51.100.7', { ip: '198.51.100.7' }],
    ['2001:db8::7', { ip: '2001:db8::7' }],
    ['ecs.amazonaws.com', { domain: 'ecs.amazonaws.com' }],
    ['AWS Internal', { name: 'AWS Internal' }],
    [undefined, { svc_name: 'cloudtrail.amazonaws.com' }],
  ])('%s', (sourceIPAddress, endpoint) => {
    expect(plain(map({ ...RECORD, sourceIPAddress }).body.src_endpoint)).toEqual(endpoint);
  });
});

describe('how it ended', () => {
  test.each([
    ['without an error', {}, 1],
    ['with an error code', { errorCode: 'Client.UnauthorizedOperation' }, 2],
    ['with a message alone', { errorMessage: 'Failed authentication' }, 2],
    ['with an empty error code', { errorCode: '' }, 1],
    [
      'with the word of its own name',
      { eventName: 'CheckMfa', responseElements: { CheckMfa: 'Failure' } },
      2,
    ],
    ['as a service event that failed', { eventType: 'AwsServiceEvent', eventName: 'RotationFailed' }, 2],
  ])('a call %s', (_, members, status) => {
    expect(map({ ...RECORD, ...members }).body.status_id).toBe(status);
  });
});

describe('what API Activity calls an operation', () => {
  test.each([
    ['CreateTrail', 1],
    ['RunInstances', 1],
    ['DescribeTrails', 2],
    ['BatchGetImage', 2],
    ['UpdateFunctionCode20150331v2', 3],
    ['PutBucketPolicy', 3],
    ['AuthorizeSecurityGroupIngress', 3],
    ['DeleteTrail', 4],
    ['BatchDeleteImage', 4],
    ['TerminateInstances', 4],
  ])('%s', (eventName, activity) => {
    const { body } = map({ ...RECORD, eventSource: 'example.amazonaws.com', eventName });
    expect([body.class_uid, body.activity_id, body.activity_name]).toEqual([6003, activity, undefined]);
  });

  test('its own word, where none of the four fits', () => {
    expect(map(RECORD).body).toMatchObject({ activity_id: 99, activity_name: 'Stop' });
  });

  test('a read, where no word fits and AWS says that it only reads', () => {
    expect(map({ ...RECORD, eventName: 'ProbeTrail', readOnly: true }).body.activity_id).toBe(2);
  });

  test('an operation of the same name in another service is no change of an account', () => {
    const group = { eventName: 'DeleteGroup', requestParameters: { groupName: 'web' } };
    expect(map({ ...RECORD, eventSource: 'iam.amazonaws.com', ...group }).body.class_uid).toBe(3006);
    expect(map({ ...RECORD, eventSource: 'resource-groups.amazonaws.com', ...group }).body.class_uid).toBe(
      6003,
    );
  });
});

describe('a class whose required attributes are not in the record gives way to API Activity', () => {
  test.each([
    ['membership without a group', 'iam', 'AddUserToGroup', {}, 3],
    ['a grant to a group', 'sso', 'CreateAccountAssignment', { principalType: 'GROUP', principalId: 'g' }, 1],
    ['an object without a bucket', 's3', 'GetObject', {}, 2],
    ['a query without a database', 'athena', 'StartQueryExecution', { queryString: 'SELECT 1' }, 99],
    ['a key used for no named store', 'kms', 'Decrypt', { encryptionContext: { app: 'x' } }, 99],
  ])('%s', (_, service, eventName, requestParameters, activity) => {
    const { body } = map({
      ...RECORD,
      eventSource: `${service}.amazonaws.com`,
      eventName,
      requestParameters,
    });
    expect([body.class_uid, body.activity_id]).toEqual([6003, activity]);
  });
});

describe('what changes of accounts are called', () => {
  test.each([
    ['ChangePassword', {}, 3],
    ['UpdateLoginProfile', {}, 4],
    ['EnableMFADevice', {}, 10],
    ['DeactivateMFADevice', {}, 11],
    ['UpdateAccessKey', { status: 'Active' }, 2],
    ['UpdateAccessKey', { status: 'Inactive' }, 5],
    ['UpdateAccessKey', {}, 99],
    ['DeleteUserPolicy', {}, 8],
    ['DeleteRolePermissionsBoundary', {}, 8],
    ['DeleteUser', {}, 6],
    ['TagRole', {}, 99],
  ])('%s %j', (eventName, more, activity) => {
    const requestParameters = { userName: 'mallory', ...more };
    const { body } = map({ ...RECORD, eventSource: 'iam.amazonaws.com', eventName, requestParameters });
    expect([body.class_uid, body.activity_id, body.user?.name]).toEqual([3001, activity, 'mallory']);
  });

  test('who changes a password without naming anybody changes their own', () => {
    const { body } = map({
      ...RECORD,
      eventSource: 'iam.amazonaws.com',
      eventName: 'ChangePassword',
      requestParameters: null,
    });
    expect(body.user?.name).toBe('alice');
  });
});

describe('identity of an event', () => {
  test('is the eventID in the account that received it', () => {
    const mapped = map(RECORD);
    expect([mapped.tenant, mapped.nativeId, mapped.originalEventUid]).toEqual([
      '111122223333',
      [RECORD.eventID],
      RECORD.eventID,
    ]);
  });

  test('falls back to the account of the caller, and to the raw record', () => {
    const mapped = map({ ...RECORD, recipientAccountId: undefined, eventID: undefined });
    expect([mapped.tenant, mapped.nativeId]).toEqual(['111122223333', undefined]);
  });

  test.each([
    ['time', { eventTime: '2026-05-04T10:15:32Z' }],
    ['actor', { userIdentity: { ...RECORD.userIdentity, arn: 'arn:aws:iam::111122223333:user/bob' } }],
    ['operation', { eventName: 'StartLogging' }],
    ['service', { eventSource: 'ec2.amazonaws.com' }],
    ['resource', { requestParameters: { name: 'another' } }],
    ['outcome', { errorCode: 'AccessDenied' }],
    ['region', { awsRegion: 'us-east-1' }],
    ['account', { recipientAccountId: '444455556666' }],
  ])('a forged %s changes the essence', (_, members) => {
    expect(map({ ...RECORD, ...members }).essence).not.toEqual(map(RECORD).essence);
  });

  test('what is not of the essence does not: time zone, order of keys, agent', () => {
    const reordered = Object.fromEntries(Object.entries(RECORD).reverse());
    const other = { ...reordered, eventTime: '2026-05-04T12:15:31.000+02:00', userAgent: 'another' };
    expect(map(other).essence).toEqual(map(RECORD).essence);
  });

  test('a record without a time has that of its receipt, and says so', () => {
    const { body } = map({ ...RECORD, eventTime: undefined });
    expect(body.time).toBe(Date.parse('2026-05-04T10:20:00Z'));
    expect(body.metadata.labels).toEqual(['time-of-receipt']);
  });
});

test('what is no record is told so, and never mapped', () => {
  for (const value of [null, 5, 'text', [], {}, { eventName: 'ObjectCreated:Put', eventSource: 'aws:s3' }]) {
    expect(awsCloudtrail.map(nativeRecord(value))).toHaveProperty('unmapped');
  }
});

test('every path to a secret begins at a member that CloudTrail has', () => {
  for (const path of awsCloudtrail.secretPaths) {
    expect(['requestParameters', 'responseElements']).toContain(path[0]);
    expect(path.length).toBeGreaterThan(1);
  }
});

test('the credentials that a call issues are secrets, and their ids are not', () => {
  const paths = awsCloudtrail.secretPaths.map((path) => path.join('.'));
  expect(paths).toContain('responseElements.credentials.sessionToken');
  expect(paths).toContain('responseElements.accessKey.secretAccessKey');
  expect(paths).toContain('requestParameters.environment.variables.*');
  expect(paths.filter((path) => path.endsWith('ccessKeyId'))).toEqual([]);
});

function session(role: string, name: string, mfaAuthenticated: unknown) {
  return {
    type: 'AssumedRole',
    principalId: `AROAEXAMPLEROLE00001:${name}`,
    arn: `arn:aws:sts::111122223333:assumed-role/${role}/${name}`,
    accountId: '111122223333',
    sessionContext: {
      sessionIssuer: { type: 'Role', arn: `arn:aws:iam::111122223333:role/${role}`, userName: role },
      attributes: { mfaAuthenticated },
    },
  };
}

function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(compact(value as object)));
}

describe('secrets that no list foresees', () => {
  const secrets = (requestParameters: unknown) =>
    awsCloudtrail.secretsIn?.(document({ ...RECORD, requestParameters })).map((path) => path.join('.'));

  test('are told by their names, at any depth', () => {
    const broker = { users: [{ username: 'admin', password: 'example' }], name: 'queue' };
    expect(secrets({ brokerInput: broker })).toEqual(['requestParameters.brokerInput.users.0.password']);
  });

  test('are not taken for the names of secrets, for marks of paging, or for what AWS has hidden', () => {
    const container = {
      secrets: [{ name: 'DATABASE', valueFrom: 'arn:aws:ssm:eu-west-1:111122223333:parameter/db' }],
    };
    expect(secrets({ containerDefinitions: [container] })).toEqual([]);
    expect(
      secrets({ secretId: 'payments/database', clientRequestToken: 'run-1', nextToken: 'page' }),
    ).toEqual([]);
    expect(secrets({ masterUserPassword: 'HIDDEN_DUE_TO_SECURITY_REASONS', clientSecret: '****' })).toEqual(
      [],
    );
  });
});
