import { fieldTexts } from '../detect/sigma/field-texts.ts';
import { inert } from '../inert.ts';
import type { JsonValue } from '../json/json.ts';
import { withDataFolder } from './data-folder.ts';
import type { Runbook, RunbookBlock } from './runbook.ts';
import {
  isReadAgain,
  isTakenFrom,
  pathBefore,
  pathSegments,
  quoteForQuery,
  quoteForShell,
  shellPlace,
} from './shell.ts';

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
  /** Placeholders that this event has no value for; they stay as written, in a command that is a comment by then. */
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
        const isHalf = block.kind === 'command' && filled.unresolved.length > 0;
        return { kind: block.kind, text: isHalf ? asComment(text) : text, changes: block.changes };
      }),
  }));
  return { title: runbook.title, owner: runbook.owner, sections, unresolved: [...unresolved] };
}

/** A command that lacks a value, so that a shell does not run the half of it. */
function asComment(command: string): string {
  return command.replaceAll(/^/gm, '# ');
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
    const written =
      block.kind === 'prose' ? inert(value, VALUE_LENGTH_MAX) : inCommand(value, block.text, offset);
    if (written === undefined) unresolved.push(whole);
    return written ?? whole;
  });
  return { text, unresolved };
}

/** A value as it stands at a place of a command; undefined where it could be read as anything but a value. */
function inCommand(value: string, command: string, offset: number): string | undefined {
  if (isReadAgain(command, offset)) return undefined;
  const place = shellPlace(command, offset);
  if (place === 'single') return quoteForQuery(value);
  if (place !== 'bare' || isTakenFrom(value, command, offset)) return undefined;
  const path = pathBefore(command, offset);
  const word = path === undefined ? value : pathSegments(value, path);
  return word === undefined ? undefined : quoteForShell(word);
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
