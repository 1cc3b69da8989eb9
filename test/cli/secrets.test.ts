import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolders } from '../temporary-folder.ts';
import { everythingBelow } from './support/everything.ts';
import { AUDIT_ENTRY, cloudTrailRecord } from './support/roads.ts';
import { call } from './support/trailproof.ts';

const folders = temporaryFolders();

const planted: string[] = [];
/** A secret of its own each time, long and mixed enough for any kind of token, and found again wherever it went. */
function secret(): string {
  const word = `Pq7Lanted${String(planted.length).padStart(3, '0')}Xz9Kv4Rt8Wm2`;
  planted.push(word);
  return word;
}

/** Put together here, so that scanners of this repository stay quiet. */
const join_ = (...parts: readonly string[]): string => parts.join('');
const base64 = (text: string) => Buffer.from(text).toString('base64');

let number = 1000;
function aws(source: string, operation: string, more: object): unknown {
  number += 1;
  return cloudTrailRecord(number, { eventSource: `${source}.amazonaws.com`, eventName: operation, ...more });
}

const AWS = (): readonly unknown[] => [
  aws('sts', 'AssumeRole', {
    responseElements: {
      credentials: { accessKeyId: 'ASIAIOSFODNN7EXAMPLE', sessionToken: secret(), secretAccessKey: secret() },
    },
  }),
  aws('iam', 'CreateAccessKey', {
    responseElements: { accessKey: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: secret() } },
  }),
  aws('iam', 'CreateLoginProfile', { requestParameters: { userName: 'alice', password: secret() } }),
  aws('rds', 'CreateDBInstance', {
    requestParameters: { dBInstanceIdentifier: 'db', masterUserPassword: secret() },
  }),
  aws('secretsmanager', 'PutSecretValue', { requestParameters: { secretId: 'db', secretString: secret() } }),
  aws('ssm', 'PutParameter', { requestParameters: { name: '/db', type: 'SecureString', value: secret() } }),
  aws('lambda', 'UpdateFunctionConfiguration20150331v2', {
    requestParameters: { functionName: 'f', environment: { variables: { DB_PASSWORD: secret() } } },
  }),
  aws('ecs', 'RegisterTaskDefinition', {
    requestParameters: {
      containerDefinitions: [{ name: 'web', environment: [{ name: 'TOKEN', value: secret() }] }],
    },
  }),
  aws('s3', 'GetObject', {
    requestParameters: {
      'X-Amz-Security-Token': secret(),
      bucketName: 'b',
      url: `https://b.example.com/k?X-Amz-Signature=${secret()}&x=1`,
    },
  }),
  aws('s3', 'PutObject', {
    errorMessage: `authorization Bearer ${secret()} was refused`,
    userAgent: `curl postgres://user:${secret()}@db.example.com/x`,
  }),
  aws('codebuild', 'StartBuild', {
    requestParameters: { buildspec: `export GITHUB=${join_('ghp', '_')}${secret()}${'A1b2'.repeat(3)}` },
  }),
];

const SCOPE = '/subscriptions/11111111-2222-4333-8444-555555555555/resourceGroups/shop/providers';
function azure(operation: string, properties: object): unknown {
  number += 1;
  return {
    time: new Date(Date.UTC(2026, 4, 4, 9) + number * 1000).toISOString(),
    resourceId: `${SCOPE}/${operation.split('/').slice(0, 2).join('/')}/x`.toUpperCase(),
    operationName: operation.toUpperCase(),
    category: 'Administrative',
    resultType: 'Success',
    resultSignature: 'Succeeded.OK',
    correlationId: `0c0c0c0c-0000-4000-8000-${String(number).padStart(12, '0')}`,
    identity: { claims: { name: 'Alice' } },
    properties: { eventCategory: 'Administrative', ...properties },
  };
}

const AZURE = (): readonly unknown[] => [
  azure('Microsoft.Compute/virtualMachines/write', {
    requestbody: JSON.stringify({
      properties: { osProfile: { adminUsername: 'a', adminPassword: secret() } },
    }),
  }),
  azure('Microsoft.Storage/storageAccounts/listKeys/action', {
    responseBody: JSON.stringify({ keys: [{ keyName: 'key1', value: secret() }] }),
  }),
  azure('Microsoft.Web/sites/config/write', {
    requestbody: JSON.stringify({ properties: { DB: secret() } }),
  }),
  azure('Microsoft.App/containerApps/write', {
    requestbody: JSON.stringify({
      properties: {
        connectionStrings: { main: secret() },
        template: { containers: [{ env: [{ name: 'A', value: secret() }] }] },
      },
    }),
  }),
  azure('Microsoft.Compute/virtualMachines/extensions/write', {
    requestbody: JSON.stringify({ properties: { protectedSettings: { script: secret() } } }),
  }),
];

function gcp(service: string, method: string, more: object): unknown {
  number += 1;
  return {
    insertId: `i-${number}`,
    logName: 'projects/shop-prod/logs/cloudaudit.googleapis.com%2Factivity',
    timestamp: '2026-05-04T09:00:00.123456789Z',
    severity: 'NOTICE',
    resource: { type: 'audited_resource', labels: { project_id: 'shop-prod' } },
    protoPayload: {
      '@type': 'type.googleapis.com/google.cloud.audit.AuditLog',
      serviceName: `${service}.googleapis.com`,
      methodName: method,
      resourceName: 'projects/1/things/2',
      authenticationInfo: { principalEmail: 'alice@example.com' },
      requestMetadata: { callerIp: '203.0.113.7' },
      ...more,
    },
  };
}

const GCP = (): readonly unknown[] => [
  gcp('iamcredentials', 'GenerateAccessToken', {
    response: { accessToken: secret(), expireTime: '2026-05-04T10:00:00Z' },
  }),
  gcp('iam', 'google.iam.admin.v1.CreateServiceAccountKey', {
    response: { name: 'k', private_key_data: base64(secret()) },
  }),
  gcp('secretmanager', 'google.cloud.secretmanager.v1.SecretManagerService.AddSecretVersion', {
    request: { payload: { data: base64(secret()) } },
  }),
  gcp('k8s.io', 'io.k8s.core.v1.secrets.create', {
    request: {
      kind: 'Secret',
      metadata: { name: 's' },
      data: { password: base64(secret()) },
      stringData: { other: secret() },
    },
  }),
  gcp('run', 'google.cloud.run.v1.Services.ReplaceService', {
    request: {
      service: {
        spec: { template: { spec: { containers: [{ env: [{ name: 'KEY', value: secret() }] }] } } },
      },
    },
  }),
  gcp('cloudsql', 'cloudsql.instances.create', { request: { body: { rootPassword: secret() } } }),
];

const REPOSITORY = {
  id: 42,
  full_name: 'example-org/payments',
  owner: { login: 'example-org', id: 7 },
  temp_clone_token: '',
};
const SENDER = { login: 'bob', id: 2, type: 'User' };

const GITHUB = (): readonly unknown[] => [
  {
    ...AUDIT_ENTRY,
    _document_id: 'doc-2',
    action: 'hook.create',
    config: { url: 'https://hooks.example.com', secret: secret() },
  },
  { ...AUDIT_ENTRY, _document_id: 'doc-3', action: 'personal_access_token.access_granted', token: secret() },
  {
    action: 'created',
    alert: {
      number: 3,
      secret_type: 'example_token',
      secret: secret(),
      created_at: '2026-05-04T08:00:00Z',
      updated_at: '2026-05-04T08:00:00Z',
    },
    repository: { ...REPOSITORY, temp_clone_token: secret() },
    sender: SENDER,
  },
  {
    headers: {
      'X-GitHub-Event': 'repository_dispatch',
      'X-GitHub-Delivery': 'd0d0d0d0-0000-4000-8000-000000000002',
      Authorization: `Bearer ${secret()}`,
      'X-Hub-Signature-256': `sha256=${secret()}`,
      Cookie: `session=${secret()}`,
    },
    body: JSON.stringify({
      action: 'deploy',
      client_payload: { password: secret() },
      repository: REPOSITORY,
      sender: SENDER,
    }),
  },
];

const OTHERS = (): readonly unknown[] => [
  { tool: 'of nobody', password: secret(), nested: { client_secret: secret() } },
  {
    tool: 'of nobody',
    note: `-----BEGIN ${'PRIVATE KEY'}-----\n${secret()}\n-----END ${'PRIVATE KEY'}-----`,
  },
  { tool: 'of nobody', text: join_('ey', 'JhbGciOiJIUzI1NiJ9.ey', 'JzdWIiOiIxMjM0NTYifQ.', secret()) },
];

/** Every way in which a text could have been written down. */
function spellings(word: string): readonly Buffer[] {
  const inBase64 = [0, 1, 2].map((shift) => {
    const text = base64(`${'~'.repeat(shift)}${word}`);
    // The first and last digits depend on what stands beside it.
    return text.slice(shift === 0 ? 0 : 4, -4);
  });
  return [word, word.toLowerCase(), ...inBase64, Buffer.from(word).toString('hex')].map((text) =>
    Buffer.from(text),
  );
}

test('no planted secret is anywhere below the data folder, in any form', async () => {
  const data = folders();
  const delivered = folders();
  mkdirSync(delivered, { recursive: true });
  const groups = { aws: AWS(), azure: AZURE(), gcp: GCP(), github: GITHUB(), others: OTHERS() };
  for (const [name, records] of Object.entries(groups)) {
    writeFileSync(join(delivered, name), records.map((record) => JSON.stringify(record)).join('\n'));
  }
  writeFileSync(join(delivered, 'reject'), `{"eventVersion":"1.11","password":"${secret()}","cut":`);
  const { status, out } = await call(['ingest', delivered, '--data', data, '--output', 'json']);
  expect(status).toBe(0);
  const records = Object.values(groups).reduce((sum, each) => sum + each.length, 0);
  expect(JSON.parse(out)).toMatchObject({ appended: records, rejected: 1 });

  const found: string[] = [];
  let places = 0;
  for (const { where, bytes } of everythingBelow(data)) {
    places += 1;
    for (const word of planted) {
      if (spellings(word).some((spelling) => bytes.includes(spelling))) found.push(`${word} in ${where}`);
    }
  }
  expect(found).toEqual([]);
  expect(places).toBeGreaterThan(100);

  // They were there: each left a mark where it stood.
  const stored = (await call(['query', 'NOT source:trailproof', '--data', data, '--output', 'ndjson'])).out
    .trim()
    .split('\n');
  const unmarked = stored.filter((line) => !line.includes('[redacted:'));
  expect(unmarked).toEqual([]);
});

test('what is searched is really found: the same word in a place that is no secret', async () => {
  const data = folders();
  const word = secret();
  const input = JSON.stringify({ tool: 'of nobody', colour: word });
  expect((await call(['ingest', '-', '--data', data], { input })).status).toBe(0);
  const where = [...everythingBelow(data)]
    .filter(({ bytes }) => bytes.includes(word))
    .map((each) => each.where);
  expect(where.some((each) => each.includes('events/') && each.endsWith('(unpacked)'))).toBe(true);
});
