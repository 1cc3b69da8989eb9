import { expect, test } from 'vitest';
import { compact } from '../../shared/ocsf/compact.ts';

test('what OCSF counts as missing is dropped at every depth', () => {
  const event = {
    a: undefined,
    b: null,
    c: '',
    d: [],
    e: {},
    f: { g: { h: '' } },
    i: [{ j: null }, ''],
    k: 0,
    l: false,
  };
  expect(compact(event)).toEqual({ k: 0, l: false });
  expect(compact({ a: [{ b: 1, c: '' }, null, 'x'] })).toEqual({ a: [{ b: 1 }, 'x'] });
});

test('native JSON in data and unmapped stays as it is', () => {
  const data = { empty: '', nothing: null, list: [], inner: {} };
  expect(compact({ api: { request: { data } }, unmapped: data })).toEqual({
    api: { request: { data } },
    unmapped: data,
  });
  expect(compact({ data: {}, unmapped: undefined, other: 1 })).toEqual({ other: 1 });
});

test('the original is not changed, and __proto__ stays a member', () => {
  const original = { a: { b: '' }, certificate: JSON.parse('{"__proto__":{"admin":true},"x":1}') };
  const copy = compact(original);
  expect(original.a).toEqual({ b: '' });
  expect(JSON.stringify(copy)).toBe('{"certificate":{"__proto__":{"admin":true},"x":1}}');
  expect((copy.certificate as Record<string, unknown>)['admin']).toBeUndefined();
});
