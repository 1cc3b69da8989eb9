/**
 * Reads the query language (docs/query.md) into a tree. Never throws: what cannot be read is a fault that says where
 * and what was expected.
 *
 *     or    = and { ( "OR" | "||" ) and }
 *     and   = not { [ "AND" | "&&" ] not }
 *     not   = { "NOT" | "!" | "-" } item
 *     item  = "(" or ")" | "*" | field ":" value | word          inside field:( … ) an item is a value
 *     value = "(" or ")" | range | comparison | quoted | run
 */
import { fail, ok, type Result } from '../result.ts';
import type { QueryFault } from './fault.ts';
import { readField } from './read-field.ts';
import { readValue } from './read-value.ts';
import {
  foundAt,
  isSpace,
  peekOperator,
  readQuoted,
  readRun,
  refuse,
  type Scanner,
  skipSpace,
} from './scan.ts';
import {
  EXPRESSION_DEPTH_MAX,
  EXPRESSION_LENGTH_MAX,
  EXPRESSION_TERMS_MAX,
  type Expression,
  type FieldName,
} from './syntax.ts';
import { ANY_RUN, unanchored, wildcardOf } from './wildcard.ts';

/** `nowMs` is what relative times such as `now-24h` count from. */
export function parseQuery(
  text: string,
  { nowMs }: { readonly nowMs: number },
): Result<Expression, QueryFault> {
  const parser: Parser = { text, at: 0, fault: undefined, nowMs, depth: 0, terms: 0 };
  if (text.length > EXPRESSION_LENGTH_MAX) {
    const message = `expected at most ${EXPRESSION_LENGTH_MAX} characters, found ${text.length}`;
    return fail({ expression: text, position: EXPRESSION_LENGTH_MAX, length: 1, message });
  }
  skipSpace(parser);
  if (parser.at === text.length) {
    return fail({
      expression: text,
      position: 0,
      length: 1,
      message: 'expected something to look for',
      hint: EXAMPLES,
    });
  }
  const expression = readOr(parser, undefined);
  if (expression !== undefined && parser.at < text.length) {
    refuse(parser, parser.at, 1, `expected AND, OR or the end, found ${foundAt(parser)}`, UNOPENED);
  }
  if (parser.fault !== undefined) return fail(parser.fault);
  if (expression === undefined)
    return fail({ expression: text, position: 0, length: 1, message: 'unreadable' });
  return ok(expression);
}

const EXAMPLES = 'For example: actor:alice AND NOT status:success. A * alone finds everything.';
const UNOPENED = 'This bracket was never opened; as an ordinary character it is written \\).';

interface Parser extends Scanner {
  readonly nowMs: number;
  /** Brackets and NOTs that the cursor is inside of. */
  depth: number;
  terms: number;
}

/** `field` is set inside `field:( … )`. */
function readOr(parser: Parser, field: FieldName | undefined): Expression | undefined {
  return readList(parser, 'or', () => readAnd(parser, field));
}

function readAnd(parser: Parser, field: FieldName | undefined): Expression | undefined {
  return readList(parser, 'and', () => readNot(parser, field));
}

/** Parts joined by one operator; for `and` the operator may be left out. */
function readList(
  parser: Parser,
  kind: 'and' | 'or',
  readPart: () => Expression | undefined,
): Expression | undefined {
  const parts: Expression[] = [];
  for (;;) {
    const part = readPart();
    if (part === undefined) return undefined;
    if (part.kind === kind) parts.push(...part.parts);
    else parts.push(part);
    skipSpace(parser);
    const operator = peekOperator(parser);
    if (operator?.name === kind) parser.at = operator.end;
    else if (kind === 'or' || parser.at === parser.text.length || operator?.name === 'or') break;
    else if (parser.text[parser.at] === ')') break;
  }
  return parts.length === 1 ? parts[0] : { kind, parts };
}

function readNot(parser: Parser, field: FieldName | undefined): Expression | undefined {
  skipSpace(parser);
  const operator = peekOperator(parser);
  if (operator?.name !== 'not') return readItem(parser, field);
  const { at } = parser;
  parser.at = operator.end;
  const part = deeper(parser, at, () => readNot(parser, field));
  return part === undefined ? undefined : { kind: 'not', part };
}

function deeper(parser: Parser, at: number, read: () => Expression | undefined): Expression | undefined {
  if (parser.depth === EXPRESSION_DEPTH_MAX) {
    return refuse(
      parser,
      at,
      1,
      `expected at most ${EXPRESSION_DEPTH_MAX} brackets and NOTs inside each other`,
    );
  }
  parser.depth += 1;
  const expression = read();
  parser.depth -= 1;
  return expression;
}

function readItem(parser: Parser, field: FieldName | undefined): Expression | undefined {
  const { text, at } = parser;
  if (at === text.length || text[at] === ')') {
    return refuse(
      parser,
      at,
      1,
      `expected ${field === undefined ? 'a term' : 'a value'}, found ${foundAt(parser)}`,
    );
  }
  const operator = peekOperator(parser);
  if (operator !== undefined) {
    const hint = `To look for the word itself, put it in quotes.`;
    return refuse(parser, at, operator.end - at, `expected a term before ${foundAt(parser)}`, hint);
  }
  if (text[at] === '(') return readGroup(parser, field);
  parser.terms += 1;
  if (parser.terms > EXPRESSION_TERMS_MAX) {
    return refuse(parser, at, 1, `expected at most ${EXPRESSION_TERMS_MAX} terms`);
  }
  if (field !== undefined) return ended(parser, readValue(parser, field, at, parser.nowMs));
  if (text[at] === '"') return ended(parser, readPhrase(parser));
  const read = readField(parser);
  if (parser.fault !== undefined) return undefined;
  if (read === undefined) return readWord(parser);
  if (read === 'everything') return ended(parser, { kind: 'all' });
  if (text[parser.at] === '(') return readGroup(parser, read);
  return ended(parser, readValue(parser, read, at, parser.nowMs));
}

function readGroup(parser: Parser, field: FieldName | undefined): Expression | undefined {
  const open = parser.at;
  parser.at += 1;
  const inner = deeper(parser, open, () => readOr(parser, field));
  if (inner === undefined) return undefined;
  if (parser.text[parser.at] !== ')') {
    return refuse(parser, open, 1, `this bracket is never closed: expected ")", found ${foundAt(parser)}`);
  }
  parser.at += 1;
  return inner;
}

function readPhrase(parser: Parser): Expression | undefined {
  const position = parser.at;
  const phrase = readQuoted(parser);
  if (phrase === undefined) return undefined;
  if (phrase === '') return refuse(parser, position, 2, 'expected text between the quotes');
  return { kind: 'word', pattern: unanchored(wildcardOf(phrase)), position };
}

function readWord(parser: Parser): Expression | undefined {
  const run = readRun(parser, '');
  if (run === undefined) return undefined;
  if (run.text === '') return refuse(parser, run.start, 1, `expected a term, found ${foundAt(parser)}`);
  if ([...run.text].every((character) => character === ANY_RUN)) return { kind: 'all' };
  return { kind: 'word', pattern: unanchored(wildcardOf(run.text)), position: run.start };
}

/** What follows a term must be a space, a bracket or an operator, so that a slip is not read as two terms. */
function ended(parser: Parser, expression: Expression | undefined): Expression | undefined {
  const next = parser.text[parser.at];
  if (expression === undefined || next === undefined || isSpace(next) || next === ')') return expression;
  if (next === '&' || next === '|') return expression;
  return refuse(parser, parser.at, 1, `expected a space, found ${foundAt(parser)}`);
}
