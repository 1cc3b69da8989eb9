import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { verifyGithubSignature } from '../../shared/sources/github-webhook/signature.ts';
import { sharedFile } from '../shared-data.ts';

const utf8 = (text: string) => new TextEncoder().encode(text);
const sign = (body: Uint8Array, secret: string) =>
  `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;

// RFC 4231, test case 2.
const RFC_BODY = utf8('what do ya want for nothing?');
const RFC_SIGNATURE = 'sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843';

test('a signature of RFC 4231 verifies, and only with its key and its bytes', () => {
  expect(verifyGithubSignature(RFC_BODY, RFC_SIGNATURE, ['Jefe'])).toBe(true);
  expect(verifyGithubSignature(RFC_BODY, RFC_SIGNATURE, ['jefe'])).toBe(false);
  expect(verifyGithubSignature(utf8('what do ya want for nothing!'), RFC_SIGNATURE, ['Jefe'])).toBe(false);
});

test('any of the secrets that are live during a rotation verifies', () => {
  expect(verifyGithubSignature(RFC_BODY, RFC_SIGNATURE, ['new', 'Jefe'])).toBe(true);
  expect(verifyGithubSignature(RFC_BODY, RFC_SIGNATURE, ['Jefe', 'new'])).toBe(true);
  expect(verifyGithubSignature(RFC_BODY, RFC_SIGNATURE, [])).toBe(false);
});

test('the bytes are verified, not the JSON in them', () => {
  const signature = sign(utf8('{"a": 1}'), 'k');
  expect(verifyGithubSignature(utf8('{"a": 1}'), signature, ['k'])).toBe(true);
  expect(verifyGithubSignature(utf8('{"a":1}'), signature, ['k'])).toBe(false);
});

test('an empty secret verifies nothing, not even what was signed with it', () => {
  expect(verifyGithubSignature(RFC_BODY, sign(RFC_BODY, ''), [''])).toBe(false);
});

test.each([
  undefined,
  '',
  'sha256=',
  RFC_SIGNATURE.slice(7),
  `sha1=${RFC_SIGNATURE.slice(7)}`,
  `${RFC_SIGNATURE}00`,
  RFC_SIGNATURE.slice(0, -1),
  ` ${RFC_SIGNATURE}`,
  RFC_SIGNATURE.replace('5bdc', '5bdg'),
])('the header %j verifies nothing', (header) => {
  expect(verifyGithubSignature(RFC_BODY, header, ['Jefe'])).toBe(false);
});

test('a changed digit anywhere breaks a signature', () => {
  fc.assert(
    fc.property(fc.uint8Array(), fc.string({ minLength: 1 }), fc.nat({ max: 63 }), (body, secret, place) => {
      const right = sign(body, secret);
      const digit = right[7 + place] === '0' ? '1' : '0';
      const wrong = right.slice(0, 7 + place) + digit + right.slice(8 + place);
      expect(verifyGithubSignature(body, right, [secret])).toBe(true);
      expect(verifyGithubSignature(body, wrong, [secret])).toBe(false);
    }),
  );
});

const vectors = sharedFile('samples/_vectors/signatures.json');

test.skipIf(vectors === undefined)('GitHub’s published vector verifies', () => {
  const all: { source: string; secret: string; body: string; value: string }[] = JSON.parse(
    readFileSync(vectors ?? '', 'utf8'),
  );
  const own = all.filter(({ source }) => source === 'github');
  expect(own.length).toBeGreaterThan(0);
  for (const { secret, body, value } of own) {
    expect(verifyGithubSignature(utf8(body), value, [secret])).toBe(true);
  }
});
