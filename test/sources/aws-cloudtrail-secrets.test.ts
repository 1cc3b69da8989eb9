import { expect, test } from 'vitest';
import { awsCloudtrail } from '../../shared/sources/aws-cloudtrail.ts';
import { buildSecretTree } from '../../shared/sources/redact/secret-tree.ts';
import { redactRecord } from '../../shared/sources/redact.ts';
import { document, faultsOf, isMapped, RECORD } from './aws-cloudtrail-support.ts';

/** A word that no reader may ever meet again. */
const SECRET = 'correct-horse-battery-staple';

test.each([
  ['a session token', { responseElements: { credentials: { sessionToken: SECRET } } }],
  ['a secret key', { responseElements: { accessKey: { secretAccessKey: SECRET } } }],
  ['a new password', { requestParameters: { userName: 'bob', password: SECRET } }],
  ['the password of a database', { requestParameters: { masterUserPassword: SECRET } }],
  ['a secret', { requestParameters: { secretString: SECRET } }],
  ['a parameter', { requestParameters: { name: '/db', type: 'SecureString', value: SECRET } }],
  ['user data', { requestParameters: { instancesSet: {}, userData: SECRET } }],
  ['user data of an attribute', { requestParameters: { userData: { value: SECRET } } }],
  ['the environment of a function', { requestParameters: { environment: { variables: { URL: SECRET } } } }],
  [
    'the environment of a build',
    { requestParameters: { environmentVariablesOverride: [{ name: 'URL', value: SECRET }] } },
  ],
  [
    'the environment of a container',
    { requestParameters: { containerDefinitions: [{ environment: [{ name: 'URL', value: SECRET }] }] } },
  ],
  ['a key pair', { responseElements: { keyMaterial: SECRET } }],
  [
    'a token of an operation nobody has heard of',
    { requestParameters: { options: { webhookToken: SECRET } } },
  ],
  ['a seed of a second factor', { responseElements: { virtualMFADevice: { base32StringSeed: SECRET } } }],
])('%s reaches neither the raw record nor the event', (_, members) => {
  const received = document({ ...RECORD, ...members });
  const trees = [awsCloudtrail.secretPaths, awsCloudtrail.secretsIn?.(received) ?? []].map((paths) =>
    buildSecretTree(paths),
  );
  const { document: redacted, redactions } = redactRecord(received, trees, new Uint8Array(32));
  const mapped = awsCloudtrail.map({ ...redacted, attributes: {} });
  if (!isMapped(mapped)) throw new Error('expected an event');
  expect(redactions.length).toBeGreaterThan(0);
  expect(redacted.text).not.toContain(SECRET);
  expect(JSON.stringify(mapped)).not.toContain(SECRET);
  expect(faultsOf(mapped)).toEqual([]);
});

test('what is redacted does not change the essence', () => {
  const open = awsCloudtrail.map({
    ...document({ ...RECORD, requestParameters: { name: 'organisation', password: SECRET } }),
    attributes: {},
  });
  const hidden = awsCloudtrail.map({
    ...document({ ...RECORD, requestParameters: { name: 'organisation', password: '[redacted]' } }),
    attributes: {},
  });
  expect(isMapped(open) && isMapped(hidden) && open.essence).toEqual(isMapped(hidden) && hidden.essence);
});
