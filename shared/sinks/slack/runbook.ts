import type { FilledBlock, FilledRunbook } from '../../alert/fill.ts';
import { cutInert, wholeCommand } from '../cut.ts';
import type { Block } from './blocks.ts';

/** Characters of a runbook in a message; the rest is a link away. */
const RUNBOOK_MAX = 4_000;
/** Of one step of prose. */
const PROSE_MAX = 1_000;

/**
 * The first steps of a runbook as rich text, in which nothing is parsed. A command stands whole or not at all: half of
 * one is another command.
 */
export function runbookBlocks(runbook: FilledRunbook, isLinked: boolean): readonly Block[] {
  const [first, ...rest] = runbook.sections;
  if (first === undefined) return [];
  const where = isLinked ? 'in the runbook' : 'in the runbook beside the rule';
  const shown: Block[] = [section([{ text: `${cutInert(first.title, 100)}\n`, bold: true }])];
  let left = RUNBOOK_MAX;
  let omitted = 0;
  for (const block of first.blocks) {
    const text = textOf(block);
    if (text === undefined || text.length > left) {
      omitted += 1;
      continue;
    }
    left -= text.length;
    shown.push(...stepOf(block, text));
  }
  const then = rest.map(({ title }) => cutInert(title, 60)).join(', ');
  const notes = [
    ...(omitted === 0 ? [] : [`${omitted} more ${omitted === 1 ? 'step' : 'steps'} ${where}.`]),
    ...(then === '' ? [] : [`Then: ${then}.`]),
    `Owner: ${cutInert(runbook.owner, 80)}.`,
  ];
  return [{ type: 'rich_text', elements: [...shown, section([{ text: notes.join(' '), italic: true }])] }];
}

function textOf({ kind, text }: FilledBlock): string | undefined {
  return kind === 'prose' ? cutInert(text, PROSE_MAX) : wholeCommand(text, RUNBOOK_MAX);
}

function stepOf({ kind, changes }: FilledBlock, text: string): readonly Block[] {
  if (kind === 'prose') return [section([{ text: `${text}\n` }])];
  const warning = changes ? [section([{ text: '! This changes something:\n', bold: true }])] : [];
  return [...warning, { type: 'rich_text_preformatted', elements: [{ type: 'text', text: text || ' ' }] }];
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
