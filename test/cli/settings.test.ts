import { expect, test } from 'vitest';
import { chooseSettings, parseSettings } from '../../cli/settings.ts';

test('the environment beats the file', () => {
  const file = parseSettings('data: from-file\norigin: example.com/audit\n', 'trailproof.yaml');
  expect(chooseSettings(file, {}).data).toBe('from-file');
  expect(chooseSettings(file, { TRAILPROOF_DATA: 'from-environment' }).data).toBe('from-environment');
  expect(chooseSettings(file, {}).settings.origin).toBe('example.com/audit');
});

test.each([
  ['port: many\n', 'trailproof.yaml:1:7: port is a number from 0 to 65535; found "many"'],
  ['data: d\norgin: x\n', 'trailproof.yaml:2:1: unknown setting "orgin"; did you mean "origin"?'],
  ['- a\n', 'expected settings'],
  ['data: [\n', 'trailproof.yaml:'],
  ['origin: two words\n', 'origin is a name without spaces'],
])('%j is refused with its place', (text, message) => {
  expect(() => parseSettings(text, 'trailproof.yaml')).toThrow(message);
});

test('a wrong output in the environment is refused', () => {
  expect(() => chooseSettings({}, { TRAILPROOF_OUTPUT: 'xml' })).toThrow('found "xml"');
});
