import type { Command, OptionSpec } from './command.ts';
import type { Style } from './ui/style.ts';
import { wrap } from './ui/wrap.ts';

/** Options that every command takes. */
export const COMMON_OPTIONS: readonly OptionSpec[] = [
  { name: 'data', value: 'DIR', about: 'the data folder (default .trailproof)' },
  {
    name: 'output',
    value: 'FORMAT',
    choices: ['table', 'json', 'ndjson', 'csv'],
    about: 'table, json, ndjson or csv (default table)',
  },
  { name: 'config', value: 'FILE', about: 'settings (default trailproof.yaml, where there is one)' },
  { name: 'help', short: 'h', about: 'this help' },
];

/** Where help is shown. */
interface Page {
  readonly style: Style;
  /** Columns. */
  readonly width: number;
}

/** Longer lines are hard to read, however wide the terminal. */
const WIDTH_MAX = 100;

export function renderOverview(commands: readonly Command[], page: Page): string {
  const { style, width } = page;
  const list = commands.map(({ name, summary }) => [name, summary] as const);
  const start = [
    ['trailproof demo', 'a story told with events of four systems'],
    ['trailproof ingest ./cloudtrail/', 'your own audit files onto a trail in .trailproof'],
    ["trailproof query 'operation:StopLogging'", 'who turned it off?'],
    ['trailproof verify', 'was the trail changed since?'],
  ] as const;
  return [
    ...titled('trailproof', 'audit events of clouds and pipelines on one tamper-evident trail.', page),
    '',
    'Usage: trailproof COMMAND [OPTION...]',
    '',
    ...twoColumns(list, width, style.cyan),
    '',
    'Start here:',
    ...twoColumns(start, width),
    '',
    ...wrap('"trailproof help COMMAND" says more about each.', width),
    ...wrap('Exit status: 0 done, 1 a check said no, 2 usage, 3 input or output failed.', width),
    '',
  ].join('\n');
}

export function renderHelp(command: Command, page: Page): string {
  const { style, width } = page;
  const own = new Set(command.options.map(({ name }) => name));
  const options = [...command.options, ...COMMON_OPTIONS.filter(({ name }) => !own.has(name))];
  const room = Math.min(width, WIDTH_MAX);
  return [
    ...titled(`trailproof ${command.name}`, command.summary, page),
    '',
    `Usage: trailproof ${command.name} ${command.usage}`.trimEnd(),
    '',
    ...wrap(command.about, room),
    '',
    'Options:',
    ...twoColumns(
      options.map((option) => [titleOf(option), option.about] as const),
      room,
    ),
    '',
    'Examples:',
    // Commands are never wrapped, because people copy them.
    ...command.examples.flatMap(({ line, does }) => [
      `  ${style.cyan(`trailproof ${line}`)}`,
      ...wrap(does, room - 6).map((text) => `      ${text}`),
    ]),
    '',
  ].join('\n');
}

function titled(title: string, text: string, { style, width }: Page): readonly string[] {
  const [first = '', ...rest] = wrap(`${title}: ${text}`, Math.min(width, WIDTH_MAX));
  return [first.replace(title, style.bold(title)), ...rest];
}

/** Titles on the left; what they mean beside them, or below where there is no room beside. */
function twoColumns(
  rows: readonly (readonly [string, string])[],
  width: number,
  paint: (text: string) => string = (text) => text,
): readonly string[] {
  const left = Math.max(...rows.map(([title]) => title.length));
  const room = Math.min(width, WIDTH_MAX) - left - 4;
  if (room < 24) {
    return rows.flatMap(([title, about]) => [
      `  ${paint(title)}`,
      ...wrap(about, Math.max(24, width - 6)).map((line) => `      ${line}`),
    ]);
  }
  return rows.flatMap(([title, about]) =>
    wrap(about, room).map(
      (line, n) => `  ${paint(n === 0 ? title.padEnd(left) : ' '.repeat(left))}  ${line}`,
    ),
  );
}

function titleOf(option: OptionSpec): string {
  const short = option.short === undefined ? '    ' : `-${option.short}, `;
  return `${short}--${option.name}${option.value === undefined ? '' : ` ${option.value}`}`;
}
