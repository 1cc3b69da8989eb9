import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { readRules } from '../shared/adapters/local/rules.ts';
import { fillRunbook } from '../shared/alert/fill.ts';
import { parseRunbook } from '../shared/alert/runbook.ts';
import { checkRules } from '../shared/detect/check.ts';
import type { DetectedEvent } from '../shared/detect/detector.ts';
import { loadRules } from '../shared/detect/load-rules.ts';
import { testEventReader } from '../shared/detect/read-test-events.ts';
import { settingsOf } from '../shared/detect/settings.ts';
import { formatFault, type RuleHeader } from '../shared/detect/sigma/index.ts';
import { readSequence } from '../shared/detect/test-sequence.ts';
import type { JsonValue } from '../shared/json/json.ts';
import { compileFilter } from '../shared/query/compile.ts';
import { parseQuery } from '../shared/query/parse.ts';
import { sources } from '../shared/sources/index.ts';

const { folders, files } = await readRules(fileURLToPath(new URL('../rules', import.meta.url)));
const options = {
  logsources: new Map(sources.map((source) => [source.id, source.logsource])),
  read: testEventReader(sources),
};
const loaded = loadRules(
  folders.map(({ rule }) => rule),
  options,
);

/** Of a sequence its last event: what the finding, and so its runbook, is about. */
function shownBy(text: string): readonly DetectedEvent[] {
  const sequence = readSequence(text, options.read);
  if (sequence === undefined) return options.read(text);
  return sequence.ok ? sequence.value.events.slice(-1) : [];
}

describe('our rules', () => {
  test('lie in folders, each with tests and a runbook', () => {
    expect(files).toEqual([]);
    expect(folders.length).toBeGreaterThanOrEqual(30);
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
        shownBy(file.text).flatMap(({ source, event, record }) => {
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

  test('have each a title of its own, by which a person tells alerts apart', () => {
    const titles = everyRule().map(({ title }) => title);
    expect(titles.filter((title, i) => titles.indexOf(title) < i)).toEqual([]);
  });

  test('are informational where they are only observed by others', () => {
    const observed = everyRule().filter((rule) => loaded.silent.has(rule));
    expect(observed.length).toBeGreaterThan(20);
    expect(observed.filter(({ level }) => level !== 'informational').map(({ title }) => title)).toEqual([]);
  });

  test('wake somebody in one case of ten at most', () => {
    const made = everyRule().filter((rule) => !loaded.silent.has(rule) && settingsOf(rule).stage === 'live');
    const critical = made.filter(({ level }) => level === 'critical');
    expect(critical.length / made.length).toBeLessThan(0.1);
  });

  test('tell of each of the ten OWASP CI/CD risks', () => {
    const tags = new Set(everyRule().flatMap(({ tags }) => tags));
    const risks = Array.from({ length: 10 }, (_, n) => `owasp.cicd-sec-${n + 1}`);
    expect(risks.filter((risk) => !tags.has(risk))).toEqual([]);
  });

  test('use every kind of correlation that a count of events and values, and an order, ask for', () => {
    const kinds = new Set(everyRule().flatMap((rule) => ('type' in rule ? [String(rule.type)] : [])));
    expect([...kinds]).toEqual(
      expect.arrayContaining(['event_count', 'value_count', 'temporal', 'temporal_ordered', 'new_value']),
    );
  });

  test('stand in the table of docs/rules.md, with who tells of them and their levels', async () => {
    const page = await readFile(new URL('../docs/rules.md', import.meta.url), 'utf8');
    const rows = [
      ...page.matchAll(/^\| \[([a-z-]+)\]\(\.\.\/rules\/\1\/rule\.yml\) \| (.+) \| (.+) \| (.+) \|$/gm),
    ];
    const told = rows.map(([, name, , sources_, levels]) => `${name}: ${sources_}: ${levels}`);
    expect(told.toSorted()).toEqual(folders.map(({ name, rule }) => rowOf(name, rule.path)).toSorted());
  });
});

function everyRule(): readonly RuleHeader[] {
  return loaded.parsed.flatMap(({ rules }) => rules);
}

const SOURCES = ['AWS', 'Azure', 'Google Cloud', 'GitHub audit log', 'GitHub webhooks', 'every source'];
const LEVELS = ['critical', 'high', 'medium', 'low', 'informational'] as const;

function rowOf(name: string, path: string): string {
  const rules = loaded.parsed.find(({ file }) => file.path === path)?.rules ?? [];
  const made = rules.filter((rule) => !loaded.silent.has(rule));
  const sources_ = new Set(rules.flatMap((rule) => ('logsource' in rule ? [sourceOf(rule.logsource)] : [])));
  const levels = new Set(made.map(({ level }) => level ?? ''));
  const cells = [SOURCES.filter((each) => sources_.has(each)), LEVELS.filter((each) => levels.has(each))];
  return `${name}: ${cells.map((cell) => cell.join(', ')).join(': ')}`;
}

function sourceOf(logsource: unknown): string {
  const { product, service } = logsource as { readonly product?: string; readonly service?: string };
  if (product === 'aws') return 'AWS';
  if (product === 'azure') return 'Azure';
  if (product === 'gcp') return 'Google Cloud';
  if (product === 'ocsf') return 'every source';
  return service === 'audit' ? 'GitHub audit log' : 'GitHub webhooks';
}
