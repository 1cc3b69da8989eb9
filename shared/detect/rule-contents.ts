import { hash } from 'node:crypto';
import { BASELINE_KIND, type Baseline, parseBaseline } from './baseline/index.ts';
import type { RuleFile } from './rule-folder.ts';
import { type Correlation, parseCorrelation } from './sigma/correlation/index.ts';
import {
  collect,
  type Fault,
  type Filter,
  type OtherDocument,
  parseRules,
  type Report,
  type Rule,
  soundPatterns,
} from './sigma/index.ts';

/** What a rule file says, read and not yet put to work: plain data. */
export interface RuleContents {
  readonly rules: readonly Rule[];
  readonly correlations: readonly Correlation[];
  readonly baselines: readonly Baseline[];
  readonly filters: readonly Filter[];
  readonly faults: readonly Fault[];
  /** Where they were read ahead of time: regular expressions that compile, which need not be tried again. */
  readonly soundPatterns?: readonly string[];
}

/** Reads a rule file; the costly part of loading rules. Never throws. */
export function readRuleFile(file: RuleFile): RuleContents {
  const { rules, filters, others, faults } = parseRules(file.text, file.path, { kinds: [BASELINE_KIND] });
  const found: Fault[] = [];
  const readAll = <T>(kind: string, read: (document: OtherDocument, report: Report) => T | undefined) =>
    others.filter((each) => each.kind === kind).flatMap((document) => readOne(document, read, found));
  const correlations = readAll('correlation', parseCorrelation);
  const baselines = readAll(BASELINE_KIND, parseBaseline);
  return { rules, correlations, baselines, filters, faults: [...faults, ...found] };
}

function readOne<T>(
  document: OtherDocument,
  read: (document: OtherDocument, report: Report) => T | undefined,
  faults: Fault[],
): readonly T[] {
  const own: Fault[] = [];
  const rule = read(document, collect(own));
  faults.push(...own);
  const isWhole = own.every(({ severity }) => severity !== 'error');
  return rule === undefined || !isWhole ? [] : [rule];
}

/**
 * What rule files say as JSON text, each under a hash of its path and text: for whoever reads them ahead of time, as a
 * bundle is built, or keeps what was read. A file that JSON cannot hold (a number that is not finite) is left out, and
 * is read from its YAML.
 */
export function serializeRules(files: readonly (RuleFile & { readonly contents: RuleContents })[]): string {
  const kept = files.flatMap((file): [string, RuleContents][] =>
    isPlain(file.contents) ? [[keyOf(file), withPatterns(file.contents)]] : [],
  );
  return JSON.stringify({ version: VERSION, files: Object.fromEntries(kept) });
}

function withPatterns(contents: RuleContents): RuleContents {
  const detections = [...contents.rules, ...contents.filters].map(({ detection }) => detection);
  return { ...contents, soundPatterns: soundPatterns(detections) };
}

/** What a file says, where exactly this file is in the text; undefined for every other, which has to be read. */
export function deserializeRules(text: string): (file: RuleFile) => RuleContents | undefined {
  const files = filesIn(text);
  return (file) => {
    const key = keyOf(file);
    return files !== undefined && Object.hasOwn(files, key) ? files[key] : undefined;
  };
}

const VERSION = 1;

function keyOf({ path, text }: RuleFile): string {
  return hash('sha256', `${path}\n${text}`, 'hex');
}

/** Our own text: what follows its version is as `serializeRules` wrote it. */
function filesIn(text: string): Readonly<Record<string, RuleContents>> | undefined {
  try {
    const read = JSON.parse(text) as { version?: unknown; files?: Record<string, RuleContents> };
    return read.version === VERSION ? read.files : undefined;
  } catch {
    return undefined;
  }
}

function isPlain(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object' || value === null) return true;
  return Object.values(value).every(isPlain);
}
