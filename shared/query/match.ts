import { parseTime } from '../ocsf/time.ts';
import { inRange } from './ip.ts';
import type { Bound, Match } from './syntax.ts';
import { matchesWildcard } from './wildcard.ts';

/** The question that a match asks of one scalar of a path. Built once per term. */
export function scalarTest(match: Match): (scalar: string | number | boolean) => boolean {
  if (match.kind === 'range') return rangeTest(match.lower, match.upper);
  const test = textTest(match);
  return (scalar) => test(typeof scalar === 'string' ? scalar.toLowerCase() : String(scalar));
}

/** The question that a match asks of a text in lower case. */
export function textTest(match: Match): (text: string) => boolean {
  switch (match.kind) {
    case 'present':
      return (text) => text !== '';
    case 'equals':
      return (text) => text === match.text;
    case 'wildcard':
      return (text) => matchesWildcard(match.pattern, text);
    case 'cidr':
      return (text) => inRange(text, match.range);
    case 'range':
      return rangeTest(match.lower, match.upper);
  }
}

function rangeTest(
  lower: Bound | undefined,
  upper: Bound | undefined,
): (scalar: string | number | boolean) => boolean {
  if (lower === undefined && upper === undefined) return (scalar) => scalar !== '';
  return (scalar) =>
    (lower === undefined || holds(scalar, lower, 1)) && (upper === undefined || holds(scalar, upper, -1));
}

/** Whether a scalar lies on the right side of a bound: `side` is 1 above it and -1 below. */
function holds(scalar: string | number | boolean, bound: Bound, side: 1 | -1): boolean {
  const order =
    bound.number === undefined ? textOrder(scalar, bound.text) : numberOrder(scalar, bound.number);
  return order === side || (order === 0 && bound.inclusive);
}

function textOrder(scalar: string | number | boolean, text: string): number {
  const value = String(scalar).toLowerCase();
  if (value === text) return 0;
  return value > text ? 1 : -1;
}

/** undefined, which is on neither side, for a scalar that is neither a number nor a time. */
function numberOrder(scalar: string | number | boolean, number: number): number | undefined {
  const value = numberOf(scalar);
  return value === undefined ? undefined : Math.sign(value - number);
}

function numberOf(scalar: string | number | boolean): number | undefined {
  if (typeof scalar === 'number') return scalar;
  if (typeof scalar === 'boolean' || scalar.length > NUMBER_LENGTH_MAX) return undefined;
  if (/^-?[0-9]+(\.[0-9]+)?$/.test(scalar)) return Number(scalar);
  return parseTime(scalar)?.ms;
}

/** Longer texts are neither numbers nor times that anything honest writes. */
const NUMBER_LENGTH_MAX = 40;
