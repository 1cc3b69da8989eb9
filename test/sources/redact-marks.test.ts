import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseDocument } from '../../shared/json/document.ts';
import {
  marksOf,
  NAME_MARK,
  PROGRAM_MARK,
  SPACED_MARK,
  TOKEN_MARK,
} from '../../shared/sources/redact/marks.ts';
import { redactRecord } from '../../shared/sources/redact.ts';
import { mayHoldSecrets } from '../../shared/sources/secret-names.ts';

const ALL = TOKEN_MARK | SPACED_MARK | PROGRAM_MARK | NAME_MARK;
const salt = new Uint8Array(16);

/** Pieces of what secrets are told by, and what stands between them. */
const PIECES = [
  ...[
    'password',
    'PassWd',
    'passphrase',
    'pwd',
    'PWD"',
    'secret',
    'Token',
    'tokens',
    'tokenValue',
    'key',
    'keys',
  ],
  ...[
    'api_key',
    'api-key_data',
    'accesskey7',
    'x_key-value',
    'credential',
    'connection_-string',
    'ConnectionString',
  ],
  ...[
    'sas',
    'privateKey',
    'custom_Data',
    'jwt',
    'plainText',
    'kubeconfig',
    'headers',
    'header',
    'stringData',
  ],
  ...['"env"', 'envVars', 'environment_variables', 'appSettings', 'secureParameters', 'protectedSettings'],
  ...[
    'ghp_',
    'github_pat_',
    'npm_',
    'sk_live_',
    'rk_test_',
    'dop_v1_',
    'shpat_',
    'glpat-',
    'xoxb-',
    'xapp-1-',
  ],
  ...[
    'hooks.slack.com/services/T0/',
    'AIza',
    'ya29.',
    'hvs.',
    'GOCSPX-',
    'SG.',
    'sk-ant-',
    'pypi-AgE',
    '.atlasv1.',
  ],
  ...[
    'dapi',
    'AGE-SECRET-KEY-1',
    'Bearer ',
    'bearer%20',
    'Basic ',
    'Authorization: token ',
    '.eyJ',
    'eyJhbGciOi',
  ],
  ...['-----BEGIN RSA PRIVATE KEY-----', 'LS0tLS1CRUdJTi', 'discord.com/api/webhooks/123456789012345678/'],
  ...[
    'curl -u ',
    'mysql -p',
    'sshpass -p ',
    'docker login x -p ',
    'MYSQL',
    '<password>',
    '</password>',
    'Curl',
  ],
  ...[
    ':',
    '=',
    ' ',
    '  ',
    '"',
    '\\"',
    '\\',
    '\n',
    '\t',
    '\u00a0',
    '\u2003',
    '-',
    '_',
    's',
    'a',
    '.',
    '/',
    '@',
  ],
  ...[
    'Zx9'.repeat(12),
    'abcdef0123456789'.repeat(4),
    'A1'.repeat(20),
    'user:hunter2hunter2',
    'é',
    '\u{1f600}',
  ],
];

const anyText = fc
  .array(fc.oneof({ weight: 6, arbitrary: fc.constantFrom(...PIECES) }, fc.string({ maxLength: 4 })), {
    maxLength: 12,
  })
  .map((pieces) => pieces.join(''));

test('no secret is passed over because a text was looked at only once', () => {
  fc.assert(
    fc.property(anyText, anyText, (a, b) => {
      const parsed = parseDocument(JSON.stringify({ note: a, [b]: JSON.stringify({ inner: a }) }));
      if (!parsed.ok) throw new Error(parsed.fault.message);
      const careful = redactRecord(parsed.value, [], salt, ALL);
      expect(redactRecord(parsed.value, [], salt)).toEqual(careful);
    }),
    { numRuns: 3000 },
  );
});

test('no name of a secret is passed over', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      for (const written of [text, text.toUpperCase(), JSON.stringify({ [text]: text })]) {
        expect(mayHoldSecrets(written)).toBe(mayHoldSecrets(written, NAME_MARK));
      }
    }),
    { numRuns: 3000 },
  );
});

test('an ordinary record has no mark', () => {
  expect(marksOf('{"eventName":"DescribeInstances","accessKeyId":"ASIAEXAMPLE","maxResults":100}')).toBe(0);
});
