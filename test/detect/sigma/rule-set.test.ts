import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { compileRules, formatFault, parseRules } from '../../../shared/detect/sigma/index.ts';
import { sharedFile } from '../../shared-data.ts';

const rule = (title: string, logsource: string) =>
  `title: ${title}\nlogsource: ${logsource}\ndetection: {s: {f: x}, condition: s}\n`;

describe('a rule set', () => {
  const source = [
    rule('CloudTrail', '{product: aws, service: cloudtrail}'),
    rule('AWS', '{product: aws}'),
    rule('Azure', '{product: azure}'),
    rule('Application', '{category: application}'),
    rule('Any', '{}'),
  ].join('---\n');
  const { ruleSet } = compileRules(parseRules(source, 'x.yml').rules);
  const titles = (logsource: Parameters<typeof ruleSet.match>[0]['logsource']) =>
    ruleSet.match({ record: { f: 'x' }, logsource }).map((each) => each.title);

  test('routes by logsource: keys given must match, more keys on the event are fine', () => {
    expect(titles({ product: 'aws', service: 'cloudtrail' })).toEqual(['CloudTrail', 'AWS', 'Any']);
    expect(titles({ product: 'aws' })).toEqual(['AWS', 'Any']);
    expect(titles({ product: 'kubernetes', service: 'audit', category: 'application' })).toEqual([
      'Application',
      'Any',
    ]);
  });

  test('compares a logsource without regard to case, as every other value of a rule', () => {
    const { rules } = parseRules(rule('Loud', '{product: AWS, service: CloudTrail}'), 'x.yml');
    const loud = compileRules(rules).ruleSet;
    const logsource = { product: 'aws', service: 'cloudtrail' };
    expect(loud.match({ record: { f: 'x' }, logsource })).toHaveLength(1);
  });

  test('tries every rule on an event of unknown logsource', () => {
    expect(titles(undefined)).toHaveLength(5);
  });

  test('keeps nothing from one event to the next', () => {
    expect(titles(undefined)).toEqual(titles(undefined));
    expect(ruleSet.match({ record: {} })).toEqual([]);
    expect(titles(undefined)).toHaveLength(5);
  });

  test('does not hold a rule that has a fault', () => {
    const bad = rule('Bad', '{}').replace('f: x', "'f|re': '['");
    const compiled = compileRules(parseRules(`${bad}---\n${rule('Good', '{}')}`, 'x.yml').rules);
    expect(compiled.ruleSet.rules.map((each) => each.title)).toEqual(['Good']);
    expect(compiled.faults).toHaveLength(1);
  });
});

const FOLDERS = ['rules', 'rules-threat-hunting', 'rules-emerging-threats'];

describe.skipIf(sharedFile('sigma/rules') === undefined)('the public cloud and CI rules', () => {
  const files = FOLDERS.flatMap((folder) => {
    const root = sharedFile(`sigma/${folder}`);
    if (root === undefined) return [];
    const names = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.yml'),
    );
    return names.map((name) => ({
      name: `${folder}/${name}`,
      text: readFileSync(`${root}/${name}`, 'utf8'),
    }));
  });

  test('load, every one of them, without a word', () => {
    const parsed = files.map(({ name, text }) => parseRules(text, name));
    const compiled = compileRules(parsed.flatMap(({ rules }) => rules));
    expect([...parsed.flatMap(({ faults }) => faults), ...compiled.faults].map(formatFault)).toEqual([]);
    expect(compiled.ruleSet.rules).toHaveLength(files.length);
    expect(files.length).toBeGreaterThan(200);
  });
});
