import { checkRunbook, type NamedSituation } from '../alert/check-runbook.ts';
import type { JsonValue } from '../json/json.ts';
import { compileDetector, type DetectorOptions } from './detector.ts';
import { lintRule } from './lint.ts';
import { faultOf, type RuleFolder } from './rule-folder.ts';
import { type ReadEvents, testRules } from './run-tests.ts';
import { type Fault, type Filter, parseRules, type Rule } from './sigma/index.ts';

export interface CheckOptions extends DetectorOptions {
  readonly read: ReadEvents;
}

export interface RuleCheck {
  readonly rules: readonly Rule[];
  readonly filters: readonly Filter[];
  /** Test events that were run. */
  readonly testCount: number;
  readonly faults: readonly Fault[];
}

/**
 * Everything that can be said of rule folders without a trail: rules load, are in the house's style, have ids of their
 * own, match their own events and no others, and have a runbook that each of those events fills.
 */
export function checkRules(folders: readonly RuleFolder[], options: CheckOptions): RuleCheck {
  const parsed = folders.map((folder) => ({ folder, ...parseRules(folder.rule.text, folder.rule.path) }));
  const rules = parsed.flatMap((each) => each.rules);
  const filters = [...(options.filters ?? []), ...parsed.flatMap((each) => each.filters)];
  const detector = compileDetector(rules, { ...options, filters });
  const faults = [...parsed.flatMap((each) => each.faults), ...detector.faults];
  let testCount = 0;
  for (const { folder, rules: own } of parsed) {
    faults.push(...own.flatMap((rule) => lintRule(rule, folder.name)));
    const compiled = own.filter((rule) => detector.rules.includes(rule));
    const tests = testRules(folder, compiled, detector, options.read);
    testCount += tests.count;
    faults.push(...tests.faults, ...missingFaults(folder), ...runbookFaults(folder, options.read));
  }
  return { rules, filters, testCount, faults };
}

function missingFaults(folder: RuleFolder): readonly Fault[] {
  return [
    ...(folder.runbook === undefined ? [faultOf(folder.rule, 'expected a runbook.md beside the rule')] : []),
    ...(folder.match.length === 0 ? [faultOf(folder.rule, 'expected events that match, under match/')] : []),
    ...(folder.ignore.length === 0
      ? [faultOf(folder.rule, 'expected events that must not match, under ignore/')]
      : []),
  ];
}

function runbookFaults(folder: RuleFolder, read: ReadEvents): readonly Fault[] {
  if (folder.runbook === undefined) return [];
  const situations = folder.match.flatMap((file) =>
    read(file.text).map(({ source, event, record }): NamedSituation => {
      const name = file.path.slice(file.path.lastIndexOf('/') + 1);
      return { name, source, event: event as unknown as JsonValue, record };
    }),
  );
  return checkRunbook(folder.runbook.text, folder.runbook.path, situations);
}
