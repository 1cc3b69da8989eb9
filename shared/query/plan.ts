/**
 * What the index can say about an expression. A plan names events that may match and never misses one that does;
 * the filter has the last word on each of them.
 */
import { valueTest } from './compile.ts';
import { HEX_PREFIX_MIN } from './field.ts';
import { shortField, shortFields } from './fields.ts';
import type { Expression, Match, Term } from './syntax.ts';
import { literalPrefix } from './wildcard.ts';

export type Plan =
  /** The index cannot narrow it: every event may match. */
  | { readonly kind: 'everything' }
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Plan[] }
  /** Events with this key in the field. */
  | { readonly kind: 'key'; readonly field: string; readonly key: string }
  /** Events without this key in the field. */
  | { readonly kind: 'without'; readonly field: string; readonly key: string }
  /** Events with a whole value in the field that passes. */
  | { readonly kind: 'values'; readonly field: string; readonly test: (value: string) => boolean };

/** The key that every event has which has any value in a field. */
export const PRESENT_KEY = '';

export function planOf(expression: Expression): Plan {
  switch (expression.kind) {
    case 'term':
      return termPlan(expression);
    case 'and':
    case 'or':
      return joined(expression.kind, expression.parts.map(planOf));
    case 'not':
      return planOfNot(expression.part);
    case 'all':
    case 'word':
      return EVERYTHING;
  }
}

/** NOT moves inwards to the terms. */
function planOfNot(expression: Expression): Plan {
  switch (expression.kind) {
    case 'not':
      return planOf(expression.part);
    case 'and':
      return joined('or', expression.parts.map(planOfNot));
    case 'or':
      return joined('and', expression.parts.map(planOfNot));
    case 'term':
      return withoutPlan(expression);
    case 'all':
    case 'word':
      return EVERYTHING;
  }
}

/** Only where events with the key are exactly those that match: else what has the key might still be wanted. */
function withoutPlan(term: Term): Plan {
  const plan = term.field.kind === 'short' ? termPlan(term) : EVERYTHING;
  const exact = plan.kind === 'key' && plan.key !== PRESENT_KEY && shortField(plan.field)?.exact === true;
  return exact ? { kind: 'without', field: plan.field, key: plan.key } : EVERYTHING;
}

const EVERYTHING: Plan = { kind: 'everything' };

function joined(kind: 'and' | 'or', all: readonly Plan[]): Plan {
  const parts = all.filter((part) => part.kind !== 'everything');
  if (kind === 'or' && parts.length < all.length) return EVERYTHING;
  const [only] = parts;
  if (only === undefined) return EVERYTHING;
  return parts.length === 1 ? only : { kind, parts };
}

function termPlan({ field, match }: Term): Plan {
  if (field.kind === 'short') return matchPlan(field.name, match);
  // A path that a short name reads: what stands there is among that name's values.
  const name = FIELD_OF_PATH.get(field.segments.join('.'));
  return name === undefined ? EVERYTHING : pathPlan(name, match);
}

const FIELD_OF_PATH: ReadonlyMap<string, string> = new Map(
  shortFields
    .filter(({ hexPrefix }) => !hexPrefix)
    .flatMap(({ name, paths }) => paths.map((path) => [path, name] as const))
    .filter(([path]) => !path.includes('[')),
);

function matchPlan(field: string, match: Match): Plan {
  const short = shortField(field);
  if (short === undefined) return EVERYTHING;
  if (match.kind === 'present') return { kind: 'key', field, key: PRESENT_KEY };
  if (match.kind === 'equals') {
    const keyed = !short.hexPrefix || match.text.length >= HEX_PREFIX_MIN;
    if (keyed && match.text !== '') return { kind: 'key', field, key: short.key(match.text) };
  }
  if (short.hexPrefix && match.kind === 'wildcard') {
    const prefix = literalPrefix(match.pattern);
    if (prefix.length >= HEX_PREFIX_MIN) return { kind: 'key', field, key: short.key(prefix) };
  }
  return { kind: 'values', field, test: valueTest(field, match) };
}

/** A path asks for whole values only, which are a part of what the short name asks for. */
function pathPlan(field: string, match: Match): Plan {
  const short = shortField(field);
  if (short === undefined || match.kind === 'range') return EVERYTHING;
  if (match.kind === 'equals') {
    return match.text === ''
      ? EVERYTHING
      : { kind: 'key', field, key: short.key(short.spelling(match.text)) };
  }
  return matchPlan(field, match);
}

/** Event times outside of which nothing matches, ms since the epoch, both ends inclusive. */
export interface TimeRange {
  readonly firstMs: number;
  readonly lastMs: number;
}

export const ANY_TIME: TimeRange = { firstMs: Number.NEGATIVE_INFINITY, lastMs: Number.POSITIVE_INFINITY };

/** The stretch of event time that `time:` terms leave, by which whole blocks are passed over. */
export function timeRangeOf(expression: Expression): TimeRange {
  if (expression.kind === 'and') return expression.parts.map(timeRangeOf).reduce(overlap, ANY_TIME);
  if (expression.kind === 'or') return expression.parts.map(timeRangeOf).reduce(hull);
  if (expression.kind !== 'term' || expression.match.kind !== 'range') return ANY_TIME;
  const { field, match } = expression;
  if (field.kind !== 'path' || field.segments.length !== 1 || field.segments[0] !== 'time') return ANY_TIME;
  return {
    firstMs: match.lower?.number ?? ANY_TIME.firstMs,
    lastMs: match.upper?.number ?? ANY_TIME.lastMs,
  };
}

export function overlap(a: TimeRange, b: TimeRange): TimeRange {
  return { firstMs: Math.max(a.firstMs, b.firstMs), lastMs: Math.min(a.lastMs, b.lastMs) };
}

function hull(a: TimeRange, b: TimeRange): TimeRange {
  return { firstMs: Math.min(a.firstMs, b.firstMs), lastMs: Math.max(a.lastMs, b.lastMs) };
}
