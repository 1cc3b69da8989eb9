import type { Position } from '../fault.ts';
import type { Condition, RuleHeader } from '../rule.ts';

export const CORRELATION_TYPES = [
  'event_count',
  'value_count',
  'temporal',
  'temporal_ordered',
  'value_sum',
  'value_avg',
  'value_percentile',
  'value_median',
] as const;

export type CorrelationType = (typeof CORRELATION_TYPES)[number];

/** A Sigma correlation (specification 2.1), parsed; its rules are not looked up yet. */
export interface Correlation extends RuleHeader {
  readonly type: CorrelationType;
  readonly rules: readonly RuleReference[];
  /** Fields, or names of `aliases`; empty means that all events are one group. */
  readonly groupBy: readonly string[];
  readonly timespanMs: number;
  /**
   * Ours, not Sigma's: how long the correlation waits for events that come late. Undefined judges each event when it
   * arrives; with it, events are judged in the order of their times, once nothing earlier is waited for.
   */
  readonly latenessMs: number | undefined;
  readonly condition: CorrelationCondition;
  readonly aliases: readonly FieldAlias[];
  /** Whether the rules referred to make findings of their own too. */
  readonly generate: boolean;
}

export interface RuleReference {
  /** An id, a name, or a title. */
  readonly reference: string;
  readonly position: Position;
}

/** A name that stands for another field in the events of each rule. */
export interface FieldAlias {
  readonly name: string;
  readonly fields: readonly (RuleReference & { readonly field: string })[];
}

export type CorrelationCondition =
  | {
      readonly kind: 'measure';
      /** All of them must hold: two make a range. */
      readonly comparisons: readonly Comparison[];
      /** What is counted, summed, ...; several are one tuple. */
      readonly fields: readonly string[];
      /** For `value_percentile`: 0 to 100; without it the share of events with the same value, in percent. */
      readonly percentile: number | undefined;
    }
  /** For `temporal` and `temporal_ordered`: which of the rules must have matched. Names are `reference`s of `rules`. */
  | { readonly kind: 'expression'; readonly expression: Condition; readonly text: string };

export const OPERATORS = ['gt', 'gte', 'lt', 'lte', 'eq', 'neq'] as const;

export interface Comparison {
  readonly operator: (typeof OPERATORS)[number];
  readonly value: number;
}

export function compare(measured: number, { operator, value }: Comparison): boolean {
  switch (operator) {
    case 'gt':
      return measured > value;
    case 'gte':
      return measured >= value;
    case 'lt':
      return measured < value;
    case 'lte':
      return measured <= value;
    case 'eq':
      return measured === value;
    case 'neq':
      return measured !== value;
  }
}
