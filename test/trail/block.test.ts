import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { array, assert, property, string } from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  blockKey,
  decodeBlock,
  decodeBlockBytes,
  encodeBlock,
  formatBlockKey,
  parseBlockKey,
} from '../../shared/trail/block.ts';
import { zstdFrameEnd } from '../../shared/trail/zstd-frame.ts';

const lines = ['{"a":1}', '', '{"b":"é"}'];

describe('blocks', () => {
  test('a block is zstd of its lines, each with a newline', () => {
    expect(zstdDecompressSync(encodeBlock(lines)).toString()).toBe('{"a":1}\n\n{"b":"é"}\n');
  });

  test('lines that are written are read again, as text and as bytes', () => {
    const line = string({ unit: 'binary' }).map((text) => text.replaceAll('\n', ' '));
    assert(
      property(array(line, { minLength: 1 }), (some) => {
        const block = encodeBlock(some);
        expect(decodeBlock(block)).toEqual({ ok: true, value: some });
        const bytes = decodeBlockBytes(block);
        expect(bytes.ok && bytes.value.map((l) => Buffer.from(l).toString())).toEqual(some);
      }),
    );
  });

  test('a line with a newline, or no line, is refused', () => {
    expect(() => encodeBlock(['a\nb'])).toThrow('newline');
    expect(() => encodeBlock([])).toThrow('at least one');
  });

  test('no more is inflated than asked for', () => {
    const bomb = zstdCompressSync(Buffer.alloc(10_000_000, '\n'));
    expect(decodeBlock(bomb, 1_000_000)).toEqual({ ok: false, fault: 'inflates to more than 1000000 bytes' });
  });

  const block = encodeBlock(lines);
  const skippable = Buffer.from('502a4d180400000061626364', 'hex');
  test.each([
    ['cut off', block.subarray(0, -1)],
    ['empty', new Uint8Array()],
    ['followed by other bytes', Buffer.concat([block, Buffer.from('x')])],
    ['followed by another frame', Buffer.concat([block, block])],
    ['followed by a skippable frame', Buffer.concat([block, skippable])],
    ['preceded by a skippable frame', Buffer.concat([skippable, block])],
    ['of another format', Buffer.from('{"a":1}\n')],
    ['without the last newline', zstdCompressSync(Buffer.from('{"a":1}'))],
    ['without content', zstdCompressSync(Buffer.alloc(0))],
  ])('a block that is %s is refused', (_, bytes) => {
    expect(decodeBlock(bytes).ok).toBe(false);
    expect(decodeBlockBytes(bytes).ok).toBe(false);
  });

  test('any byte changed is noticed by the checksum of the frame, or changes no line', () => {
    for (let i = 0; i < block.length; i++) {
      const changed = Buffer.from(block);
      changed[i] = (changed[i] ?? 0) ^ 0x10;
      const decoded = decodeBlock(changed);
      if (decoded.ok) expect(decoded.value).toEqual(lines);
    }
  });

  test('the end of a frame is found whatever its size and form', () => {
    for (const size of [0, 1, 255, 256, 65_791, 65_792, 400_000]) {
      for (const content of [Buffer.alloc(size, 'a'), noise(size)]) {
        const frame = zstdCompressSync(content);
        expect(zstdFrameEnd(Buffer.concat([frame, Buffer.from('tail')]))).toBe(frame.length);
        expect(zstdFrameEnd(frame.subarray(0, -1))).toBeUndefined();
      }
    }
  });
});

describe('block keys', () => {
  const bytes = Buffer.from('content');

  test('a key has the day, the first index and the hash of the bytes', () => {
    expect(blockKey({ first: 42, timeMs: Date.UTC(2026, 1, 3, 23, 59), bytes })).toBe(
      'events/2026/02/03/000000000042-ed7002b439e9ac84.ndjson.zst',
    );
  });

  test('a key that is written is read again', () => {
    const key = blockKey({ first: 999_999_999_999, timeMs: 0, bytes });
    const parsed = parseBlockKey(key);
    expect(parsed).toEqual({ first: 999_999_999_999, day: '1970/01/01', hash: 'ed7002b439e9ac84' });
    expect(parsed && formatBlockKey(parsed)).toBe(key);
  });

  test.each([
    'events/2026/02/30/000000000042-ed7002b439e9ac84.ndjson.zst',
    'events/2026/13/01/000000000042-ed7002b439e9ac84.ndjson.zst',
    'events/2026/2/3/000000000042-ed7002b439e9ac84.ndjson.zst',
    'events/2026/02/03/42-ed7002b439e9ac84.ndjson.zst',
    'events/2026/02/03/000000000042-ED7002B439E9AC84.ndjson.zst',
    'events/2026/02/03/000000000042-ed7002b439e9ac8.ndjson.zst',
    'events/2026/02/03/000000000042-ed7002b439e9ac84.ndjson',
    'events/2026/02/03/000000000042-ed7002b439e9ac84.ndjson.zst\n',
    'events/000000000042-ed7002b439e9ac84.ndjson.zst',
  ])('%s is no block key', (key) => {
    expect(parseBlockKey(key)).toBeUndefined();
  });
});

/** Bytes that do not compress, the same each time. */
function noise(size: number): Uint8Array {
  let state = 1;
  return Uint8Array.from({ length: size }, () => {
    state = (state * 48_271) % 2_147_483_647;
    return state % 256;
  });
}
