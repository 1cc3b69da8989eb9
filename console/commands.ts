/** Questions as commands for a terminal: every value quoted for the shell. */
import { withDataFolder } from '../shared/alert/data-folder.ts';
import { inert } from '../shared/inert.ts';

export function queryCommand(
  asked: { readonly q: string; readonly since: string; readonly until: string },
  dataFolder: string | undefined,
): string {
  const times = (['since', 'until'] as const)
    .filter((name) => asked[name] !== '')
    .map((name) => ` --${name}=${quoted(asked[name])}`);
  const question = quoted(asked.q === '' ? '*' : asked.q);
  // What begins with a dash would be taken for an option.
  return ownCommand(`query${times.join('')} ${asked.q.startsWith('-') ? '-- ' : ''}${question}`, dataFolder);
}

/** A command of ours, for the trail that is looked at. */
export function ownCommand(line: string, dataFolder: string | undefined): string {
  return withDataFolder(`npx trailproof ${line}`, dataFolder);
}

/** One word to a POSIX shell. Never cut: half a question is another one. */
export function quoted(text: string): string {
  return `'${inert(text, Number.POSITIVE_INFINITY).replaceAll("'", `'\\''`)}'`;
}
