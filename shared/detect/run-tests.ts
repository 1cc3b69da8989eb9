import type { DetectedEvent } from './detector.ts';
import type { LoadedRules } from './load-rules.ts';
import type { Notice } from './memory.ts';
import { faultOf, type RuleFile, type RuleFolder } from './rule-folder.ts';
import type { Fault, RuleHeader } from './sigma/index.ts';
import { readSequence, type TestSequence } from './test-sequence.ts';
import { Watermark } from './watermark.ts';

/** Reads the content of a test file as ingestion would: through the sources, into OCSF. */
export type ReadEvents = (text: string) => readonly DetectedEvent[];

export interface RuleTests {
  /** Test files: an event each, or a sequence of them. */
  readonly count: number;
  readonly faults: readonly Fault[];
}

/**
 * Runs the rules of a folder on its own events: each file under `match` must be matched, no file under `ignore`, and
 * every rule of the folder must be shown to match by one of them. A file that is an array is a trail of its own: rules
 * that remember must notice something at its last element, or must not notice anything.
 */
export function testRules(folder: RuleFolder, loaded: LoadedRules, read: ReadEvents): RuleTests {
  const own = loaded.parsed.find(({ file }) => file.path === folder.rule.path)?.rules ?? [];
  const atWork = new Set<RuleHeader>([...loaded.detector.rules, ...loaded.remembering]);
  const rules = own.filter((rule) => atWork.has(rule));
  const shown = new Set<RuleHeader>();
  const faults: Fault[] = [];
  for (const file of folder.match) {
    const tried = tryFile(file, loaded, read, faults);
    for (const rule of tried?.seen ?? []) shown.add(rule);
    if (tried !== undefined && !tried.found.some((rule) => rules.includes(rule)))
      faults.push(faultOf(file, `expected a rule of ${folder.name} to match, and none does`));
  }
  for (const file of folder.ignore) {
    const tried = tryFile(file, loaded, read, faults);
    const matched = tried?.anywhere.find((rule) => rules.includes(rule));
    if (matched !== undefined)
      faults.push(faultOf(file, `expected no rule to match, and '${matched.title}' does`));
  }
  for (const rule of rules) {
    // A correlation that only others refer to makes nothing known; what refers to it shows that it is met.
    if (shown.has(rule) || (loaded.silent.has(rule) && loaded.remembering.includes(rule))) continue;
    const { file, line, column } = rule.position;
    const message = `no event under match/ shows that '${rule.title}' matches`;
    faults.push({ file, line, column, severity: 'error', message });
  }
  return { count: folder.match.length + folder.ignore.length, faults };
}

interface Tried {
  /** Rules that a match file asks for: of a single event all that match, of a sequence what its end leads to. */
  readonly found: readonly RuleHeader[];
  /** Rules that an ignore file forbids: wherever in the sequence. */
  readonly anywhere: readonly RuleHeader[];
  /** Rules of which the file shows that they match at all, those that are only observed among them. */
  readonly seen: readonly RuleHeader[];
}

function tryFile(file: RuleFile, loaded: LoadedRules, read: ReadEvents, faults: Fault[]): Tried | undefined {
  const sequence = readSequence(file.text, read);
  if (sequence !== undefined && !sequence.ok) {
    faults.push(faultOf(file, sequence.fault));
    return undefined;
  }
  if (sequence !== undefined) return trySequence(sequence.value, loaded);
  const events = read(file.text);
  if (events.length === 0) {
    faults.push(faultOf(file, 'expected an event that a source can read, found none'));
    return undefined;
  }
  const matched = events.flatMap((event) => loaded.detector.detect(event));
  return { found: matched, anywhere: matched, seen: matched };
}

/** As the detect fold runs the rules over a trail; what is staged alerts nobody, and counts as nothing here. */
function trySequence({ events, last }: TestSequence, loaded: LoadedRules): Tried {
  const { detector, memories, silent } = loaded;
  const found: RuleHeader[] = [];
  const anywhere: RuleHeader[] = [];
  const seen: RuleHeader[] = [];
  for (const memory of memories) memory.restore(undefined);
  const watermark = new Watermark();
  const note = (rule: RuleHeader, index: number) => {
    anywhere.push(rule);
    if (index >= last) found.push(rule);
  };
  const noteAll = (notices: readonly Notice[], index: number) => {
    for (const { kind, isStaged, rule } of notices) if (kind === 'new' && !isStaged) note(rule, index);
  };
  for (const [index, each] of events.entries()) {
    const matched = detector.detect(each);
    seen.push(...matched);
    for (const rule of matched) if (!silent.has(rule)) note(rule, index);
    watermark.observe(each.event);
    const { source, event, record, raw } = each;
    const observation = { index, source, event, record, raw, matched };
    for (const memory of memories) noteAll(memory.observe(observation, watermark.ms), index);
  }
  // Nothing is waited for any more: what waited for that is judged now.
  for (const memory of memories) noteAll(memory.advance?.(Number.MAX_SAFE_INTEGER) ?? [], events.length);
  return { found, anywhere, seen: [...seen, ...found] };
}
