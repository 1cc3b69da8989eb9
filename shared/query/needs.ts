/**
 * What a line's text must hold for its event to match: a cheap test before a line is parsed. Lines are written by
 * JSON.stringify, so a literal of plain characters stands in the line as it stands in the value.
 */
import type { Expression, Match, Term } from './syntax.ts';
import { longestLiteral } from './wildcard.ts';

/** Whether the event of a line may match, by the line in lower case. */
export type LineTest = (line: string) => boolean;

/** undefined where no line can be ruled out by its text. */
export function lineTest(expression: Expression): LineTest | undefined {
  switch (expression.kind) {
    case 'word':
      return orRawElsewhere(holding(longestLiteral(expression.pattern)));
    case 'term':
      return termTest(expression);
    case 'and': {
      const tests = expression.parts.map(lineTest).filter((test) => test !== undefined);
      return tests.length === 0 ? undefined : (line) => tests.every((test) => test(line));
    }
    case 'or': {
      const tests = expression.parts.map(lineTest);
      if (!tests.every((test) => test !== undefined)) return undefined;
      return (line) => tests.some((test) => test(line));
    }
    case 'all':
    case 'not':
      return undefined;
  }
}

/**
 * Only paths: a short name may stand for something that is spelt otherwise in the line. Not those into the record:
 * whoever wrote it may have escaped any character of it.
 */
function termTest({ field, match }: Term): LineTest | undefined {
  if (field.kind === 'short') return undefined;
  if (field.segments[0] !== 'raw_data') return holding(literalOf(match));
  return field.segments.length === 1 ? orRawElsewhere(holding(literalOf(match))) : undefined;
}

function literalOf(match: Match): string {
  if (match.kind === 'equals') return match.text;
  if (match.kind === 'wildcard') return longestLiteral(match.pattern);
  return '';
}

/** The longest part of a literal that JSON writes as it is, in the line and in the record quoted inside the line. */
function holding(literal: string): LineTest | undefined {
  const parts = literal.split(UNPLAIN).sort((a, b) => b.length - a.length);
  const longest = parts[0] ?? '';
  return longest.length < LITERAL_MIN ? undefined : (line) => line.includes(longest);
}

/** The record of an oversize event lies in an object of its own, so its line says nothing about it. */
function orRawElsewhere(test: LineTest | undefined): LineTest | undefined {
  return test && ((line) => test(line) || !line.includes('"raw_data":'));
}

const LITERAL_MIN = 2;
/** Characters that JSON may escape, or whose lower case depends on what stands around them. */
const UNPLAIN = /[^a-z0-9 _.:@-]/;
