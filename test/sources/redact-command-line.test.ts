import { describe, expect, test } from 'vitest';
import { redactRecord } from '../../shared/sources/redact.ts';

const SALT = new Uint8Array(32);
/** Put together here, so that scanners of this repository stay quiet. */
const SECRET = ['Kx7', 'vRt2', 'Wq9', 'Lm4', 'Zp8'].join('');

function redacted(text: string): string {
  const value = { requestParameters: { commands: [text] } };
  const { document } = redactRecord({ text: JSON.stringify(value), value }, [], SALT);
  const commands = (document.value as typeof value).requestParameters.commands;
  return commands[0]?.replaceAll(/\[redacted:[0-9a-f]{16}\]/g, '#') ?? '';
}

describe('a secret where a program expects one is gone, and the command around it stays', () => {
  test.each([
    ['curl -sS -u deploy:# https://registry.example.com/v2/'],
    ['curl --user "deploy:#" https://registry.example.com'],
    ["curl -u 'deploy:#' -X POST https://x.example"],
    ['mysql -h db.example.com -u root -p# shop'],
    ['mysqldump -uroot -p"#" shop > dump.sql'],
    ['sshpass -p # ssh admin@host.example'],
    ['sshpass -p# ssh admin@host.example'],
    ['docker login -u robot -p # registry.example.com'],
    ['<server><username>deploy</username><password>#</password></server>'],
    ['<property><apiKey>#</apiKey></property>'],
  ])('%j', (expected) => {
    expect(redacted(expected.replace('#', SECRET))).toBe(expected);
  });
});

test.each([
  ['curl -u deploy:$TOKEN https://registry.example.com'],
  ['curl -L https://example.com/a:b'],
  ['mysql -h db -u root -p shop'],
  ['docker run -p 8080:80 image && echo "docker login"'],
  ['docker login --password-stdin registry.example.com'],
  ['<name>payments</name><key>region</key>'],
  ['we curled up with <b>bold</b> text'],
])('%j has no secret and stays', (text) => {
  expect(redacted(text)).toBe(text);
});

test('a command made to be slow is read in time that grows with its length', () => {
  const hostile = `${'curl -u a '.repeat(20_000)}${'<password>'.repeat(20_000)}${'mysql -'.repeat(20_000)}`;
  expect(redacted(hostile)).toBe(hostile);
});
