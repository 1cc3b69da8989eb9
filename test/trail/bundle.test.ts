import { array, assert, property, uint8Array } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeBundle, encodeBundle, splitBundle } from '../../shared/trail/bundle.ts';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

describe('bundles', () => {
  test('each entry has its length before it, in two bytes, the larger first', () => {
    const long = Buffer.alloc(0x0102, 0x61);
    expect(hex(encodeBundle([Buffer.from('ab'), new Uint8Array(), long]))).toBe(
      `000261620000${'0102'}${hex(long)}`,
    );
  });

  test('entries that are written are read again', () => {
    assert(
      property(array(uint8Array({ maxLength: 300 }), { maxLength: 10 }), (entries) => {
        const decoded = decodeBundle(encodeBundle(entries), entries.length);
        expect(decoded.ok && decoded.value.map(hex)).toEqual(entries.map(hex));
      }),
    );
  });

  test('an entry longer than two bytes can say is refused', () => {
    expect(hex(encodeBundle([Buffer.alloc(0xffff)]).subarray(0, 2))).toBe('ffff');
    expect(() => encodeBundle([Buffer.alloc(0x10000)])).toThrow('65536 bytes');
  });

  const bundle = encodeBundle([Buffer.from('ab'), Buffer.from('c')]);
  test.each([
    ['cut off', bundle.subarray(0, -1), 2],
    ['cut off within a length', bundle.subarray(0, 5), 2],
    ['of fewer entries', bundle, 3],
    ['of more entries', bundle, 1],
    ['followed by a byte', Buffer.concat([bundle, Buffer.alloc(1)]), 2],
    ['followed by an empty entry', Buffer.concat([bundle, Buffer.alloc(2)]), 2],
  ])('a bundle that is %s is refused', (_, bytes, width) => {
    expect(decodeBundle(bytes, width).ok).toBe(false);
  });

  test('the whole entries of a damaged bundle can still be told', () => {
    expect(splitBundle(bundle.subarray(0, -1), 2)).toMatchObject({ entries: { length: 1 }, restBytes: 2 });
  });
});
