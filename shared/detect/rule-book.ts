import { parseRunbook, type Runbook } from '../alert/runbook.ts';
import { compileDetector, type Detector, type DetectorOptions } from './detector.ts';
import type { RuleFile, RuleFolder } from './rule-folder.ts';
import { type Fault, parseRules, referenceOf } from './sigma/index.ts';

/** Rules at work: compiled, each with its runbook. */
export interface RuleBook {
  readonly detector: Detector;
  /** By the rule's id, as findings name it. */
  readonly runbooks: ReadonlyMap<string, Runbook>;
  /** An error is a rule that is not at work; whoever starts must say so, and is right to stop. */
  readonly faults: readonly Fault[];
}

export interface RuleSources {
  readonly folders: readonly RuleFolder[];
  readonly files: readonly RuleFile[];
}

/** Loads rules for detection, without their tests. */
export function openRuleBook({ folders, files }: RuleSources, options: DetectorOptions): RuleBook {
  const parsed = [...folders.map((folder) => folder.rule), ...files].map((file) =>
    parseRules(file.text, file.path),
  );
  const filters = [...(options.filters ?? []), ...parsed.flatMap((each) => each.filters)];
  const detector = compileDetector(
    parsed.flatMap((each) => each.rules),
    { ...options, filters },
  );
  const faults = [...parsed.flatMap((each) => each.faults), ...detector.faults];
  const runbooks = new Map<string, Runbook>();
  for (const [i, folder] of folders.entries()) {
    if (folder.runbook === undefined) continue;
    const { runbook, faults: found } = parseRunbook(folder.runbook.text, folder.runbook.path);
    faults.push(...found);
    for (const rule of parsed[i]?.rules ?? []) runbooks.set(referenceOf(rule), runbook);
  }
  return { detector, runbooks, faults };
}
