import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { type SourceFile, tidy } from '../tools/tidy.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const FOLDERS = ['cli', 'console', 'examples', 'functions', 'shared', 'rules', 'test', 'tools', 'bench'];

function filesBelow(folder: string): readonly SourceFile[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => /\.(ts|md)$/.test(path))
    .map((path) => ({ path: relative(root, path).split(sep).join('/'), text: readFileSync(path, 'utf8') }));
}

const present = FOLDERS.filter((folder) => readdirSync(root).includes(folder));
const files = present.flatMap((folder) => filesBelow(join(root, folder)));

test('the repository keeps the rules that can be counted', () => {
  expect(tidy(files).map(({ path, line, rule }) => `${path}:${line}: ${rule}`)).toEqual([]);
});

test('every source has its documentation and its test', () => {
  const index = readFileSync(join(root, 'docs/sources.md'), 'utf8');
  const sources = files.filter(({ path }) =>
    /^shared\/sources\/(aws|azure|gcp|github)-[a-z]+\.ts$/.test(path),
  );
  expect(sources.length).toBeGreaterThan(0);
  for (const { path } of sources) {
    const name = path.replace(/^shared\/sources\/|\.ts$/g, '');
    expect(index, `docs/sources.md has no row for ${name}`).toContain(`sources/${name}.md`);
    expect(
      files.some((file) => file.path.startsWith(`test/sources/${name}`)),
      `no test for ${name}`,
    ).toBe(true);
  }
});

test.each<[string, SourceFile, string]>([
  [
    'a core file that reads the clock',
    { path: 'shared/trail/x.ts', text: 'const t = Date.now();\n' },
    'time and randomness',
  ],
  [
    'a core file that imports an adapter',
    { path: 'shared/stages/x.ts', text: "import { a } from '../adapters/local/a.ts';\n" },
    'never an adapter',
  ],
  [
    'a source that imports another',
    { path: 'shared/sources/aws-cloudtrail.ts', text: "import { a } from './gcp-audit.ts';\n" },
    'each other',
  ],
  [
    'a sink that imports another',
    { path: 'shared/sinks/slack/text.ts', text: "import { a } from '../pagerduty/text.ts';\n" },
    'each other',
  ],
  [
    'an import over several lines',
    { path: 'shared/json/x.ts', text: "import {\n  a,\n  b,\n} from '../stages/a.ts';\n" },
    'stand alone',
  ],
  ['a long file', { path: 'shared/json/x.ts', text: 'a\n'.repeat(301) }, 'at most 300'],
  ['any', { path: 'cli/x.ts', text: 'const a: any = 1;\n' }, 'no any'],
])('%s is a breach', (_, file, rule) => {
  expect(
    tidy([file])
      .map((breach) => breach.rule)
      .join(),
  ).toContain(rule);
});
