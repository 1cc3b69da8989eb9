import { describe, expect, test } from 'vitest';
import { sources } from '../../shared/sources/index.ts';
import { createReader } from '../../shared/sources/read.ts';

const reader = createReader({ sources, random: (size) => new Uint8Array(size), salt: new Uint8Array(32) });

/** What a source is sent, and what must still be readable in what it keeps. */
function kept(record: unknown): { raw: string; redactions: readonly string[] } {
  const body = Buffer.from(JSON.stringify(record));
  const receivedAt = new Date('2026-05-04T12:00:00Z');
  const [event] = reader.readEnvelope({ source: undefined, receivedAt, attributes: {}, body }).events;
  const { raw_data, unmapped } = JSON.parse(event?.line ?? '{}');
  const redactions = (unmapped.trailproof.redactions ?? []) as { path: string }[];
  return { raw: raw_data, redactions: redactions.map(({ path }) => path) };
}

const cloudtrail = (members: object) => ({
  eventVersion: '1.11',
  eventSource: 'sts.amazonaws.com',
  eventName: 'Do',
  awsRegion: 'eu-west-1',
  eventTime: '2026-05-04T10:00:00Z',
  recipientAccountId: '111122223333',
  eventID: '0f0f0f0f-0000-4000-8000-000000000001',
  ...members,
});

const azure = (operationName: string, properties: object) => ({
  time: '2026-05-04T10:00:00.1234567Z',
  resourceId: '/SUBSCRIPTIONS/0/RESOURCEGROUPS/RG/PROVIDERS/MICROSOFT.STORAGE/STORAGEACCOUNTS/ACME',
  operationName,
  category: 'Administrative',
  resultType: 'Success',
  correlationId: '00000000-0000-4000-8000-000000000001',
  properties,
});

const google = (protoPayload: object) => ({
  logName: 'projects/acme/logs/cloudaudit.googleapis.com%2Factivity',
  insertId: 'abc1',
  timestamp: '2026-05-04T10:00:00.123456789Z',
  protoPayload: {
    '@type': 'type.googleapis.com/google.cloud.audit.AuditLog',
    serviceName: 'k8s.io',
    methodName: 'io.k8s.apps.v1.deployments.create',
    resourceName: 'apps/v1/namespaces/shop/deployments/web',
    ...protoPayload,
  },
});

const webhook = (members: object) => ({
  action: 'deleted',
  repository: { id: 1, full_name: 'octo-org/shop', owner: { login: 'octo-org' } },
  sender: { login: 'alice', id: 2, type: 'User' },
  ...members,
});

describe('evidence stays readable', () => {
  test.each<[string, object]>([
    [
      'the subject of a web identity token, which says what pipeline it was',
      cloudtrail({
        responseElements: { subjectFromWebIdentityToken: 'repo:octo-org/shop:ref:refs/heads/main' },
      }),
    ],
    [
      'what a password or secret is like, not what it is',
      cloudtrail({
        responseElements: {
          masterUserSecret: { secretStatus: 'rotating', secretArn: 'arn:aws:secretsmanager:::secret:x' },
          passwordLastUsed: 'May 4, 2026, 10:15:31 AM',
          accessKey: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', status: 'Active', createDate: 'May 4, 2026' },
          secretVersionsToStages: { v1: ['AWSCURRENT'] },
        },
      }),
    ],
    [
      'an access key id, whatever it is called',
      cloudtrail({
        requestParameters: { accessKey: 'AKIAIOSFODNN7EXAMPLE', sharedKey: 'ASIAIOSFODNN7EXAMPLE' },
      }),
    ],
    ['what AWS hid', cloudtrail({ requestParameters: { password: 'HIDDEN_DUE_TO_SECURITY_REASONS' } })],
    ['a mask', cloudtrail({ requestParameters: { newPassword: '****', parameters: [{ value: '***' }] } })],
    ['a mask in JSON in a text', cloudtrail({ requestParameters: { body: '{"adminToken":"****"}' } })],
    ['the masked secret of a hook', webhook({ hook_id: 1, hook: { id: 1, config: { secret: '********' } } })],
    [
      'which key of an account was renewed',
      azure('MICROSOFT.STORAGE/STORAGEACCOUNTS/REGENERATEKEY/ACTION', { requestbody: { keyName: 'key1' } }),
    ],
    [
      'which secrets a workload mounts',
      google({
        request: {
          spec: {
            volumes: [
              { name: 'tls', secret: { secretName: 'web', items: [{ key: 'tls.crt', path: 'crt' }] } },
            ],
            imagePullSecrets: [{ name: 'registry' }],
            containers: [{ env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 'db', key: 'pw' } } }] }],
          },
        },
      }),
    ],
    [
      'titles and measures of systems that we do not know',
      {
        title: { plainText: 'a flag was changed' },
        customData: { metric: 'cpu' },
        jwt: { claims: { sub: 'a' } },
      },
    ],
    [
      'ids of requests and hashes of tokens that we do not know',
      { ClientRequestToken: 'b2c3', hashed_token: 'Zm9v', hashed_secret: 'bbccdf2efb33b52e' },
    ],
    [
      'the variables that every run has',
      { env: { GITHUB_SHA: '6dcb09b5b57875f334f61aebed695e2e4193db5e', RUNNER_OS: 'Linux', CI_JOB_ID: '7' } },
    ],
  ])('%s', (_, record) => {
    expect(kept(record)).toEqual({ raw: JSON.stringify(record), redactions: [] });
  });
});

describe('secrets beside evidence are gone', () => {
  const SECRET = ['Correct7', 'Horse8', 'Battery9'].join('');
  test.each<[string, object]>([
    ['in a tag', cloudtrail({ requestParameters: { tags: [{ key: 'db_password', value: SECRET }] } })],
    [
      'in a tag with capitals',
      cloudtrail({ requestParameters: { Tags: [{ Key: 'API_TOKEN', Value: SECRET }] } }),
    ],
    [
      'in a parameter of a stack that its template does not call secret',
      cloudtrail({
        requestParameters: { parameters: [{ parameterKey: 'DbPassword', parameterValue: SECRET }] },
      }),
    ],
    ['in metadata of a machine', google({ request: { items: [{ key: 'db-password', value: SECRET }] } })],
    ['in a token among the variables of a run', { env: { GITHUB_SHA: 'abc', GITHUB_TOKEN: SECRET } }],
    ['in headers', azure('A.B/C/WRITE', { headers: { Cookie: `session=${SECRET}`, Authorization: SECRET } })],
    [
      'in JSON in a text, of which the rest stays',
      azure('A.B/C/WRITE', { requestbody: `{"sku":"kept","primaryKey":"${SECRET}"}` }),
    ],
    [
      'in a key that was answered',
      azure('A.B/C/REGENERATEKEY/ACTION', { responseBody: { keys: [{ v: SECRET }] } }),
    ],
    ['in an entry of GitHub', { action: 'a.b', actor: 'alice', org: 'o', data: { client_secret: SECRET } }],
    ['in a webhook', webhook({ installation: { id: 1, access_token: SECRET } })],
    [
      'in a patch of a Kubernetes secret',
      google({ methodName: 'io.k8s.core.v1.secrets.patch', request: { data: { x: SECRET } } }),
    ],
    [
      'in what was last applied to a Kubernetes secret',
      google({
        methodName: 'io.k8s.core.v1.secrets.update',
        response: {
          items: [
            { metadata: { annotations: { 'kubectl.kubernetes.io/last-applied-configuration': SECRET } } },
          ],
        },
      }),
    ],
  ])('%s', (_, record) => {
    const { raw, redactions } = kept(record);
    expect(raw).not.toContain(SECRET);
    expect(redactions).not.toEqual([]);
    if (JSON.stringify(record).includes('kept')) expect(raw).toContain('kept');
  });
});
