import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert, nat, property } from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { splitBundle } from '../../shared/trail/bundle.ts';
import { formatVerifierKey, verifierKeyOf } from '../../shared/trail/key.ts';
import { leafHash } from '../../shared/trail/merkle.ts';
import { formatTlogProof, parseTlogProof, verifyTlogProof } from '../../shared/trail/proof.ts';
import { formatProofFile, type ProofFile, verifyProofFile } from '../../shared/trail/proof-file.ts';
import { proveInclusion } from '../../shared/trail/prove.ts';
import { checkProof } from '../../tools/verify-proof.ts';
import { makeTrail, someLines, testKey, testVerifier } from './make-trail.ts';

const keys = [testVerifier];
const vkey = formatVerifierKey(testVerifier);
const lines = [...someLines(300), '{"name":"é\\ud83d\\ude00 \ufffd"}'];
let files: ProofFile[];

beforeAll(async () => {
  const control = { kind: 'count', timeMs: 0, source: 'trailproof', members: { events: 301 } } as const;
  const objects = await makeTrail([lines, [control]]);
  const checkpoint = Buffer.from(objects.get('checkpoint')!).toString();
  const entries = ['000', '001.p/46'].flatMap(
    (name) => splitBundle(objects.get(`tile/entries/${name}`)!, 256).entries,
  );
  files = await Promise.all(
    entries.map(async (bytes, index) => {
      const proof = await proveInclusion({ index, size: 302, read: async (key) => objects.get(key) });
      if (!proof.ok) throw new Error(proof.fault);
      const entry = Buffer.from(bytes).toString();
      const text = formatTlogProof({ index, hashes: proof.value, checkpoint });
      return { line: lines[index] ?? entry, entry, proof: text };
    }),
  );
});

describe('tlog-proof', () => {
  const checkpoint = 'example.com/log\n1\nAAAA\n\n— example.com/log AAAA\n';
  const hash = leafHash(Buffer.from('a'));

  test('it is the header, the extra data, the index, the hashes and the checkpoint', () => {
    const extra = Buffer.from('more');
    const text = formatTlogProof({ index: 5, hashes: [hash], checkpoint, extra });
    const base64 = Buffer.from(hash).toString('base64');
    expect(text).toBe(`c2sp.org/tlog-proof@v1\nextra bW9yZQ==\nindex 5\n${base64}\n\n${checkpoint}`);
    expect(parseTlogProof(text)).toEqual({
      ok: true,
      value: { index: 5, hashes: [hash], checkpoint, extra },
    });
  });

  test('extra data and hashes may be absent', () => {
    const text = formatTlogProof({ index: 0, hashes: [], checkpoint });
    expect(text).toBe(`c2sp.org/tlog-proof@v1\nindex 0\n\n${checkpoint}`);
    expect(parseTlogProof(text)).toEqual({ ok: true, value: { index: 0, hashes: [], checkpoint } });
  });

  const good = formatTlogProof({ index: 5, hashes: [hash, hash], checkpoint });
  test.each([
    ['another header', good.replace('@v1', '@v2')],
    ['a leading zero', good.replace('index 5', 'index 05')],
    ['an index that is no safe integer', good.replace('index 5', 'index 9007199254740992')],
    ['no index', good.replace('index 5\n', '')],
    ['the extra data after the index', good.replace('index 5\n', 'index 5\nextra AAAA\n')],
    ['extra data that is not canonical', good.replace('index', 'extra AB=\nindex')],
    ['a hash that is cut off', good.replace(/.{4}\n\n/, '\n\n')],
    ['a carriage return', good.replace('\n', '\r\n')],
    ['no empty line', good.replaceAll('\n\n', '\n')],
    [
      'more hashes than a tree is deep',
      formatTlogProof({ index: 5, hashes: new Array(54).fill(hash), checkpoint }),
    ],
  ])('a proof with %s is refused', (_, text) => {
    expect(text).not.toBe(good);
    expect(parseTlogProof(text).ok).toBe(false);
  });

  test('a proof holds for its leaf and for no other', () => {
    const { proof, entry } = files[7]!;
    expect(verifyTlogProof(proof, leafHash(Buffer.from(entry)), keys)).toMatchObject({
      ok: true,
      value: { proof: { index: 7 }, opened: { checkpoint: { size: 302 } } },
    });
    expect(verifyTlogProof(proof, leafHash(Buffer.from(files[8]!.entry)), keys).ok).toBe(false);
  });
});

describe('proof files', () => {
  test('the file of every line holds with nothing but a key, for both verifiers', () => {
    for (const [index, file] of files.entries()) {
      const text = formatProofFile(file);
      expect(verifyProofFile(text, keys)).toMatchObject({ ok: true, value: { index, line: file.line } });
      if (index % 20 === 0 || index > 298) expect(checkProof(text, vkey)).toBeUndefined();
    }
  });

  test('where the line was erased, its entry is still proven', () => {
    const text = formatProofFile({ ...files[3]!, line: null });
    expect(verifyProofFile(text, keys)).toMatchObject({ ok: true, value: { index: 3, line: null } });
    expect(checkProof(text, vkey)).toBeUndefined();
  });

  test('any character changed makes it fail, for both verifiers', () => {
    assert(
      property(nat(301), nat(), nat(94), (which, at, code) => {
        const text = formatProofFile(files[which]!);
        const place = at % text.length;
        const changed = text.slice(0, place) + String.fromCharCode(32 + code) + text.slice(place + 1);
        if (changed === text) return;
        expect(verifyProofFile(changed, keys).ok).toBe(false);
        expect(secondFails(changed)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  test('parts of different proofs do not make one', () => {
    const [a, b] = [files[10]!, files[20]!];
    for (const mixed of [
      { ...a, line: b.line },
      { ...a, entry: b.entry },
      { ...a, proof: b.proof },
    ]) {
      expect(verifyProofFile(formatProofFile(mixed), keys).ok).toBe(false);
      expect(secondFails(formatProofFile(mixed))).toBe(true);
    }
    const control = files[301]!;
    expect(verifyProofFile(formatProofFile({ ...control, line: `${control.line} ` }), keys).ok).toBe(false);
  });

  test.each([
    ['a second line member', (text: string) => text.replace('"entry"', '"line": "forged",\n  "entry"')],
    ['a member that proves nothing', (text: string) => text.replace('{\n', '{\n  "note": "approved",\n')],
    ['another layout', (text: string) => JSON.stringify(JSON.parse(text))],
    ['extra data in its proof', (text: string) => text.replace('index ', 'extra AAAA\\nindex ')],
    ['something after it', (text: string) => `${text} `],
    ['no text', () => ''],
    ['no object', () => 'null\n'],
  ])('a file with %s is refused', (_, change) => {
    const changed = change(formatProofFile(files[0]!));
    expect(verifyProofFile(changed, keys).ok).toBe(false);
    expect(secondFails(changed)).toBe(true);
  });

  test('a lone surrogate does not stand for the replacement character that is hashed in its place', () => {
    const file = files[300]!;
    expect(file.line).toContain('\ufffd');
    const changed = formatProofFile({ ...file, line: file.line!.replace('\ufffd', '\ud800') });
    expect(verifyProofFile(changed, keys)).toMatchObject({
      ok: false,
      fault: expect.stringContaining('well-formed'),
    });
    expect(secondFails(changed)).toBe(true);
  });

  test('bytes that are no UTF-8 do not stand for the replacement character either', () => {
    const bytes = Buffer.from(formatProofFile(files[300]!));
    const at = bytes.indexOf('\ufffd');
    const changed = Buffer.concat([bytes.subarray(0, at), Buffer.from([0xff]), bytes.subarray(at + 3)]);
    expect(changed.toString()).toBe(bytes.toString());
    expect(verifyProofFile(bytes, keys).ok).toBe(true);
    expect(checkProof(bytes, vkey)).toBeUndefined();
    expect(verifyProofFile(changed, keys).ok).toBe(false);
    expect(checkProof(changed, vkey)).toBe('not a proof file');
  });

  test('another key proves nothing', () => {
    const other = verifierKeyOf({ ...testKey, seed: Buffer.alloc(32, 9) });
    expect(verifyProofFile(formatProofFile(files[0]!), [other]).ok).toBe(false);
    expect(checkProof(formatProofFile(files[0]!), formatVerifierKey(other))).toContain('checkpoint');
  });
});

function secondFails(text: string): boolean {
  return checkProof(text, vkey) !== undefined;
}

test('the second verifier is a program that says what it found', async () => {
  const { spawnSync } = await import('node:child_process');
  const folder = mkdtempSync(join(tmpdir(), 'proof-'));
  const path = join(folder, 'proof.json');
  const run = (...args: string[]) =>
    spawnSync(process.execPath, ['tools/verify.ts', ...args], { encoding: 'utf8' });
  writeFileSync(path, formatProofFile(files[0]!));
  expect(run(path, '--key', vkey)).toMatchObject({ status: 0, stdout: `key: ${vkey}\nthe proof holds\n` });
  writeFileSync(path, formatProofFile({ ...files[0]!, line: '{}' }));
  expect(run(path, '--key', vkey).status).toBe(1);
  expect(run(path).status).toBe(2);
  expect(run().status).toBe(2);
  rmSync(folder, { recursive: true });
});
