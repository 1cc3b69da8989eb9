import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalIp, inRange, parseCidr, parseIp } from '../../shared/query/ip.ts';

test.each([
  ['10.0.0.0/8', '10.255.1.2', true],
  ['10.0.0.0/8', '11.0.0.0', false],
  ['10.1.2.3/8', '10.9.9.9', true],
  ['0.0.0.0/0', '203.0.113.7', true],
  ['192.0.2.7/32', '192.0.2.7', true],
  ['192.0.2.7/32', '192.0.2.8', false],
  ['2001:db8::/32', '2001:db8:1::1', true],
  ['2001:db8::/32', '2001:db9::1', false],
  ['::/0', '192.0.2.1', false],
  ['192.0.2.0/24', '::ffff:192.0.2.9', true],
  ['10.0.0.0/8', 'AWS Internal', false],
])('%s and %s: %s', (network, address, expected) => {
  const range = parseCidr(network);
  expect(range).toBeDefined();
  expect(range && inRange(address, range)).toBe(expected);
});

test.each([
  '10.0.0.0',
  '10.0.0.0/33',
  '10.0.0/8',
  '/8',
  '::/129',
  '10.0.0.0/',
  '10.0.0.0/-1',
  '010.0.0.0/8',
  '1::2::3/8',
])('%s is no network', (text) => expect(parseCidr(text)).toBeUndefined());

test('every spelling of an address has one canonical spelling', () => {
  for (const text of ['2001:db8::1', '2001:DB8:0:0:0:0:0:1', '2001:0db8::0001', '2001:db8::0.0.0.1']) {
    expect(canonicalIp(text)).toBe('2001:0db8:0000:0000:0000:0000:0000:0001');
  }
  expect(canonicalIp('::ffff:192.0.2.1')).toBe('192.0.2.1');
  expect(canonicalIp('gce-internal-ip')).toBeUndefined();
});

test('every address is in its own networks, and reads back from its canonical spelling', () => {
  fc.assert(
    fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), fc.nat(128), (address, bits) => {
      const parsed = parseIp(address);
      expect(parsed).toBeDefined();
      const length = Math.min(bits, parsed?.version === 4 ? 32 : 128);
      const canonical = canonicalIp(address) ?? '';
      const range = parseCidr(`${canonical}/${length}`);
      expect(range && inRange(address, range)).toBe(true);
      expect(parseIp(canonical)).toEqual(parsed);
    }),
  );
});
