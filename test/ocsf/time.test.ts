import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseTime } from '../../shared/ocsf/time.ts';

const MS = Date.UTC(2026, 4, 4, 10, 0, 0, 123);

test('every form that sources write is the same instant, with the original kept', () => {
  const forms = [
    '2026-05-04T10:00:00.123Z',
    '2026-05-04T10:00:00.1239999Z',
    '2026-05-04T10:00:00.123999999Z',
    '2026-05-04T10:00:00.123',
    '2026-05-04 10:00:00.123 UTC',
    '2026-05-04T12:00:00.123+02:00',
    '2026-05-04T04:30:00.123-05:30',
    '2026-05-04T12:00:00.123 +0200',
    '2026-05-04t10:00:00,123z',
    '1777888800123',
    '1777888800.1239',
    1777888800123,
    1777888800123000,
    Number('1777888800123456789'),
    '1777888800123999999',
  ];
  for (const form of forms) expect(parseTime(form), String(form)).toEqual({ ms: MS, original: String(form) });
});

test('seconds without a fraction are whole seconds', () => {
  const ms = MS - 123;
  for (const form of [
    '2026-05-04T10:00:00Z',
    '2026-05-04 10:00:00',
    '2026-05-04T10:00Z',
    1777888800,
    '1777888800',
  ]) {
    expect(parseTime(form)?.ms).toBe(ms);
  }
});

test('a leap second is the first of the next minute', () => {
  expect(parseTime('2016-12-31T23:59:60Z')?.ms).toBe(Date.UTC(2017, 0, 1));
});

test('what is no time is undefined', () => {
  const none = [
    ...[
      '',
      'yesterday',
      '2026-13-01T00:00:00Z',
      '2026-02-30T00:00:00Z',
      '2026-05-04T24:00:00Z',
      '2026-05-04',
    ],
    ...['0001-01-01T00:00:00Z', '1969-12-31T23:59:59Z', '0', '-5', '1e9', '9'.repeat(20), '9'.repeat(100)],
    ...[0, -1, Number.NaN, Number.POSITIVE_INFINITY, 1e300, null, undefined, true, {}, []],
  ];
  for (const value of none) expect(parseTime(value), String(value)).toBeUndefined();
});

test('any instant survives, with nothing rounded up', () => {
  const instant = fc.integer({ min: 1, max: Date.UTC(9999, 11, 31) });
  fc.assert(
    fc.property(instant, fc.integer({ min: 0, max: 999_999 }), (ms, nanoseconds) => {
      const fraction = String(nanoseconds).padStart(6, '0');
      const text = new Date(ms).toISOString().replace('Z', `${fraction}Z`);
      expect(parseTime(text)?.ms).toBe(ms);
    }),
  );
});

test('any text is read or refused in linear time', () => {
  fc.assert(
    fc.property(fc.string(), (text) => parseTime(text) === undefined || parseTime(text)?.original === text),
  );
  expect(parseTime('1'.repeat(1_000_000))).toBeUndefined();
});
