import { expect, test } from 'vitest';
import { azureActivity } from '../../shared/sources/azure-activity.ts';
import { gcpAudit } from '../../shared/sources/gcp-audit.ts';
import { redactRecord } from '../../shared/sources/redact.ts';
import { isSecretName, secretsBelow } from '../../shared/sources/secret-names.ts';
import type { Source } from '../../shared/sources/source.ts';
import { documentOf, eventOf, nativeRecord, readOne } from './azure-gcp-support.ts';

/** The paths, as a person writes them. */
const secrets = (source: Source, value: unknown) =>
  (source.secretsIn?.(nativeRecord(value)) ?? []).map((path) => path.join('.'));

const activity = (operation: string, properties: unknown) => ({
  time: '2026-07-03T09:00:00Z',
  resourceId: '/subscriptions/s/resourceGroups/g/providers/Microsoft.Web/sites/shop',
  operationName: operation,
  category: 'Administrative',
  resultType: 'Success',
  correlationId: 'c',
  properties,
});

const entry = (payload: object) => ({
  insertId: 'i',
  logName: 'projects/p/logs/cloudaudit.googleapis.com%2Factivity',
  timestamp: '2026-07-03T09:00:00Z',
  protoPayload: { serviceName: 's.googleapis.com', methodName: 'm', ...payload },
});

test.each([
  'adminPassword',
  'clientSecret',
  'primaryKey',
  'connectionString',
  'accessToken',
  'sasToken',
  'storage_key',
])('%s names a secret', (name) => expect(isSecretName(name)).toBe(true));

test.each([
  'secretName',
  'keyVaultSecretId',
  'tokenType',
  'nextPageToken',
  'publicKey',
  'keyName',
  'passwordPolicy',
  'location',
])('%s names none', (name) => expect(isSecretName(name)).toBe(false));

test('a body in an object is redacted member by member', () => {
  const requestbody = {
    location: 'westeurope',
    properties: { osProfile: { adminUsername: 'a', adminPassword: 'b' } },
  };
  expect(
    secrets(azureActivity, activity('Microsoft.Compute/virtualMachines/write', { requestbody })),
  ).toEqual(['properties.requestbody.properties.osProfile.adminPassword']);
});

test('a body in a text goes whole only where its secret cannot be taken out alone', () => {
  const bodies = [
    { properties: { adminPassword: 'b' } },
    { properties: { protectedSettings: { command: 'b' } } },
    { properties: { principalId: 'p' } },
  ];
  const found = bodies.map((body) => {
    const requestbody = JSON.stringify(body);
    return secrets(azureActivity, activity('Microsoft.Compute/virtualMachines/write', { requestbody }));
  });
  expect(found).toEqual([[], ['properties.requestbody'], []]);
});

test('a text in a text is looked through: Log Analytics escapes its properties twice', () => {
  const Properties = JSON.stringify({ requestbody: JSON.stringify({ appSettings: { a: 'b' } }) });
  expect(secrets(azureActivity, { TimeGenerated: 'x', Type: 'AzureActivity', Properties })).toEqual([
    'Properties',
  ]);
});

test('the reader takes a password out of a body in a text, and leaves the rest', () => {
  const requestbody = JSON.stringify({ adminUsername: 'admin', adminPassword: 'example-secret' });
  const document = documentOf(
    JSON.stringify(activity('Microsoft.Compute/virtualMachines/write', { requestbody })),
  );
  const { text } = redactRecord(document, [], new Uint8Array(16)).document;
  expect(text).not.toContain('example-secret');
  expect(text).toContain('admin');
});

test('what an operation on secrets sends and gets is redacted whatever it is called', () => {
  const responseBody = { keys: [{ keyName: 'key1', value: 'v' }] };
  const found = secrets(
    azureActivity,
    activity('MICROSOFT.STORAGE/STORAGEACCOUNTS/LISTKEYS/ACTION', { responseBody }),
  );
  expect(found).toContain('properties.responseBody.*.*.*');
  expect(
    secrets(azureActivity, activity('Microsoft.Web/sites/config/write', { requestbody: { a: { B: 'c' } } })),
  ).toContain('properties.requestbody.*.*');
});

test('settings, variables and labelled values are secrets under any name', () => {
  const body = {
    appSettings: [{ name: 'GREETING', value: 'hello' }],
    protectedSettings: { script: 'x' },
    labels: [
      { name: 'api-key', value: 'x' },
      { name: 'team', value: 'shop' },
    ],
    env: [
      { name: 'DB_PASSWORD', value: 'x' },
      { name: 'LOG_LEVEL', valueFrom: { configMapKeyRef: { name: 'c', key: 'k' } } },
    ],
  };
  expect(secretsBelow(body, ['b']).map((path) => path.join('.'))).toEqual([
    'b.appSettings.0.value',
    'b.protectedSettings.script',
    'b.labels.0.value',
    'b.env.0.value',
  ]);
});

test('permissions on secrets are no secrets', () => {
  expect(secretsBelow({ permissions: { secrets: ['get', 'list'] } }, ['b'])).toEqual([]);
});

test('a body with more secrets than can be named is covered to its depth', () => {
  const body = Object.fromEntries(Array.from({ length: 300 }, (_, n) => [`password${n}`, 'x']));
  expect(secretsBelow(body, ['b'])).toContainEqual(['b', '*']);
});

test('the data of a Kubernetes secret is redacted, its name stays', () => {
  const request = {
    '@type': 'core.k8s.io/v1.Secret',
    metadata: { name: 'db' },
    data: { url: 'eA==' },
    stringData: { u: 'x' },
  };
  expect(secrets(gcpAudit, entry({ request }))).toEqual([
    'protoPayload.request.stringData.u',
    'protoPayload.request.data.*',
    'protoPayload.request.stringData.*',
    'protoPayload.request.metadata.annotations.kubectl.kubernetes.io/last-applied-configuration',
  ]);
});

test('the environment of a container is redacted, the names of its variables stay', () => {
  const request = {
    spec: {
      containers: [
        {
          image: 'i',
          env: [
            { name: 'API_KEY', value: 'x' },
            { name: 'TZ', value: 'UTC' },
          ],
        },
      ],
    },
  };
  expect(secrets(gcpAudit, entry({ request }))).toEqual([
    'protoPayload.request.spec.containers.0.env.0.value',
    'protoPayload.request.spec.containers.0.env.1.value',
  ]);
});

test('a lower-case payload after BigQuery is covered too', () => {
  const { protoPayload, ...rest } = entry({ response: { privateKeyData: 'x' } });
  expect(secrets(gcpAudit, { ...rest, protopayload: protoPayload })).toContain(
    'protopayload.response.privateKeyData',
  );
});

test.each<[string, Source, unknown]>([
  [
    'azure.activity',
    azureActivity,
    activity('Microsoft.Web/sites/write', {
      requestbody: { p: { adminPassword: 'example-secret' } },
      responseBody: '{"accessToken":"example-secret"}',
      clientSecret: 'example-secret',
    }),
  ],
  [
    'gcp.audit',
    gcpAudit,
    entry({ request: { password: 'example-secret' }, response: { token: 'example-secret' } }),
  ],
])('no secret of a body reaches the fields of an event of %s', (_, source, value) => {
  expect(JSON.stringify(eventOf(source, readOne(source, value)))).not.toContain('example-secret');
});

test('all properties of an operation on secrets go where they are one text', () => {
  const row = (operation: string) => ({
    ...{ TimeGenerated: '2026-07-03T09:00:00Z', Type: 'AzureActivity', OperationNameValue: operation },
    Properties: JSON.stringify({ responseBody: { keys: [{ keyName: 'key1', value: 'v' }] } }),
  });
  expect(secrets(azureActivity, row('MICROSOFT.STORAGE/STORAGEACCOUNTS/LISTKEYS/ACTION'))).toEqual([
    'Properties',
  ]);
  expect(secrets(azureActivity, row('MICROSOFT.STORAGE/STORAGEACCOUNTS/READ'))).toEqual([]);
});
