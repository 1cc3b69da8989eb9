import { type Alert, candidateOf } from '../../shared/alert/alert.ts';
import { type FilledRunbook, fillRunbook } from '../../shared/alert/fill.ts';
import type { EnvironmentPlace } from '../../shared/detect/environment.ts';
import { testEventReader } from '../../shared/detect/read-test-events.ts';
import type { RuleBook } from '../../shared/detect/rule-book.ts';
import type { RuleFolder } from '../../shared/detect/rule-folder.ts';
import { type RuleHeader, referenceOf } from '../../shared/detect/sigma/index.ts';
import type { JsonValue } from '../../shared/json/json.ts';
import type { OcsfEvent } from '../../shared/ocsf/event.ts';
import { fail, ok, type Result } from '../../shared/result.ts';
import { sources } from '../../shared/sources/index.ts';
import { detectFold } from '../../shared/stages/detect.ts';
import type { FoldedEvent } from '../../shared/stages/fold.ts';

export interface Preview {
  readonly rule: RuleHeader;
  readonly alert: Alert;
  readonly runbook: FilledRunbook | undefined;
}

/**
 * The alert that a rule would raise about the first of its own match events, found by the code that finds in earnest.
 * `named`: the rule's id or the beginning of it, its name, its title, or its folder.
 */
export async function previewOf(
  {
    folders,
    book,
    places,
  }: {
    readonly folders: readonly RuleFolder[];
    readonly book: RuleBook;
    readonly places: readonly EnvironmentPlace[];
  },
  named: string,
): Promise<Result<Preview>> {
  const all = [...book.detector.rules, ...book.remembering];
  const folder = folders.find(({ name }) => name === named);
  const wanted = all.filter((rule) => folder?.rule.path === rule.file || isNamed(rule, named));
  const [first] = wanted;
  if (first === undefined) return fail(`There is no rule ${JSON.stringify(named.slice(0, 100))}.`);
  const own = folders.find(({ rule }) => rule.path === first.file);
  for (const file of own?.match ?? []) {
    const events = testEventReader(sources)(file.text).map((event, index) => ({ ...event, index }));
    const found = await findingsOf(book, events);
    for (const rule of wanted) {
      const finding = found.findLast((each) => each.finding_info?.analytic?.uid === referenceOf(rule));
      const candidate = finding === undefined ? undefined : candidateOf(finding, events.length, places);
      if (candidate === undefined) continue;
      const { alert } = candidate;
      return ok({ rule, alert, runbook: filled(book, alert, events) });
    }
  }
  return fail(`${first.title} has no event under match/ that shows what it finds.`);
}

function isNamed(rule: RuleHeader, named: string): boolean {
  const word = named.toLowerCase();
  if (rule.title.toLowerCase() === word || rule.name === named) return true;
  return word.length >= 4 && rule.id?.toLowerCase().startsWith(word) === true;
}

async function findingsOf(
  { detector, memories }: RuleBook,
  events: readonly FoldedEvent[],
): Promise<readonly OcsfEvent[]> {
  const found: OcsfEvent[] = [];
  for (const memory of memories) memory.restore(undefined);
  const fold = detectFold({
    detector,
    memories,
    nonce: () => '0'.repeat(32),
    enqueue: async (entries) => {
      for (const { line } of entries) found.push(JSON.parse(line) as OcsfEvent);
    },
  });
  await fold.apply(events, { first: 0, next: events.length });
  return found;
}

function filled(book: RuleBook, alert: Alert, events: readonly FoldedEvent[]): FilledRunbook | undefined {
  const runbook = book.runbooks.get(alert.rule.uid);
  const event = events[alert.findings.at(-1)?.event.index ?? -1];
  if (runbook === undefined || event === undefined) return undefined;
  const { source, record } = event;
  return fillRunbook(runbook, { source, event: event.event as unknown as JsonValue, record });
}
