import { relative } from 'node:path';
import type { LocalTrail } from '../../functions/local/compose.ts';
import { MemoryTable } from '../../shared/adapters/memory/table.ts';
import { type Explained, type ExplainedBase, explainEvent } from '../../shared/detect/explain-rule.ts';
import { OWN_SOURCE } from '../../shared/detect/finding.ts';
import { kindOf } from '../../shared/detect/load-rules.ts';
import type { RuleBook } from '../../shared/detect/rule-book.ts';
import { type RuleHeader, referenceOf } from '../../shared/detect/sigma/index.ts';
import { inert } from '../../shared/inert.ts';
import { at, member } from '../../shared/json/json.ts';
import type { FoldedEvent } from '../../shared/stages/fold.ts';
import { foldedEvent } from '../../shared/stages/folded-event.ts';
import { readLine } from '../../shared/stages/query-lookup.ts';
import { replay } from '../../shared/stages/replay.ts';
import { type Call, type ExitStatus, UsageError } from '../command.ts';
import { findEvent } from '../find-event.ts';
import { findRules, RULE_OPTIONS } from '../find-rules.ts';
import { actorOf, formatTime, operationOf, sourceOf, UID_SHOWN } from '../show-event.ts';
import { makeProgress } from '../ui/progress.ts';
import { detectionLines, mark } from '../ui/rule-tree.ts';
import { wrap } from '../ui/wrap.ts';
import { withTrail } from '../with-trail.ts';

/** `rules explain RULE UID`: exit 0 whether it matches or not; the answer is in what is written. */
export async function explainRules(call: Call, given: readonly string[]): Promise<ExitStatus> {
  const [wanted, uid, ...rest] = given;
  if (wanted === undefined || uid === undefined || rest.length > 0) {
    throw new UsageError(
      'rules explain takes a RULE (id, name, title, folder or path) and the UID of an event.',
    );
  }
  const { book, rules, faults } = await findRules(call, wanted);
  for (const { file, line, column, message } of faults) {
    call.terminal.err.write(`not at work: ${file}:${line}:${column}: ${inert(message)}\n`);
  }
  return withTrail<ExitStatus>(call, async (trail) => {
    const event = await readEvent(trail, uid, rules);
    const all = book.parsed.flatMap((each) => each.rules);
    const options = { ...RULE_OPTIONS, filters: book.filters, rules: all };
    const explained: Told[] = [];
    for (const rule of rules) {
      const each = explainEvent(rule, event, options);
      const said =
        each.kind === 'memory' && each.matches ? await saidAt(call, trail, { book, rule, event }) : [];
      explained.push({ explained: each, said });
    }
    if (call.output === 'json' || call.output === 'ndjson') writeJson(call, event, explained);
    else writeText(call, event, explained);
    return 0;
  });
}

interface Told {
  readonly explained: Explained;
  /** Of a rule that remembers: what it said at this event, with what it had seen until then. */
  readonly said: readonly string[];
}

/** The event; of a finding of ours, which rules over others' events never see, the event that it is about. */
async function readEvent(trail: LocalTrail, uid: string, rules: readonly RuleHeader[]): Promise<FoldedEvent> {
  const event = await eventAt(trail, (await findEvent(trail, uid)).index);
  const own = at(event.event.unmapped, 'trailproof', 'event', 'index');
  const looksAtFindings = rules.some(
    (rule) => 'logsource' in rule && member(rule.logsource, 'product') === OWN_SOURCE,
  );
  const isAboutAnother = event.source === OWN_SOURCE && typeof own === 'number' && !looksAtFindings;
  return isAboutAnother ? eventAt(trail, own) : event;
}

async function eventAt(trail: LocalTrail, index: number): Promise<FoldedEvent> {
  const line = await readLine(trail.ports, index);
  const event = line === undefined ? undefined : await foldedEvent(trail.ports, line);
  if (event === undefined) throw new UsageError(`Entry ${index} was erased, or is no event.`);
  return event;
}

/** What a rule that remembers says at an event hangs on the whole trail before it, which is gone through again. */
async function saidAt(
  call: Call,
  trail: LocalTrail,
  { book, rule, event }: { readonly book: RuleBook; readonly rule: RuleHeader; readonly event: FoldedEvent },
): Promise<readonly string[]> {
  const said: string[] = [];
  const now = () => call.terminal.now().getTime();
  const total = event.index + 1;
  const progress = makeProgress({ stream: call.terminal.err, label: 'history', total, unit: 'entries', now });
  // Memories go on where they are: each question has its own.
  for (const memory of book.memories) memory.restore(undefined);
  await replay(trail.ports, {
    rules: book,
    targets: new Set([referenceOf(rule)]),
    endIndex: total,
    scratch: new MemoryTable(),
    onProgress: progress.update,
    found: ({ unmapped }) => {
      if (at(unmapped, 'trailproof', 'event', 'uid') !== event.event.metadata.uid) return;
      said.push(String(at(unmapped, 'trailproof', 'explanation', 'sentence') ?? ''));
    },
  });
  progress.finish();
  return said;
}

function writeText(call: Call, { event }: FoldedEvent, told: readonly Told[]): void {
  const { out, style } = call.terminal;
  const words = [operationOf(event), actorOf(event)]
    .filter((word) => word !== '')
    .map((word) => inert(word, 80));
  const uid = event.metadata.uid.slice(0, UID_SHOWN);
  out.write(
    `${style.dim(`event ${uid}  ${sourceOf(event)}  ${formatTime(event.time)}`)}  ${words.join(' by ')}\n`,
  );
  writeExplained(call, told);
}

/** Of a folder with a rule for each source, those that are not shown this event are only counted. */
function writeExplained(call: Call, told: readonly Told[]): void {
  const { out, style, width } = call.terminal;
  const looking = told.filter(({ explained }) => isShown(explained));
  const shown = new Set<RuleHeader>();
  for (const { explained, said } of looking) {
    out.write(`\n${linesOf(call, explained, { indent: '', shown }).join('\n')}\n`);
    if (explained.kind !== 'memory' || !explained.matches) continue;
    const sentences =
      said.length > 0 ? said : ['It found nothing unusual in it, after all that it had seen.'];
    const lines = sentences.flatMap((sentence) => wrap(inert(sentence, 2_000), width - 12));
    out.write(`  ${mark(said.length > 0, style)} ${style.bold('said')} ${lines.join('\n             ')}\n`);
  }
  const rest = told.length - looking.length;
  if (rest === 0) return;
  const others = rest === 1 ? '1 rule looks' : `${rest} rules look`;
  out.write(
    `\n${looking.length === 0 ? '' : 'And '}${others} at other sources, and ${rest === 1 ? 'is' : 'are'} not shown this event.\n`,
  );
}

function isShown(each: Explained): boolean {
  if (each.kind === 'memory') return true;
  return each.explanation?.logsource.holds === true;
}

interface Drawing {
  readonly indent: string;
  /** Rules that were drawn before: several of one folder may observe the same. */
  readonly shown: Set<RuleHeader>;
}

function linesOf(call: Call, each: Explained, { indent, shown }: Drawing): readonly string[] {
  const { style } = call.terminal;
  const { rule } = each;
  const place = `${shortPath(rule.position.file)}:${rule.position.line}`;
  const verdict =
    each.kind === 'memory' ? memoryVerdict(each.matches) : each.matches ? 'matches' : 'does not match';
  const isRepeated = shown.has(rule);
  shown.add(rule);
  const note = isRepeated ? 'as above' : place;
  const head = `${mark(each.matches, style)} ${style.bold(verdict)}  ${style.bold(inert(rule.title))}  ${style.dim(note)}`;
  if (isRepeated) return [`${indent}${head}`];
  const lines = each.kind === 'memory' ? memoryLines(call, each.observed, shown) : ruleLines(call, each);
  return [head, ...lines].map((line) => `${indent}${line}`);
}

function shortPath(file: string): string {
  const near = relative('.', file);
  return near.startsWith('..') ? file : near;
}

function memoryVerdict(matches: boolean): string {
  return matches ? 'is told of this event' : 'is not told of this event';
}

function ruleLines(
  call: Call,
  { explanation, looksAt }: Extract<Explained, { kind: 'rule' }>,
): readonly string[] {
  const { style, width } = call.terminal;
  if (explanation === undefined || looksAt === undefined) return ['  It is not shown events of this source.'];
  if (!explanation.logsource.holds) {
    const wanted = Object.entries(explanation.logsource.expected).map(([key, value]) => `${key}: ${value}`);
    return [`  It looks at ${wanted.join(', ')}, and this event is not of that.`];
  }
  const options = { style, width: width - 2 };
  return [
    `  ${style.dim(looksAt === 'record' ? 'looks at the record as received' : 'looks at the OCSF event')}`,
    ...detectionLines(explanation.detection, 'condition', options).map((line) => `  ${line}`),
    ...explanation.filters.flatMap(({ title, detection }) =>
      detectionLines(detection, `filter "${inert(title)}"`, options).map((line) => `  ${line}`),
    ),
  ];
}

function memoryLines(
  call: Call,
  observed: readonly ExplainedBase[],
  shown: Set<RuleHeader>,
): readonly string[] {
  const { style } = call.terminal;
  const lines = ['  It observes the matches of:'];
  for (const { reference, base, group } of observed) {
    if (base === undefined) {
      lines.push(`  ${mark(false, style)} ${inert(reference)}: no rule that is loaded is called so`);
      continue;
    }
    lines.push(...linesOf(call, base, { indent: '    ', shown }));
    for (const { field, values } of base.matches ? group : []) {
      const shown =
        values.length === 0
          ? 'this event has no value, and takes no part'
          : values.map((value) => `"${inert(value, 160)}"`).join(', ');
      lines.push(`    ${mark(values.length > 0, style)} grouped by ${inert(field)}: ${shown}`);
    }
  }
  return lines;
}

/** The stable shape, documented in docs/cli.md. */
function writeJson(call: Call, { index, source, event }: FoldedEvent, told: readonly Told[]): void {
  const rules = told.map(({ explained, said }) => ({
    ...jsonOf(explained),
    ...(explained.kind === 'memory' ? { said } : {}),
  }));
  const json = { event: { uid: event.metadata.uid, index, source }, rules };
  call.terminal.out.write(`${JSON.stringify(json, null, call.output === 'json' ? 2 : undefined)}\n`);
}

function jsonOf(each: Explained): object {
  const base = { rule: ruleJson(each.rule), kind: kindOf(each.rule), matches: each.matches };
  if (each.kind === 'memory') {
    const observed = each.observed.map(({ reference, base: inner, group }) => ({
      reference,
      explained: inner === undefined ? null : jsonOf(inner),
      group,
    }));
    return { ...base, observed };
  }
  return { ...base, looksAt: each.looksAt ?? null, explanation: each.explanation ?? null };
}

function ruleJson(rule: RuleHeader): object {
  return { id: referenceOf(rule), title: rule.title, file: rule.position.file, line: rule.position.line };
}
