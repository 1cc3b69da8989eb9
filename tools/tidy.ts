/**
 * The countable rules of the house, as a test: sizes, bans, the import law, and what must stand beside what. A rule
 * that can be counted is here; taste is for reviewers.
 */
export interface SourceFile {
  /** From the repository's root, with slashes. */
  readonly path: string;
  readonly text: string;
}

export interface Breach {
  readonly path: string;
  readonly line: number;
  readonly rule: string;
}

const LINES_MAX = 300;

export function tidy(files: readonly SourceFile[]): readonly Breach[] {
  return files
    .filter(({ path }) => path.endsWith('.ts'))
    .flatMap((file) => [...tooLong(file), ...banned(file), ...unlawfulImports(file)]);
}

function tooLong({ path, text }: SourceFile): readonly Breach[] {
  const count = text.split('\n').length - 1;
  if (count <= LINES_MAX || path.startsWith('test/')) return [];
  return [{ path, line: count, rule: `at most ${LINES_MAX} lines, found ${count}` }];
}

const BANS: readonly { readonly pattern: RegExp; readonly rule: string; readonly where: RegExp }[] = [
  { pattern: /\bTODO\b|\bFIXME\b/, rule: 'no TODO: file an issue', where: /./ },
  { pattern: /: any\b|\bas any\b|<any>/, rule: 'no any', where: /./ },
  { pattern: /@ts-(ignore|nocheck)/, rule: 'no silenced type errors', where: /./ },
  { pattern: /\b(it|test|describe)\.(only|todo)\(/, rule: 'no narrowed or empty tests', where: /^test\// },
  { pattern: /\bexport default\b/, rule: 'no default export', where: /^(?!vitest\.config)/ },
  { pattern: /\bnew Function\(|\beval\(/, rule: 'no eval', where: /./ },
  {
    pattern: /\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(|\brandomBytes\(/,
    rule: 'time and randomness are arguments',
    where: /^shared\/(?!adapters\/)/,
  },
  {
    pattern: /\bprocess\.(env|argv|cwd|exit)\b/,
    rule: 'only cli/, functions/ and tools/ read the environment',
    where: /^(shared|console|examples)\//,
  },
  { pattern: /\bconsole\.(log|error|warn)\(/, rule: 'no printing', where: /^shared\// },
];

function banned({ path, text }: SourceFile): readonly Breach[] {
  if (path === 'tools/tidy.ts' || path === 'test/tidy.test.ts') return [];
  const applicable = BANS.filter(({ where }) => where.test(path));
  return text
    .split('\n')
    .flatMap((content, n) =>
      applicable
        .filter(({ pattern }) => pattern.test(content))
        .map(({ rule }) => ({ path, line: n + 1, rule })),
    );
}

/** Which folders of the first column may import from which of the second; what is not listed may not. */
const LAW: readonly { readonly from: RegExp; readonly may: RegExp; readonly says: string }[] = [
  {
    from: /^shared\/(ocsf|json)\//,
    may: /^shared\/(ocsf|json)\/|^shared\/(result|ports|inert)\.ts$|^node:(crypto|zlib|buffer|net|util|string_decoder)$/,
    says: 'shared/ocsf and shared/json stand alone',
  },
  {
    from: /^shared\/sources\//,
    may: /^shared\/(sources|ocsf|json|trail)\/|^shared\/(result|ports|inert)\.ts$|^node:(crypto|zlib|buffer|net)$/,
    says: 'sources import ocsf, json and trail types',
  },
  {
    from: /^shared\/trail\//,
    may: /^shared\/(trail|json|ocsf)\/|^shared\/(result|ports|concurrently)\.ts$|^node:(crypto|zlib|buffer)$/,
    says: 'the trail imports json and ports',
  },
  {
    from: /^shared\/(detect|alert|sinks|query)\//,
    may: /^shared\/(detect|alert|sinks|query|ocsf|json|trail|sources)\/|^shared\/(result|ports|inert)\.ts$|^node:(crypto|zlib|buffer|net)$|^(yaml|re2js)$/,
    says: 'detect, alert, sinks and query never import a stage or an adapter',
  },
  {
    from: /^shared\/stages\//,
    may: /^shared\/(?!adapters\/)|^node:(crypto|zlib|buffer)$/,
    says: 'stages import the library, never an adapter',
  },
  { from: /^shared\/adapters\//, may: /^shared\/|^node:|^yaml$/, says: 'adapters import the library' },
  {
    from: /^functions\//,
    may: /^(functions|shared|console)\/|^node:/,
    says: 'functions import shared and console',
  },
  {
    from: /^console\//,
    may: /^console\/|^shared\/(?!adapters\/)/,
    says: 'the console imports stages and the library',
  },
  { from: /^examples\//, may: /^examples\/|^node:/, says: 'the story stands alone' },
  {
    from: /^cli\//,
    may: /^(cli|functions|shared|examples)\/|^node:|^(ajv|string-width|yaml)$/,
    says: 'cli imports functions/local and the library',
  },
];

const IMPORT = /^\s*(?:import|export)\b[^'"]*?from\s+'([^']+)'|^\s*import\s+'([^']+)'|\bimport\('([^']+)'\)/;

function unlawfulImports({ path, text }: SourceFile): readonly Breach[] {
  const law = LAW.find(({ from }) => from.test(path));
  if (law === undefined) return [];
  const joined = text.replaceAll(/\{[^{}]*\}\s*from/g, (block) => block.replaceAll('\n', ' '));
  return joined.split('\n').flatMap((content, n) => {
    const found = IMPORT.exec(content);
    const target = found?.[1] ?? found?.[2] ?? found?.[3];
    if (target === undefined) return [];
    const resolved = target.startsWith('.') ? resolve(path, target) : target;
    if (!law.may.test(resolved)) return [{ path, line: n + 1, rule: `${law.says}; found ${resolved}` }];
    return siblings(path, resolved)
      ? [{ path, line: n + 1, rule: `sources and sinks never import each other; found ${resolved}` }]
      : [];
  });
}

function resolve(from: string, target: string): string {
  const parts = from.split('/').slice(0, -1);
  for (const part of target.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.') parts.push(part);
  }
  return parts.join('/');
}

/** What a file belongs to: `shared/sources/gcp-audit/entry.ts` and `shared/sources/gcp-audit.ts` are one source. */
function siblings(from: string, to: string): boolean {
  const of = (path: string) =>
    /^shared\/(sources\/(?:aws|azure|gcp|github)-[a-z]+|sinks\/(?:slack|pagerduty|webhook|terminal)\b)/.exec(
      path,
    )?.[1];
  const [a, b] = [of(from), of(to)];
  return a !== undefined && b !== undefined && a.split('/')[0] === b.split('/')[0] && a !== b;
}
