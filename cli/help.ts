import type { Command, OptionSpec } from './command.ts';
import type { Style } from './ui/style.ts';

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

export function renderOverview(commands: readonly Command[], style: Style): string {
  const width = Math.max(...commands.map(({ name }) => name.length));
  const list = commands.map(({ name, summary }) => `  ${style.cyan(name.padEnd(width))}  ${summary}`);
  return [
    `${style.bold('trailproof')}: audit events of clouds and pipelines on one tamper-evident trail.`,
    '',
    `Usage: trailproof COMMAND [OPTION...]`,
    '',
    ...list,
    '',
    'Start here:',
    `  trailproof demo                          a story told with events of four systems`,
    `  trailproof ingest ./cloudtrail/          your own audit files onto a trail in .trailproof`,
    `  trailproof query 'operation:StopLogging' who turned it off?`,
    `  trailproof verify                        was the trail changed since?`,
    '',
    `"trailproof help COMMAND" says more about each. Exit status: 0 done, 1 a check said no, 2 usage, 3 I/O.`,
    '',
  ].join('\n');
}

export function renderHelp(command: Command, style: Style): string {
  const options = [...command.options, ...COMMON_OPTIONS];
  const titles = options.map(titleOf);
  const width = Math.max(...titles.map((title) => title.length));
  return [
    `${style.bold(`trailproof ${command.name}`)}: ${command.summary}`,
    '',
    `Usage: trailproof ${command.name} ${command.usage}`,
    '',
    command.about,
    '',
    'Options:',
    ...options.map((option, n) => `  ${(titles[n] ?? '').padEnd(width)}  ${option.about}`),
    '',
    'Examples:',
    ...command.examples.flatMap(({ line, does }) => [
      `  ${style.cyan(`trailproof ${line}`)}`,
      `      ${does}`,
    ]),
    '',
  ].join('\n');
}

function titleOf(option: OptionSpec): string {
  const short = option.short === undefined ? '    ' : `-${option.short}, `;
  return `${short}--${option.name}${option.value === undefined ? '' : ` ${option.value}`}`;
}
