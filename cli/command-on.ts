import { withDataFolder } from '../shared/alert/data-folder.ts';
import type { Call } from './command.ts';

/** A command that a person may copy: on the data folder of this call, where it was named. */
export function commandOn(call: Pick<Call, 'option'>, line: string): string {
  return withDataFolder(`npx trailproof ${line}`, call.option('data'));
}

/** What to try next, for a person at a terminal who looks at a table. */
export function writeHint({ terminal, output }: Call, text: string): void {
  if (terminal.isInteractive && output === 'table') terminal.err.write(`${terminal.errStyle.dim(text)}\n`);
}
