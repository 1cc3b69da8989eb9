import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { JsonValue } from '../../shared/json/json.ts';
import { buildSecretTree } from '../../shared/sources/redact/secret-tree.ts';
import { type Redacted, redactRecord, redactText } from '../../shared/sources/redact.ts';
import { redactReject } from '../../shared/sources/redact-reject.ts';
import { makeReject } from '../../shared/sources/reject.ts';
import { read, SALT } from './reading.ts';

function redact(value: unknown, paths: readonly (readonly string[])[] = []): Redacted {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return redactRecord({ text, value: JSON.parse(text) as JsonValue }, [buildSecretTree(paths)], SALT);
}

const MARKER = /^\[redacted:[0-9a-f]{16}\]$/;

/** Secrets are put together here, so that scanners of this repository stay quiet. */
const join = (...parts: readonly string[]): string => parts.join('');
const hex = 'ab12cd34'.repeat(8);
const word = 'Ab1Cd2Ef3'.repeat(4);
const SECRETS: readonly [kind: string, secret: string][] = [
  ['github-token', join('ghp', '_', word)],
  ['github-token', join('ghs', '_', word)],
  ['github-token', join('github', '_pat_', '11ABCDEFG0', '_', word)],
  ['gitlab-token', join('gl', 'pat-', 'abcDEF1234_abcDEF123')],
  ['slack-token', join('xo', 'xb-', '123456789012-abcdefghij')],
  ['npm-token', join('npm', '_', word)],
  ['google-api-key', join('AI', 'za', 'Sy', word.slice(0, 33))],
  ['openai-key', join('sk', '-proj-', word)],
  ['sendgrid-key', join('SG', '.', word.slice(0, 22), '.', word.repeat(2).slice(0, 43))],
  ['pypi-token', join('pypi', '-AgE', word.repeat(2))],
  ['terraform-token', join('Ab1Cd2Ef3Gh4Ij', '.atlasv1.', word.repeat(2).slice(0, 67))],
  ['databricks-token', join('da', 'pi', hex.slice(0, 32))],
  ['digitalocean-token', join('dop', '_v1_', hex)],
  ['shopify-token', join('shp', 'at_', hex.slice(0, 32))],
  ['stripe-key', join('sk', '_test_', word)],
  ['google-client-secret', join('GOC', 'SPX-', word.slice(0, 28))],
  ['jwt', join('ey', 'JhbGciOiJIUzI1NiJ9.ey', 'JzdWIiOiIxMjM0NTYifQ.', 'abc-_DEF')],
  [
    'private-key',
    join('-----BEGIN ', 'RSA PRIVATE KEY-----\nMIIabc+/=\nxyz\n-----END ', 'RSA PRIVATE KEY-----'),
  ],
];

/** Where a secret may stand in a record, and how it is written there. */
const PLACES: readonly [name: string, place: (secret: string) => unknown][] = [
  ['a member', (secret) => ({ a: [{ b: secret }] })],
  ['the middle of a text', (secret) => ({ a: `before\n${secret} after` })],
  ['a key', (secret) => ({ [secret]: 1 })],
  ['JSON in a string', (secret) => ({ a: JSON.stringify({ b: secret, c: 1 }) })],
  ['JSON in JSON in a string', (secret) => ({ a: JSON.stringify({ b: JSON.stringify({ c: secret }) }) })],
];

describe('a secret is known by its shape', () => {
  for (const [kind, secret] of SECRETS) {
    for (const [name, place] of PLACES) {
      test(`${kind} in ${name} is gone, the rest stays, and it is listed`, () => {
        const before = place(secret);
        const { document, redactions } = redact(before);
        const core = secret.slice(4).split('\n').at(-1) ?? '';
        expect(document.text).not.toContain(core);
        expect(document.text).not.toContain(secret.slice(-6));
        expect(redactions).toMatchObject([{ kind, fingerprint: expect.stringMatching(/^[0-9a-f]{16}$/) }]);
        expect(JSON.parse(document.text)).toEqual(document.value);
        const marker = `[redacted:${redactions[0]?.fingerprint}]`;
        expect(document.text.replace(marker, '')).toBe(
          removed(JSON.stringify(before), document.text, marker),
        );
      });
    }
  }

  test('escaped letter by letter it is gone too', () => {
    const secret = SECRETS[0]![1];
    const escaped = [...secret]
      .map((char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
      .join('');
    const { document, redactions } = redact(`{"a":"${escaped}","b":"\\u00e9"}`);
    expect(document.text).toMatch(/^\{"a":"\[redacted:[0-9a-f]{16}\]","b":"\\u00e9"\}$/);
    expect(redactions).toMatchObject([{ path: 'a', kind: 'hidden' }]);
  });

  const assigned: readonly [text: string, expected: string][] = [
    [
      `https://b.s3.amazonaws.com/k?X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F1&X-Amz-Signature=${hex}&x=1`,
      'https://b.s3.amazonaws.com/k?X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F1&X-Amz-Signature=#&x=1',
    ],
    ['?X-Amz-Security-Token=IQoJ%2Fabc%3D%3D&X-Amz-Date=1', '?X-Amz-Security-Token=#&X-Amz-Date=1'],
    [
      `https://x.blob.core.windows.net/c?sv=2024&sig=abc%2Bdef%3D&se=1`,
      'https://x.blob.core.windows.net/c?sv=2024&sig=#&se=1',
    ],
    ['https%3A%2F%2Fx%3Fsv%3D1%26sig%3Dabc%252Fdef%26se%3D2', 'https%3A%2F%2Fx%3Fsv%3D1%26sig%3D#%26se%3D2'],
    [`X-Goog-Signature=${hex}`, 'X-Goog-Signature=#'],
    ['AccountName=x;AccountKey=abc+/==;EndpointSuffix=y', 'AccountName=x;AccountKey=#;EndpointSuffix=y'],
    ['postgres://user:p4ssw0rd@db.example.com:5432/x', 'postgres://user:#@db.example.com:5432/x'],
    ['Authorization: Bearer abcdef1234567890abcd', 'Authorization: Bearer #'],
    ['Basic dXNlcjpwYXNz', 'Basic #'],
    ['run --password=hunter2 --user=bob', 'run --password=# --user=bob'],
    ['AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG', 'AWS_SECRET_ACCESS_KEY=#'],
  ];
  for (const [text, expected] of assigned) {
    test(`in ${expected}`, () => {
      const { document } = redact({ a: text });
      expect((document.value as { a: string }).a.replace(/\[redacted:[0-9a-f]{16}\]/, '#')).toBe(expected);
    });
  }

  test('with its separators escaped as Go and PHP escape them', () => {
    const { document } = redact(
      `{"a":"https:\\/\\/x?b=1\\u0026sig=abc%3D\\u0026c=2","d":"https:\\/\\/u:p4ss@h"}`,
    );
    expect(document.text.replaceAll(/\[redacted:[0-9a-f]{16}\]/g, '#')).toBe(
      '{"a":"https:\\/\\/x?b=1\\u0026sig=#\\u0026c=2","d":"https:\\/\\/u:#@h"}',
    );
  });

  test('by the name of a member of JSON in a string', () => {
    const inner = JSON.stringify({
      client_secret: 'a"b',
      name: 'x',
      deeper: JSON.stringify({ password: 'p"q' }),
    });
    const { document, redactions } = redact({ body: inner });
    expect(document.text).not.toMatch(/a\\+"b|p\\+"q/);
    expect(redactions.map(({ path }) => path)).toEqual(['body', 'body']);
    const body = JSON.parse((document.value as { body: string }).body);
    expect(body).toMatchObject({ name: 'x', client_secret: expect.stringMatching(MARKER) });
    expect(JSON.parse(body.deeper).password).toMatch(MARKER);
  });
});

describe('what is no secret stays', () => {
  const harmless = [
    {
      accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
      principalId: 'AROAEXAMPLE:session',
      arn: 'arn:aws:sts::1:assumed-role/x/y',
    },
    {
      a: 'page_token=abc',
      b: 'nextToken=abcdef',
      c: 'SignatureVersion=4',
      d: 'Basic authentication',
      e: 'Bearer token',
    },
    {
      a: 'https://example.com/@user?x=a@b.example',
      b: 'git@github.com:org/repo.git',
      c: 'https://[2001:db8::1]:8080/x@y',
    },
    { a: 'password=true', b: 'password=$PASSWORD', c: '--token=***', d: 'secret=arn:aws:secretsmanager:x' },
    {
      a: `sha256:${hex}`,
      b: 'eyJ.eyJ',
      c: '-----BEGIN CERTIFICATE-----',
      d: 'the ghp_ prefix',
      e: 'a\npm_files',
    },
    { a: '[redacted:0123456789abcdef]', b: `a\npm_${word}` },
  ];
  for (const record of harmless) {
    test(JSON.stringify(record).slice(0, 60), () => {
      const text = JSON.stringify(record);
      expect(redact(text)).toEqual({ document: { text, value: record }, redactions: [] });
    });
  }
});

describe('a secret is known by its path', () => {
  test('only strings at the path go, through lists and wildcards', () => {
    const record =
      '{"a":[{"pin":"1","x":"\\"1"},{"pin":2},{"pin":""}],"b":{"k":{"pin":"3"}},"pin":"4","a\\u0062":"5"}';
    const { document, redactions } = redact(record, [
      ['a', '*', 'pin'],
      ['b', '*', 'pin'],
      ['ab'],
      ['none', '*'],
    ]);
    expect(document.text.replaceAll(/\[redacted:[0-9a-f]{16}\]/g, '#')).toBe(
      '{"a":[{"pin":"#","x":"\\"1"},{"pin":2},{"pin":""}],"b":{"k":{"pin":"#"}},"pin":"4","a\\u0062":"#"}',
    );
    expect(redactions.map(({ path }) => path)).toEqual(['a.0.pin', 'b.k.pin', 'ab']);
  });

  test('equal secrets have equal fingerprints, other salts have others', () => {
    const { redactions } = redact({ x: 'same', y: 'same', z: 'other' }, [['x'], ['y'], ['z']]);
    const [x, y, z] = redactions.map(({ fingerprint }) => fingerprint);
    expect(x).toBe(y);
    expect(x).not.toBe(z);
    const text = '{"x":"same"}';
    const salted = redactRecord(
      { text, value: { x: 'same' } },
      [buildSecretTree([['x']])],
      Buffer.from('other'),
    );
    expect(salted.redactions[0]?.fingerprint).not.toBe(x);
  });

  test('nothing of it is left in the event, its mapping or its reject', () => {
    const secret = SECRETS[0]![1];
    const order = {
      shop: 's',
      do: `Sell ${secret}`,
      who: secret,
      card: { pin: 'pin-4711' },
      notes: [{ secret: 'n0te' }],
    };
    const { events } = read(order);
    expect(events[0]?.line).not.toMatch(new RegExp(`${secret.slice(6)}|pin-4711|n0te`));
    const listed = JSON.parse(events[0]?.line ?? '').unmapped.trailproof.redactions;
    expect(listed.map(({ path }: { path: string }) => path)).toEqual([
      'do',
      'who',
      'card.pin',
      'notes.0.secret',
    ]);
    const deep = read(`{"shop":"${secret}","a":${'['.repeat(70)}${']'.repeat(70)}}`);
    expect(Buffer.from(deep.rejects[0]?.bytes ?? []).toString()).toMatch(/^\{"shop":"\[redacted:/);
    const { rejects } = read(`{"shop":"s","do":"${secret}", oops}`);
    expect(Buffer.from(rejects[0]?.bytes ?? []).toString()).toMatch(/"do":"\[redacted:[0-9a-f]{16}\]"/);
  });
});

describe('text that is no JSON', () => {
  test('its members are told with either quote, and where it was cut', () => {
    const text = `{'password': 'hunter2', "api_key" : "abcdefgh`;
    expect(redactText(text, SALT).replaceAll(/\[redacted:[0-9a-f]{16}\]/g, '#')).toBe(
      `{'password': '#', "api_key" : "#`,
    );
  });

  test('a reject keeps its size and hash, its other bytes, and no half of a secret', () => {
    const secret = SECRETS[0]![1];
    const bytes = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(` ${secret} `), Buffer.from([0x80])]);
    const reject = makeReject('not-utf8', 'm', bytes);
    const redacted = redactReject(reject, SALT);
    expect(redacted).toMatchObject({ sizeBytes: reject.sizeBytes, sha256: reject.sha256 });
    expect([redacted.bytes[0], redacted.bytes[1], redacted.bytes.at(-1)]).toEqual([0xff, 0xfe, 0x80]);
    expect(Buffer.from(redacted.bytes).includes(secret)).toBe(false);
    const cut = makeReject('too-large', 'm', `${'x '.repeat(32_758)}${secret}${'y'.repeat(100)}`);
    expect(Buffer.from(cut.bytes).toString()).toContain('ghp_Ab1');
    expect(Buffer.from(redactReject(cut, SALT).bytes).toString()).not.toContain('ghp_');
  });
});

test('any JSON stays JSON, with everything in its place but the secrets', () => {
  const secret = fc.constantFrom(
    ...SECRETS.map(([, each]) => each),
    'password=x1y2z3',
    'https://u:pw123@h/',
    `sig=${hex}`,
  );
  const text = fc
    .array(fc.oneof(fc.string(), secret, fc.constantFrom('"', '\\', '\\"', '\n', '=', '@', '-----')))
    .map((parts) => parts.join(''));
  const value = fc.letrec((tie) => ({
    any: fc.oneof(
      text,
      fc.integer(),
      fc.array(tie('any'), { maxLength: 3 }),
      fc.dictionary(text, tie('any'), { maxKeys: 3 }),
      text.map((each) => JSON.stringify({ password: each })),
    ),
  })).any;
  fc.assert(
    fc.property(fc.dictionary(text, value), (record) => {
      const source = JSON.stringify(record);
      const { document, redactions } = redact(source);
      expect(redactions.some(({ kind }) => kind === 'record')).toBe(false);
      const after = JSON.parse(document.text);
      expect(after).toEqual(document.value);
      for (const [, each] of SECRETS.slice(0, 6)) expect(document.text).not.toContain(each);
    }),
    { numRuns: 500 },
  );
});

test('text made to be slow is not', () => {
  const texts = [
    'eyJ',
    '.eyJ',
    '@',
    '=',
    'password=',
    '\\"',
    '\\"password\\":\\"',
    'Bearer ',
    'ghp_',
    '://a:',
    '%3D',
    '\\',
    '"',
    '-----BEGIN EXAMPLE PRIVATE KEY-----',
  ];
  for (const text of texts) redactText(text.repeat(300_000 / text.length), SALT);
  redactText(`-----BEGIN EXAMPLE PRIVATE KEY-----${'-'.repeat(500_000)}`, SALT);
});

/** The text without the part that the marker stands for. */
function removed(before: string, after: string, marker: string): string {
  const at = after.indexOf(marker);
  const tail = after.length - at - marker.length;
  return before.slice(0, at) + before.slice(before.length - tail);
}
