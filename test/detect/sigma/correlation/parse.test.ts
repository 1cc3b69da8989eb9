import { expect, test } from 'vitest';
import { formatFault } from '../../../../shared/detect/sigma/index.ts';
import { load, loadSound } from './engine.ts';

const BASE = `title: Login
id: login
name: a_login
detection: {s: {type: login}, condition: s}
---
`;

/** A correlation whose members begin on line 9. */
const of = (members: string) => `${BASE}title: It
id: it
correlation:
  ${members.replaceAll('; ', '\n  ')}
`;

const GOOD = 'type: event_count; rules: [login]; group-by: [user]; timespan: 1m; condition: {gte: 2}';

function faultsOf(text: string): readonly string[] {
  return load(text).faults.map(formatFault);
}

test('a correlation is read with all that it says', () => {
  const members = `${GOOD}; lateness: 90s; generate: true; aliases: {user: {a_login: who}}`;
  const [correlation] = loadSound(`${of(members)}level: high\nauthor: Alice Example\n`).correlations;
  expect(correlation).toMatchObject({
    title: 'It',
    level: 'high',
    author: 'Alice Example',
    type: 'event_count',
    groupBy: ['user'],
    timespanMs: 60_000,
    latenessMs: 90_000,
    generate: true,
    condition: { kind: 'measure', comparisons: [{ operator: 'gte', value: 2 }], fields: [] },
  });
});

test.each([
  ['30s', 30_000],
  ['15m', 900_000],
  ['2h', 7_200_000],
  ['30d', 2_592_000_000],
  ['2w', 1_209_600_000],
  ['1M', 2_629_746_000],
  ['1y', 31_556_952_000],
])('a timespan of %s is %i ms', (timespan, ms) => {
  const { correlations } = loadSound(of(GOOD.replace('1m', timespan)));
  expect(correlations[0]?.timespanMs).toBe(ms);
});

test('generate may stand beside the correlation, as the schema of the specification has it', () => {
  expect(loadSound(`${of(GOOD)}generate: true\n`).correlations[0]?.generate).toBe(true);
  expect(loadSound(of(GOOD)).correlations[0]?.generate).toBe(false);
});

test('without a condition, every rule of a temporal correlation must match', () => {
  const { correlations } = loadSound(of('type: temporal; rules: [login]; timespan: 1m'));
  expect(correlations[0]?.condition).toMatchObject({ comparisons: [{ operator: 'gte', value: 1 }] });
});

test('rules are found by id and name, and by title with a warning', () => {
  for (const reference of ['login', 'a_login']) {
    expect(faultsOf(of(GOOD.replace('[login]', `[${reference}]`)))).toEqual([]);
  }
  expect(faultsOf(of(GOOD.replace('[login]', '[Login]')))).toEqual([
    'rules.yml:10:11: warning: "Login" is a title: refer to the rule by its id',
  ]);
});

test.each([
  [GOOD.replace('event_count', 'count'), '9:9: error: expected type to be one of event_count, '],
  [GOOD.replace('type: event_count; ', ''), '8:1: error: expected a type, one of event_count'],
  [GOOD.replace('rules: [login]; ', ''), '8:1: error: expected rules: ids or names'],
  [GOOD.replace('[login]', '[]'), '10:3: error: expected 1 to 50 rules, found 0'],
  [GOOD.replace('[login]', '[login, login]'), '10:18: error: expected each rule once, found "login" again'],
  [GOOD.replace('[login]', '[nobody]'), '10:11: error: "nobody" is the id or name of no rule that is loaded'],
  [GOOD.replace('[login]', '[{a: b}]'), '10:11: error: expected the id or name of a rule, found a map'],
  [GOOD.replace('timespan: 1m; ', ''), '8:1: error: expected a timespan, such as 15m'],
  [
    GOOD.replace('1m', '1 minute'),
    '12:13: error: expected timespan as a number and one of s, m, h, d, w, M, y',
  ],
  [GOOD.replace('1m', '2y'), '12:13: error: expected timespan as'],
  [`${GOOD}; lateness: soon`, '14:13: error: expected lateness as a number and one of'],
  [
    GOOD.replace('{gte: 2}', '{least: 2}'),
    '13:15: error: expected one of gt, gte, lt, lte, eq, neq, field or percentile, found "least"',
  ],
  [GOOD.replace('{gte: 2}', '{}'), '13:3: error: expected a condition with one of gt'],
  [
    GOOD.replace('{gte: 2}', '{gte: many}'),
    '13:20: error: expected gte to be a number, found the string "many"',
  ],
  [GOOD.replace('{gte: 2}', '{gte: 1000000}'), '13:20: error: expected at most 10000, which are remembered'],
  ...['{lt: 1}', '{eq: 0}', '{gt: 5, lt: 3}', '{gt: 2, lt: 3}', '{eq: 2.5}', '{eq: 2, neq: 2}'].map(
    (never): [string, string] => [
      GOOD.replace('{gte: 2}', never),
      '13:3: error: expected a condition that can become true: there is always one event',
    ],
  ),
  [
    GOOD.replace('event_count', 'temporal'),
    '13:3: error: expected a condition that can become true: it is about 1 to 1 rules',
  ],
  [
    GOOD.replace('event_count', 'temporal').replace('{gte: 2}', 'not login'),
    '13:14: error: expected a condition that can become true',
  ],
  [
    GOOD.replace('event_count', 'value_sum').replace('{gte: 2}', '{field: n, gte: 2, lt: 2}'),
    '13:3: error: expected a condition that can become true',
  ],
  [
    GOOD.replace('{gte: 2}', '{gte: 2, field: user}'),
    '13:23: error: expected no field in a event_count condition, found 1',
  ],
  [GOOD.replace('{gte: 2}', 'login'), '13:3: error: expected a map with one of gt'],
  [
    GOOD.replace('event_count', 'value_count'),
    '13:3: error: expected 1 to 8 fields in a value_count condition, found none',
  ],
  [
    GOOD.replace('event_count', 'value_sum').replace('{gte: 2}', '{gte: 2, field: [a, b]}'),
    '13:23: error: expected one field in a value_sum condition, found 2',
  ],
  [
    GOOD.replace('event_count', 'value_percentile').replace(
      '{gte: 2}',
      '{gte: 2, field: a, percentile: 101}',
    ),
    '13:45: error: expected a percentile from 0 to 100',
  ],
  [
    GOOD.replace('event_count', 'value_avg').replace('{gte: 2}', '{gte: 2, field: a, percentile: 1}'),
    '13:33: error: expected no percentile in a value_avg condition',
  ],
  [
    GOOD.replace('event_count', 'temporal').replace('{gte: 2}', 'login and nobody'),
    '13:24: error: unknown selection "nobody"',
  ],
  [
    `${GOOD}; window: sliding`,
    '14:3: error: unknown member "window" of a correlation; known are type, rules',
  ],
  [`${GOOD}; aliases: [a]`, '14:3: error: expected aliases as a map of maps, found a list'],
  [`${GOOD}; aliases: {user: who}`, '14:13: error: expected a map from rule names to fields'],
  [`${GOOD}; aliases: {user: {nobody: who}}`, '14:20: error: "nobody" is the id or name of no rule'],
  [`${GOOD}; generate: 1`, '14:3: error: expected generate to be true or false'],
])('%s is refused', (members, fault) => {
  const { faults, set } = load(of(members));
  expect(faults.map(formatFault).join('\n')).toContain(`rules.yml:${fault}`);
  expect(set.plans.filter(() => faults.some(({ severity }) => severity === 'error'))).toEqual([]);
});

test('a correlation that is no map is refused', () => {
  expect(faultsOf(`${BASE}title: It\ncorrelation: login\n`)).toEqual([
    'rules.yml:7:1: error: expected a map with type, rules and timespan, found the string "login"',
  ]);
});

test('a circle is refused with the way around it, and everything that rests on it', () => {
  const member = (id: string, rule: string) =>
    `---\ntitle: ${id}\nid: ${id}\ncorrelation: {type: temporal, rules: [${rule}], timespan: 1m}\n`;
  const { faults, set } = load(member('one', 'two') + member('two', 'one') + member('above', 'two'));
  expect(faults.map(formatFault)).toEqual([
    'rules.yml:8:39: error: a correlation cannot refer to itself: "one" -> "two" -> "one"',
    'rules.yml:12:39: error: "two" has errors of its own',
  ]);
  expect(set.plans).toEqual([]);
});

test('an id that is taken is refused, and so is a name that two rules have', () => {
  expect(faultsOf(of(GOOD).replace('id: it', 'id: login'))).toContainEqual(
    'rules.yml:6:1: error: rule id login is taken by rules.yml:1',
  );
  const two = `${BASE}${BASE.replace('id: login', 'id: other')}`;
  const found = faultsOf(of(GOOD.replace('[login]', '[a_login]')).replace(BASE, two));
  expect(found.join()).toContain('"a_login" is the name of two rules: rules.yml:1 and rules.yml:6');
});

test('an alias that names no field for the events of a rule is warned about', () => {
  const other = BASE.replaceAll('login', 'logout').replace('Login', 'Logout');
  const members =
    'type: temporal; rules: [login, logout]; group-by: [who]; timespan: 1m; aliases: {who: {login: user}}';
  expect(faultsOf(other + of(members)).join()).toContain(
    'warning: alias "who" names no field for the events of "Logout"',
  );
});

test('a share in percent is what a percentile without a rank means, with a warning', () => {
  const members = GOOD.replace('event_count', 'value_percentile').replace(
    '{gte: 2}',
    '{lte: 1, field: image}',
  );
  expect(faultsOf(of(members)).join()).toContain(
    'warning: without a percentile, what is compared is the share',
  );
});
