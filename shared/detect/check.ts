import { checkRunbook, type NamedSituation } from '../alert/check-runbook.ts';
import type { JsonValue } from '../json/json.ts';
import type { DetectorOptions } from './detector.ts';
import { lintRule } from './lint.ts';
import { loadRules } from './load-rules.ts';
import { faultOf, type RuleFile, type RuleFolder } from './rule-folder.ts';
import { type ReadEvents, testRules } from './run-tests.ts';
import type { Fault, Filter, RuleHeader } from './sigma/index.ts';
import { readSequence } from './test-sequence.ts';

export interface CheckOptions extends DetectorOptions {
  readonly read: ReadEvents;
  /** Rule files that stand alone: they must load, beside the folders, and that is all. */
  readonly files?: readonly RuleFile[];
}

export interface RuleCheck {
  /** Of every kind. */
  readonly rules: readonly RuleHeader[];
  readonly filters: readonly Filter[];
  /** Test files that were run. */
  readonly testCount: number;
  readonly faults: readonly Fault[];
}

/**
 * Everything that can be said of rule folders without a trail: rules load, are in the house's style, have ids of their
 * own, match their own events and no others, and have a runbook that each of those events fills.
 */
export function checkRules(folders: readonly RuleFolder[], options: CheckOptions): RuleCheck {
  const loaded = loadRules([...folders.map((folder) => folder.rule), ...(options.files ?? [])], options);
  const faults = [...loaded.faults];
  let testCount = 0;
  for (const [i, folder] of folders.entries()) {
    faults.push(...(loaded.parsed[i]?.rules ?? []).flatMap((rule) => lintRule(rule, folder.name)));
    const tests = testRules(folder, loaded, options.read);
    testCount += tests.count;
    faults.push(...tests.faults, ...missingFaults(folder), ...runbookFaults(folder, options.read));
  }
  const rules = loaded.parsed.flatMap((each) => each.rules);
  return { rules, filters: loaded.filters, testCount, faults };
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
    shownBy(file.text, read).map(({ source, event, record }): NamedSituation => {
      const name = file.path.slice(file.path.lastIndexOf('/') + 1);
      return { name, source, event: event as unknown as JsonValue, record };
    }),
  );
  return checkRunbook(folder.runbook.text, folder.runbook.path, situations);
}

/** Of a sequence the event at its end: there the rule matches, and from there its runbook is filled. */
function shownBy(text: string, read: ReadEvents): ReturnType<ReadEvents> {
  const sequence = readSequence(text, read);
  if (sequence === undefined) return read(text);
  return sequence.ok ? sequence.value.events.slice(-1) : [];
}
