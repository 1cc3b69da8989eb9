import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkCaps, DEPTH_MAX, KEYS_MAX, RECORD_SIZE_BYTES_MAX } from '../../shared/json/caps.ts';
import { elements, parseDocument, part } from '../../shared/json/document.ts';
import type { JsonDocument } from '../../shared/json/json.ts';

function document(text: string): JsonDocument {
  const parsed = parseDocument(text);
  if (!parsed.ok) throw new Error(parsed.fault.message);
  return parsed.value;
}

function faultOf(text: string): string {
  const parsed = parseDocument(text);
  return parsed.ok ? 'none' : parsed.fault.reason;
}

const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);

describe('parts', () => {
  test('a part is a verbatim slice with its big numbers, spaces and key order', () => {
    const text = ' {"z": 1e3, "a" : {"n":12345678901234567890,  "b":[ 1, {"x" : 2}, "]" ]}} ';
    expect(part(document(text), 'a')?.text).toBe('{"n":12345678901234567890,  "b":[ 1, {"x" : 2}, "]" ]}');
    expect(part(document(text), 'a', 'n')?.text).toBe('12345678901234567890');
    expect(elements(document(text), 'a', 'b').map((each) => each.text)).toEqual(['1', '{"x" : 2}', '"]"']);
  });

  test('of a repeated key the last counts, as in the parsed value', () => {
    const twice = document('{"a":{"b":1},"a":{"b":2,"b":3}}');
    expect(part(twice, 'a', 'b')).toEqual({ text: '3', value: 3 });
  });

  test('a key is found however it is escaped', () => {
    expect(part(document('{"\\u0061b\\n":[7]}'), 'ab\n')?.text).toBe('[7]');
    expect(part(document('{"a\\\\":1,"b":2}'), 'b')?.text).toBe('2');
  });

  test('__proto__ is a member like any other and pollutes nothing', () => {
    const hostile = document('{"__proto__":{"admin":true},"a":[{"__proto__":1}]}');
    expect(part(hostile, '__proto__', 'admin')?.value).toBe(true);
    expect(elements(hostile, 'a')[0]?.text).toBe('{"__proto__":1}');
    expect(({} as Record<string, unknown>)['admin']).toBeUndefined();
  });

  test('what is not there is undefined, also when a prototype would have it', () => {
    const plain = document('{"a":"text","b":[1]}');
    expect(part(plain, 'toString')).toBeUndefined();
    expect(part(plain, 'a', 'length')).toBeUndefined();
    expect(part(plain, 'b', '0')).toBeUndefined();
    expect(elements(plain, 'a')).toEqual([]);
  });

  test('every slice of any JSON parses to its value and lies verbatim in the text', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.array(fc.jsonValue())), fc.nat(4), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        const whole = document(text);
        for (const key of Object.keys(value)) {
          const found = part(whole, key);
          expect(found).toBeDefined();
          expect(text).toContain(found?.text);
          expect(JSON.parse(found?.text ?? '')).toEqual(found?.value);
          const slices = elements(whole, key);
          expect(slices.length).toBe(value[key]?.length);
          for (const slice of slices) expect(JSON.parse(slice.text)).toEqual(slice.value);
        }
      }),
    );
  });
});

describe('refusals', () => {
  test('class B texts are not JSON, and the message does not quote them', () => {
    for (const text of ['', '  ', '{"a":NaN}', "{'a':1}", '{"a":1}{"a":2}', '{"secret":"hunter2', '[1,]']) {
      const parsed = parseDocument(text);
      expect(parsed.ok).toBe(false);
      if (!parsed.ok) {
        expect(parsed.fault.reason).toBe('not-json');
        expect(parsed.fault.message).not.toContain('hunter2');
      }
    }
  });

  test('repeated keys, lone surrogates and numbers beyond doubles are legal', () => {
    for (const text of ['{"a":1,"a":2}', '{"a":"\\ud800"}', '1e999', '"hello"', 'null']) {
      expect(document(text).text).toBe(text);
    }
  });

  test('the depth cap is exact, and 100,000 levels neither hang nor overflow', () => {
    expect(faultOf(nested(DEPTH_MAX))).toBe('none');
    expect(faultOf(nested(DEPTH_MAX + 1))).toBe('too-deep');
    expect(faultOf(nested(100_000))).toBe('too-deep');
    expect(faultOf('['.repeat(100_000))).toBe('too-deep');
    expect(checkCaps(nested(70))).toMatchObject({ fault: { message: expect.stringContaining('found 70') } });
  });

  test('brackets inside strings are no depth', () => {
    expect(faultOf(JSON.stringify('['.repeat(200)))).toBe('none');
    expect(faultOf(JSON.stringify({ a: '\\"[{'.repeat(200) }))).toBe('none');
  });

  test('the key cap is exact', () => {
    const keys = (count: number): string =>
      `{${Array.from({ length: count }, (_, i) => `"${i}":":"`).join(',')}}`;
    expect(faultOf(keys(KEYS_MAX))).toBe('none');
    expect(faultOf(keys(KEYS_MAX + 1))).toBe('too-many-keys');
  });

  test('a text larger than a record may be is refused unread', () => {
    expect(faultOf(`"${'x'.repeat(RECORD_SIZE_BYTES_MAX)}"`)).toBe('too-large');
  });
});
