import { describe, expect, test } from 'vitest';
import { matches, selecting } from './engine.ts';

describe('wildcards and escapes', () => {
  test.for([
    ["f: 'a*c'", 'abbbc', true],
    ["f: 'a*c'", 'abbb', false],
    ["f: 'a?c'", 'abc', true],
    ["f: 'a?c'", 'ac', false],
    ["f: 'a?c'", 'abbc', false],
    ["f: '?'", '', false],
    ["f: '??*'", 'ab', true],
    ["f: '*a*b*'", 'xxayybzz', true],
    ["f: '*a*b*'", 'xxbyyazz', false],
    ["f: 'aa*aa'", 'aaa', false],
    ["f: '*ab?d*'", 'ab-ab-abcd', true],
    ["f: '*x?z'", 'xyzxyz', true],
    ["f: 'a\\*c'", 'a*c', true],
    ["f: 'a\\*c'", 'abc', false],
    ["f: 'a\\?c'", 'a?c', true],
    ["f: 'a\\\\*'", 'a\\bc', true],
    ["f: 'a\\\\*'", 'abc', false],
    ["f: 'a\\\\\\*'", 'a\\*', true],
    ["f: 'C:\\Windows\\*'", 'C:\\Windows\\', false],
    ["f: 'C:\\Windows\\\\*'", 'c:\\windows\\cmd.exe', true],
    ["f: 'C:\\Windows'", 'C:\\Windows', true],
    ["f: 'C:\\\\Windows'", 'C:\\Windows', true],
    ["f: '\\\\\\\\host\\x'", '\\\\host\\x', true],
    ["f|endswith: '\\'", 'C:\\', true],
    ["f|contains: 'a*b'", 'xxa--byy', true],
    ["f|contains: '?b'", 'b', false],
    ["f|startswith: '*b'", 'aab', true],
    ["f: 'a?b'", 'a😀b', true],
    ["f: 'a??b'", 'a😀b', false],
    ["f: '*??'", '😀', false],
    ["f: '*x?😀?*😀?'", '--x😀😀y😀z', true],
  ] as const)('%s of %j: %j', ([line, value, expected]) => {
    expect(matches(selecting(line), { f: value })).toBe(expected);
  });

  test('ten thousand objects under a string modifier take no time to speak of', () => {
    const record = { f: Array.from({ length: 10_000 }, (_, i) => ({ g: [{ n: i }, { h: 'x' }] })) };
    expect(matches(selecting(`f|contains: '{"n":9999}'`), record)).toBe(true);
    expect(matches(selecting(`f.g|contains: '{"n":9998},'`), record)).toBe(false);
    expect(matches(selecting(`f.g: '{"n":9998}'`), record)).toBe(true);
  });

  test('many wildcards over a long value take no time to speak of', () => {
    const rule = selecting(`f: '${'*a?'.repeat(40)}b'`);
    expect(matches(rule, { f: 'a'.repeat(100_000) })).toBe(false);
  });
});

describe('numbers and booleans count by their canonical text', () => {
  test.for([
    ['f: 0', '0', true],
    ["f: '0'", 0, true],
    ['f: 4688', '4688', true],
    ['f: true', 'TRUE', true],
    ["f: 'true'", true, true],
    ['f: true', 1, false],
    ['f: 1.0', 1, true],
    ['f: 1.10', '1.10', true],
    ['f: 0x1F', 31, true],
    ['f: 012345678901', '012345678901', true],
    ['f|contains: 46', 4688, true],
    ['f: yes', 'yes', true],
    ['f: yes', true, false],
    ['f: 2024-12-25', '2024-12-25', true],
    ["f: ''", '', true],
    ["f: ''", null, false],
    ["f: ''", ' ', false],
  ] as const)('%s of %j: %j', ([line, value, expected]) => {
    expect(matches(selecting(line), { f: value })).toBe(expected);
  });

  test('an integer that a double cannot hold is compared as it was received', () => {
    const event = { raw: '{"f":12345678901234567891,"g":[1,12345678901234567892]}' };
    expect(matches(selecting("f: '12345678901234567891'"), event)).toBe(true);
    expect(matches(selecting('f: 12345678901234567891'), event)).toBe(true);
    expect(matches(selecting("f: '12345678901234567890'"), event)).toBe(false);
    expect(matches(selecting("g: '12345678901234567892'"), event)).toBe(true);
  });
});

describe('null, the empty string and presence', () => {
  test.for([
    ['f: null', {}, true],
    ['f: null', { f: null }, true],
    ['f:', { f: null }, true],
    ['f: null', { f: '' }, false],
    ['f: null', { f: 'null' }, false],
    ['f: null', { f: [] }, false],
    ['f: [null, a]', { f: 'a' }, true],
    ['f: [null, a]', {}, true],
    ['f|neq: null', { f: 'a' }, true],
    ['f|neq: null', {}, false],
    ["f: '*'", {}, false],
    ["f: '*'", { f: null }, false],
    ["f: '*'", { f: '' }, true],
    ["f: '*'", { f: 0 }, true],
    ["f: '*'", { f: {} }, true],
    ["f: '*'", { f: [] }, true],
    ["f: '*'", { f: [null] }, false],
    ["f|contains: ''", { f: 'x' }, true],
    ["f|contains: ''", {}, false],
  ] as const)('%s in %j: %j', ([line, event, expected]) => {
    expect(matches(selecting(line), event)).toBe(expected);
  });
});

describe('fields', () => {
  test.for([
    ['a.b: x', { a: { b: 'x' } }, true],
    ['a.b: x', { 'a.b': 'x' }, true],
    ['a.b: x', { 'a.b': 'y', a: { b: 'x' } }, false],
    ['a.b.c: x', { 'a.b': { c: 'x' } }, true],
    ['a.b.c: x', { a: { 'b.c': 'x' } }, true],
    ['a.b.c: x', { 'a.b': { d: 1 }, a: { b: { c: 'x' } } }, true],
    ['a.b: x', { a: [{ b: 'y' }, { b: 'x' }] }, true],
    ['a.b: x', [{ a: { b: 'x' } }], true],
    ['a: x', { a: ['y', ['x']] }, true],
    ['a.b: x', { a: [[{ b: ['z', 'x'] }]] }, true],
    ['a|contains|all: [x, y]', { a: ['ax', 'by'] }, true],
    ['a.b: null', { a: [{ c: 1 }, { b: 2 }] }, false],
    ['A: x', { a: 'x' }, false],
    ['a.b: x', { a: 'x' }, false],
    ['toString: x', {}, false],
    ['__proto__: null', {}, true],
    ['constructor.name|exists: true', {}, false],
    ["'a b': x", { 'a b': 'x' }, true],
    ['"a|contains": x', { a: 'yxz' }, true],
    ['3: x', { 3: 'x' }, true],
  ] as const)('%s in %j: %j', ([line, event, expected]) => {
    expect(matches(selecting(line), event)).toBe(expected);
  });

  test('a member called __proto__ is a member like any other', () => {
    expect(matches(selecting('__proto__.x: y'), { raw: '{"__proto__":{"x":"y"}}' })).toBe(true);
  });

  test('an object is matched as the compact JSON that was received, key order and all', () => {
    const event = { raw: '{ "p": { "b" : 12345678901234567891, "a": "x  y" }, "q": [ { "k": "v" } ] }' };
    expect(matches(selecting('p|contains: \'"b":12345678901234567891,"a":"x  y"\''), event)).toBe(true);
    expect(matches(selecting('p|contains: \'"a":"x  y","b"\''), event)).toBe(false);
    expect(matches(selecting('p|startswith: \'{"b":\''), event)).toBe(true);
    expect(matches(selecting('p|re: \'"a":"x +y"\''), event)).toBe(true);
    expect(matches(selecting('q: \'{"k":"V"}\''), event)).toBe(true);
  });

  test('the last of repeated keys counts in the object as in the value', () => {
    expect(matches(selecting('p|contains: second'), { raw: '{"p":{"a":"first"},"p":{"a":"second"}}' })).toBe(
      true,
    );
  });

  test('a field of an alias table is tried after its own name', () => {
    const aliases = [{ logsource: { product: 'test' }, fields: { method: ['a.methodName', 'b'] } }];
    const rule = selecting('method: x');
    expect(matches(rule, { a: { methodName: 'x' } }, { aliases })).toBe(true);
    expect(matches(rule, { b: 'x' }, { aliases })).toBe(true);
    expect(matches(rule, { method: 'y', b: 'x' }, { aliases })).toBe(false);
    expect(
      matches(rule, { b: 'x' }, { aliases: [{ ...aliases[0]!, logsource: { product: 'other' } }] }),
    ).toBe(false);
  });
});

test('an object gives way to an alias that names a plain value', () => {
  const aliases = [{ logsource: { product: 'test' }, fields: { op: ['op.value', 'other'] } }];
  expect(matches(selecting('op: x'), { op: { value: 'x' } }, { aliases })).toBe(true);
  expect(matches(selecting('op: x'), { op: 'y', other: 'x' }, { aliases })).toBe(false);
  expect(matches(selecting('op|contains: \'"k":1\''), { op: { k: 1 } }, { aliases })).toBe(true);
});

describe('keywords', () => {
  test.for([
    ['- evil', { a: { b: ['An EVIL thing'] } }, true],
    ['- evil', { evil: 1 }, true],
    ['- evil', { a: 'good' }, false],
    ["- '*evil*thing*'", { a: 'evil', b: 'thing' }, true],
    ["- 'e?il'", { a: 'evil' }, true],
    ['- 4688', { id: 4688 }, true],
    ['- \'say "hi"\'', { a: 'say "hi"' }, true],
    ["- 'C:\\temp'", { a: 'C:\\temp' }, true],
    ["'|all': [one, two]", { a: 'one', b: 'two' }, true],
    ["'|all': [one, two]", { a: 'one' }, false],
    ["'|cased': Evil", { a: 'evil' }, false],
    ["'|re': 'e.il'", { a: 'evil' }, true],
    ["'|contains': evil", { a: 'an evil' }, true],
    ["'|neq': evil", { a: 'good' }, true],
  ] as const)('%s in %j: %j', ([line, event, expected]) => {
    expect(matches(selecting(line), event)).toBe(expected);
  });

  test('find text that the sender escaped', () => {
    expect(matches(selecting('- über'), { raw: '{"a":"\\u00dcber\\/x"}' })).toBe(true);
    expect(matches(selecting("- 'r/x'"), { raw: '{"a":"\\u00dcber\\/x"}' })).toBe(true);
  });

  test('a list may mix keywords and maps', () => {
    const rule = selecting('- evil', '- f: x');
    expect(matches(rule, { f: 'x' })).toBe(true);
    expect(matches(rule, { a: 'evil' })).toBe(true);
    expect(matches(rule, { f: 'y' })).toBe(false);
  });

  test('one keyword needs no list', () => {
    expect(matches('detection:\n  k: evil\n  condition: k', { a: 'evil' })).toBe(true);
  });
});
