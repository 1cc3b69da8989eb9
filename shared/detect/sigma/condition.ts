import { further, type Position, quote, type Report } from './fault.ts';
import type { Condition } from './rule.ts';

const DEPTH_MAX = 64;
const TOKEN_COUNT_MAX = 1_000;

interface Token {
  readonly text: string;
  readonly offset: number;
}

/**
 * Parses a condition; precedence from loosest to tightest is `or`, `and`, `not`, quantifier, parentheses. Undefined
 * after a fault was reported at its own column.
 */
export function parseCondition(
  text: string,
  names: readonly string[],
  context: { readonly position: Position; readonly report: Report },
): Condition | undefined {
  const parser = new ConditionParser(text, names);
  const condition = parser.parse();
  if (typeof condition !== 'string') return condition;
  context.report.error(further(context.position, parser.offset), condition);
  return undefined;
}

/** A recursive-descent parser; a string result is the fault, at `offset`. */
class ConditionParser {
  readonly #tokens: readonly Token[];
  readonly #names: readonly string[];
  readonly #length: number;
  #next = 0;
  #depth = 0;

  constructor(text: string, names: readonly string[]) {
    this.#tokens = tokenize(text);
    this.#names = names;
    this.#length = text.length;
  }

  get offset(): number {
    return this.#tokens[this.#next]?.offset ?? this.#length;
  }

  parse(): Condition | string {
    if (this.#tokens.length > TOKEN_COUNT_MAX)
      return `expected at most ${TOKEN_COUNT_MAX} words in a condition`;
    const condition = this.#operands('or');
    if (typeof condition === 'string') return condition;
    const rest = this.#peek();
    if (rest === undefined) return condition;
    if (rest === '|') return 'aggregations after a pipe are not supported: write a Sigma correlation';
    return `expected 'and', 'or' or the end of the condition, found ${quote(rest)}`;
  }

  #peek(): string | undefined {
    return this.#tokens[this.#next]?.text;
  }

  #takes(word: string): boolean {
    if (this.#peek()?.toLowerCase() !== word) return false;
    this.#next += 1;
    return true;
  }

  #operands(kind: 'or' | 'and'): Condition | string {
    const operands: Condition[] = [];
    do {
      const operand = kind === 'or' ? this.#operands('and') : this.#negation();
      if (typeof operand === 'string') return operand;
      operands.push(operand);
    } while (this.#takes(kind));
    return join(kind, operands);
  }

  #negation(): Condition | string {
    let negated = false;
    while (this.#takes('not')) negated = !negated;
    const operand = this.#primary();
    if (typeof operand === 'string' || !negated) return operand;
    return { kind: 'not', operand };
  }

  #primary(): Condition | string {
    const word = this.#peek();
    if (word === undefined) return 'expected a selection, found the end of the condition';
    if (word === '(') return this.#parenthesis();
    if (!isName(word)) return `expected a selection, found ${quote(word)}`;
    const following = this.#tokens[this.#next + 1]?.text.toLowerCase();
    if (following === 'of') return this.#quantifier(word.toLowerCase());
    if (!this.#names.includes(word)) return `unknown selection ${quote(word)}; ${this.#known()}`;
    this.#next += 1;
    return { kind: 'selection', name: word };
  }

  #parenthesis(): Condition | string {
    this.#depth += 1;
    if (this.#depth > DEPTH_MAX) return `expected at most ${DEPTH_MAX} nested parentheses`;
    this.#next += 1;
    const inner = this.#operands('or');
    if (typeof inner === 'string') return inner;
    if (!this.#takes(')')) return "expected ')'";
    this.#depth -= 1;
    return inner;
  }

  #quantifier(count: string): Condition | string {
    if (count !== '1' && count !== 'any' && count !== 'all') {
      return `expected '1 of', 'any of' or 'all of', found ${quote(`${count} of`)}`;
    }
    this.#next += 2;
    const pattern = this.#peek();
    if (pattern === undefined || !/^[\w*-]+$/.test(pattern)) {
      return `expected 'them' or a pattern of selection names after '${count} of'`;
    }
    const names = this.#selected(pattern);
    if (names.length === 0) return `no selection matches ${quote(pattern)}; ${this.#known()}`;
    this.#next += 1;
    const operands = names.map((name) => ({ kind: 'selection', name }) as const);
    return join(count === 'all' ? 'and' : 'or', operands);
  }

  /** Names that begin with an underscore take part only where the pattern says so. */
  #selected(pattern: string): readonly string[] {
    const glob = pattern.toLowerCase() === 'them' ? '*' : pattern;
    return this.#names.filter((name) => {
      if (name.startsWith('_') && !glob.startsWith('_')) return false;
      return matchesName(glob.split('*'), name);
    });
  }

  #known(): string {
    return this.#names.length === 0 ? 'there is none' : `known are ${this.#names.join(', ')}`;
  }
}

function tokenize(text: string): readonly Token[] {
  return Array.from(text.matchAll(/[()|]|[^\s()|]+/g), (match) => ({ text: match[0], offset: match.index }));
}

function isName(word: string): boolean {
  return /^[\w-]+$/.test(word) && !/^(?:and|or|not|of|them)$/i.test(word);
}

function join(kind: 'and' | 'or', operands: readonly Condition[]): Condition {
  const [only] = operands;
  return only !== undefined && operands.length === 1 ? only : { kind, operands };
}

/** Whether a name is made of these pieces in this order, with anything between them. */
function matchesName(pieces: readonly string[], name: string): boolean {
  const [first = '', ...rest] = pieces;
  const last = rest.pop();
  if (last === undefined) return name === first;
  if (!name.startsWith(first) || !name.endsWith(last) || name.length < first.length + last.length)
    return false;
  let from = first.length;
  for (const piece of rest) {
    const found = name.indexOf(piece, from);
    if (found < 0) return false;
    from = found + piece.length;
  }
  return from <= name.length - last.length;
}
