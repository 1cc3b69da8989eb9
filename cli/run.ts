import { PortError } from '../shared/ports.ts';
import {
  type Call,
  type Command,
  type ExitStatus,
  IoError,
  type OutputFormat,
  type SettingsFile,
  type Terminal,
  UsageError,
} from './command.ts';
import { COMMON_OPTIONS, renderHelp, renderOverview } from './help.ts';
import { nearest, type Parsed, parseArguments } from './parse.ts';
import { chooseSettings, type FileSettings, readSettingsFile, settingsPath } from './settings.ts';

/** Runs one command line and says how it ended. The only `try` of the command line. */
export async function runCommandLine(
  argv: readonly string[],
  commands: readonly Command[],
  terminal: Terminal,
): Promise<ExitStatus> {
  try {
    return await dispatch(argv, commands, terminal);
  } catch (error) {
    const status = statusOf(error);
    if (status === undefined) throw error;
    terminal.err.write(`${terminal.errStyle.red('error')}: ${(error as Error).message}\n`);
    return status;
  }
}

function statusOf(error: unknown): ExitStatus | undefined {
  if (error instanceof UsageError) return 2;
  if (error instanceof IoError || error instanceof PortError) return 3;
  if (
    error instanceof Error &&
    'code' in error &&
    typeof error.code === 'string' &&
    /^E[A-Z]+$/.test(error.code)
  )
    return 3;
  return undefined;
}

async function dispatch(
  argv: readonly string[],
  commands: readonly Command[],
  terminal: Terminal,
): Promise<ExitStatus> {
  const [first, ...rest] = argv;
  if (first === undefined || first === '--help' || first === '-h' || first === 'help') {
    return help(first === 'help' ? rest[0] : undefined, commands, terminal);
  }
  if (first === '--version' || first === 'version') {
    terminal.out.write(`trailproof ${VERSION} (Node.js ${process.version})\n`);
    return 0;
  }
  const command = find(first, commands);
  const parsed = parseArguments(withoutHelp(rest), lenientFor(rest, command), [
    ...command.options,
    ...COMMON_OPTIONS,
  ]);
  if (rest.includes('--help') || rest.includes('-h')) {
    terminal.out.write(renderHelp(command, terminal));
    return 0;
  }
  return await command.run(makeCall(command, parsed, terminal));
}

export const VERSION = '0.1.0';

/** With `--help` among the words, missing arguments are no fault. */
function lenientFor(rest: readonly string[], command: Command): Command {
  const asksHelp = rest.includes('--help') || rest.includes('-h');
  return asksHelp ? { ...command, positionals: { ...command.positionals, min: 0 } } : command;
}

function withoutHelp(rest: readonly string[]): readonly string[] {
  return rest.filter((word) => word !== '--help' && word !== '-h');
}

function help(topic: string | undefined, commands: readonly Command[], terminal: Terminal): ExitStatus {
  terminal.out.write(
    topic === undefined ? renderOverview(commands, terminal) : renderHelp(find(topic, commands), terminal),
  );
  return 0;
}

function find(name: string, commands: readonly Command[]): Command {
  const command = commands.find((each) => each.name === name);
  if (command !== undefined) return command;
  const near = nearest(
    name,
    commands.map((each) => each.name),
  );
  const hint = near === undefined ? '' : ` Did you mean "${near}"?`;
  throw new UsageError(`There is no command "${name}".${hint} "trailproof help" lists them.`);
}

function makeCall(command: Command, parsed: Parsed, terminal: Terminal): Call {
  const last = (name: string) => parsed.values.get(name)?.at(-1);
  const { file, settingsFile } = readSettings(
    command,
    last('config') ?? terminal.environment['TRAILPROOF_CONFIG'],
  );
  const chosen = chooseSettings(file, terminal.environment);
  return {
    positionals: parsed.positionals,
    option: last,
    options: (name) => parsed.values.get(name) ?? [],
    flag: (name) => parsed.values.has(name),
    dataFolder: last('data') ?? chosen.data,
    output: (last('output') as OutputFormat | undefined) ?? chosen.output,
    settings: chosen.settings,
    settingsFile,
    terminal,
  };
}

function readSettings(
  command: Command,
  given: string | undefined,
): { readonly file: FileSettings; readonly settingsFile: SettingsFile } {
  const path = settingsPath(given);
  if (path === undefined) return { file: {}, settingsFile: { path, fault: undefined } };
  try {
    return { file: readSettingsFile(path), settingsFile: { path, fault: undefined } };
  } catch (error) {
    const isExpected = error instanceof UsageError || error instanceof IoError;
    if (!isExpected || command.toleratesFaultySettings !== true) throw error;
    return { file: {}, settingsFile: { path, fault: error.message } };
  }
}
