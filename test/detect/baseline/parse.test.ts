import { describe, expect, test } from 'vitest';
import { baselineText, DEPLOYMENT, readBaselines } from './observations.ts';

const NEW_ACTOR = baselineText('type: new_value\nfield: actor');

const read = (text: string) => readBaselines(`${DEPLOYMENT}---\n${text}`);

describe('a baseline', () => {
  test('is read with all that it says, and what it leaves out is as documented', () => {
    const { baselines, faults } = read(NEW_ACTOR);
    expect(faults).toEqual([]);
    const days = 86_400_000;
    expect(baselines).toEqual([
      expect.objectContaining({
        title: 'Something Unusual',
        level: 'high',
        type: 'new_value',
        groupBy: ['service'],
        field: ['actor'],
        learningMs: 14 * days,
        minEvents: 10,
        memoryMs: 90 * days,
        generate: false,
        words: { event: undefined, field: undefined },
      }),
    ]);
  });

  test('keeps its own attributes apart from its body', () => {
    const { baselines } = read(
      baselineText('type: new_value\nfield: actor', 'trailproof: {stage: staged}\nauthor: Alice Example\n'),
    );
    expect(baselines[0]).toMatchObject({
      author: 'Alice Example',
      custom: { trailproof: { stage: 'staged' } },
    });
    expect(baselines[0]?.custom).not.toHaveProperty('baseline');
  });

  test.for([
    [
      'type: new_values\nfield: actor',
      'new_values',
      'expected type, one of new_value, rare_value, rate, time_of_day',
    ],
    ['field: actor', 'rules: [', 'expected type, one of'],
    ['type: new_value', 'rules: [', 'expected field, whose values new_value knows'],
    ['type: new_value\nfield: [actor, actor]', 'field: [actor', 'field names a field twice'],
    [
      'type: new_value\nfield: {a: b}',
      '{a: b}',
      'expected the name of a field or alias in field, found a map',
    ],
    [
      'type: new_value\nfield: actor\nlearning: soon',
      'soon',
      'expected learning to be a time such as 1h, 14d',
    ],
    ['type: new_value\nfield: actor\nmemory: 500d', '500d', 'at most 400d'],
    [
      'type: new_value\nfield: actor\nlearning: 20d\nmemory: 10d',
      'learning: 20d',
      'learning to be no longer than memory',
    ],
    ['type: new_value\nfield: actor\nmin-events: 0', '0', 'min-events to be a whole number from 1'],
    ['type: new_value\nfield: actor\nmin-events: many', 'many', 'found the string "many"'],
    ['type: new_value\nfield: actor\ncondition: {gte: 1}', 'condition: {', 'new_value has no condition'],
    ['type: new_value\nfield: actor\ntimespan: 1h', 'timespan: 1h', 'new_value has no timespan'],
    ['type: new_value\nfield: actor\ngenerate: perhaps', 'perhaps', 'expected generate to be true or false'],
    [
      'type: new_value\nfield: actor\nlearn: 1d',
      'learn: 1d',
      'unknown member "learn" of baseline; known are type',
    ],
    [
      'type: new_value\nfield: actor\nwords: {field: "<b>"}',
      '{field: "<b',
      'expected words to be a map with event',
    ],
    ['type: new_value\nfield: actor\nwords: {verb: did}', '{verb', 'expected words to be a map with event'],
    ['type: rare_value\nfield: actor', 'rules: [', 'expected a condition, such as {lte: 0.01}'],
    ['type: rare_value\nfield: actor\ncondition: {gte: 0.1}', '{gte', 'to be like {lte: 0.01}'],
    ['type: rare_value\nfield: actor\ncondition: {lte: 2}', '2}', 'lte to be a number from 0 to 0.5'],
    ['type: time_of_day\nfield: actor', 'field: actor', 'time_of_day looks at no field'],
    ['type: rate', 'rules: [', 'expected a condition, such as {gte: 4}'],
    [
      'type: rate\ncondition: {gte: 4}\ntimespan: 1m',
      'timespan: 1m',
      'memory to hold 10 to 1000 timespans, found 43200',
    ],
    ['type: rate\ncondition: {gte: 4}\ntimespan: 10d', 'timespan: 10d', 'found 3'],
  ] as const)('%j is a fault at %j', ([members, at, message]) => {
    const { faults } = read(baselineText(members));
    expect(faults.join('\n')).toContain(message);
    expect(faults.some((fault) => fault.startsWith(`r.yml:${placeOf(members, at)}: error: `))).toBe(true);
  });

  test.for([
    ['rules: [deployment]', 'rules: [deploymnt]', '"deploymnt" is the id or name of no rule at work'],
    ['rules: [deployment]', 'rules: []', 'expected at least one rule'],
    ['rules: [deployment]', 'rules: [{a: b}]', 'expected the id or name of a rule, found a map'],
    ['  rules: [deployment]\n', '', 'expected rules, whose matches are observed'],
    ['  group-by: [service]\n', '', 'expected group-by with the fields'],
    ['service: {deployment:', 'service: {other:', 'alias service says nothing of rule "deployment"'],
    ['service: {deployment:', 'service: {other:', 'which is none of the observed rules'],
    ['{deployment: resources.name}', 'resources.name', 'expected alias service to be a map'],
    ['{deployment: resources.name}', '{deployment: []}', 'expected a field, found an empty list'],
    ['group-by: [service]', 'group-by: [resources.name]', 'warning: alias service is used by nothing'],
    ['rules: [deployment]', 'rules: [Deployment]', 'warning: "Deployment" is a title'],
  ] as const)('%j -> %j is told: %s', ([from, to, message]) => {
    expect(read(NEW_ACTOR.replace(from, to)).faults.join('\n')).toContain(message);
  });

  test('whose body is no map, or whose id is taken, is no baseline', () => {
    expect(read('title: X\nbaseline: yes\n').faults.join('\n')).toContain('expected a map with type, rules');
    expect(read(`${NEW_ACTOR}---\n${NEW_ACTOR}`).faults.join('\n')).toContain('is taken by r.yml:6');
  });
});

/** Line and column of a text in the baseline's body. */
function placeOf(members: string, text: string): string {
  const whole = `${DEPLOYMENT}---\n${baselineText(members)}`;
  const before = whole.slice(0, whole.indexOf(text, whole.indexOf('baseline:'))).split('\n');
  return `${before.length}:${(before.at(-1)?.length ?? 0) + 1}`;
}
