import type { EventView } from './event-view.ts';
import type { Placeholders } from './placeholder.ts';
import { NO_WITNESS, type Witness, witnessOf } from './witness.ts';

/** Whether an event fulfils a part of a rule. */
export type Predicate = (view: EventView) => boolean;

/** One `field|modifiers: values`, compiled. */
export interface CompiledItem {
  readonly test: Predicate;
  /** How much work the test is, on no particular scale: cheap parts are asked first. */
  readonly cost: number;
  /** What an event shows that fulfils it. */
  readonly witness: Witness;
  /** What an event shows that does not. */
  readonly refutation: Witness;
}

/** What items need of the rule set that they are compiled into. */
export interface ItemContext {
  readonly placeholders: Placeholders;
  /** Regular expressions that are known to compile, by their `patternKey`. */
  readonly soundPatterns: ReadonlySet<string>;
  /** The slot under which event views remember a field. */
  slotOf(field: string): number;
}

export const COST = {
  presence: 1,
  text: 2,
  texts: 4,
  number: 4,
  reference: 6,
  regex: 40,
  keyword: 60,
} as const;

/** The same item with the opposite verdict. */
export function negated(item: CompiledItem): CompiledItem {
  const { test, cost, witness, refutation } = item;
  return { test: (view) => !test(view), cost, witness: refutation, refutation: witness };
}

/** A test that nothing fulfils that lacks the field. */
export function needingField(slot: number, test: Predicate, cost: number): CompiledItem {
  return { test, cost, witness: witnessOf({ kind: 'present', slot }), refutation: NO_WITNESS };
}
