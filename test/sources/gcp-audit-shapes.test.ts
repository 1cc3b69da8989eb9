import fc from 'fast-check';
import { expect, test } from 'vitest';
import { gcpAudit } from '../../shared/sources/gcp-audit.ts';
import { accepts, eventOf, identityOf, readAll, readOne, split, splitText } from './azure-gcp-support.ts';

const ENTRY = {
  insertId: 'i-1',
  logName: 'projects/shop-prod/logs/cloudaudit.googleapis.com%2Fdata_access',
  timestamp: '2026-07-03T09:00:00.123456789Z',
  receiveTimestamp: '2026-07-03T09:00:01.5Z',
  severity: 'INFO',
  resource: { type: 'audited_resource', labels: { project_id: 'shop-prod' } },
  protoPayload: {
    '@type': 'type.googleapis.com/google.cloud.audit.AuditLog',
    serviceName: 'secretmanager.googleapis.com',
    methodName: 'google.cloud.secretmanager.v1.SecretManagerService.AccessSecretVersion',
    resourceName: 'projects/1/secrets/db/versions/3',
    authenticationInfo: { principalEmail: 'deploy@shop-prod.iam.gserviceaccount.com' },
    requestMetadata: { callerIp: '203.0.113.7' },
    status: {},
  },
};

type Entry = typeof ENTRY;

const base64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64');

const push = (entry: unknown) => ({
  message: { data: base64(entry), messageId: '1', attributes: {} },
  subscription: 'projects/shop-prod/subscriptions/audit',
});

const cloudEvent = (entry: unknown) => ({
  specversion: '1.0',
  type: 'google.cloud.audit.log.v1.written',
  id: '1',
  source: '//cloudaudit.googleapis.com/projects/shop-prod/logs/data_access',
  data: entry,
});

const HEADERS = { 'ce-type': 'google.cloud.audit.log.v1.written', 'ce-id': '1' };

const lowerCase = (entry: object) =>
  Object.fromEntries(Object.entries(entry).map(([key, value]) => [key.toLowerCase(), value]));

const ROADS: readonly [string, (entry: Entry) => unknown][] = [
  ['a list', (entry) => [entry]],
  ['a listing', (entry) => ({ entries: [entry], nextPageToken: 'x' })],
  ['a push', push],
  ['a pull', (entry) => ({ receivedMessages: [{ ackId: 'a', ...push(entry) }] })],
  ['what gcloud pulls', (entry) => [{ ackId: 'a', ...push(entry) }]],
  ['Eventarc, structured', cloudEvent],
  ['Eventarc, in base64', (entry) => ({ ...cloudEvent(undefined), data_base64: base64(entry) })],
  ['Eventarc, in a text', (entry) => cloudEvent(JSON.stringify(entry))],
  ['Eventarc, with its headers', (entry) => ({ headers: HEADERS, body: entry })],
  ['Eventarc, with its headers and a text', (entry) => ({ headers: HEADERS, body: JSON.stringify(entry) })],
  [
    'a push in a CloudEvent',
    (entry) => ({ ...cloudEvent(push(entry)), type: 'google.cloud.pubsub.topic.v1.messagePublished' }),
  ],
  ['BigQuery', lowerCase],
  [
    'BigQuery, with its column and time',
    ({ protoPayload, ...entry }) =>
      lowerCase({
        ...entry,
        timestamp: '2026-07-03 09:00:00.123456 UTC',
        protopayload_auditlog: protoPayload,
      }),
  ],
];

test.each(ROADS)('an entry over %s is the bare entry', (_, send) => {
  expect(accepts(gcpAudit, send(ENTRY))).toBe(true);
  const [sent, bare] = [send(ENTRY), ENTRY].map((value) => readOne(gcpAudit, value));
  expect(identityOf(sent!)).toEqual(identityOf(bare!));
  expect(sent?.body.message).toBe(bare?.body.message);
});

test.each(ROADS.slice(0, 11))('an entry over %s keeps its own characters', (_, send) => {
  expect(split(gcpAudit, send(ENTRY)).records[0]?.text).toBe(JSON.stringify(ENTRY));
});

test.each<[string, Partial<Record<keyof Entry, unknown>>]>([
  ['insertId', { insertId: 'i-2' }],
  ['log', { logName: 'projects/shop-prod/logs/cloudaudit.googleapis.com%2Factivity' }],
  ['project', { logName: 'projects/shop-test/logs/cloudaudit.googleapis.com%2Fdata_access' }],
  ['time', { timestamp: '2026-07-03T09:00:00.124456789Z' }],
])('another %s is another event', (_, other) => {
  expect(identityOf(readOne(gcpAudit, { ...ENTRY, ...other })).id).not.toEqual(
    identityOf(readOne(gcpAudit, ENTRY)).id,
  );
});

test('the parts of an entry that was too large are events of their own', () => {
  const parts = [0, 1].map((index) => ({ ...ENTRY, split: { uid: 's', index, totalSplits: 2 } }));
  const ids = readAll(gcpAudit, parts).map((mapped) => JSON.stringify('body' in mapped && mapped.nativeId));
  expect(new Set(ids).size).toBe(2);
});

test('an entry without insertId has no native id, so that its bytes are one', () => {
  const { insertId: _, ...entry } = ENTRY;
  expect(readOne(gcpAudit, entry).nativeId).toBeUndefined();
});

test.each<[string, object]>([
  ['principal', { authenticationInfo: { principalEmail: 'mallory@example.com' } }],
  ['resource', { resourceName: 'projects/1/secrets/other/versions/1' }],
  ['method', { methodName: 'google.cloud.secretmanager.v1.SecretManagerService.DestroySecretVersion' }],
  ['outcome', { status: { code: 7 } }],
])('another %s under the same uid is a contradiction', (_, other) => {
  const forged = readOne(gcpAudit, { ...ENTRY, protoPayload: { ...ENTRY.protoPayload, ...other } });
  const found = identityOf(forged);
  expect(found.id).toEqual(identityOf(readOne(gcpAudit, ENTRY)).id);
  expect(found.essence).not.toEqual(identityOf(readOne(gcpAudit, ENTRY)).essence);
});

test.each([
  ['no status', undefined, 1, 'OK'],
  ['an empty status', {}, 1, 'OK'],
  ['code 0', { code: 0 }, 1, 'OK'],
  ['code 7', { code: 7, message: 'denied' }, 2, 'PERMISSION_DENIED'],
  ['code 16 as text', { code: '16' }, 2, 'UNAUTHENTICATED'],
  ['a code that nobody knows', { code: 99 }, 2, '99'],
])('%s is status %s', (_, status, status_id, status_code) => {
  const entry = { ...ENTRY, protoPayload: { ...ENTRY.protoPayload, status } };
  expect(readOne(gcpAudit, entry).body).toMatchObject({ status_id, status_code });
});

test('a permission counts as granted only where the entry says so', () => {
  const authorizationInfo = [
    { permission: 'a.b.c', granted: true },
    { permission: 'd.e.f' },
    { permission: 'g.h.i', granted: false },
    { permission: 'j.k.l', granted: 'true' },
  ];
  const entry = { ...ENTRY, protoPayload: { ...ENTRY.protoPayload, authorizationInfo } };
  const decisions = readOne(gcpAudit, entry).body.actor?.authorizations?.map(({ decision }) => decision);
  expect(decisions).toEqual(['granted', 'denied', 'denied', 'denied']);
});

test.each([
  ['203.0.113.7', { ip: '203.0.113.7' }],
  ['2001:db8::7', { ip: '2001:db8::7' }],
  ['private', { name: 'private' }],
  ['gce-internal-ip', { name: 'gce-internal-ip' }],
  [undefined, { svc_name: 'secretmanager.googleapis.com' }],
])('a caller at %s is a real endpoint', (callerIp, endpoint) => {
  const entry = { ...ENTRY, protoPayload: { ...ENTRY.protoPayload, requestMetadata: { callerIp } } };
  expect(eventOf(gcpAudit, readOne(gcpAudit, entry)).src_endpoint).toEqual(endpoint);
});

test.each([
  ['google.iam.admin.v1.CreateRole', 1],
  ['v1.compute.instances.aggregatedList', 2],
  ['storage.buckets.list', 2],
  ['io.k8s.apps.v1.deployments.patch', 3],
  ['google.iam.admin.v1.SetIAMPolicy', 3],
  ['io.k8s.core.v1.pods.deletecollection', 4],
  ['google.cloud.secretmanager.v1.SecretManagerService.DestroySecretVersion', 4],
  ['io.k8s.core.v1.pods.exec.create', 99],
  ['SignJwt', 99],
  ['Docker-PutManifest', 1],
])('%s is activity %s', (methodName, activity_id) => {
  const entry = {
    ...ENTRY,
    protoPayload: { ...ENTRY.protoPayload, serviceName: 'x.googleapis.com', methodName },
  };
  expect(readOne(gcpAudit, entry).body.activity_id).toBe(activity_id);
});

test.each([
  [
    'a message of Artifact Registry',
    {
      message: { data: base64({ action: 'INSERT', digest: 'a@sha256:b' }), messageId: '1' },
      subscription: 's',
    },
  ],
  [
    'a message without data',
    { message: { data: '', attributes: { Action: 'Approved' } }, subscription: 's' },
  ],
  ['a build', { id: 'b', status: 'SUCCESS', sourceProvenance: {} }],
  ['an object event', { kind: 'storage#object', name: 'a' }],
  [
    'another CloudEvent',
    { specversion: '1.0', type: 'google.cloud.storage.object.v1.finalized', data: { name: 'a' } },
  ],
  ['a finding', { finding: { name: 'f' }, notificationConfigName: 'n', resource: {} }],
  [
    'another log',
    { logName: 'projects/p/logs/run.googleapis.com%2Fstdout', insertId: 'a', textPayload: 'x' },
  ],
  [
    'another payload',
    {
      logName: 'projects/p/logs/x',
      protoPayload: {
        '@type': 'type.googleapis.com/google.appengine.logging.v1.RequestLog',
        methodName: 'GET',
      },
    },
  ],
  ['an empty object', {}],
  ['an empty array', []],
  ['nothing', null],
  [
    'a webhook with its headers',
    { headers: { 'x-github-event': 'push' }, body: '{"ref":"refs/heads/main"}' },
  ],
])('%s is no audit log', (_, value) => {
  expect(accepts(gcpAudit, value)).toBe(false);
});

test('data that is no base64, no UTF-8 or no JSON is a reject, and its neighbours are read', () => {
  const message = (data: string) => ({ message: { data, messageId: '1' } });
  const value = {
    receivedMessages: [
      message('???'),
      message('/w=='),
      message(Buffer.from('{"').toString('base64')),
      push(ENTRY),
      { ackId: 'x' },
    ],
  };
  const found = split(gcpAudit, value);
  expect(found.rejects.map(({ reason }) => reason)).toEqual(['not-json', 'not-utf8', 'not-json']);
  expect(found.records.map((record) => 'body' in gcpAudit.map(record))).toEqual([true, false]);
});

test('an empty pull is control', () => {
  expect(accepts(gcpAudit, { receivedMessages: [] })).toBe(true);
  expect(split(gcpAudit, { receivedMessages: [] }).control).toBe(1);
});

test('envelopes that never end become a record', () => {
  const deep = Array.from({ length: 30 }).reduce<unknown>((inner) => ({ message: inner }), ENTRY);
  expect(split(gcpAudit, deep).records).toHaveLength(1);
});

test('64-bit numbers and the order of keys stay as they came', () => {
  const text =
    '{"protoPayload":{"serviceName":"s","methodName":"m","n":9007199254740993},  "timestamp":"2026-07-03T09:00:00Z"}';
  expect(splitText(gcpAudit, `[ ${text} ]`).records[0]?.text).toBe(text);
});

test('the same entry twice is the same event, whatever it holds', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
      const entry = { ...ENTRY, protoPayload: { ...ENTRY.protoPayload, request: value } };
      expect(identityOf(readOne(gcpAudit, push(entry)))).toEqual(identityOf(readOne(gcpAudit, entry)));
    }),
  );
});

test('an entry without a time is mapped with that of its receipt, and says so', () => {
  const { timestamp: _, receiveTimestamp: __, ...entry } = ENTRY;
  const { body } = readOne(gcpAudit, entry);
  expect([body.time, body.metadata.labels]).toEqual([
    Date.parse('2026-07-04T00:00:00Z'),
    ['time-of-receipt'],
  ]);
});

test('two grants in one call are no grant to one user', () => {
  const delta = (member: string) => ({ action: 'ADD', role: 'roles/owner', member });
  const change = (...members: string[]) => ({
    ...ENTRY,
    protoPayload: {
      ...{ ...ENTRY.protoPayload, methodName: 'SetIamPolicy' },
      serviceData: { policyDelta: { bindingDeltas: members.map(delta) } },
    },
  });
  expect(readOne(gcpAudit, change('user:a@example.com')).body.class_uid).toBe(3005);
  expect(readOne(gcpAudit, change('user:a@example.com', 'user:b@example.com')).body.class_uid).toBe(6003);
});

test('a call that succeeded was not denied, whatever its response talks about', () => {
  const response = { message: 'admission webhook "x" denied the request: Binary Authorization' };
  const entry = { ...ENTRY, protoPayload: { ...ENTRY.protoPayload, response } };
  expect(readOne(gcpAudit, entry).body.action_id).toBeUndefined();
  const denied = { ...entry, protoPayload: { ...entry.protoPayload, status: { code: 7 } } };
  expect(readOne(gcpAudit, denied).body).toMatchObject({
    action_id: 2,
    metadata: { labels: ['denied-by-policy'] },
  });
});

test.each([
  ['core/v1/namespaces/prod/pods/shop/log', 'shop', 'k8s.io/pods/log', 'prod'],
  ['apps/v1/namespaces/prod/deployments/shop', 'shop', 'k8s.io/deployments', 'prod'],
  ['core/v1/namespaces/prod/secrets', 'secrets', 'k8s.io/secrets', 'prod'],
  ['core/v1/namespaces/prod', 'prod', 'k8s.io/namespaces', undefined],
  ['core/v1/nodes/n1', 'n1', 'k8s.io/nodes', undefined],
  ['projects/_/buckets', 'buckets', 'k8s.io/buckets', undefined],
  ['projects/1/secrets/db/versions/3', 'db', 'k8s.io/secrets', undefined],
])('%s is named %s', (resourceName, name, type, namespace) => {
  const entry = { ...ENTRY, protoPayload: { ...ENTRY.protoPayload, serviceName: 'k8s.io', resourceName } };
  expect(readOne(gcpAudit, entry).body.resources?.[0]).toMatchObject({ name, type, namespace });
});

test('an image pushed to a registry is a resource by its digest', () => {
  const digest = `sha256:${'0a'.repeat(32)}`;
  const resourceName = `projects/p/locations/l/repositories/r/dockerImages/shop@${digest}`;
  const entry = { ...ENTRY, protoPayload: { ...ENTRY.protoPayload, resourceName } };
  expect(readOne(gcpAudit, entry).body.resources?.[1]).toMatchObject({ uid: digest, data: { digest } });
});
