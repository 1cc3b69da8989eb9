import stringWidth from 'string-width';
import type { Call } from '../command.ts';
import { wrap } from '../ui/wrap.ts';

interface Teller {
  readonly call: Call;
}

/** Longer lines are hard to read, however wide the terminal. */
const WIDTH_MAX = 110;

/** Prose, broken where the terminal ends; its own line breaks stay. */
export function say({ call }: Teller, text: string): void {
  const { out, width } = call.terminal;
  for (const line of text.split('\n')) out.write(`${wrap(line, Math.min(width, WIDTH_MAX)).join('\n')}\n`);
}

export function heading({ call }: Teller, number: number | undefined, title: string): void {
  const { out, style } = call.terminal;
  out.write(`${style.cyan(style.bold(number === undefined ? title : `${number}  ${title}`))}\n\n`);
}

/** What a person would type. Never broken, because people copy it. */
export function command({ call }: Teller, line: string): void {
  call.terminal.out.write(`${call.terminal.style.dim('$ npx trailproof')} ${line}\n`);
}

/** Commands to try, with what each does beside it, or below where there is no room beside. */
export function suggest(
  { call }: Teller,
  suggestions: readonly (readonly [line: string, does: string])[],
): void {
  const { out, style, width } = call.terminal;
  const left = Math.max(...suggestions.map(([line]) => line.length));
  const widest = Math.max(...suggestions.map(([, does]) => stringWidth(does)));
  const isBeside = '  npx trailproof '.length + left + 2 + widest <= width;
  for (const [line, does] of suggestions) {
    const shown = style.cyan(isBeside ? line.padEnd(left) : line);
    out.write(`  npx trailproof ${shown}${isBeside ? '  ' : '\n      '}${style.dim(does)}\n`);
  }
}
