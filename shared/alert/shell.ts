import { inert } from '../inert.ts';

/** How a POSIX shell reads the character at a place of a command. */
export type ShellPlace = 'bare' | 'single' | 'double' | 'other';

/**
 * Reads a command up to a place. `other` is what nothing can be put into safely: after a backslash, in `$'…'`,
 * backquotes or a here-document. Runbooks are ours, and a person may still write what a shell reads otherwise than they.
 * @see https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html
 */
export function shellPlace(command: string, offset: number): ShellPlace {
  // What encloses the place, the innermost last: quotes, and substitutions that begin again inside double quotes.
  const within: ('"' | '(')[] = [];
  for (let i = 0; i < offset; i++) {
    const character = command[i];
    const isDouble = within.at(-1) === '"';
    if (character === '\\') {
      i += 1;
      if (i >= offset) return 'other';
    } else if (character === '`') {
      return 'other';
    } else if (character === "'" && !isDouble) {
      if (command[i - 1] === '$') return 'other';
      const end = command.indexOf("'", i + 1);
      if (end < 0 || end >= offset) return 'single';
      i = end;
    } else if (character === '"') {
      if (isDouble) within.pop();
      else within.push('"');
    } else if (character === '$' && command[i + 1] === '(') {
      within.push('(');
      i += 1;
    } else if (character === ')' && within.at(-1) === '(') {
      within.pop();
    } else if (character === '<' && command[i + 1] === '<') {
      return 'other';
    } else if (character === '$' && command[i + 1] === '{' && command[i + 2] !== '{') {
      return 'other';
    }
  }
  return within.at(-1) === '"' ? 'double' : 'bare';
}

/** One word to a POSIX shell, whatever is in it. */
export function quoteForShell(value: string): string {
  return `'${inert(value, value.length).replaceAll("'", `'\\''`)}'`;
}

/** A string of the query language, inside a single-quoted word of the shell. */
export function quoteForQuery(value: string): string {
  const literal = inert(value, value.length).replaceAll('\\', '\\\\').replaceAll('"', '\\"');
  return `"${literal.replaceAll("'", `'\\''`)}"`;
}

/**
 * A value for the place where a command takes a path of an API or an address: what it holds stays one segment, its
 * slashes encoded, or owner/name after `repos/`, or a reference after `git/`. Undefined where it would lead elsewhere: `..` is another resource.
 */
export function pathSegments(value: string, before: string): string | undefined {
  const segments = inert(value, value.length).split('/');
  const isRepository = /(?:^|\/)repos\/$/.test(before);
  const isReference = /\/git\/$/.test(before) && segments[0] === 'refs';
  if (isRepository && segments.length > 2) return undefined;
  if (segments.some((segment) => segment === '' || segment === '.' || segment === '..')) return undefined;
  return segments
    .map((segment) => encodeURIComponent(segment))
    .join(isRepository || isReference ? '/' : '%2F');
}

/** The part of a word before a place, where the word is a path or an address that a program asks for. */
export function pathBefore(command: string, offset: number): string | undefined {
  const line = lineBefore(command, offset);
  const word = /\S*$/.exec(line)?.[0] ?? '';
  const isAsking = /(?:^|[|&;(]\s*)\s*(?:gh\s+api|curl|wget)\s/.test(line);
  return isAsking && word.includes('/') && !word.startsWith('-') ? word : undefined;
}

/**
 * Whether the clouds' command lines would read a value as the name of a file, or an address, to take the value from:
 * `file://` of aws, `@` of az. An event could have them send a private key.
 * @see https://docs.aws.amazon.com/cli/latest/userguide/cli-usage-parameters-file.html
 */
export function isTakenFrom(value: string, command: string, offset: number): boolean {
  return /(?:^|[\s=])$/.test(lineBefore(command, offset)) && /^\s*(?:@|[a-z]+:\/\/)/i.test(value);
}

const INTERPRETER =
  '(?:sh|bash|dash|zsh|ksh|fish|eval|source|su|ssh|watch|xargs|parallel|awk|gawk|sed|perl|python3?|ruby|node|pwsh)';
/** Programs that read a word of theirs as a program again, in which our quotes are worth nothing. */
const READS_AGAIN = new RegExp(
  `(?:^|[|&;(]|\\s--)\\s*(?:(?:sudo|env|time|exec|command)\\s+)*${INTERPRETER}(?=\\s|$)`,
);

/** Whether what stands there would be read a second time, by another shell or interpreter. */
export function isReadAgain(command: string, offset: number): boolean {
  const after = command.slice(offset).replaceAll('\\\n', '  ');
  const [rest = ''] = after.replaceAll(PLACEHOLDER, 'x').split('\n');
  return READS_AGAIN.test(lineBefore(command, offset) + rest);
}

/** In which there are spaces and strokes that no shell ever sees. */
const PLACEHOLDER = /\{\{[^{}]*\}\}/g;

/** The line of a command up to a place, with what it continues, and an x for each placeholder. */
function lineBefore(command: string, offset: number): string {
  const before = command.slice(0, offset).replaceAll('\\\n', '  ').replaceAll(PLACEHOLDER, 'x');
  return before.slice(before.lastIndexOf('\n') + 1);
}
