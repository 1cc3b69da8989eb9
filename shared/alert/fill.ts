import { fieldTexts } from '../detect/sigma/field-texts.ts';
import { inert } from '../inert.ts';
import type { JsonValue } from '../json/json.ts';
import { withDataFolder } from './data-folder.ts';
import type { Runbook, RunbookBlock } from './runbook.ts';

/** What placeholders read from: `event` is the OCSF event, `record` the native record, `finding` what found it. */
export interface Situation {
  readonly source: string;
  readonly event: JsonValue;
  readonly record: JsonValue | undefined;
  readonly finding?: JsonValue | undefined;
}

export interface FilledBlock {
  readonly kind: 'prose' | 'command';
  /** Plain text on lines of its own making: every value in it is inert, and shell-quoted in a command. */
  readonly text: string;
  readonly changes: boolean;
}

export interface FilledRunbook {
  readonly title: string;
  readonly owner: string;
  readonly sections: readonly { readonly title: string; readonly blocks: readonly FilledBlock[] }[];
  /** Placeholders that this event has no value for; they stay as written, so that nobody runs half a command. */
  readonly unresolved: readonly string[];
}

/** Longest value that is put into a runbook, in characters. A longer one would be cut, and a cut name is another. */
const VALUE_LENGTH_MAX = 512;

/** A placeholder: alternatives separated by `|`, of which the first with a value counts. */
export const PLACEHOLDER = /\{\{([^{}]*)\}\}/g;

export interface FillOptions {
  /** Where the trail is, when not in the default folder: our own commands then say so. */
  readonly dataFolder?: string | undefined;
}

/** Fills a runbook for one event, with the blocks that are for such an event. */
export function fillRunbook(
  runbook: Runbook,
  situation: Situation,
  options: FillOptions = {},
): FilledRunbook {
  const unresolved = new Set<string>();
  const sections = runbook.sections.map(({ title, blocks }) => ({
    title,
    blocks: blocks
      .filter((block) => isFor(block, situation))
      .map((block) => {
        const filled = fillBlock(block, situation);
        for (const missing of filled.unresolved) unresolved.add(missing);
        // After filling: no value of an event begins a line, and the folder is no place for placeholders.
        const text = block.kind === 'command' ? withDataFolder(filled.text, options.dataFolder) : filled.text;
        return { kind: block.kind, text, changes: block.changes };
      }),
  }));
  return { title: runbook.title, owner: runbook.owner, sections, unresolved: [...unresolved] };
}

/** Whether a block is for such an event: of its source, with the value that it needs. */
export function isFor({ source, needs }: RunbookBlock, situation: Situation): boolean {
  if (source !== undefined && source !== situation.source) return false;
  return needs === undefined || resolve(needs, situation) !== undefined;
}

/** Fills one block; `unresolved` has the placeholders that stayed. */
export function fillBlock(
  block: Pick<RunbookBlock, 'kind' | 'text'>,
  situation: Situation,
): { readonly text: string; readonly unresolved: readonly string[] } {
  const unresolved: string[] = [];
  const text = block.text.replace(PLACEHOLDER, (whole, paths: string, offset: number) => {
    const value = resolve(paths, situation);
    if (value === undefined) {
      unresolved.push(whole);
      return whole;
    }
    if (block.kind === 'prose') return inert(value, VALUE_LENGTH_MAX);
    return isInSingleQuotes(block.text, offset) ? quoteForQuery(value) : quoteForShell(value);
  });
  return { text, unresolved };
}

/** The first value of the first alternative that has one. */
function resolve(paths: string, situation: Situation): string | undefined {
  for (const path of paths.split('|')) {
    const [root = '', ...rest] = path.trim().split('.');
    const value = rootOf(root, situation);
    const [found] = value === undefined ? [] : fieldTexts(value, rest.join('.'));
    if (found !== undefined && found !== '' && found.length <= VALUE_LENGTH_MAX) return found;
  }
  return undefined;
}

function rootOf(root: string, { event, record, finding }: Situation): JsonValue | undefined {
  if (root === 'event') return event;
  if (root === 'record') return record;
  return root === 'finding' ? finding : undefined;
}

/** Whether the shell reads that place as inside single quotes. Runbooks are ours: they have no escaped quotes. */
export function isInSingleQuotes(command: string, offset: number): boolean {
  const line = command.slice(command.lastIndexOf('\n', offset - 1) + 1, offset);
  return (line.split("'").length - 1) % 2 === 1;
}

/** One word to a POSIX shell, whatever is in it. */
export function quoteForShell(value: string): string {
  return `'${inert(value, VALUE_LENGTH_MAX).replaceAll("'", `'\\''`)}'`;
}

/** A string of the query language, inside a single-quoted word of the shell. */
function quoteForQuery(value: string): string {
  const literal = inert(value, VALUE_LENGTH_MAX).replaceAll('\\', '\\\\').replaceAll('"', '\\"');
  return `"${literal.replaceAll("'", `'\\''`)}"`;
}
