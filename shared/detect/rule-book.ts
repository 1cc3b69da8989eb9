import { parseRunbook, type Runbook } from '../alert/runbook.ts';
import type { DetectorOptions } from './detector.ts';
import { type LoadedRules, loadRules } from './load-rules.ts';
import type { RuleFile, RuleFolder } from './rule-folder.ts';
import { type Fault, referenceOf } from './sigma/index.ts';

/** Rules at work: compiled, each with its runbook. A fault that is an error is a rule that is not at work. */
export interface RuleBook extends LoadedRules {
  /** By the rule's id, as findings name it. */
  readonly runbooks: ReadonlyMap<string, Runbook>;
}

export interface RuleSources {
  readonly folders: readonly RuleFolder[];
  readonly files: readonly RuleFile[];
}

/** Loads rules for detection, without their tests. */
export function openRuleBook({ folders, files }: RuleSources, options: DetectorOptions): RuleBook {
  const loaded = loadRules([...folders.map((folder) => folder.rule), ...files], options);
  const faults: Fault[] = [...loaded.faults];
  const runbooks = new Map<string, Runbook>();
  for (const [i, folder] of folders.entries()) {
    if (folder.runbook === undefined) continue;
    const { runbook, faults: found } = parseRunbook(folder.runbook.text, folder.runbook.path);
    faults.push(...found);
    for (const rule of loaded.parsed[i]?.rules ?? []) runbooks.set(referenceOf(rule), runbook);
  }
  return { ...loaded, runbooks, faults };
}
