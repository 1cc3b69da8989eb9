import type { Command, OptionSpec } from './command.ts';
import { UsageError } from './command.ts';

export interface Parsed {
  readonly positionals: readonly string[];
  readonly values: ReadonlyMap<string, readonly string[]>;
}

/** Reads a command's arguments: `--name value`, `--name=value`, `-n value`, flags, `--` ends options, `-` is a value. */
export function parseArguments(
  argv: readonly string[],
  command: Pick<Command, 'name' | 'positionals' | 'usage'>,
  specs: readonly OptionSpec[],
): Parsed {
  const positionals: string[] = [];
  const values = new Map<string, string[]>();
  for (let at = 0; at < argv.length; at += 1) {
    const word = argv[at] ?? '';
    if (word === '--') {
      positionals.push(...argv.slice(at + 1));
      break;
    }
    if (!word.startsWith('-') || word === '-') {
      positionals.push(word);
      continue;
    }
    const { spec, inline } = findOption(word, command.name, specs);
    const next = argv[at + 1];
    if (spec.value !== undefined && inline === undefined) at += 1;
    take(values, spec, readValue(spec, inline, next));
  }
  checkCount(positionals, command);
  return { positionals, values };
}

function findOption(
  word: string,
  command: string,
  specs: readonly OptionSpec[],
): { readonly spec: OptionSpec; readonly inline: string | undefined } {
  const equals = word.indexOf('=');
  const name = equals < 0 ? word : word.slice(0, equals);
  const spec = specs.find(
    (each) => name === `--${each.name}` || (each.short !== undefined && name === `-${each.short}`),
  );
  if (spec === undefined) {
    const near = nearest(
      name.replace(/^-+/, ''),
      specs.map((each) => each.name),
    );
    const hint = near === undefined ? '' : ` Did you mean --${near}?`;
    throw new UsageError(`${command} has no option ${name}.${hint} "trailproof help ${command}" lists them.`);
  }
  return { spec, inline: equals < 0 ? undefined : word.slice(equals + 1) };
}

function readValue(spec: OptionSpec, inline: string | undefined, next: string | undefined): string {
  if (spec.value === undefined) {
    if (inline !== undefined) throw new UsageError(`--${spec.name} takes no value, found "${inline}".`);
    return 'true';
  }
  const value = inline ?? next;
  if (value === undefined)
    throw new UsageError(`--${spec.name} needs a value: --${spec.name} ${spec.value}.`);
  if (spec.choices !== undefined && !spec.choices.includes(value)) {
    throw new UsageError(`--${spec.name} is one of ${spec.choices.join(', ')}; found "${value}".`);
  }
  return value;
}

function take(values: Map<string, string[]>, spec: OptionSpec, value: string): void {
  const had = values.get(spec.name);
  if (had !== undefined && !spec.repeatable) throw new UsageError(`--${spec.name} was given twice.`);
  values.set(spec.name, [...(had ?? []), value]);
}

function checkCount(
  positionals: readonly string[],
  command: Pick<Command, 'name' | 'positionals' | 'usage'>,
): void {
  const { min, max, name } = command.positionals;
  if (positionals.length >= min && positionals.length <= max) return;
  const extra = positionals[max];
  const found = extra !== undefined ? `"${extra}" is one too many` : `${name} is missing`;
  throw new UsageError(`Usage: trailproof ${command.name} ${command.usage}\n${found}.`);
}

/** The nearest of some names within two edits, to suggest; undefined where none is near. */
export function nearest(word: string, names: readonly string[]): string | undefined {
  let best: string | undefined;
  let bestDistance = 3;
  for (const name of names) {
    const distance = editDistance(word, name);
    if (distance < bestDistance) {
      best = name;
      bestDistance = distance;
    }
  }
  return best;
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, n) => n);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const swap = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(swap, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
