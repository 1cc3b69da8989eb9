import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compileFilter } from '../../shared/query/compile.ts';
import { renderFault } from '../../shared/query/fault.ts';
import { shortFields } from '../../shared/query/fields.ts';
import { parseQuery } from '../../shared/query/parse.ts';
import { type EventParts, subjectOf, uidOf } from './events.ts';

const commit = 'abcdef0123456789abcdef0123456789abcdef01';
const digest = 'fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210';

const stopLogging: EventParts = {
  source: 'aws.cloudtrail',
  time: Date.UTC(2026, 4, 1, 10),
  actor: {
    user: {
      name: 'alice',
      uid: 'arn:aws:iam::111122223333:user/team/alice',
      account: { uid: '111122223333' },
    },
    session: { uid: 'AKIAIOSFODNN7EXAMPLE' },
  },
  api: { operation: 'StopLogging', service: { name: 'cloudtrail.amazonaws.com' } },
  cloud: { provider: 'AWS', region: 'eu-west-1', account: { uid: '111122223333' } },
  src_endpoint: { ip: '198.51.100.7', port: 443 },
  resources: [{ uid: 'arn:aws:cloudtrail:eu-west-1:111122223333:trail/audit', name: 'audit', type: 'trail' }],
  status_id: 2,
  status: 'Failure',
  status_code: 'AccessDenied',
  unmapped: { 'requestParameters.name': 'dotted', requestParameters: { name: 'nested' }, readOnly: 'false' },
  record: { requestParameters: { name: 'Ünïcode "quoted" trail' }, userAgent: 'aws-cli/2.0' },
};

const deploy: EventParts = {
  source: 'github.webhook',
  actor: { user: { name: 'bob@example.com', type_id: 1 } },
  api: { operation: 'google.cloud.run.v2.Services.UpdateService' },
  src_endpoint: { ip: '2001:db8::7' },
  resources: [
    { type: 'repository', name: 'example-org/shop' },
    { type: 'branch', name: 'other' },
    { type: 'pipeline_run', uid: '991' },
    { type: 'commit', uid: commit },
    { type: 'image', uid: `registry.example.com/shop@sha256:${digest}` },
  ],
  status_id: 1,
};

function matches(text: string, parts: EventParts): boolean {
  const expression = parseQuery(text, { nowMs: Date.UTC(2026, 4, 1, 12) });
  if (!expression.ok) throw new Error(renderFault(expression.fault));
  return compileFilter(expression.value)(subjectOf(parts));
}

test.each([
  '*',
  'actor:alice',
  'actor:ALICE',
  'actor:ali?e',
  'actor:al*',
  'actor:arn\\:aws*',
  'actor:arn:aws:iam::111122223333:user/team/alice',
  'actor:AKIAIOSFODNN7EXAMPLE',
  'operation:stoplogging AND status:failure',
  'operation:(StartLogging OR StopLogging)',
  'status:accessdenied',
  'status:2',
  'resource:audit',
  'resource:*trail/aud*',
  'ip:198.51.100.0/24',
  'ip:198.51.100.7',
  'account:111122223333',
  'region:eu-*',
  'source:aws',
  'source:aws.cloudtrail',
  'source:cloudtrail',
  'class:api_activity',
  'class:"API Activity"',
  'class:6003',
  'actor.user.name:alice',
  'actor.user:alice',
  'resources.name:audit',
  'resources[].type:trail',
  'src_endpoint.port:[400 TO 500]',
  'src_endpoint.port:>=443',
  'src_endpoint.port:<444',
  'status_id:2',
  'unmapped.requestParameters.name:dotted',
  'unmapped.readOnly:false',
  'raw_data.requestParameters.name:ünïcode*',
  'raw_data.eventName:StopLogging',
  'time:2026-05-01',
  'time:[2026-05-01T10:00Z TO 2026-05-01T10:00Z]',
  'time:>now-1d',
  'stoplogg',
  'AccessDenied',
  '"aws-cli/2.0"',
  'ünïcode',
  'aws?cli',
  'actor:*',
  'NOT commit:*',
  'NOT run:*',
  'NOT actor:bob',
  'cloud.region:{eu TO ev}',
])('%s finds a call', (text) => expect(matches(text, stopLogging)).toBe(true));

test.each([
  'actor:alic',
  'actor:ali',
  'actor:team',
  'operation:Stop',
  'status:success',
  'ip:198.51.100.0/29 AND ip:10.0.0.0/8',
  'ip:198.51.100',
  'region:eu-west',
  'source:azure',
  'class:authentication',
  'src_endpoint.port:{443 TO 500}',
  'src_endpoint.port:>443',
  'unmapped.requestParameters.name:nested',
  'raw_data.requestParameters.nosuch:*',
  'unmapped.nosuch:*',
  'actor.user.email_addr:*',
  'time:2026-05-02',
  'time:<2026-05-01',
  'trailproof-nowhere',
  'NOT actor:alice',
  'cloud.region:[a TO b]',
  'actor.user.name.first:alice',
  'unmapped.constructor:*',
  'unmapped.__proto__.x:*',
])('%s does not find it', (text) => expect(matches(text, stopLogging)).toBe(false));

test.each([
  'actor:bob',
  'actor:bob@example.com',
  'actor:*@example.com',
  'operation:updateservice',
  'repo:example-org/shop',
  'repo:shop',
  'run:991',
  'commit:abcdef0',
  `commit:${commit}`,
  'commit:abcd*',
  'digest:fedcba9',
  `digest:sha256:${digest}`,
  `digest:${digest.toUpperCase()}`,
  'digest:sha256:fedc*',
  'ip:2001:DB8:0:0::7',
  'ip:2001:db8::/32',
  'status:success',
])('%s finds a deployment', (text) => expect(matches(text, deploy)).toBe(true));

test.each(['repo:other', 'commit:bcdef01', 'digest:abcdef0', 'run:99', 'actor:example.com', 'source:gcp'])(
  '%s does not find the deployment',
  (text) => expect(matches(text, deploy)).toBe(false),
);

test('a short word is not found in ids of our own making, a long one is', () => {
  const uid = uidOf(0);
  expect(matches(uid.slice(0, 3), {})).toBe(false);
  expect(matches(uid.slice(0, 12), {})).toBe(true);
});

test('a value, its forms and everything that finds it have one key in the index', () => {
  const text = fc
    .array(
      fc.constantFrom('a', 'B', '/', ':', '.', '@', 'sha256:', ' ', '10.0.0.1', '2001:db8::1', 'é', '#'),
      {
        minLength: 1,
        maxLength: 8,
      },
    )
    .map((pieces) => pieces.join('').toLowerCase());
  fc.assert(
    fc.property(text, (value) => {
      for (const field of shortFields.filter(({ hexPrefix }) => !hexPrefix)) {
        for (const form of [field.spelling(value), ...field.forms(value)]) {
          expect(field.key(form), `${field.name}: ${form}`).toBe(field.key(value));
        }
      }
    }),
    { numRuns: 2000 },
  );
});

test('members of a record that are named like those of every object are data', () => {
  const record = JSON.parse('{"__proto__": {"name": "x"}, "constructor": "y"}');
  expect(matches('raw_data.__proto__.name:x', { record })).toBe(true);
  expect(matches('raw_data.constructor:y', { record })).toBe(true);
  expect(matches('raw_data.toString:*', { record })).toBe(false);
});
