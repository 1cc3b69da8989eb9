import { compileRules, parseRules, type Rule, type RuleSet } from '../shared/detect/sigma/index.ts';
import type { JsonValue } from '../shared/json/json.ts';
import { openCorpus } from './corpus.ts';
import { detectRuleTexts } from './detect-rules.ts';
import { median } from './measure.ts';

export interface DetectOptions {
  readonly events: number;
  readonly actors: number;
  readonly seed: number;
  /** Sizes of the rule sets. */
  readonly rules: readonly number[];
  /** One keyword rule in each set: the whole record is searched for it, once for all. */
  readonly keyword?: boolean;
  readonly onProgress?: (done: number) => void;
}

export interface DetectResult {
  readonly events: number;
  readonly recordBytes: number;
  /** CPU time of decoding UTF-8 and JSON.parse alone. */
  readonly parseUsPerEvent: number;
  readonly sets: readonly DetectSetResult[];
}

export interface DetectSetResult {
  readonly rules: number;
  /** CPU time of decoding, parsing and matching. */
  readonly usPerEvent: number;
  /** The rate as a share of that of decoding and parsing alone, each beside the other. */
  readonly shareOfParse: number;
  readonly matches: number;
  /** Reading the YAML and compiling, ms of CPU time. */
  readonly loadMs: number;
}

const LOGSOURCE = { product: 'aws', service: 'cloudtrail' };
/** Events of one measurement: enough for the clock, few enough that both sides see the same machine. */
const PART_EVENTS = 5_000;

/**
 * Rules over records that are read line by line, beside reading them alone: pieces of both take turns in one process,
 * on one core when it is pinned to one, by CPU time. The middle ratio of all pieces counts.
 */
export function benchDetect(options: DetectOptions): DetectResult {
  const sets = options.rules.map((count) => {
    const texts = [...detectRuleTexts(count, options.seed), ...(options.keyword ? [KEYWORD_RULE] : [])];
    return loaded(texts.flatMap((text, n) => parseRules(text, `${n}.yml`).rules));
  });
  return measureSets(sets, linesOf(options), options.onProgress);
}

/** The same with rules that are there already. */
export function measureSets(
  sets: readonly LoadedSet[],
  lines: readonly Uint8Array[],
  onProgress: (done: number) => void = () => {},
): DetectResult {
  const parts = partsOf(lines);
  for (const { ruleSet } of sets) matchAll(parts[0] ?? [], ruleSet);
  parseAll(parts[0] ?? []);
  const bare: number[] = [];
  const timed = sets.map(() => ({ us: [] as number[], shares: [] as number[], matches: 0 }));
  for (const [n, part] of parts.entries()) {
    for (const [i, { ruleSet }] of sets.entries()) {
      const before = usOf(() => parseAll(part));
      let matches = 0;
      const us = usOf(() => {
        matches = matchAll(part, ruleSet);
      });
      const after = usOf(() => parseAll(part));
      const alone = (before + after) / 2;
      bare.push(alone / part.length);
      timed[i]?.us.push(us / part.length);
      timed[i]?.shares.push(alone / us);
      if (timed[i] !== undefined) timed[i].matches += matches;
    }
    onProgress((n + 1) * PART_EVENTS);
  }
  return {
    events: lines.length,
    recordBytes: lines.reduce((sum, line) => sum + line.length, 0) / lines.length,
    parseUsPerEvent: median(bare),
    sets: sets.map(({ ruleSet, loadMs }, i) => ({
      rules: ruleSet.rules.length,
      usPerEvent: median(timed[i]?.us ?? []),
      shareOfParse: median(timed[i]?.shares ?? []),
      matches: timed[i]?.matches ?? 0,
      loadMs,
    })),
  };
}

export interface LoadedSet {
  readonly ruleSet: RuleSet;
  readonly loadMs: number;
}

export function loaded(rules: readonly Rule[]): LoadedSet {
  let ruleSet: RuleSet | undefined;
  const us = usOf(() => {
    ruleSet = compileRules(rules).ruleSet;
    ruleSet.match({ record: {}, raw: '{}', logsource: LOGSOURCE });
  });
  if (ruleSet === undefined) throw new Error('nothing was compiled');
  return { ruleSet, loadMs: us / 1_000 };
}

export function linesOf({ events, actors, seed }: DetectOptions): readonly Uint8Array[] {
  const corpus = openCorpus({ seed, actors });
  return Array.from({ length: events }, (_, n) => Buffer.from(corpus.record(n)));
}

const KEYWORD_RULE = `title: Keyword
logsource: {product: aws, service: cloudtrail}
detection:
  keywords: [mimikatz, 'pacu-exploit', 'trufflehog-scan', 'BEGIN OPENSSH PRIVATE KEY']
  condition: keywords
`;

function partsOf(lines: readonly Uint8Array[]): readonly (readonly Uint8Array[])[] {
  const parts: Uint8Array[][] = [];
  for (let from = 0; from < lines.length; from += PART_EVENTS)
    parts.push(lines.slice(from, from + PART_EVENTS));
  return parts;
}

const DECODER = new TextDecoder();
/** Where results go, so that no work can be left out. */
let kept = 0;

function parseAll(lines: readonly Uint8Array[]): void {
  for (const line of lines) {
    const record = JSON.parse(DECODER.decode(line)) as JsonValue;
    if (record === null) kept += 1;
  }
}

function matchAll(lines: readonly Uint8Array[], ruleSet: RuleSet): number {
  let matches = 0;
  for (const line of lines) {
    const raw = DECODER.decode(line);
    matches += ruleSet.match({ record: JSON.parse(raw) as JsonValue, raw, logsource: LOGSOURCE }).length;
  }
  return matches + kept - kept;
}

function usOf(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

/** `node bench/detect.ts`, pinned to a core by whoever runs it. */
if (import.meta.main) {
  const options = { events: 60_000, actors: 1_000, seed: 1, rules: [57, 300, 1_000] };
  process.stdout.write(
    `${JSON.stringify({ plain: benchDetect(options), keyword: benchDetect({ ...options, keyword: true }) }, null, 2)}\n`,
  );
}
