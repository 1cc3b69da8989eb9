import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { readRules } from '../../shared/adapters/local/rules.ts';
import { loadRules } from '../../shared/detect/load-rules.ts';
import { deserializeRules, readRuleFile, serializeRules } from '../../shared/detect/rule-contents.ts';
import type { RuleFile } from '../../shared/detect/rule-folder.ts';
import { cloudTrail } from './events.ts';

const { folders } = await readRules(fileURLToPath(new URL('../../rules', import.meta.url)));
const files: readonly RuleFile[] = folders.map(({ rule }) => rule);
const read = files.map((file) => ({ ...file, contents: readRuleFile(file) }));
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe('rules that were read ahead of time', () => {
  const stored = deserializeRules(serializeRules(read));
  const restored = files.flatMap((file) => {
    const contents = stored(file);
    return contents === undefined ? [] : [{ ...file, contents }];
  });

  test('say what their files say, positions and all', () => {
    expect(restored).toHaveLength(files.length);
    const said = restored.map(({ contents: { soundPatterns: _, ...rest } }) => rest);
    expect(said).toEqual(plain(read.map(({ contents }) => contents)));
  });

  test('are put to work as those that are read from YAML', () => {
    const options = { logsources: new Map() };
    const [now, ahead] = [loadRules(files, options), loadRules(restored, options)];
    expect(plain([ahead.detector.rules, ahead.remembering, ahead.filters, ahead.faults])).toEqual(
      plain([now.detector.rules, now.remembering, now.filters, now.faults]),
    );
    expect(ahead.silent.size).toBe(now.silent.size);
    expect(ahead.memories.map(({ id }) => id)).toEqual(now.memories.map(({ id }) => id));
  });

  test('are found for exactly their file', () => {
    const [file] = files;
    if (file === undefined) throw new Error('there are no rules');
    expect(stored({ ...file, text: `${file.text}\n` })).toBeUndefined();
    expect(stored({ ...file, path: `${file.path}x` })).toBeUndefined();
    expect(stored({ path: '__proto__', text: '' })).toBeUndefined();
  });

  test.each(['', '{', 'null', '{"version":0,"files":{}}', '{"version":1}'])('are none in %j', (text) => {
    expect(files.map(deserializeRules(text)).every((each) => each === undefined)).toBe(true);
  });

  test('name the regular expressions that compile, and only those are put off', () => {
    const of = (pattern: string) => ({
      path: `${pattern}.yml`,
      text: `title: X\nlogsource: {product: aws, service: cloudtrail}\ndetection: {s: {f|re: '${pattern}'}, condition: s}\n`,
    });
    const made = [of('a+b'), of('(?=a)'), of('a[')].map((file) => ({
      ...file,
      contents: readRuleFile(file),
    }));
    const again = deserializeRules(serializeRules(made));
    const ahead = made.map((file) => ({ ...file, contents: again(file) ?? file.contents }));
    expect(ahead.map(({ contents }) => contents.soundPatterns)).toEqual([['["a+b","","whole"]'], [], []]);
    const source = 'aws.cloudtrail';
    const options = { logsources: new Map([[source, { product: 'aws', service: 'cloudtrail' }]]) };
    const [now, later] = [loadRules(made, options), loadRules(ahead, options)];
    expect(later.faults).toEqual(now.faults);
    expect(later.faults).toHaveLength(2);
    for (const [f, count] of [
      ['xaaab', 1],
      ['xaaa', 0],
    ] as const) {
      const event = { ...cloudTrail('X'), record: { f }, raw: JSON.stringify({ f }) };
      expect([now, later].map(({ detector }) => detector.detect(event).length)).toEqual([count, count]);
    }
  });

  test('leave out what JSON cannot hold', () => {
    const file = { path: 'x.yml', text: 'title: X\ndetection: {s: {f: .inf}, condition: s}\n' };
    const contents = readRuleFile(file);
    expect(contents.rules).toHaveLength(1);
    expect(deserializeRules(serializeRules([{ ...file, contents }]))(file)).toBeUndefined();
  });
});
