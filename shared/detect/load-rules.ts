import { baselineMemory, bindBaselines } from './baseline/index.ts';
import { correlationMemory } from './correlations.ts';
import { compileDetector, type Detector, type DetectorOptions } from './detector.ts';
import type { Memory } from './memory.ts';
import { readRuleFile } from './rule-contents.ts';
import type { RuleFile } from './rule-folder.ts';
import { compileCorrelations, silentRules } from './sigma/correlation/index.ts';
import type { Fault, Filter, RuleHeader } from './sigma/index.ts';

/** Rules of every kind, at work together. */
export interface LoadedRules {
  readonly detector: Detector;
  /** Correlations and baselines that are at work. */
  readonly remembering: readonly RuleHeader[];
  /** Their memories, empty. They are of this loading: who runs two trails loads twice. */
  readonly memories: readonly Memory[];
  /** Rules that are only observed: another refers to them, and none of those says `generate`. */
  readonly silent: ReadonlySet<RuleHeader>;
  readonly filters: readonly Filter[];
  /** What the files hold, at work or not. */
  readonly parsed: readonly ParsedFile[];
  readonly faults: readonly Fault[];
}

export interface ParsedFile {
  readonly file: RuleFile;
  /** Rules of every kind, in the order of the file's kinds. */
  readonly rules: readonly RuleHeader[];
}

/** Reads rule files, and puts what they hold to work. A rule with a fault is left out, and nothing else with it. */
export function loadRules(files: readonly RuleFile[], options: DetectorOptions): LoadedRules {
  const contents = files.map((file) => ({ file, ...(file.contents ?? readRuleFile(file)) }));
  const filters = [...(options.filters ?? []), ...contents.flatMap((each) => each.filters)];
  const detector = compileDetector(
    contents.flatMap((each) => each.rules),
    { ...options, filters, soundPatterns: new Set(contents.flatMap((each) => each.soundPatterns ?? [])) },
  );
  const { bound, faults } = bindBaselines(
    contents.flatMap((each) => each.baselines),
    detector.rules,
  );
  const correlated = compileCorrelations(
    contents.flatMap((each) => each.correlations),
    detector.rules,
  );
  const { plans, references: correlatedReferences } = correlated.set;
  const references = bound.flatMap(({ baseline: { generate }, observed }) =>
    observed.map(({ rule }) => ({ rule, generate })),
  );
  return {
    detector,
    remembering: [...plans.map(({ correlation }) => correlation), ...bound.map(({ baseline }) => baseline)],
    memories: [
      ...(plans.length === 0 ? [] : [correlationMemory(correlated.set)]),
      ...(bound.length === 0 ? [] : [baselineMemory(bound)]),
    ],
    silent: silentRules([...correlatedReferences, ...references]),
    filters,
    parsed: contents.map(({ file, rules, correlations, baselines }) => ({
      file,
      rules: [...rules, ...correlations, ...baselines],
    })),
    faults: [...contents.flatMap((each) => each.faults), ...detector.faults, ...correlated.faults, ...faults],
  };
}

/** What a rule is, in a word: a Sigma rule, or the type of what remembers, such as `new_value`. */
export function kindOf(rule: RuleHeader): string {
  const type = 'type' in rule ? rule.type : undefined;
  return typeof type === 'string' ? type : 'rule';
}
