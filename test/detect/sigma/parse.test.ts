import { describe, expect, test } from 'vitest';
import { parseRules } from '../../../shared/detect/sigma/index.ts';
import { faultsOf, matches, matching, ruleOf, selecting } from './engine.ts';

const WHOLE = `title: A rule
id: 0b8f6f0e-7d1c-4b57-9d52-3c8f1f1a2b3c
name: a_rule
status: test
description: Says what it finds.
license: Apache-2.0
references:
  - https://example.com/a
author: Alice, Bob
date: 2026-01-02
modified: 2026-02-03
tags: [attack.impact, attack.t1485]
logsource:
  product: test
  service: audit
  definition: for people
detection:
  selection:
    f: x
  condition: selection
fields: [f, g]
falsepositives:
  - Tests
level: high
our:
  stage: live
`;

describe('a rule', () => {
  test('keeps everything that the person who reads a finding needs', () => {
    const { rules, faults } = parseRules(WHOLE, 'rule.yml');
    expect(faults).toEqual([]);
    expect(rules[0]).toMatchObject({
      id: '0b8f6f0e-7d1c-4b57-9d52-3c8f1f1a2b3c',
      name: 'a_rule',
      title: 'A rule',
      status: 'test',
      level: 'high',
      description: 'Says what it finds.',
      license: 'Apache-2.0',
      author: 'Alice, Bob',
      date: '2026-01-02',
      modified: '2026-02-03',
      references: ['https://example.com/a'],
      tags: ['attack.impact', 'attack.t1485'],
      falsepositives: ['Tests'],
      fields: ['f', 'g'],
      logsource: { product: 'test', service: 'audit' },
      custom: { our: { stage: 'live' } },
      file: 'rule.yml',
    });
  });

  test('needs little: what the engine does without may be absent', () => {
    expect(matches('detection:\n  s: {f: x}\n  condition: s', { f: 'x' })).toBe(true);
  });
});

describe('faults say where and what', () => {
  test.for([
    ['title: [', '1:9', 'not valid YAML'],
    ['title: a\ntitle: b\ndetection: {s: {f: x}, condition: s}', '2:1', 'Map keys must be unique'],
    ['- a', '1:1', 'expected a map (title, logsource, detection), found a list'],
    ['just text', '1:1', 'found the string "just text"'],
    ['title: a', '1:1', "expected 'detection', 'filter' or 'correlation'"],
    ['detection: none', '1:1', 'expected a map with selections and a condition'],
    ['detection:\n  s: {f: x}', '1:1', "expected a 'condition'"],
    ['detection:\n  s: {f: x}\n  condition: 7', '3:14', 'expected a condition, found the number 7'],
    ['detection:\n  s: {f: x}\n  condition: []', '3:3', 'found an empty list'],
    ['detection:\n  s: {}\n  condition: s', '2:3', 'expected at least one field, found an empty map'],
    ['detection:\n  s: []\n  condition: s', '2:3', 'expected at least one map or keyword'],
    ['detection:\n  s: {f: []}\n  condition: s', '2:7', 'expected a value for "f", found an empty list'],
    ['detection:\n  s: {f: {g: x}}\n  condition: s', '2:10', 'found a map'],
    ['detection:\n  s: {f: [[x]]}\n  condition: s', '2:11', 'found a list'],
    ['detection:\n  s: [[x], {f: x}]\n  condition: s', '2:7', 'expected a map or a keyword, found a list'],
    ["detection:\n  s: {'': x}\n  condition: s", '2:8', 'expected a field name, found an empty key'],
    ['detection:\n  s: {<<: x}\n  condition: s', '2:7', 'merge keys (<<) are not part of YAML 1.2'],
    ['detection:\n  s t: {f: x}\n  condition: s', '2:3', 'expected a selection name'],
    ['detection:\n  timeframe: 5m\n  s: {f: x}\n  condition: s', '2:3', 'write a Sigma correlation'],
    [
      'level: urgent\ndetection: {s: {f: x}, condition: s}',
      '1:8',
      'expected level to be one of informational',
    ],
    ['status: done\ndetection: {s: {f: x}, condition: s}', '1:9', 'expected status to be one of stable'],
    ['tags: {a: b}\ndetection: {s: {f: x}, condition: s}', '1:7', 'expected a string in tags, found a map'],
    ['title: [a]\ndetection: {s: {f: x}, condition: s}', '1:1', 'expected title to be a string'],
    ['logsource: aws\ndetection: {s: {f: x}, condition: s}', '1:1', 'expected product, service or category'],
    ['action: merge\ntitle: a', '1:1', "expected 'global', 'repeat' or 'reset'"],
    ['action: repeat\ntitle: a', '1:1', "'action: repeat' needs a rule before it"],
    ['a: &a [*a]\ndetection: {s: {f: x}, condition: s}', '1:', 'deep'],
  ] as const)('%j: at %s, %s', ([source, place, message]) => {
    const [fault] = faultsOf(source);
    expect(fault).toMatch(new RegExp(`^case\\.yml:${place}`));
    expect(fault).toContain(message);
    expect(parseRules(source, 'case.yml').rules).toEqual([]);
  });

  test('a bad document does not harm its neighbours', () => {
    const { rules, faults } = parseRules(
      `${WHOLE}---\ntitle: bad\n---\n${ruleOf('s: {f: x}\ncondition: s')}`,
      'x.yml',
    );
    expect(rules.map((rule) => rule.title)).toEqual(['A rule', 'Case']);
    expect(faults.map((fault) => fault.line)).toEqual([28]);
  });

  test('a file is bounded in size, depth and repetition', () => {
    expect(faultsOf(' '.repeat(1_048_577))[0]).toMatch('expected at most 1048576 characters');
    expect(faultsOf(`a: ${'['.repeat(40)}${']'.repeat(40)}`)[0]).toMatch('too deeply');
    const lol = ['a: &a [x,x,x,x,x,x,x,x,x,x]'];
    for (const [name, before] of ['ba', 'cb', 'dc', 'ed', 'fe'].map((pair) => [...pair])) {
      lol.push(`${name}: &${name} [${Array(10).fill(`*${before}`).join(',')}]`);
    }
    expect(faultsOf(lol.join('\n'))[0]).toMatch('repeated too deeply');
  });

  test('an alias without an anchor, and what is too deep, are said where they stand', () => {
    expect(faultsOf('title: a\ndetection: {s: {f: *nope}, condition: s}')[0]).toBe(
      'case.yml:2:20: error: expected an anchor above: nothing is called &nope',
    );
    const deep = `detection: {s: {f: ${'['.repeat(40)}${']'.repeat(40)}}, condition: s}`;
    expect(faultsOf(deep)[0]).toMatch(/^case\.yml:1:\d+: error: nested or repeated too deeply$/);
    expect(faultsOf(deep).join('\n')).not.toContain('expected a key');
  });

  test.for([
    [
      'correlation: {type: event_count}\ndetection: {s: {f: x}, condition: s}',
      '2:1',
      'correlation',
      'detection',
    ],
    ['detection: {s: {f: x}, condition: s}\nfilter: {s: {f: x}, condition: s}', '1:1', 'filter', 'detection'],
  ] as const)('a document is of one kind: %j', ([source, at, one, two]) => {
    expect(faultsOf(source)).toEqual([
      `case.yml:${at}: error: expected one of "${one}" and "${two}" in a document: part them by a line of ---`,
    ]);
    expect(parseRules(source, 'case.yml')).toMatchObject({ rules: [], filters: [], others: [] });
  });

  test('what is not evaluated is warned about', () => {
    const source = 'taxonomy: mine\nlogsource: {product: a, zone: b}\ndetection: {s: {f: x}, condition: s}';
    expect(faultsOf(source)).toEqual([
      'case.yml:2:25: warning: logsource key "zone" is not evaluated: product, service and category are',
      'case.yml:1:1: warning: field names of taxonomy "mine" are taken as they are',
    ]);
  });
});

describe('conditions', () => {
  const detection = 'a: {a: 1}\nb: {b: 1}\nab: {c: 1}\n_h: {h: 1}\ncondition: ';

  test.for([
    ['a and b', { a: 1, b: 1 }, true],
    ['a and b', { a: 1 }, false],
    ['a or b and ab', { a: 1 }, true],
    ['(a or b) and ab', { a: 1 }, false],
    ['not a', {}, true],
    ['not not a', { a: 1 }, true],
    ['not a and b', { b: 1 }, true],
    ['not (a and b)', { a: 1 }, true],
    ['a and not b', { a: 1 }, true],
    ['1 of them', { h: 1 }, false],
    ['1 of _*', { h: 1 }, true],
    ['any of them', { c: 1 }, true],
    ['ANY OF THEM', { c: 1 }, true],
    ['all of them', { a: 1, b: 1, c: 1 }, true],
    ['all of a*', { a: 1 }, false],
    ['all of a*', { a: 1, c: 1 }, true],
    ['1 of *b', { c: 1 }, true],
    ['1 of a*b', { a: 1 }, false],
    ['not 1 of a*', { b: 1 }, true],
    ['a AND NOT b', { a: 1 }, true],
    ['[a, b]', { b: 1 }, true],
    ['"a and b"', { a: 1, b: 1 }, true],
  ] as const)('%s in %j: %j', ([condition, event, expected]) => {
    expect(matches(ruleOf(detection + condition), event)).toBe(expected);
  });

  test.for([
    ['a and c', 20, 'unknown selection "c"; known are a, b, ab, _h'],
    ['a b', 16, "expected 'and', 'or' or the end of the condition, found \"b\""],
    ['a and', 19, 'expected a selection, found the end'],
    ['(a or b', 21, "expected ')'"],
    ['a)', 15, 'found ")"'],
    ['and a', 14, 'expected a selection, found "and"'],
    ['2 of them', 14, "expected '1 of', 'any of' or 'all of'"],
    ['1 of c*', 19, 'no selection matches "c*"'],
    ['1 of', 18, "expected 'them' or a pattern"],
    ['a | count() > 5', 16, 'aggregations after a pipe are not supported'],
    ['"a and c"', 21, 'unknown selection "c"'],
    [`${'('.repeat(70)}a${')'.repeat(70)}`, 78, 'at most 64 nested parentheses'],
  ] as const)('%s is a fault at column %i: %s', ([condition, column, message]) => {
    const [fault, ...rest] = faultsOf(ruleOf(detection + condition));
    expect(rest).toEqual([]);
    expect(fault).toMatch(`case.yml:8:${column}: error: `);
    expect(fault).toContain(message);
  });
});

describe('documents of other kinds', () => {
  const source =
    'title: R\ndetection: {s: {f: x}, condition: s}\n---\ntitle: B\nlevel: high\nours: {a: 1}\nbaseline: {type: new_value}\n';

  test('are handed over with their attributes and the place of their body', () => {
    const { rules, others, faults } = parseRules(source, 'case.yml', { kinds: ['baseline'] });
    expect([rules.map(({ title }) => title), faults]).toEqual([['R'], []]);
    expect(others.map(({ kind, header }) => [kind, header.title, header.level, header.custom])).toEqual([
      ['baseline', 'B', 'high', { ours: { a: 1 } }],
    ]);
    expect(others[0]?.body.value.position).toEqual({ file: 'case.yml', line: 7, column: 11 });
  });

  test('are rules without a detection to whoever does not know the kind', () => {
    const { others, faults } = parseRules(source, 'case.yml');
    expect(others).toEqual([]);
    expect(faults.map(({ line, message }) => [line, message])).toEqual([
      [4, "expected 'detection', 'filter' or 'correlation', found none of them"],
    ]);
  });
});

describe('several documents', () => {
  const rule = (title: string, id: string, field: string) =>
    `title: ${title}\nid: ${id}\nlogsource: {product: p}\ndetection: {s: {${field}: x}, condition: s}\n`;
  const filter = (rules: string, logsource = '{product: p}') =>
    `title: F\nlogsource: ${logsource}\nfilter: {rules: ${rules}, s: {who: ci}, condition: not s}\n`;
  const both = `${rule('One', 'r1', 'a')}---\n${rule('Two', 'r2', 'b')}---\n`;
  const event = { a: 'x', b: 'x', who: 'ci' };

  test('a filter takes away from the rules that it names', () => {
    expect(matching(both + filter('[r1]'), event)).toEqual(['Two']);
    expect(matching(both + filter('r2'), event)).toEqual(['One']);
    expect(matching(both + filter('[r1, r2]'), event)).toEqual([]);
    expect(matching(both + filter('[r1]'), { a: 'x', who: 'alice' })).toEqual(['One']);
  });

  test('a filter for a narrower logsource than the rule does not reach it', () => {
    const narrow = filter('any', '{product: p, category: c}');
    expect(matching(`${rule('One', 'r1', 'f')}---\n${narrow}`, { f: 'x', who: 'ci' })).toEqual(['One']);
  });

  test.for(['[]', 'any'])('a filter over %s reaches every rule of its logsource', (rules) => {
    expect(matching(both + filter(rules), event)).toEqual([]);
    expect(matching(both + filter(rules, '{product: q}'), event)).toEqual(['One', 'Two']);
  });

  test('a filter may name a rule by its title, with a warning; one that reaches nothing is warned about', () => {
    expect(matching(both + filter('[One]'), event)).toEqual(['Two']);
    expect(faultsOf(both + filter('[One]'))).toEqual([
      'case.yml:13:18: warning: "One" is a title: name the rule by its id',
    ]);
    expect(faultsOf(both + filter('[r9]'))).toEqual([
      'case.yml:13:18: warning: "r9" is the id or name of no rule',
      'case.yml:11:1: warning: filter "F" applies to none of the 2 rules',
    ]);
  });

  test('a faulty filter is told once, and the rules stay', () => {
    const source = both + filter('any').replace('who', 'who|re').replace('ci', '"["');
    expect(faultsOf(source)).toHaveLength(1);
    const parsed = parseRules(source, 'x.yml');
    expect(parsed.rules).toHaveLength(2);
  });

  test('an id is taken once', () => {
    expect(faultsOf(`${rule('One', 'r1', 'a')}---\n${rule('Two', 'r1', 'b')}`)).toEqual([
      'case.yml:6:1: error: rule id r1 is taken by case.yml:1',
    ]);
  });

  test('global, repeat and reset make rules of parts', () => {
    const source = [
      'action: global\nlogsource: {product: p}\ndetection: {s: {a: x}}',
      'title: One\nid: r1\ndetection: {condition: s}',
      'action: repeat\ntitle: Two\ndetection: {s: {a: y}}',
      'action: reset',
      'title: Three\ndetection: {t: {a: z}, condition: t}',
    ].join('\n---\n');
    expect(matching(source, { a: 'x' })).toEqual(['One']);
    expect(matching(source, { a: 'y' })).toEqual(['Two']);
    expect(parseRules(source, 'x.yml').rules.map((each) => each.id)).toEqual(['r1', undefined, undefined]);
    expect(parseRules(source, 'x.yml').rules.map((each) => each.logsource)).toEqual([
      { product: 'p' },
      { product: 'p' },
      {},
    ]);
  });
});

test('a rule of one selection reads as an editor shows it', () => {
  expect(selecting('f: x').split('\n')[4]).toBe('    f: x');
});
