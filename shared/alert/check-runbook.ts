import { collect, type Fault, further, type Position } from '../detect/sigma/fault.ts';
import { parseQuery } from '../query/parse.ts';
import { fillBlock, isFor, PLACEHOLDER, type Situation } from './fill.ts';
import { parseRunbook, type RunbookBlock } from './runbook.ts';
import { isReadAgain, shellPlace } from './shell.ts';

/** A match event of a rule, by the name of its file. */
export interface NamedSituation extends Situation {
  readonly name: string;
}

/**
 * What is wrong with a runbook: its form, commands that could be misread by a shell, placeholders that have no value on
 * one of the events that the rule matches, and questions to the trail that would be refused.
 */
export function checkRunbook(
  text: string,
  file: string,
  situations: readonly NamedSituation[],
): readonly Fault[] {
  const { runbook, faults: found } = parseRunbook(text, file);
  const faults: Fault[] = [];
  const report = collect(faults);
  const [first] = runbook.sections;
  const asks = first?.blocks.some(
    (block) => block.kind === 'command' && block.text.includes('trailproof query'),
  );
  if (first !== undefined && asks !== true) {
    report.error(first.position, `expected a 'trailproof query' command under ${first.title}`);
  }
  for (const block of first?.blocks ?? []) {
    if (block.changes)
      report.error(block.position, 'a command that changes something is never the first step');
  }
  for (const block of runbook.sections.flatMap((section) => section.blocks)) {
    for (const { at, message } of placeholderFaults(block, situations)) report.error(at, message);
    for (const { at, message } of questionFaults(block, situations)) report.error(at, message);
  }
  return [...found, ...faults];
}

interface Found {
  readonly at: Position;
  readonly message: string;
}

function placeholderFaults(block: RunbookBlock, situations: readonly NamedSituation[]): readonly Found[] {
  const concerned = situations.filter((situation) => isFor(block, situation));
  const faults: Found[] = [];
  for (const match of block.text.matchAll(PLACEHOLDER)) {
    const [whole] = match;
    const at = placeOf(block, match.index);
    const known = whole
      .slice(2, -2)
      .split('|')
      .every((path) => /^\s*(event|record|finding)\.\S+\s*$/.test(path));
    if (!known)
      faults.push({
        at,
        message: `expected {{ event.… }}, {{ record.… }} or {{ finding.… }}, found ${whole}`,
      });
    const misread = block.kind === 'command' ? shellFault(block.text, match.index) : undefined;
    if (misread !== undefined) faults.push({ at, message: `${whole} ${misread}` });
    const missing = concerned.filter(
      (situation) => fillBlock({ kind: 'prose', text: whole }, situation).unresolved.length > 0,
    );
    if (missing.length > 0) {
      faults.push({ at, message: `${whole} has no value in ${missing.map(({ name }) => name).join(', ')}` });
    }
    const unsafe = concerned.filter(
      (situation) => !missing.includes(situation) && fillBlock(block, situation).unresolved.includes(whole),
    );
    if (misread === undefined && unsafe.length > 0) {
      const names = unsafe.map(({ name }) => name).join(', ');
      faults.push({ at, message: `${whole} has a value in ${names} that cannot stand in this command` });
    }
  }
  return faults;
}

/** The expression of our own `query`, as it stands in single quotes. */
const QUESTION = /\btrailproof query '((?:[^']|'\\'')*)'/g;

/** At three in the morning nobody wants to learn that the runbook's own question has an unknown field. */
function questionFaults(block: RunbookBlock, situations: readonly NamedSituation[]): readonly Found[] {
  if (block.kind !== 'command') return [];
  const texts = situations
    .filter((situation) => isFor(block, situation))
    .map((situation) => fillBlock(block, situation).text);
  const messages = texts.flatMap((text) =>
    [...text.matchAll(QUESTION)].flatMap(([, quoted = '']) => {
      const parsed = parseQuery(quoted.replaceAll("'\\''", "'"), { nowMs: 0 });
      return parsed.ok ? [] : [`the question cannot be asked: ${parsed.fault.message}`];
    }),
  );
  const at = placeOf(block, block.text.search(QUESTION));
  return [...new Set(messages)].map((message) => ({ at, message }));
}

/** A value must not be read as an option, and can stand only where one word can be quoted. */
function shellFault(command: string, offset: number): string | undefined {
  if (isReadAgain(command, offset)) {
    return 'would be read again by another shell or interpreter on its line: write a command without one';
  }
  switch (shellPlace(command, offset)) {
    case 'single':
      return undefined;
    case 'double':
      return 'cannot be quoted inside double quotes';
    case 'other':
      return "cannot be quoted there: write it without backquotes, backslashes, $'…' and <<";
    case 'bare': {
      const line = command.slice(command.lastIndexOf('\n', offset - 1) + 1, offset);
      return /(^|\s)$/.test(line) && !/\s--\s$/.test(line)
        ? 'could be read as an option: write --name={{ … }}, or -- before it'
        : undefined;
    }
  }
}

function placeOf({ text, position }: RunbookBlock, offset: number): Position {
  const before = text.slice(0, offset).split('\n');
  return further({ ...position, line: position.line + before.length - 1 }, before.at(-1)?.length ?? 0);
}
