import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { verifyMessage } from '../../shared/trail/ed25519.ts';
import {
  formatLogKey,
  formatVerifierKey,
  generateLogKey,
  keyId,
  parseLogKey,
  parseVerifierKey,
  signerOf,
  type VerifierKey,
  verifierKey,
  verifierKeyOf,
} from '../../shared/trail/key.ts';
import { formatNote, parseNote } from '../../shared/trail/note.ts';
import { openNote, signNote } from '../../shared/trail/open-note.ts';
import { sharedFile } from '../shared-data.ts';

const key = { name: 'example.com/log', seed: Buffer.alloc(32, 1) };
const text = 'one line\n\nanother\n';

async function signed(): Promise<string> {
  const note = await signNote(text, signerOf(key));
  if (!note.ok) throw new Error(note.fault);
  return note.value;
}

const vkey = (line: string): VerifierKey => {
  const parsed = parseVerifierKey(line);
  if (!parsed.ok) throw new Error(parsed.fault);
  return parsed.value;
};

describe('keys', () => {
  test('a new key comes from 32 random bytes and a name without spaces', () => {
    expect(generateLogKey('a b', Buffer.alloc(32)).ok).toBe(false);
    expect(generateLogKey('a+b', Buffer.alloc(32)).ok).toBe(false);
    expect(generateLogKey('a', Buffer.alloc(31)).ok).toBe(false);
    expect(generateLogKey('a', Buffer.alloc(32)).ok).toBe(true);
  });

  test('what log.key and log.vkey hold is read again', () => {
    expect(parseLogKey(`${formatLogKey(key)}\n`)).toEqual({ ok: true, value: key });
    const verifier = verifierKeyOf(key);
    expect(vkey(`${formatVerifierKey(verifier)}\n`)).toEqual(verifier);
  });

  test('the public key is that of RFC 8032 section 7.1', () => {
    const seed = Buffer.from('9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60', 'hex');
    expect(Buffer.from(signerOf({ name: 'a', seed }).publicKey).toString('hex')).toBe(
      'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
    );
  });

  const good = formatVerifierKey(verifierKeyOf(key));
  test.each([
    ['another id', good.replace(/\+[0-9a-f]{8}\+/, '+00000000+')],
    ['an id in capitals', good.replace(/\+([0-9a-f]{8})\+/, (id) => id.toUpperCase())],
    ['another name', good.replace('example', 'exemple')],
    ['base64 that is not canonical', good.replace(/.$/, (last) => (last === 'c' ? 'd' : 'x='))],
    ['no name', good.replace('example.com/log', '')],
    ['something after it', `${good} x`],
  ])('a vkey with %s is refused', (_, changed) => {
    expect(changed).not.toBe(good);
    expect(parseVerifierKey(changed).ok).toBe(false);
  });

  test('a vkey of an unknown type or length is refused', () => {
    const publicKey = Buffer.alloc(32, 9);
    const ofType = (type: number, material: Uint8Array) => {
      const id = keyId('a', type as 1, material);
      return `a+${id}+${Buffer.concat([Buffer.from([type]), material]).toString('base64')}`;
    };
    expect(parseVerifierKey(ofType(1, publicKey)).ok).toBe(true);
    expect(parseVerifierKey(ofType(4, publicKey)).ok).toBe(true);
    expect(parseVerifierKey(ofType(2, publicKey)).ok).toBe(false);
    expect(parseVerifierKey(ofType(1, Buffer.alloc(31))).ok).toBe(false);
  });
});

describe('notes', () => {
  test('a note that is signed verifies with its key', async () => {
    const opened = openNote(await signed(), [verifierKeyOf(key)]);
    expect(opened).toMatchObject({ ok: true, value: { note: { text }, unknown: [] } });
    expect(parseNote(await signed())).toMatchObject({ ok: true, value: { text } });
  });

  test('any byte changed makes it fail', async () => {
    const bytes = Buffer.from(await signed());
    for (let i = 0; i < bytes.length; i++) {
      for (const flip of [0x01, 0x20, 0x80]) {
        const changed = Buffer.from(bytes);
        changed[i] = (changed[i] ?? 0) ^ flip;
        expect(openNote(changed, [verifierKeyOf(key)]).ok, `byte ${i}`).toBe(false);
      }
    }
  });

  test('signatures by unknown keys are ignored, even under a known name or id', async () => {
    const note = parseNote(await signed());
    if (!note.ok) throw new Error(note.fault);
    const [own] = note.value.signatures;
    const other = { ...own!, name: 'other.example' };
    const sameName = { ...own!, id: '00000000' };
    const mixed = formatNote({ text, signatures: [other, own!, sameName] });
    expect(openNote(mixed, [verifierKeyOf(key)])).toMatchObject({
      ok: true,
      value: { unknown: [other, sameName] },
    });
    expect(openNote(formatNote({ text, signatures: [other] }), [verifierKeyOf(key)])).toMatchObject({
      ok: false,
    });
  });

  test('a signature by a known key that does not hold refuses the note, whoever else signed it', async () => {
    const second = { name: 'second.example', seed: Buffer.alloc(32, 2) };
    const keys = [verifierKeyOf(key), verifierKeyOf(second)];
    const note = parseNote(await signed());
    if (!note.ok) throw new Error(note.fault);
    const broken = { name: second.name, id: verifierKeyOf(second).id, signature: new Uint8Array(64) };
    const both = formatNote({ text, signatures: [...note.value.signatures, broken] });
    expect(openNote(both, keys)).toMatchObject({
      ok: false,
      fault: expect.stringContaining('invalid signature'),
    });
  });

  test('a signer whose key does not fit publishes nothing', async () => {
    const signer = { ...signerOf(key), publicKey: Buffer.alloc(32, 3) };
    expect((await signNote(text, signer)).ok).toBe(false);
  });

  test.each([
    ['a byte order mark', (note: string) => `\ufeff${note}`],
    ['a carriage return', (note: string) => note.replace('line\n', 'line\r\n')],
    ['a tab', (note: string) => note.replace('one line', 'one\tline')],
    ['two spaces', (note: string) => note.replace('— ', '—  ')],
    ['a hyphen for the dash', (note: string) => note.replace('—', '-')],
    ['base64 without padding', (note: string) => note.replace(/=*\n$/, '\n')],
    ['a line after the signatures', (note: string) => `${note}more\n`],
    ['no newline at the end', (note: string) => note.slice(0, -1)],
  ])('a note with %s is refused', async (_, change) => {
    const note = await signed();
    expect(change(note)).not.toBe(note);
    expect(openNote(change(note), [verifierKeyOf(key)]).ok).toBe(false);
    expect(openNote(Buffer.from(change(note)), [verifierKeyOf(key)]).ok).toBe(false);
  });
});

describe('vectors of signed-note', () => {
  const file = sharedFile('tlog/vectors/notes/signed-note.json');
  const vector = file === undefined ? undefined : JSON.parse(readFileSync(file, 'utf8'));

  test.skipIf(vector === undefined)('every note is judged as Go judges it', () => {
    const faults = { unverified: 'unverified', ambiguous: 'ambiguous', malformed: 'malformed' };
    for (const { desc, msg, vkeys, sigs, err } of vector.open) {
      const opened = openNote(msg, vkeys.map(vkey));
      if (err === undefined) expect(opened.ok && opened.value.verified.length, desc).toBe(sigs);
      else {
        const part = faults[err as keyof typeof faults] ?? 'invalid signature';
        expect(!opened.ok && opened.fault, desc).toContain(part);
      }
    }
  });

  test.skipIf(vector === undefined)('keys are read, and bad ones refused', async () => {
    for (const bad of vector.badVkeys) expect(parseVerifierKey(bad).ok, bad).toBe(false);
    const signer = parseLogKey(vector.skey.PeterNeumann);
    if (!signer.ok) throw new Error(signer.fault);
    expect(formatLogKey(signer.value)).toBe(vector.skey.PeterNeumann);
    expect(formatVerifierKey(verifierKeyOf(signer.value))).toBe(vector.open[0].vkeys[0]);
    const [first] = vector.open[0].msg.split('\n\n');
    const note = await signNote(`${first}\n`, signerOf(signer.value));
    expect(note.ok && vector.open[0].msg.startsWith(note.value)).toBe(true);
  });

  test.skipIf(vector === undefined)('cosignature keys are read, and hashed as type 4', () => {
    const [converted, native] = vector.cosignature.c2spVkeysToConvert;
    expect(vkey(native.in).type).toBe(4);
    const plain = vkey(converted.in);
    expect(plain.type).toBe(1);
    expect(verifierKey(plain.name, plain.publicKey, 4).id).not.toBe(plain.id);
  });
});

const edgeCases = sharedFile('tlog/vectors/ed25519/ed25519vectors.json');
test.skipIf(edgeCases === undefined)('edge-case keys and signatures are judged without ever throwing', () => {
  const cases: { key: string; sig: string; msg: string; flags: string[] | null }[] = JSON.parse(
    readFileSync(edgeCases!, 'utf8'),
  );
  expect(cases.length).toBe(914);
  // Which others hold differs between versions of OpenSSL: a signature is never used as an identity.
  for (const { key, sig, msg, flags } of cases) {
    const holds = verifyMessage(Buffer.from(key, 'hex'), Buffer.from(msg), Buffer.from(sig, 'hex'));
    if ((flags ?? []).length === 0) expect(holds).toBe(true);
    if (flags?.includes('low_order_residue') || flags?.includes('non_canonical_R')) expect(holds).toBe(false);
  }
});
