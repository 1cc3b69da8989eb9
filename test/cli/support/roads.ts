// One thing that happened in each system, as each of that system's transports tells of it. All values are examples.
import { gzipSync } from 'node:zlib';

export interface Road {
  readonly source: string;
  readonly road: string;
  readonly body: unknown;
}

const base64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64');

export function cloudTrailRecord(number: number, more: object = {}): Record<string, unknown> {
  const time = new Date(Date.UTC(2026, 4, 4, 10, 0, 0) + number * 60_000).toISOString().replace('.000Z', 'Z');
  return {
    eventVersion: '1.11',
    userIdentity: {
      type: 'IAMUser',
      principalId: 'AIDAEXAMPLEUSER00001',
      arn: 'arn:aws:iam::111122223333:user/alice',
      accountId: '111122223333',
      accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
      userName: 'alice',
    },
    eventTime: time,
    eventSource: 's3.amazonaws.com',
    eventName: 'PutBucketPolicy',
    awsRegion: 'eu-west-1',
    sourceIPAddress: '198.51.100.7',
    userAgent: 'aws-cli/2.17.0',
    requestParameters: { bucketName: `artifacts-${number}` },
    responseElements: null,
    requestID: `5f0c6f1e-0000-4000-8000-${String(number).padStart(12, 'a')}`,
    eventID: `5f0c6f1e-0000-4000-8000-${String(number).padStart(12, '0')}`,
    readOnly: false,
    eventType: 'AwsApiCall',
    managementEvent: true,
    recipientAccountId: '111122223333',
    eventCategory: 'Management',
    ...more,
  };
}

const STOPPED = cloudTrailRecord(1, {
  eventSource: 'cloudtrail.amazonaws.com',
  eventName: 'StopLogging',
  requestParameters: { name: 'organisation' },
});

const eventBridge = {
  version: '0',
  id: '0c0c0c0c-0000-4000-8000-00000000000e',
  'detail-type': 'AWS API Call via CloudTrail',
  source: 'aws.cloudtrail',
  account: '111122223333',
  time: STOPPED['eventTime'],
  region: 'eu-west-1',
  resources: [],
  detail: STOPPED,
};

const subscription = {
  messageType: 'DATA_MESSAGE',
  owner: '111122223333',
  logGroup: 'trail',
  logStream: 'somewhere',
  subscriptionFilters: ['all'],
  logEvents: [{ id: '1', timestamp: 1_777_889_731_000, message: JSON.stringify(STOPPED) }],
};

const AWS: readonly Road[] = [
  { road: 'an S3 object', body: { Records: [STOPPED] } },
  { road: 'EventBridge', body: eventBridge },
  {
    road: 'a CloudWatch Logs subscription',
    body: { awslogs: { data: gzipSync(JSON.stringify(subscription)).toString('base64') } },
  },
  { road: 'a bare record', body: STOPPED },
].map((each) => ({ source: 'aws.cloudtrail', ...each }));

const SUBSCRIPTION = '11111111-2222-4333-8444-555555555555';
const RESOURCE = `/subscriptions/${SUBSCRIPTION}/resourceGroups/Shop/providers/Microsoft.ContainerService/managedClusters/prod`;
const OPERATION = 'Microsoft.ContainerService/managedClusters/write';
const CORRELATION = '0c0c0c0c-0000-4000-8000-000000000001';
const TIME = '2026-05-04T09:00:09.7654321Z';
const CLAIMS = {
  'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn': 'alice@example.com',
  'http://schemas.microsoft.com/identity/claims/objectidentifier': 'aaaaaaaa-1111-4222-8333-bbbbbbbbbbbb',
};

const AZURE: readonly Road[] = [
  {
    road: 'an Event Hub',
    body: {
      records: [
        {
          time: TIME,
          resourceId: RESOURCE.toUpperCase(),
          operationName: OPERATION.toUpperCase(),
          category: 'Administrative',
          resultType: 'Success',
          resultSignature: 'Succeeded.Created',
          callerIpAddress: '203.0.113.7',
          correlationId: CORRELATION,
          identity: { claims: CLAIMS },
          properties: { eventCategory: 'Administrative' },
        },
      ],
    },
  },
  {
    road: 'the REST API',
    body: {
      value: [
        {
          eventTimestamp: TIME,
          submissionTimestamp: '2026-05-04T09:02:00Z',
          eventDataId: 'e0e0e0e0-0000-4000-8000-000000000001',
          operationName: { value: OPERATION, localizedValue: OPERATION },
          category: { value: 'Administrative', localizedValue: 'Administrative' },
          status: { value: 'Succeeded', localizedValue: 'Succeeded' },
          subStatus: { value: 'Created', localizedValue: 'Created' },
          caller: 'alice@example.com',
          claims: CLAIMS,
          httpRequest: { clientIpAddress: '203.0.113.7', method: 'PUT' },
          correlationId: CORRELATION,
          resourceId: RESOURCE,
        },
      ],
    },
  },
  {
    road: 'Event Grid',
    body: [
      {
        subject: RESOURCE.toLowerCase(),
        eventType: 'Microsoft.Resources.ResourceWriteSuccess',
        eventTime: '2026-05-04T09:00:09.76Z',
        id: 'f0f0f0f0-0000-4000-8000-000000000001',
        data: {
          claims: CLAIMS,
          correlationId: CORRELATION,
          httpRequest: JSON.stringify({ clientIpAddress: '203.0.113.7', method: 'PUT' }),
          resourceUri: RESOURCE.toLowerCase(),
          operationName: OPERATION,
          status: 'Succeeded',
        },
        dataVersion: '2',
        metadataVersion: '1',
        topic: `/subscriptions/${SUBSCRIPTION}`,
      },
    ],
  },
  {
    road: 'Log Analytics',
    body: {
      TimeGenerated: TIME,
      OperationNameValue: OPERATION.toUpperCase(),
      ActivityStatusValue: 'Success',
      ActivitySubstatusValue: 'Created',
      CategoryValue: 'Administrative',
      Caller: 'alice@example.com',
      CallerIpAddress: '203.0.113.7',
      CorrelationId: CORRELATION.toUpperCase(),
      EventDataId: 'e0e0e0e0-0000-4000-8000-000000000001',
      Claims: JSON.stringify(CLAIMS),
      _ResourceId: RESOURCE.toLowerCase(),
      Type: 'AzureActivity',
    },
  },
].map((each) => ({ source: 'azure.activity', ...each }));

const ENTRY = {
  insertId: 'i-1',
  logName: 'projects/shop-prod/logs/cloudaudit.googleapis.com%2Factivity',
  timestamp: '2026-05-04T09:00:00.123456789Z',
  receiveTimestamp: '2026-05-04T09:00:01.5Z',
  severity: 'NOTICE',
  resource: { type: 'service_account', labels: { project_id: 'shop-prod' } },
  protoPayload: {
    '@type': 'type.googleapis.com/google.cloud.audit.AuditLog',
    serviceName: 'iam.googleapis.com',
    methodName: 'google.iam.admin.v1.DisableServiceAccount',
    resourceName: 'projects/-/serviceAccounts/1234',
    authenticationInfo: { principalEmail: 'alice@example.com' },
    requestMetadata: { callerIp: '203.0.113.7' },
    status: {},
  },
};

const GCP: readonly Road[] = [
  { road: 'a LogEntry', body: ENTRY },
  {
    road: 'a Pub/Sub push',
    body: {
      message: { data: base64(ENTRY), messageId: '1', attributes: {} },
      subscription: 'projects/shop-prod/subscriptions/audit',
    },
  },
  {
    road: 'Eventarc',
    body: {
      specversion: '1.0',
      type: 'google.cloud.audit.log.v1.written',
      id: '1',
      source: '//cloudaudit.googleapis.com/projects/shop-prod/logs/activity',
      data: ENTRY,
    },
  },
].map((each) => ({ source: 'gcp.audit', ...each }));

const REPOSITORY = {
  id: 42,
  name: 'payments',
  full_name: 'example-org/payments',
  private: true,
  owner: { login: 'example-org', id: 7, type: 'Organization' },
};

const PULL_REQUEST = {
  action: 'closed',
  number: 12,
  pull_request: {
    id: 900,
    number: 12,
    state: 'closed',
    merged: true,
    title: 'Raise the limit',
    updated_at: '2026-05-04T08:30:00Z',
    merged_at: '2026-05-04T08:30:00Z',
    merge_commit_sha: '0123456789abcdef0123456789abcdef01234567',
    user: { login: 'alice', id: 1 },
    merged_by: { login: 'bob', id: 2 },
    head: { ref: 'limit', sha: 'fedcba9876543210fedcba9876543210fedcba98' },
    base: { ref: 'main', sha: '89abcdef0123456789abcdef0123456789abcdef' },
  },
  repository: REPOSITORY,
  organization: { login: 'example-org', id: 7 },
  sender: { login: 'bob', id: 2, type: 'User' },
};

const KEPT_HEADERS = {
  'X-GitHub-Event': 'pull_request',
  'X-GitHub-Delivery': 'd0d0d0d0-0000-4000-8000-000000000001',
  'Content-Type': 'application/json',
};

const WEBHOOK: readonly Road[] = [
  { road: 'a kept delivery', body: { headers: KEPT_HEADERS, body: JSON.stringify(PULL_REQUEST) } },
  { road: 'a body alone', body: PULL_REQUEST },
  { road: 'a kept delivery with its body as JSON', body: { headers: KEPT_HEADERS, body: PULL_REQUEST } },
].map((each) => ({ source: 'github.webhook', ...each }));

export const AUDIT_ENTRY = {
  '@timestamp': Date.UTC(2026, 4, 4, 8, 0, 0),
  _document_id: 'doc-1',
  action: 'protected_branch.destroy',
  actor: 'alice',
  actor_id: 1,
  actor_ip: '203.0.113.7',
  created_at: Date.UTC(2026, 4, 4, 8, 0, 0),
  name: 'main',
  operation_type: 'remove',
  org: 'example-org',
  org_id: 7,
  repo: 'example-org/payments',
  repo_id: 42,
  user_agent: 'Mozilla/5.0',
};

const AUDIT: readonly Road[] = [
  { road: 'a list', body: [AUDIT_ENTRY] },
  { road: 'an entry alone', body: AUDIT_ENTRY },
].map((each) => ({ source: 'github.audit', ...each }));

export const ROADS: readonly Road[] = [...AWS, ...AZURE, ...GCP, ...WEBHOOK, ...AUDIT];
