import type { JsonValue } from '../json/json.ts';
import { shortField } from './fields.ts';
import { scalarTest, textTest } from './match.ts';
import { someInside, someScalar } from './paths.ts';
import type { Subject } from './subject.ts';
import type { Expression, Match, Term } from './syntax.ts';
import { valuesReader } from './values.ts';
import { longestLiteral, matchesWildcard, type Wildcard } from './wildcard.ts';

export type Filter = (subject: Subject) => boolean;

/** The expression as one function, built once and asked of every event that the index could not rule out. */
export function compileFilter(expression: Expression): Filter {
  switch (expression.kind) {
    case 'all':
      return () => true;
    case 'not': {
      const filter = compileFilter(expression.part);
      return (subject) => !filter(subject);
    }
    case 'and': {
      const filters = expression.parts.map(compileFilter);
      return (subject) => filters.every((filter) => filter(subject));
    }
    case 'or': {
      const filters = expression.parts.map(compileFilter);
      return (subject) => filters.some((filter) => filter(subject));
    }
    case 'word':
      return wordFilter(expression.pattern);
    case 'term':
      return termFilter(expression);
  }
}

function termFilter({ field, match }: Term): Filter {
  if (field.kind === 'short') return shortFilter(field.name, match);
  const { segments } = field;
  const test = scalarTest(match);
  const [root = '', ...inner] = segments;
  if (root === 'raw_data') {
    if (inner.length === 0) return ({ raw }) => raw !== '' && test(raw);
    return ({ record }) => someScalar(record, inner, test);
  }
  return ({ event }) => someScalar(event, segments, test);
}

function shortFilter(name: string, match: Match): Filter {
  const field = shortField(name);
  if (field === undefined) return () => false;
  const test = valueTest(name, match);
  const read = valuesReader([field]);
  return (subject) => read(subject)[0]?.some(test) === true;
}

/** The question that a match asks of one whole value of a short field: of the value itself and of its forms. */
export function valueTest(name: string, match: Match): (value: string) => boolean {
  const field = shortField(name);
  if (field === undefined) return () => false;
  if (match.kind === 'equals') return (value) => field.isValue(value, match.text);
  const test = textTest(match);
  return (value) => test(value) || field.forms(value).some(test);
}

/**
 * A bare word is looked for in every value of the event and in the record as received. Random ids of our own making
 * (uid, nonce, hashes: long runs of hex) are left out for words that such ids hold by chance.
 */
function wordFilter(pattern: Wildcard): Filter {
  const short = longestLiteral(pattern).length < CHANCE_LENGTH;
  const matches = (text: string): boolean => matchesWildcard(pattern, text);
  const visit = (scalar: string | number | boolean): boolean => {
    const text = typeof scalar === 'string' ? scalar.toLowerCase() : String(scalar);
    return matches(text) && !(short && isLongHex(text));
  };
  return ({ event, raw }) => {
    if (raw !== '' && matches(raw.toLowerCase())) return true;
    for (const key of Object.keys(event)) {
      if (key !== 'raw_data' && someInside((event as unknown as Record<string, JsonValue>)[key], visit))
        return true;
    }
    return false;
  };
}

/** A word of fewer characters turns up in some random hex id by chance. */
const CHANCE_LENGTH = 7;
const LONG_HEX_MIN = 32;

function isLongHex(text: string): boolean {
  return text.length >= LONG_HEX_MIN && /^[0-9a-f]+$/.test(text);
}
