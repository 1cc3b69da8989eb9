import { inert } from '../inert.ts';
import type { QueryFault } from './fault.ts';
import { ANY_ONE, ANY_RUN } from './wildcard.ts';

/** Where a parser stands in an expression. The first fault wins, and ends the reading. */
export interface Scanner {
  readonly text: string;
  at: number;
  fault: QueryFault | undefined;
}

/** A run of characters without space, brackets or quotes, escapes resolved. */
export interface Run {
  /** ANY_RUN and ANY_ONE stand for unescaped wildcards. */
  readonly text: string;
  readonly wild: boolean;
  readonly start: number;
  readonly end: number;
}

export function refuse(
  scanner: Scanner,
  position: number,
  length: number,
  message: string,
  hint?: string,
): undefined {
  const fault = { expression: scanner.text, position, length, message };
  scanner.fault ??= hint === undefined ? fault : { ...fault, hint };
  return undefined;
}

export function skipSpace(scanner: Scanner): void {
  while (isSpace(scanner.text[scanner.at])) scanner.at += 1;
}

export function isSpace(character: string | undefined): boolean {
  return character !== undefined && /\s/.test(character);
}

/** What is found at the cursor, for a message. */
export function foundAt(scanner: Scanner): string {
  if (scanner.at >= scanner.text.length) return 'the end';
  const [run] = /^\S+/.exec(scanner.text.slice(scanner.at, scanner.at + 24)) ?? [];
  return run === undefined ? 'a space' : `"${inert(run)}"`;
}

/** The next word if it is an operator, without moving: in upper or lower case, or its sign. */
export function peekOperator({
  text,
  at,
}: Scanner): { readonly name: 'and' | 'or' | 'not'; readonly end: number } | undefined {
  if (text.startsWith('&&', at)) return { name: 'and', end: at + 2 };
  if (text.startsWith('||', at)) return { name: 'or', end: at + 2 };
  if (text[at] === '!') return { name: 'not', end: at + 1 };
  if (text[at] === '-' && at + 1 < text.length && !isSpace(text[at + 1])) return { name: 'not', end: at + 1 };
  const word = /^(AND|OR|NOT|and|or|not)(?=[\s()]|$)/.exec(text.slice(at, at + 4));
  if (word === null) return undefined;
  return { name: (word[1] ?? '').toLowerCase() as 'and' | 'or' | 'not', end: at + word[0].length };
}

/** Reads a run up to a space, a bracket that closes it, or `&&` and `||`. `stops` are further characters that end it. */
export function readRun(scanner: Scanner, stops: string): Run | undefined {
  const { text } = scanner;
  const start = scanner.at;
  let read = '';
  let wild = false;
  while (scanner.at < text.length) {
    const character = text[scanner.at] as string;
    if (isSpace(character) || '()'.includes(character) || stops.includes(character)) break;
    if (text.startsWith('&&', scanner.at) || text.startsWith('||', scanner.at)) break;
    if (character === '"') {
      return refuse(
        scanner,
        scanner.at,
        1,
        'expected a space before this quote',
        'A quote inside a word is written \\".',
      );
    }
    if (character === '\\') {
      const escaped = text[scanner.at + 1];
      if (escaped === undefined)
        return refuse(scanner, scanner.at, 1, 'expected a character after this backslash');
      read += escaped;
      scanner.at += 2;
      continue;
    }
    const wildcard = character === '*' ? ANY_RUN : character === '?' ? ANY_ONE : undefined;
    wild ||= wildcard !== undefined;
    read += wildcard ?? character;
    scanner.at += 1;
  }
  return { text: read, wild, start, end: scanner.at };
}

/** Reads a quoted text; the cursor is on its first quote. Wildcards are ordinary characters inside quotes. */
export function readQuoted(scanner: Scanner): string | undefined {
  const { text } = scanner;
  const start = scanner.at;
  let read = '';
  for (scanner.at += 1; scanner.at < text.length; scanner.at += 1) {
    const character = text[scanner.at];
    if (character === '"') {
      scanner.at += 1;
      return read;
    }
    if (character === '\\') scanner.at += 1;
    read += text[scanner.at] ?? '';
  }
  return refuse(scanner, start, 1, 'this quote is never closed', 'A quote inside quotes is written \\".');
}
