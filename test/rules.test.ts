import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { readRules } from '../shared/adapters/local/rules.ts';
import { fillRunbook } from '../shared/alert/fill.ts';
import { parseRunbook } from '../shared/alert/runbook.ts';
import { checkRules } from '../shared/detect/check.ts';
import { testEventReader } from '../shared/detect/read-test-events.ts';
import { formatFault } from '../shared/detect/sigma/index.ts';
import type { JsonValue } from '../shared/json/json.ts';
import { compileFilter } from '../shared/query/compile.ts';
import { parseQuery } from '../shared/query/parse.ts';
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

  test.for(folders.map((folder) => [folder.name, folder] as const))(
    '%s asks the trail, in its runbook, for what has the event itself among the answers',
    ([, { runbook, match }]) => {
      const { text = '', path = '' } = runbook ?? {};
      const unanswered = match.flatMap((file) =>
        options.read(file.text).flatMap(({ source, event, record }) => {
          const situation = { source, event: event as unknown as JsonValue, record };
          const [first] = fillRunbook(parseRunbook(text, path).runbook, situation).sections;
          const commands = first?.blocks.map((block) => block.text).join('\n') ?? '';
          const questions = [...commands.matchAll(/trailproof query '([^']*)'/g)].map(
            ([, asked = '']) => asked,
          );
          expect(questions).not.toEqual([]);
          return questions
            .filter((asked) => {
              const parsed = parseQuery(asked, { nowMs: 0 });
              if (!parsed.ok) return true;
              return !compileFilter(parsed.value)({ source, event, record, raw: event.raw_data ?? '' });
            })
            .map((asked) => `${file.path}: ${asked}`);
        }),
      );
      expect(unanswered).toEqual([]);
    },
  );

  test('are well made together: no id is taken twice, no rule matches what another must ignore', () => {
    const check = checkRules(folders, options);
    expect(check.faults.map(formatFault)).toEqual([]);
    expect(check.testCount).toBe(folders.flatMap(({ match, ignore }) => [...match, ...ignore]).length);
  });
});
