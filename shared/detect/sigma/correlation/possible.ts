import type { Condition } from '../rule.ts';
import { type Comparison, compare } from './correlation.ts';

/**
 * Whether any number that can be measured fulfils all comparisons: a range may be empty, or below every count. Counts
 * are whole numbers of a range.
 */
export function canBe(
  comparisons: readonly Comparison[],
  counts: { readonly from: number; readonly to: number } | undefined,
): boolean {
  const values = comparisons.map(({ value }) => value).sort((a, b) => a - b);
  // Comparisons change at their own numbers only: those, what is next to them, and what is between two.
  const between = values.flatMap((value, i) => [
    value - 1,
    value,
    (value + (values[i + 1] ?? value + 2)) / 2,
  ]);
  const candidates =
    counts === undefined
      ? between
      : [counts.from, ...between.flatMap((each) => [Math.floor(each), Math.ceil(each), Math.ceil(each) + 1])];
  return candidates.some(
    (each) =>
      (counts === undefined || (each >= counts.from && each <= counts.to)) &&
      comparisons.every((comparison) => compare(each, comparison)),
  );
}

/** Whether any set of the rules, at least one of them, makes the expression true: it is judged when one matches. */
export function canHold(expression: Condition, names: readonly string[]): boolean {
  for (let row = 1; row < 1 << names.length; row++) {
    if (holds(expression, (name) => (row & (1 << names.indexOf(name))) !== 0)) return true;
  }
  return false;
}

function holds(condition: Condition, isThere: (name: string) => boolean): boolean {
  switch (condition.kind) {
    case 'selection':
      return isThere(condition.name);
    case 'not':
      return !holds(condition.operand, isThere);
    case 'and':
      return condition.operands.every((operand) => holds(operand, isThere));
    case 'or':
      return condition.operands.some((operand) => holds(operand, isThere));
  }
}
