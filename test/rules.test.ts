import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { readRules } from '../shared/adapters/local/rules.ts';
import { checkRules } from '../shared/detect/check.ts';
import { testEventReader } from '../shared/detect/read-test-events.ts';
import { formatFault } from '../shared/detect/sigma/index.ts';
import { sources } from '../shared/sources/index.ts';

const { folders, files } = await readRules(fileURLToPath(new URL('../rules', import.meta.url)));
const options = {
  logsources: new Map(sources.map((source) => [source.id, source.logsource])),
  read: testEventReader(sources),
};

describe('our rules', () => {
  test('lie in folders, each with tests and a runbook', () => {
    expect(files).toEqual([]);
    expect(folders.length).toBeGreaterThanOrEqual(9);
  });

  test.for(folders.map((folder) => [folder.name, folder] as const))(
    '%s is well made, matches its own events and no others, and its runbook fills',
    ([, folder]) => {
      expect(checkRules([folder], options).faults.map(formatFault)).toEqual([]);
    },
  );

  test('are well made together: no id is taken twice, no rule matches what another must ignore', () => {
    const check = checkRules(folders, options);
    expect(check.faults.map(formatFault)).toEqual([]);
    expect(check.testCount).toBe(folders.flatMap(({ match, ignore }) => [...match, ...ignore]).length);
  });
});
