import { describe, expect, test } from 'vitest';
import { faultsOf, matches, selecting } from './engine.ts';

const base64 = (text: string) => Buffer.from(text).toString('base64');

describe('each modifier', () => {
  test.for([
    // line of the selection, value of the field `f`, whether it matches
    ["f: 'Alice'", 'aLICE', true],
    ["f: 'alice'", 'alice2', false],
    ["f|contains: 'lic'", 'ALICE', true],
    ["f|startswith: 'al'", 'ALICE', true],
    ["f|startswith: 'li'", 'alice', false],
    ["f|endswith: 'ce'", 'ALICE', true],
    ["f|endswith: 'al'", 'alice', false],
    ['f|contains|all: [ice, al]', 'alice', true],
    ['f|contains|all: [ice, bob]', 'alice', false],
    ['f|contains: [ice, bob]', 'alice', true],
    ['f|cased: Alice', 'Alice', true],
    ['f|cased: Alice', 'alice', false],
    ['f|contains|cased: LIC', 'alice', false],
    ["f|re: 'a.*e$'", 'xx alice', true],
    ["f|re: '^lice'", 'alice', false],
    ["f|re: 'ALICE'", 'alice', false],
    ["f|re|i: 'ALICE'", 'alice', true],
    ["f|re|m: '^two$'", 'one\ntwo', true],
    ["f|re: '^two$'", 'one\ntwo', false],
    ["f|re|s: 'one.two'", 'one\ntwo', true],
    ["f|re: 'one.two'", 'one\ntwo', false],
    ["f|re|all: ['^a', 'e$']", 'alice', true],
    ["f|re|startswith: 'b|a'", 'alice', true],
    ["f|re|endswith: 'b|l'", 'alice', false],
    ['f|cidr: 192.0.2.0/24', '192.0.2.255', true],
    ['f|cidr: 192.0.2.0/24', '192.0.3.1', false],
    ['f|cidr: 192.0.2.0/25', '192.0.2.128', false],
    ['f|cidr: 0.0.0.0/0', '203.0.113.9', true],
    ['f|cidr: 192.0.2.7', '192.0.2.7', true],
    ["f|cidr: '::ffff:192.0.2.0/120'", '192.0.2.9', true],
    ["f|cidr: '::ffff:192.0.2.0/120'", '192.0.3.9', false],
    ["f|cidr: '::ffff:192.0.2.0/120'", '::ffff:c000:0209', true],
    ['f|cidr: 192.0.2.0/24', '::ffff:192.0.2.9', true],
    ["f|cidr: '2001:db8::/33'", '2001:db8:7fff::1', true],
    ["f|cidr: '2001:db8::/33'", '2001:db8:8000::1', false],
    ["f|cidr: '::1/128'", '::1', true],
    ["f|cidr: '::1/128'", '127.0.0.1', false],
    ['f|cidr: 192.0.2.0/24', 'AWS Internal', false],
    ['f|exists: true', '', true],
    ['f|exists: true', null, true],
    ['f|exists: false', null, false],
    ['g|exists: false', 'x', true],
    ['f|lt: 10', 9.5, true],
    ['f|lt: 10', 10, false],
    ['f|lte: 10', '10', true],
    ['f|gt: 10', '1e2', true],
    ['f|gte: 10', 'ten', false],
    ['f|gt: 10', '', false],
    ['f|gt: -1', [-5, 0], true],
    ['f|neq: alice', 'ALICE', false],
    ['f|neq: alice', 'bob', true],
    ['f|neq: [alice, bob]', 'bob', false],
    ['f|neq: 443', 80, true],
    ['g|neq: alice', 'absent', true],
    ['f|contains|neq: lic', 'bob', true],
    ['f|minute: 45', '2024-12-25T14:45:10Z', true],
    ['f|hour: 14', '2024-12-25T14:45:10Z', true],
    ['f|hour: 14', '2024-12-25T14:45:10+02:00', false],
    ['f|day: 25', 1_735_137_910_000, true],
    ['f|week: 1', '2024-12-30T00:00:00Z', true],
    ['f|week: 53', '2021-01-01T00:00:00Z', true],
    ['f|week: 52', '2024-12-29T23:59:59Z', true],
    ['f|month: 12', '2024-12-25T14:45:10Z', true],
    ['f|year: 2024', '2024-12-25T14:45:10Z', true],
    ['f|year: 2024', 'soon', false],
    ['f|hour|gte: 22', '2024-12-25T23:45:10Z', true],
    ['f|hour|lt: 6', '2024-12-25T23:45:10Z', false],
    ['f|windash: -enc', '/enc', true],
    ['f|windash|contains: " --a-b "', 'x \u2013/a\u2015b y', true],
    ['f|windash|contains: " -a "', 'x +a y', false],
    ["f|base64: 'key'", base64('key'), true],
    ["f|base64|contains: 'key'", `x ${base64('key')} y`, true],
    ["f|base64|cased: 'key'", base64('key').toLowerCase(), false],
    ["f|wide|base64: 'key'", Buffer.from('key', 'utf16le').toString('base64'), true],
    ["f|utf16le|base64: 'key'", Buffer.from('key', 'utf16le').toString('base64'), true],
    ["f|utf16be|base64: 'key'", Buffer.from('key', 'utf16le').swap16().toString('base64'), true],
    ["f|utf16|base64: 'key'", Buffer.from('\ufeffkey', 'utf16le').toString('base64'), true],
    ["f|wide: 'key'", 'k\0e\0y\0', true],
    ["f|windash|base64: '-x'", base64('/x'), true],
    // What is encoded holds slashes and dashes of its own, which are no dashes of the text.
    ["f|windash|base64: '-\\?\\?'", 'LT8/', true],
    ["f|windash|base64|contains: '-\\?\\?'", 'x LT8/ y', true],
    ["f|windash|base64|contains: '-\\?\\?'", 'x LT8- y', false],
    ["f|windash|base64offset|contains: '-\\?\\?'", base64('abc-??'), true],
  ] as const)('%s of %j: %j', ([line, value, expected]) => {
    expect(matches(selecting(line), { f: value })).toBe(expected);
  });

  test('base64offset finds a value at every shift', () => {
    const rule = selecting("f|base64offset|contains: 's3cr3t-token'");
    for (const before of ['', 'a', 'ab', 'abc', 'abcd']) {
      for (const after of ['', 'z', 'zz', 'zzz']) {
        expect(matches(rule, { f: base64(`${before}s3cr3t-token${after}`) })).toBe(true);
      }
    }
    expect(matches(rule, { f: base64('another value') })).toBe(false);
  });
});

describe('fieldref', () => {
  test.for([
    ['a|fieldref: b', { a: 'Eve', b: 'eve' }, true],
    ['a|fieldref|cased: b', { a: 'Eve', b: 'eve' }, false],
    ['a|fieldref: b', { a: 'eve', b: 'bob' }, false],
    ['a|fieldref: b', { a: 'eve' }, false],
    ['a|fieldref: b', {}, false],
    ['a|fieldref: b', { a: null, b: null }, false],
    ['a|fieldref: b.c', { a: 7, b: { c: ['6', '7'] } }, true],
    ['a|fieldref|neq: b', { a: 'eve', b: 'bob' }, true],
    ['a|fieldref|neq: b', { a: 'eve', b: 'eve' }, false],
    ['a|fieldref|contains: b', { a: 'arn:user/eve', b: 'eve' }, true],
    ['a|fieldref|endswith: b', { a: 'arn:user/eve', b: 'eve' }, true],
    ['a|fieldref|startswith: b', { a: 'arn:user/eve', b: 'eve' }, false],
    ['a|fieldref: [b, c]', { a: 'eve', b: 'bob', c: 'eve' }, true],
    ['a|fieldref|all: [b, c]', { a: 'eve', b: 'bob', c: 'eve' }, false],
  ] as const)('%s in %j: %j', ([line, event, expected]) => {
    expect(matches(selecting(line), event)).toBe(expected);
  });
});

describe('expand', () => {
  const placeholders = { ci_users: ['deployer', 'build-*'], ports: [22, 2222], networks: ['192.0.2.0/24'] };

  test.for([
    ["f|expand: '%ci_users%'", 'DEPLOYER', true],
    ["f|expand: '%ci_users%'", 'build-7', true],
    ["f|expand: '%ci_users%'", 'alice', false],
    ["f|expand: 'arn:%ci_users%/x'", 'arn:build-1/x', true],
    ["f|contains|expand: '%ci_users%'", 'a deployer b', true],
    ["f|expand: '%ports%'", 2222, true],
    ["f|cidr|expand: '%networks%'", '192.0.2.3', true],
    ["f|expand: '\\%plain%ports%'", '%plain22', true],
    ["f|base64|expand: 'x'", 'x', 'refused'],
    ["f: '%ci_users%'", '%ci_users%', true],
  ] as const)('%s of %j: %j', ([line, value, expected]) => {
    if (expected === 'refused') expect(faultsOf(selecting(line), { placeholders })).toHaveLength(1);
    else expect(matches(selecting(line), { f: value }, { placeholders })).toBe(expected);
  });

  test('a placeholder without values is an error at its value', () => {
    expect(faultsOf(selecting("f|expand: '%admins%'"), { placeholders })).toEqual([
      'case.yml:5:15: error: placeholder %admins% has no values: name them in the file of placeholder values',
    ]);
  });

  test('a name that objects inherit is no placeholder', () => {
    expect(faultsOf(selecting("f|expand: '%constructor%'"), { placeholders })).toHaveLength(1);
  });

  test('placeholders that multiply beyond all use are refused', () => {
    const many = { n: Array.from({ length: 200 }, (_, i) => i) };
    expect(faultsOf(selecting("f|expand: '%n%%n%%n%'"), { placeholders: many })[0]).toMatch(
      'more than 10000',
    );
  });
});

describe('modifiers that mean nothing are errors at load', () => {
  test.for([
    ['f|containz: a', '5:7', 'unknown modifier "containz"'],
    ['f|contains|startswith: a', '5:16', "'contains' and 'startswith' cannot be combined"],
    ['f|contains|contains: a', '5:16', "modifier 'contains' is given twice"],
    ['f|i: a', '5:7', "'i' is a sub-modifier of 're'"],
    ['f|contains|base64: a', '5:16', "write 'base64' before 'contains'"],
    ['f|windash|re: a', '5:15', "'windash' and 're' cannot be combined"],
    ['f|exists|all: true', '5:14', "'exists' and 'all' cannot be combined"],
    ['f|all|neq: [a, b]', '5:11', "'all' and 'neq' cannot be combined"],
    ['f|hour|contains: 3', '5:12', "'hour' and 'contains' cannot be combined"],
    ['f|: a', '5:7', 'unknown modifier ""'],
    ["'|startswith': a", '5:7', "modifier 'startswith' needs a field"],
    ["'|cidr': 192.0.2.0/24", '5:7', "modifier 'cidr' needs a field"],
    ['f|exists: maybe', '5:15', "expected true or false for 'exists'"],
    ['f|lt: many', '5:11', 'expected a number, found "many"'],
    ['f|hour: [3, .inf]', '5:17', 'expected a number'],
    ['f|cidr: 192.0.2.0/33', '5:13', 'expected a network'],
    ['f|cidr: example.com', '5:13', 'expected a network'],
    ['f|re: "[a-"', '5:11', 'missing closing ]'],
    ['f|re: "a(?=b)"', '5:11', 'lookaround is not supported'],
    ['f|re: "(?<!a)b"', '5:11', 'lookaround is not supported'],
    ["f|re: '^a{,3}$'", '5:11', 'write {0,3}'],
    ['f|re: "(a)\\\\1"', '5:11', 'invalid escape sequence'],
    ['f|re: "a)|(b"', '5:11', 'linear time'],
    ['f|re|startswith: "a)|(b"', '5:22', 'linear time'],
    ['f|re: true', '5:11', "expected a string for 're', found true"],
    ['f|contains: null', '5:17', 'expected a string, found null'],
    ['f|base64: 42', '5:15', "expected a string for 'base64', found 42"],
    ["f|base64: 'a*'", '5:15', 'cannot have wildcards'],
    ["f|wide|utf16: 'a'", '5:19', 'cannot follow another UTF-16 encoding'],
    ["f|windash|base64: '-a-b-c-d-e'", '5:23', 'more than four dashes'],
    ["f|fieldref: ''", '5:17', 'expected a field name'],
  ] as const)('%s at %s: %s', ([line, place, message]) => {
    const [fault, ...rest] = faultsOf(selecting(line));
    expect(rest).toEqual([]);
    expect(fault).toMatch(new RegExp(`^case\\.yml:${place}: error: `));
    expect(fault).toContain(message);
  });
});

describe('regular expressions', () => {
  test('may hold an open repetition that is escaped or in a class', () => {
    expect(matches(selecting("f|re: 'a\\{,3}'"), { f: 'a{,3}' })).toBe(true);
  });

  test('take linear time on a value made to stall them', () => {
    const value = `${'a'.repeat(200_000)}!`;
    expect(matches(selecting("f|re: '^(a+)+$'"), { f: value })).toBe(false);
    expect(matches(selecting("f|re: '(.*a){12}b'"), { f: value })).toBe(false);
  });

  test('see a bounded part of a value', () => {
    const far = `${' '.repeat(300_000)}needle`;
    expect(matches(selecting('f|re: needle'), { f: far })).toBe(false);
    expect(matches(selecting('f|contains: needle'), { f: far })).toBe(true);
  });
});
