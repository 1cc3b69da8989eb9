import type { Alert, Severity } from '../alert/alert.ts';
import type { FilledBlock, FilledRunbook } from '../alert/fill.ts';
import { inert } from '../inert.ts';

export interface TerminalOptions {
  /** Columns. Commands are never wrapped, because people copy them. */
  readonly width: number;
  readonly color: 'always' | 'never';
  /** Filled for this alert; its first section is shown. */
  readonly runbook?: FilledRunbook | undefined;
}

/** A word and a shape for each severity; colour only says it again. SGR codes. */
const MARKS: Readonly<Record<Severity, { readonly mark: string; readonly sgr: string }>> = {
  critical: { mark: '■ CRITICAL', sgr: '1;31' },
  high: { mark: '▲ HIGH', sgr: '31' },
  medium: { mark: '◆ MEDIUM', sgr: '33' },
  low: { mark: '● LOW', sgr: '36' },
  informational: { mark: '○ INFO', sgr: '2' },
  unknown: { mark: '? UNKNOWN', sgr: '35' },
};

const BOLD = '1';
const DIM = '2';
const WIDTH_MIN = 40;

/**
 * An alert as text for a terminal: what and how bad, who, where and when, and how to find out whether it is real. No
 * value of an event can move the cursor, colour, hide or reorder anything.
 */
export function renderTerminal(alert: Alert, options: TerminalOptions): string {
  const width = Math.max(options.width, WIDTH_MIN);
  const paint = options.color === 'always' ? colored : plain;
  const { mark, sgr } = MARKS[alert.severity];
  const lines = [
    `${paint(mark, sgr)}  ${paint(inert(alert.title, 200), BOLD)}`,
    ...wrap(inert(alert.message, 600), { width, indent: '  ' }),
    '',
    ...facts(alert).flatMap(([name, text]) => fact(name, text, { width, paint })),
    ...(options.runbook === undefined ? [] : ['', ...firstSteps(options.runbook, { width, paint })]),
  ];
  return `${lines.join('\n')}\n`;
}

type Paint = (text: string, sgr: string) => string;

interface Place {
  readonly width: number;
  readonly paint: Paint;
}

const plain: Paint = (text) => text;
const colored: Paint = (text, sgr) => `\u001b[${sgr}m${text}\u001b[0m`;

function facts(alert: Alert): readonly (readonly [string, string | undefined])[] {
  const [latest] = alert.findings.slice(-1);
  const author = alert.rule.author === undefined ? '' : `, by ${alert.rule.author}`;
  const [innocent] = alert.rule.falsePositives;
  return [
    ['who', joined([alert.who, alert.from === undefined ? undefined : `from ${alert.from}`])],
    ['what', alert.what],
    ['where', joined([alert.where, alert.account === undefined ? undefined : `in ${alert.account}`])],
    ['when', when(alert)],
    ['source', alert.source],
    ['rule', `${alert.rule.title}${author}`],
    ['maybe', innocent],
    ['event', latest === undefined ? undefined : `npx trailproof show ${latest.event.uid.slice(0, 16)}`],
    ['alert', alert.uid.slice(0, 12)],
  ];
}

function joined(parts: readonly (string | undefined)[]): string | undefined {
  const present = parts.filter((part) => part !== undefined);
  return present.length === 0 ? undefined : present.join(' ');
}

function when({ firstTime, lastTime, count }: Alert): string {
  if (count === 1) return utc(firstTime);
  return `${utc(firstTime)}, ${count} times until ${utc(lastTime)}`;
}

/** `2026-03-04 02:17:09 UTC`. */
function utc(timeMs: number): string {
  const time = new Date(timeMs);
  if (Number.isNaN(time.getTime())) return 'at an unknown time';
  return `${time.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

function fact(name: string, text: string | undefined, { width, paint }: Place): readonly string[] {
  if (text === undefined) return [];
  const lines = wrap(inert(text, 400), { width, indent: '          ' });
  const label = `  ${name.padEnd(8)}`;
  return lines.map((line, i) => (i === 0 ? `${paint(label, DIM)}${line.slice(label.length)}` : line));
}

function firstSteps(runbook: FilledRunbook, { width, paint }: Place): readonly string[] {
  const [first, ...rest] = runbook.sections;
  if (first === undefined) return [];
  const then = rest.map((section) => section.title).join(', ');
  const more = `Then: ${inert(then, 200)}; owner ${inert(runbook.owner, 80)}.`;
  return [
    `  ${paint(inert(first.title, 100), BOLD)}`,
    ...first.blocks.flatMap((block) => step(block, { width, paint })),
    ...(rest.length === 0 ? [] : wrap(more, { width, indent: '  ' }).map((line) => paint(line, DIM))),
  ];
}

function step(block: FilledBlock, { width, paint }: Place): readonly string[] {
  if (block.kind === 'prose') return wrap(inert(block.text, 2_000), { width, indent: '  ' });
  const warning = block.changes ? [`    ${paint('! this changes something', '33')}`] : [];
  const commands = block.text.split('\n').map((line) => `    ${paint('$', DIM)} ${inert(line, 2_000)}`);
  return [...warning, ...commands];
}

/**
 * Breaks between words; a word longer than the line is broken too, so that nothing is hidden beyond the edge. What
 * follows the mark of a list item stands under its first word.
 */
function wrap(
  text: string,
  { width, indent }: { readonly width: number; readonly indent: string },
): readonly string[] {
  const hang = ' '.repeat(/^(?:\d{1,2}\.|[-*]) /.exec(text)?.[0].length ?? 0);
  const room = width - indent.length - hang.length;
  const lines: string[] = [];
  let line = '';
  for (const word of text
    .slice(hang.length)
    .split(' ')
    .flatMap((each) => pieces(each, room))) {
    const longer = line === '' ? word : `${line} ${word}`;
    if ([...longer].length > room && line !== '') {
      lines.push(line);
      line = word;
    } else {
      line = longer;
    }
  }
  const mark = text.slice(0, hang.length);
  return [...lines, line].map((each, i) => `${indent}${i === 0 ? mark : hang}${each}`);
}

function pieces(word: string, room: number): readonly string[] {
  const characters = [...word];
  if (characters.length <= room) return [word];
  const count = Math.ceil(characters.length / room);
  return Array.from({ length: count }, (_, i) => characters.slice(i * room, (i + 1) * room).join(''));
}
