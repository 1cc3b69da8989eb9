import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openKeys } from '../../../shared/adapters/local/keys.ts';
import { signerContract } from '../../contract/signer.ts';
import { temporaryFolders } from '../../temporary-folder.ts';

const folder = temporaryFolders();

async function keysIn(data: string, origin?: string) {
  const keys = await openKeys(data, origin);
  if (!keys.ok) throw new Error(keys.fault);
  return keys.value;
}

describe('a key in a file', () => signerContract(async () => (await keysIn(folder())).signer));

test('keys are made once and found again', async () => {
  const data = folder();
  const first = await keysIn(data);
  expect(await keysIn(data)).toMatchObject({ vkey: first.vkey, redactionSalt: first.redactionSalt });
  expect(readFileSync(join(data, 'keys/log.vkey'), 'utf8')).toBe(`${first.vkey}\n`);
  expect((await keysIn(folder())).vkey).not.toBe(first.vkey);
});

test('until it is configured the origin names the key', async () => {
  const { signer } = await keysIn(folder());
  const digits = Buffer.from(signer.publicKey).toString('hex').slice(0, 8);
  expect(signer.name).toBe(`trailproof.local/${digits}`);
  expect((await keysIn(folder(), 'example.com/audit')).signer.name).toBe('example.com/audit');
});

test('a trail keeps the origin that it was begun with', async () => {
  const data = folder();
  await keysIn(data, 'example.com/audit');
  expect((await keysIn(data)).signer.name).toBe('example.com/audit');
  expect(await openKeys(data, 'example.com/other')).toMatchObject({
    ok: false,
    fault: expect.stringMatching(/begun as example\.com\/audit/),
  });
});

test.each([
  ['the public half is there', 'keys/log.vkey'],
  ['a checkpoint was signed', 'trail/checkpoint'],
])('no key is made where %s and the private half is lost', async (_, left) => {
  const data = folder();
  mkdirSync(join(data, 'keys'), { recursive: true });
  mkdirSync(join(data, 'trail'), { recursive: true });
  writeFileSync(join(data, left), 'something');
  expect(await openKeys(data)).toMatchObject({
    ok: false,
    fault: expect.stringMatching(/log\.key.*put it back/),
  });
  expect(existsSync(join(data, 'keys', 'log.key'))).toBe(false);
});

test('a public half of another key is a fault', async () => {
  const [data, other] = [folder(), folder()];
  await keysIn(data);
  await keysIn(other);
  writeFileSync(join(data, 'keys', 'log.vkey'), readFileSync(join(other, 'keys', 'log.vkey')));
  expect(await openKeys(data)).toMatchObject({
    ok: false,
    fault: expect.stringMatching(/log\.vkey: not the public half/),
  });
});

test('an origin that cannot be a name is named', async () => {
  expect(await openKeys(folder(), 'our trail')).toMatchObject({
    ok: false,
    fault: expect.stringContaining('the origin "our trail"'),
  });
});

test.skipIf(process.platform === 'win32')('secrets are for the owner only', async () => {
  const data = folder();
  await keysIn(data);
  const modeOf = (name: string): number => statSync(join(data, 'keys', name)).mode & 0o777;
  expect(modeOf('log.key')).toBe(0o600);
  expect(modeOf('redaction.salt')).toBe(0o600);
  expect(modeOf('log.vkey')).toBe(0o644);
});

test('processes that make keys at once get the same ones', async () => {
  const data = folder();
  const all = await Promise.all(Array.from({ length: 8 }, () => keysIn(data)));
  expect(new Set(all.map(({ vkey }) => vkey)).size).toBe(1);
  expect(new Set(all.map(({ redactionSalt }) => Buffer.from(redactionSalt).toString('hex'))).size).toBe(1);
});

test.each(['log.key', 'redaction.salt'])('a damaged %s is a fault, never replaced', async (name) => {
  const data = folder();
  mkdirSync(join(data, 'keys'), { recursive: true });
  writeFileSync(join(data, 'keys', name), 'damaged\n');
  expect(await openKeys(data)).toMatchObject({ ok: false, fault: expect.stringContaining(name) });
  expect(readFileSync(join(data, 'keys', name), 'utf8')).toBe('damaged\n');
});

test('an origin that no checkpoint could carry is a fault', async () => {
  expect(await openKeys(folder(), 'two words')).toMatchObject({ ok: false });
});
