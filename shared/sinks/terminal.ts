import type { Alert, Severity } from '../alert/alert.ts';
import { withDataFolder } from '../alert/data-folder.ts';
import type { FilledBlock, FilledRunbook } from '../alert/fill.ts';
import { inert } from '../inert.ts';
import type { AlertMessage } from './sink.ts';
import { basisOf, SEVERITY_MARKS, stateLine, untold, whenOf } from './words.ts';
import { wrap } from './wrap.ts';

export interface TerminalOptions {
  /** Columns. Commands are never wrapped, because people copy them. */
  readonly width: number;
  readonly color: 'always' | 'never';
  /** Filled for this alert; its first section is shown. */
  readonly runbook?: FilledRunbook | undefined;
  /** Where the trail is, when not in the default folder. */
  readonly dataFolder?: string | undefined;
  /** What people did with it. */
  readonly status?: Pick<AlertMessage, 'state' | 'by' | 'untilMs'> | undefined;
}

/** Colour only says again what the mark says. SGR codes. */
const COLORS: Readonly<Record<Severity, string>> = {
  critical: '1;31',
  high: '31',
  medium: '33',
  low: '36',
  informational: '2',
  unknown: '35',
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
  const lines = [
    ...heading(alert, { width, paint }),
    ...wrap(inert(alert.message, 600), { width, indent: '  ' }),
    '',
    ...facts(alert, options.status).flatMap(([name, text]) => fact(name, text, { width, paint })),
    ...eventLines(alert, options.dataFolder, paint),
    ...fact('alert', alert.uid.slice(0, 12), { width, paint }),
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

/** The mark and what the alert is called, which goes on beneath itself. */
function heading({ severity, title }: Alert, { width, paint }: Place): readonly string[] {
  const mark = SEVERITY_MARKS[severity];
  const indent = ' '.repeat(mark.length + 2);
  return wrap(inert(title, 200), { width, indent }).map((line, i) => {
    const text = paint(line.slice(indent.length), BOLD);
    return i === 0 ? `${paint(mark, COLORS[severity])}  ${text}` : `${indent}${text}`;
  });
}

function facts(
  alert: Alert,
  status: TerminalOptions['status'],
): readonly (readonly [string, string | undefined])[] {
  const author = alert.rule.author === undefined ? '' : `, by ${alert.rule.author}`;
  const [innocent] = alert.rule.falsePositives;
  const { environment } = alert;
  const explanation = untold(alert);
  return [
    ['state', status === undefined ? undefined : stateLine(status)],
    ['who', joined([alert.who, alert.from === undefined ? undefined : `from ${alert.from}`])],
    ['what', alert.what],
    [
      'where',
      joined([
        alert.where,
        alert.account === undefined ? undefined : `in ${alert.account}`,
        environment === undefined ? undefined : `(${environment})`,
      ]),
    ],
    ['when', whenOf(alert)],
    ['usual', explanation === undefined ? undefined : `${explanation.expected} (${basisOf(explanation)})`],
    ['seen', explanation?.seen],
    ['source', alert.source],
    ['rule', `${alert.rule.title}${author}`],
    ['maybe', innocent],
  ];
}

/** The command that shows the latest event, whole like every command. */
function eventLines({ findings }: Alert, dataFolder: string | undefined, paint: Paint): readonly string[] {
  return findings.slice(-1).map(({ event }) => {
    const command = withDataFolder(`npx trailproof show ${event.uid.slice(0, 16)}`, dataFolder);
    return `${paint(label('event'), DIM)}${inert(command, 2_000)}`;
  });
}

function joined(parts: readonly (string | undefined)[]): string | undefined {
  const present = parts.filter((part) => part !== undefined);
  return present.length === 0 ? undefined : present.join(' ');
}

function fact(name: string, text: string | undefined, { width, paint }: Place): readonly string[] {
  if (text === undefined) return [];
  const lines = wrap(inert(text, 400), { width, indent: '          ' });
  const first = label(name);
  return lines.map((line, i) => (i === 0 ? `${paint(first, DIM)}${line.slice(first.length)}` : line));
}

function label(name: string): string {
  return `  ${name.padEnd(8)}`;
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
