import { describe, expect, test } from 'vitest';
import { split } from './splitting.ts';

describe('lines and documents', () => {
  test('each line is a document, blank lines are nothing, CRLF and a byte order mark are no matter', () => {
    expect(split('\ufeff{"a":1}\r\n\r\n  \n[2]\n"three"\n4')).toEqual([
      'D {"a":1}',
      'D [2]',
      'D "three"',
      'D 4',
    ]);
    expect(split('')).toEqual([]);
    expect(split(' \n\t\r\n')).toEqual([]);
  });

  test('documents over several lines follow each other, with their own white space', () => {
    const one = '{\n  "a": {\n    "b": [1, 2]\n  }\n}';
    const two = '[\n{"x":1},\n{"y":2}\n]';
    expect(split(`${one}\n${two}\n{"z":3}\n${one}`)).toEqual([
      `D ${one}`,
      `D ${two}`,
      'D {"z":3}',
      `D ${one}`,
    ]);
  });

  test('a byte order mark may stand before a document over several lines', () => {
    expect(split('\ufeff{\n"a":1\n}\n[2]')).toEqual(['D {\n"a":1\n}', 'D [2]']);
  });

  test('text beyond ASCII comes out as it went in', () => {
    expect(split('{"ä":"€𝄞"}\n{\n"ö":1}\n')).toEqual(['D {"ä":"€𝄞"}', 'D {\n"ö":1}']);
  });
});

describe('one bad line', () => {
  const good = '{"good":1}';
  const cases: readonly [name: string, bad: string][] = [
    ['words', 'hello'],
    ['a cut string', '{"a":"tru'],
    ['a cut number', '{"a":1'],
    ['a cut member', '{"a":'],
    ['a cut list', '{"a":[{"b":1},'],
    ['single quotes', "{'a':1}"],
    ['NaN', '{"a":NaN}'],
    ['two objects', '{"a":1}{"a":2}'],
    ['words behind', '{"a":1} x'],
    ['a stray bracket', '}'],
    ['a trailing comma', '{"a":1},'],
    ['brackets that do not match', '{"a":[1}'],
    ['a control character', '{"a":"\u0001"}'],
  ];
  for (const [name, bad] of cases) {
    test(`${name}: is one reject, and its neighbours are read`, () => {
      expect(split(`${good}\n${bad}\n${good}\n${good}\n`)).toEqual([
        `D ${good}`,
        `R not-json ${bad}`,
        `D ${good}`,
        `D ${good}`,
      ]);
      expect(split(`${good}\n${bad}`)).toEqual([`D ${good}`, `R not-json ${bad}`]);
    });
  }

  test('bad lines next to each other are rejects of their own, and a scalar between them is read', () => {
    expect(split('{"z":\noops\n{"a":1\nhello\n"text"\n{"b":"x\n17\n{"c":1}')).toEqual([
      'R not-json {"z":',
      'R not-json oops',
      'R not-json {"a":1',
      'R not-json hello',
      'D "text"',
      'R not-json {"b":"x',
      'D 17',
      'D {"c":1}',
    ]);
  });

  test('an indented document in quotes of another language is one reject', () => {
    expect(split("{'a': 1,\n 'b': [\n  2]\n}\n{\"b\":1}")).toEqual([
      "R not-json {'a': 1,\n 'b': [\n  2]\n}",
      'D {"b":1}',
    ]);
  });

  test('words on two lines are two rejects', () => {
    expect(split('one\ntwo\n')).toEqual(['R not-json one', 'R not-json two']);
  });

  test('bytes that are not UTF-8 cost only their own line or document', () => {
    const bad = Buffer.from([0x7b, 0x22, 0x61, 0x22, 0x3a, 0x22, 0xff, 0x22, 0x7d]);
    const pretty = Buffer.concat([Buffer.from('{\n"a":"'), Buffer.from([0xc3, 0x28]), Buffer.from('"\n}\n')]);
    const lines = Buffer.concat([
      Buffer.from('{"a":1}\n'),
      bad,
      Buffer.from('\n'),
      pretty,
      Buffer.from('[1]\n'),
    ]);
    expect(split(lines)).toEqual([
      'D {"a":1}',
      'R not-utf8 {"a":"\u00ff"}',
      'R not-utf8 {\n"a":"\u00c3("\n}',
      'D [1]',
    ]);
  });

  test('a broken document over several lines is one reject up to the next that begins a line', () => {
    expect(split('{\n  "a": 1,\n  oops\n}\n{"b":1}\n')).toEqual([
      'R not-json {\n  "a": 1,\n  oops\n}',
      'D {"b":1}',
    ]);
  });
});

describe('envelopes', () => {
  test('good elements are delivered in their envelope, each bad one is a reject', () => {
    expect(split('{"v":7,"Records":[{"a": 1},{"b":NaN},{"c":3}],"x":1}\n{"d":1}')).toEqual([
      'D {"v":7,"Records":[{"a": 1},{"c":3}]}',
      'R not-json {"b":NaN}',
      'D {"d":1}',
    ]);
    expect(split(`{"Records":[{"a":1},{'b':[1,"]"]},{"c":3}]}`)).toEqual([
      'D {"Records":[{"a":1}]}',
      `R not-json {'b':[1,"]"]}`,
      'D {"Records":[{"c":3}]}',
    ]);
  });

  test('an element that is not UTF-8 is a reject, its neighbours are delivered', () => {
    const bad = Buffer.concat([Buffer.from('[{"a":"'), Buffer.from([0xff]), Buffer.from('"},{"b":1}]')]);
    expect(split(bad)).toEqual(['D [{"b":1}]', 'R not-utf8 {"a":"\u00ff"}']);
  });

  test('a cut tail is one reject behind the whole elements before it', () => {
    expect(split('{"Records":[{"a":1},{"b":"tr')).toEqual(['D {"Records":[{"a":1}]}', 'R not-json {"b":"tr']);
    expect(split('{"Records":[{"a":1},{"b":2}')).toEqual([
      'D {"Records":[{"a":1},{"b":2}]}',
      'R not-json {"Records":[',
    ]);
    expect(split('{"Records":[{"a":1},')).toEqual(['D {"Records":[{"a":1}]}', 'R not-json {"Records":[']);
    expect(split('{"Records":[{"a":1}]')).toEqual(['D {"Records":[{"a":1}]}', 'R not-json ]']);
    expect(split('{"Records":[')).toEqual(['R not-json {"Records":[']);
    expect(split('{"Recor')).toEqual(['R not-json {"Recor']);
  });

  test('an envelope that breaks off does not take the next line for its element', () => {
    for (const cut of ['{"Records":[{"a":1},', '{"Records":[{"a":1}']) {
      expect(split(`${cut}\n{"Records":[{"b":1}]}\n{"Records":[{"c":1}]}`)).toEqual([
        'D {"Records":[{"a":1}]}',
        'R not-json {"Records":[',
        'D {"Records":[{"b":1}]}',
        'D {"Records":[{"c":1}]}',
      ]);
    }
    expect(split('{"Records":[{"a":\n{"Records":[{"b":1}]}')).toEqual([
      'R not-json {"a":',
      'D {"Records":[{"b":1}]}',
    ]);
  });

  test('a list with one element on each line survives a broken one', () => {
    expect(split('[\n{"a":1},\n{"b":\n{"c":1},\n{"d":1}\n]\n{"e":1}')).toEqual([
      'D [{"a":1}]',
      'R not-json {"b":',
      'D [{"c":1},\n{"d":1}]',
      'D {"e":1}',
    ]);
  });

  test('envelopes glued together are read one by one, bare objects glued together are not JSON', () => {
    expect(split('{"Records":[{"a":1}]}{"Records":[{"b":1}]}\n')).toEqual([
      'D {"Records":[{"a":1}]}',
      'D {"Records":[{"b":1}]}',
    ]);
    expect(split('{"Records":[{"a":1}]} trailing\n{"b":1}')).toEqual([
      'D {"Records":[{"a":1}]}',
      'R not-json trailing',
      'D {"b":1}',
    ]);
  });

  test('a beginning that is no JSON is a reject, and the records behind it are delivered', () => {
    expect(split('{"x":NaN,"Records":[{"a":1}]}')).toEqual([
      'R not-json {"x":NaN,"Records":[',
      'D {"Records":[{"a":1}]}',
    ]);
  });

  test('an empty envelope is delivered as it is, also with a broken end', () => {
    expect(split('{"Records":[],"x":NaN}')).toEqual(['D {"Records":[]}']);
    expect(split('{"Records":[]}\n[]\n{"records":[ ]}')).toEqual([
      'D {"Records":[]}',
      'D []',
      'D {"records":[ ]}',
    ]);
  });
});
