import type { DetectedEvent, Detector } from './detector.ts';
import { faultOf, type RuleFile, type RuleFolder } from './rule-folder.ts';
import type { Fault, Rule } from './sigma/index.ts';

/** Reads the content of a test file as ingestion would: through the sources, into OCSF. */
export type ReadEvents = (text: string) => readonly DetectedEvent[];

export interface RuleTests {
  /** Test events, each a file. */
  readonly count: number;
  readonly faults: readonly Fault[];
}

/**
 * Runs the rules of a folder on its own events: each file under `match` must be matched, no file under `ignore`, and
 * every rule of the folder must be shown to match by one of them.
 */
export function testRules(
  folder: RuleFolder,
  rules: readonly Rule[],
  detector: Detector,
  read: ReadEvents,
): RuleTests {
  const shown = new Set<Rule>();
  const faults: Fault[] = [];
  const matchedBy = (file: RuleFile): readonly Rule[] | undefined => {
    const events = read(file.text);
    if (events.length === 0)
      faults.push(faultOf(file, 'expected an event that a source can read, found none'));
    return events.length === 0
      ? undefined
      : events.flatMap((event) => detector.detect(event)).filter((rule) => rules.includes(rule));
  };
  for (const file of folder.match) {
    const matched = matchedBy(file);
    for (const rule of matched ?? []) shown.add(rule);
    if (matched?.length === 0)
      faults.push(faultOf(file, `expected a rule of ${folder.name} to match, and none does`));
  }
  for (const file of folder.ignore) {
    const [matched] = matchedBy(file) ?? [];
    if (matched !== undefined)
      faults.push(faultOf(file, `expected no rule to match, and '${matched.title}' does`));
  }
  for (const rule of rules) {
    if (shown.has(rule)) continue;
    const { file, line, column } = rule.position;
    faults.push({
      file,
      line,
      column,
      severity: 'error',
      message: `no event under match/ shows that '${rule.title}' matches`,
    });
  }
  return { count: folder.match.length + folder.ignore.length, faults };
}
