import fc from 'fast-check';
import { expect, test } from 'vitest';
import { awsCloudtrail } from '../../shared/sources/aws-cloudtrail.ts';
import {
  document,
  faultsOf,
  isMapped,
  map,
  nativeRecord,
  packed,
  RECEIVED_AT,
  RECORD,
} from './aws-cloudtrail-support.ts';

/** Values that mappings trip over, beside those that JSON has anyway. */
const awkward = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom(
    '',
    ' ',
    'arn:',
    'arn:aws:iam::111122223333:role/deploy',
    'arn:aws:sts::1:assumed-role/a/b',
    'arn:aws:s3:::bucket/',
    'HIDDEN_DUE_TO_SECURITY_REASONS',
    '__proto__',
    'constructor',
    '\ud800',
    '\u0000',
    'a'.repeat(5000),
    '2026-05-04T10:15:31Z',
    'May 4, 2026, 11:15:31 AM',
    0,
    -1,
    1e308,
    true,
    [],
    {},
    [null],
    [[]],
  ),
);

const members = (...names: readonly string[]) =>
  fc.oneof(
    awkward,
    fc.record(Object.fromEntries(names.map((name) => [name, awkward])), { requiredKeys: [] }),
  );

const identity = fc.oneof(
  awkward,
  fc.record(
    {
      type: fc.oneof(
        fc.constantFrom('IAMUser', 'AssumedRole', 'Root', 'AWSService', 'AWSAccount', 'FederatedUser'),
        fc.constantFrom('WebIdentityUser', 'SAMLUser', 'IdentityCenterUser', 'Directory', 'Unknown'),
        awkward,
      ),
      principalId: awkward,
      arn: awkward,
      accountId: awkward,
      accessKeyId: awkward,
      userName: awkward,
      invokedBy: awkward,
      identityProvider: awkward,
      onBehalfOf: members('userId', 'identityStoreArn'),
      sessionContext: fc.oneof(
        awkward,
        fc.record(
          {
            sessionIssuer: members('arn', 'userName', 'type'),
            attributes: members('creationDate', 'mfaAuthenticated'),
            webIdFederationData: members('federatedProvider'),
            sourceIdentity: awkward,
          },
          { requiredKeys: [] },
        ),
      ),
    },
    { requiredKeys: [] },
  ),
);

const record = fc.record(
  {
    eventVersion: fc.oneof(fc.constant('1.11'), awkward),
    awsRegion: fc.constant('eu-west-1'),
    recipientAccountId: fc.constantFrom('111122223333', '', 5),
    eventName: fc.constantFrom(
      ...['ConsoleLogin', 'AssumeRole', 'AssumeRoleWithSAML', 'GetFederationToken', 'AssumeRoot', 'CheckMfa'],
      ...[
        'CreateUser',
        'AttachUserPolicy',
        'DeletePolicy',
        'UpdateAccessKey',
        'EnableMFADevice',
        'CreateGroup',
      ],
      ...[
        'AddUserToGroup',
        'CreateAccountAssignment',
        'GetObject',
        'PutItem',
        'Decrypt',
        'StartQueryExecution',
      ],
      ...[
        'UpdateFunctionCode20150331v2',
        'PutImage',
        'RegisterTaskDefinition',
        'GetSecretValue',
        'X',
        '__proto__',
      ],
    ),
    eventSource: fc.oneof(
      fc
        .constantFrom('iam', 'sts', 'signin', 'sso', 's3', 'dynamodb', 'kms', 'athena')
        .map((name) => `${name}.amazonaws.com`),
      fc
        .constantFrom('lambda', 'ecr', 'ecs', 'ec2', '__proto__', 'constructor')
        .map((name) => `${name}.amazonaws.com`),
      fc.constantFrom(undefined, ''),
    ),
    eventType: fc.constantFrom(
      'AwsApiCall',
      'AwsServiceEvent',
      'AwsConsoleSignIn',
      'AwsCloudTrailInsight',
      undefined,
    ),
    userIdentity: identity,
    requestParameters: members(
      ...[
        'roleArn',
        'roleSessionName',
        'userName',
        'groupName',
        'policyArn',
        'serialNumber',
        'name',
        'status',
      ],
      ...[
        'bucketName',
        'key',
        'tableName',
        'encryptionContext',
        'queryExecutionContext',
        'queryString',
        'database',
      ],
      ...['functionName', 'imageUri', 'imageIds', 'containerDefinitions', 'repositoryName', 'instancesSet'],
      ...['principalType', 'principalId', 'permissionSetArn', 'targetPrincipal', 'memberId', 'accessKeyId'],
    ),
    responseElements: members(
      ...[
        'credentials',
        'assumedRoleUser',
        'user',
        'role',
        'accessKey',
        'ConsoleLogin',
        'codeSha256',
        'functionArn',
      ],
      ...['image', 'taskDefinition', 'group', 'federatedUser'],
    ),
    additionalEventData: members('MFAUsed', 'SamlProviderArn', 'SecretId'),
    insightDetails: members('state', 'eventName', 'eventSource'),
    addendum: members('reason', 'originalEventID'),
    ...Object.fromEntries(
      [
        ...[
          'eventTime',
          'eventID',
          'requestID',
          'sharedEventID',
          'sourceIPAddress',
          'userAgent',
          'apiVersion',
        ],
        ...[
          'resources',
          'errorCode',
          'errorMessage',
          'readOnly',
          'eventCategory',
          'vpcEndpointId',
          '__proto__',
        ],
      ].map((name) => [name, awkward]),
    ),
  },
  { requiredKeys: ['awsRegion', 'eventName'] },
);

test('mapping never throws, and whatever it maps has what its class requires', () => {
  fc.assert(
    fc.property(record, (value) => {
      const mapped = awsCloudtrail.map(nativeRecord(value));
      if (!isMapped(mapped)) return;
      const { body } = mapped;
      expect(Number.isSafeInteger(body.time)).toBe(true);
      expect((body.message ?? '').length).toBeLessThan(2000);
      expect((body.resources ?? []).length).toBeLessThanOrEqual(64);
      for (const part of [mapped.tenant, ...(mapped.nativeId ?? []), ...mapped.essence]) {
        expect(['string', 'undefined']).toContain(typeof part);
      }
    }),
    { numRuns: 1500 },
  );
});

test('whatever it maps is valid OCSF 1.8.0', () => {
  fc.assert(
    fc.property(record, (value) => {
      const mapped = awsCloudtrail.map(nativeRecord(value));
      if (isMapped(mapped)) expect(faultsOf(mapped)).toEqual([]);
    }),
    { numRuns: 1500 },
  );
});

test('recognising and splitting never throw, and lose no element', () => {
  const wrapper = fc.oneof(
    fc.jsonValue({ maxDepth: 4 }),
    record,
    fc.record({ Records: fc.array(fc.oneof(record, awkward)) }),
    fc.record({ awslogs: fc.record({ data: fc.oneof(awkward, awkward.map(packed)) }) }),
    fc.record({ logEvents: fc.array(fc.record({ message: awkward })), messageType: awkward }),
    fc.record({ 'detail-type': fc.constantFrom('AWS API Call via CloudTrail', 'x'), detail: awkward }),
    fc.record({ Type: fc.constant('Notification'), Message: awkward }),
  );
  fc.assert(
    fc.property(wrapper, (value) => {
      const whole = document(value);
      awsCloudtrail.accepts(whole.value, {});
      const { records, rejects, control } = awsCloudtrail.split(whole, {
        attributes: {},
        receivedAt: RECEIVED_AT,
      });
      const list = (value as { Records?: unknown[] })?.Records;
      if (Array.isArray(list) && list.every((element) => typeof element === 'number')) {
        expect(records.length + rejects.length + control).toBe(list.length);
      }
      for (const found of records) expect(JSON.parse(found.text)).toEqual(found.value);
    }),
    { numRuns: 1500 },
  );
});

test('a member called __proto__ stays a member', () => {
  const text = JSON.stringify(RECORD).replace('"readOnly"', '"__proto__":{"isAdmin":true},"readOnly"');
  const mapped = awsCloudtrail.map({ text, value: JSON.parse(text), attributes: {} });
  if (!isMapped(mapped)) throw new Error('expected an event');
  expect(Object.hasOwn(mapped.body.unmapped ?? {}, '__proto__')).toBe(true);
  expect(({} as Record<string, unknown>)['isAdmin']).toBeUndefined();
  expect((mapped.body.unmapped as Record<string, unknown>)['isAdmin']).toBeUndefined();
});

test('a batch of ten thousand resources is bounded, and takes no square of the time', () => {
  const resources = Array.from({ length: 10_000 }, (_, n) => ({ ARN: `arn:aws:s3:::bucket-${n}` }));
  expect(map({ ...RECORD, resources }).body.resources).toHaveLength(64);
});

test('what is empty within an envelope is counted', () => {
  const body = (value: unknown) => ({ messageId: 'm', eventSource: 'aws:sqs', body: JSON.stringify(value) });
  const envelope = document({ Records: [RECORD, [], body({ Records: [] }), body({ Records: [RECORD] })] });
  const found = awsCloudtrail.split(envelope, { attributes: {}, receivedAt: RECEIVED_AT });
  expect([found.records.length, found.rejects.length, found.control]).toEqual([2, 0, 2]);
});
