import type { FilledBlock, FilledRunbook } from '../../alert/fill.ts';
import { cutInert, wholeCommand } from '../cut.ts';
import type { Block } from './blocks.ts';

/** Of a command: a longer one is a link away. */
const COMMAND_MAX = 3_000;
/** Of one step of prose. */
const PROSE_MAX = 1_000;

/**
 * The first steps of a runbook as rich text, in which nothing is parsed. A command stands whole or not at all: half of
 * one is another command. `lengthMax` is what there is room for, as JSON; the title and the last line are always shown.
 */
export function runbookBlocks(
  runbook: FilledRunbook,
  { isLinked, lengthMax }: { readonly isLinked: boolean; readonly lengthMax: number },
): readonly Block[] {
  const [first, ...rest] = runbook.sections;
  if (first === undefined) return [];
  const where = isLinked ? 'in the runbook' : 'in the runbook beside the rule';
  const shown: Block[] = [section([{ text: `${cutInert(first.title, 100)}\n`, bold: true }])];
  let left = lengthMax;
  let omitted = 0;
  for (const block of first.blocks) {
    const step = stepOf(block);
    const length = step === undefined ? 0 : JSON.stringify(step).length;
    if (step === undefined || length > left) {
      omitted += 1;
      continue;
    }
    left -= length;
    shown.push(...step);
  }
  const then = rest.map(({ title }) => cutInert(title, 60)).join(', ');
  const notes = [
    ...(omitted === 0 ? [] : [`${omitted} more ${omitted === 1 ? 'step' : 'steps'} ${where}.`]),
    ...(then === '' ? [] : [`Then: ${then}.`]),
    `Owner: ${cutInert(runbook.owner, 80)}.`,
  ];
  return [{ type: 'rich_text', elements: [...shown, section([{ text: notes.join(' '), italic: true }])] }];
}

/** Undefined for a command that is too long. */
function stepOf({ kind, changes, text }: FilledBlock): readonly Block[] | undefined {
  if (kind === 'prose') return [section([{ text: `${cutInert(text, PROSE_MAX)}\n` }])];
  const command = wholeCommand(text, COMMAND_MAX);
  if (command === undefined) return undefined;
  const warning = changes ? [section([{ text: '! This changes something:\n', bold: true }])] : [];
  return [...warning, { type: 'rich_text_preformatted', elements: [{ type: 'text', text: command || ' ' }] }];
}

interface Words {
  readonly text: string;
  readonly bold?: true;
  readonly italic?: true;
}

function section(words: readonly Words[]): Block {
  return {
    type: 'rich_text_section',
    elements: words.map(({ text, ...style }) => ({
      type: 'text',
      text,
      ...(Object.keys(style).length === 0 ? {} : { style }),
    })),
  };
}
