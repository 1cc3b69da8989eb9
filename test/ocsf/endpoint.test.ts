import { isIP } from 'node:net';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { endpointOf, isIp } from '../../shared/ocsf/endpoint.ts';

const FALLBACK = { svc_name: 'example' };

test('an address that is an IP is one, with its port beside it', () => {
  expect(endpointOf('192.0.2.1', FALLBACK)).toEqual({ ip: '192.0.2.1' });
  expect(endpointOf('2001:db8::1', FALLBACK)).toEqual({ ip: '2001:db8::1' });
  expect(endpointOf('192.0.2.1:443', FALLBACK)).toEqual({ ip: '192.0.2.1', port: 443 });
  expect(endpointOf('[2001:db8::1]:8080', FALLBACK)).toEqual({ ip: '2001:db8::1', port: 8080 });
});

test('a host is a domain, any other word a name, and nothing the fallback', () => {
  expect(endpointOf('ecs.amazonaws.com', FALLBACK)).toEqual({ domain: 'ecs.amazonaws.com' });
  expect(endpointOf('host.example:8080', FALLBACK)).toEqual({ domain: 'host.example', port: 8080 });
  for (const name of ['AWS Internal', 'private', '256.0.0.1', '192.0.2.1:99999', '<script>']) {
    expect(endpointOf(name, FALLBACK)).toEqual({ name });
  }
  for (const nothing of [undefined, '', ' ', '-']) expect(endpointOf(nothing, FALLBACK)).toBe(FALLBACK);
});

test('an IPv6 address has eight groups, or fewer around one gap', () => {
  for (const text of ['1:2:3:4:5:6:7:8', '1:2:3:4:5:6:7::', '::', '::ffff:192.0.2.1', '1::192.0.2.1']) {
    expect(isIp(text), text).toBe(true);
  }
  for (const text of [
    '1:2:3:4:5:6:7:8::',
    '1::2::3',
    ':::',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:192.0.2.1',
    'fe80::1%eth0',
  ]) {
    expect(isIp(text), text).toBe(false);
  }
});

test('it knows an IP as the network stack does', () => {
  const octet = fc.integer({ min: 0, max: 300 }).map(String);
  const group = fc.oneof(
    fc.integer({ min: 0, max: 0x1ffff }).map((value) => value.toString(16)),
    fc.constantFrom('', '', '0000', '192.0.2.1', 'g', '00000'),
  );
  const address = fc.oneof(
    fc.array(octet, { minLength: 3, maxLength: 5 }).map((parts) => parts.join('.')),
    fc.array(group, { minLength: 2, maxLength: 9 }).map((parts) => parts.join(':')),
    fc.ipV4(),
    fc.ipV6(),
    fc.string(),
  );
  fc.assert(
    fc.property(address, (text) => {
      expect(isIp(text), text).toBe(isIP(text) > 0 && !text.includes('%'));
    }),
    { numRuns: 2000 },
  );
});
