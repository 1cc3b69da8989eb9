import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { decodeBase64 } from '../../shared/json/base64.ts';
import { BODY_CAPS, inflate } from '../../shared/json/inflate.ts';
import { splitStream } from '../../shared/json/split.ts';
import { decodeUtf8 } from '../../shared/json/text.ts';
import { KEYS } from './splitting.ts';

async function* pieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.byteLength; at += size) yield bytes.subarray(at, at + size);
}

async function read(
  bytes: Uint8Array,
  size = 65_536,
): Promise<{ texts: string[]; rejects: string[]; kept: string }> {
  const texts: string[] = [];
  const rejects: string[] = [];
  let kept = '';
  for await (const items of splitStream(pieces(bytes, size), KEYS)) {
    for (const item of items) {
      if ('document' in item) {
        texts.push(item.document.text);
      } else {
        rejects.push(item.reject.reason);
        kept = Buffer.from(item.reject.bytes).toString();
      }
    }
  }
  return { texts, rejects, kept };
}

/** Lines that compress badly, so that little output means little input. */
const lines = Array.from({ length: 8000 }, (_, index) => {
  const noise = Buffer.from(`${index}:${index * 7919}:${index ** 3}`).toString('base64');
  return `{"index":${index},"noise":"${noise}"}`;
});
const whole = Buffer.from(lines.join('\n'));

describe('compressed streams', () => {
  for (const [name, compress] of [
    ['gzip', gzipSync],
    ['zstd', zstdCompressSync],
  ] as const) {
    const compressed = new Uint8Array(compress(whole));

    test(`${name} is told by its magic number, in chunks of any size`, async () => {
      expect(await read(compressed)).toMatchObject({ texts: lines, rejects: [] });
      const small = new Uint8Array(compress(Buffer.from('{"a":1}\n[2]')));
      expect(await read(small, 1)).toMatchObject({ texts: ['{"a":1}', '[2]'], rejects: [] });
    });

    test(`${name} may be several, one behind the other`, async () => {
      const parts = lines.slice(0, 4).map((line) => compress(Buffer.from(`${line}\n`)));
      for (const size of [1, 7, 65_536]) {
        expect(await read(Buffer.concat(parts), size)).toMatchObject({
          texts: lines.slice(0, 4),
          rejects: [],
        });
      }
    });

    test(`truncated ${name} gives what stood before the fault, and the fault is one reject`, async () => {
      const { texts, rejects, kept } = await read(compressed.subarray(0, compressed.byteLength / 2));
      expect(texts.length).toBeGreaterThan(lines.length / 4);
      expect(texts).toEqual(lines.slice(0, texts.length));
      expect(rejects).toEqual(['bad-compression']);
      // The record that was cut is kept with the fault.
      expect(lines[texts.length]?.startsWith(kept)).toBe(true);
    });

    test(`other bytes behind ${name} cost nothing before them`, async () => {
      const trailing = Buffer.concat([compressed, Buffer.from('and something else')]);
      expect(await read(trailing)).toMatchObject({ texts: lines, rejects: ['bad-compression'] });
    });

    test(`${name} of nothing but its head is a reject`, async () => {
      expect(await read(compressed.subarray(0, 6))).toMatchObject({
        texts: [],
        rejects: ['bad-compression'],
      });
    });
  }

  test('a wrong checksum costs no record that could be read', async () => {
    const corrupt = gzipSync(whole);
    corrupt.writeUInt32LE((corrupt.readUInt32LE(corrupt.byteLength - 8) ^ 1) >>> 0, corrupt.byteLength - 8);
    expect(await read(corrupt)).toMatchObject({ texts: lines, rejects: ['bad-compression'] });
  });

  test('zeros behind gzip are padding', async () => {
    const padded = Buffer.concat([gzipSync(whole), Buffer.alloc(512)]);
    expect(await read(padded)).toMatchObject({ texts: lines, rejects: [] });
  });

  test('corrupt bytes in the middle lose nothing before them', async () => {
    const corrupt = gzipSync(whole);
    const middle = Math.floor(corrupt.byteLength / 2);
    corrupt.fill(0xff, middle, middle + 64);
    const { texts, rejects } = await read(corrupt);
    const half = Math.floor(lines.length * 0.4);
    expect(texts.slice(0, half)).toEqual(lines.slice(0, half));
    expect(rejects.filter((reason) => reason === 'bad-compression')).toEqual(['bad-compression']);
  });

  test('plain bytes pass through, however few', async () => {
    expect(await read(Buffer.from('{}'))).toMatchObject({ texts: ['{}'] });
    expect(await read(Buffer.from('{"a":1}\n'), 1)).toMatchObject({ texts: ['{"a":1}'], rejects: [] });
    expect(await read(Buffer.alloc(0))).toMatchObject({ texts: [], rejects: [] });
  });
});

describe('bodies', () => {
  test('a body is inflated, and plain bytes pass through', () => {
    expect(inflate(gzipSync(whole), BODY_CAPS)).toMatchObject({ ok: true, value: new Uint8Array(whole) });
    expect(inflate(zstdCompressSync(whole), BODY_CAPS)).toMatchObject({ ok: true });
    expect(inflate(whole, BODY_CAPS)).toEqual({ ok: true, value: whole });
  });

  test('a bomb is refused by its ratio, and a large body by its size', () => {
    const bomb = gzipSync(Buffer.alloc(8 * 1024 * 1024));
    expect(inflate(bomb, BODY_CAPS)).toMatchObject({ ok: false, fault: { reason: 'too-large' } });
    const caps = { sizeBytesMax: 1000, ratioMax: 100 };
    expect(inflate(gzipSync(Buffer.alloc(1001)), caps)).toMatchObject({ fault: { reason: 'too-large' } });
    expect(inflate(Buffer.alloc(1001), caps)).toMatchObject({ fault: { reason: 'too-large' } });
    expect(inflate(Buffer.alloc(1000), caps)).toMatchObject({ ok: true });
  });

  test('what is not whole is bad compression', () => {
    const cut = gzipSync(whole).subarray(0, 900);
    expect(inflate(cut, BODY_CAPS)).toMatchObject({ ok: false, fault: { reason: 'bad-compression' } });
  });
});

describe('encodings', () => {
  test('base64 is taken in both alphabets, padded or not, and strictly', () => {
    expect(decodeBase64('aGk=')).toEqual(new Uint8Array([104, 105]));
    expect(decodeBase64('aGk')).toEqual(new Uint8Array([104, 105]));
    expect(decodeBase64('-_-_')).toEqual(new Uint8Array([251, 255, 191]));
    expect(decodeBase64('')).toEqual(new Uint8Array());
    for (const bad of ['a', 'aGk==', 'a===', 'aG k', 'aGk=\n', '+_aa', 'aé==']) {
      expect(decodeBase64(bad)).toBeUndefined();
    }
  });

  test('UTF-8 is decoded strictly, without its byte order mark', () => {
    expect(decodeUtf8(Buffer.from('\ufeffgrün'))).toBe('grün');
    expect(decodeUtf8(Buffer.from([0xc3, 0x28]))).toBeUndefined();
    expect(decodeUtf8(Buffer.from([0xed, 0xa0, 0x80]))).toBeUndefined();
    expect(decodeUtf8(Buffer.from('abc').subarray(1))).toBe('bc');
  });
});
