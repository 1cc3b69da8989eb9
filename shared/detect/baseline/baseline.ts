import type { Position, RuleHeader } from '../sigma/index.ts';

export type BaselineType = 'new_value' | 'rare_value' | 'rate' | 'time_of_day';

/** What is usual for each of many groups, learnt from the trail, and when to say that something is not. */
export interface Baseline extends RuleHeader {
  readonly type: BaselineType;
  /** Ids or names of the rules whose matches are observed. */
  readonly rules: readonly Reference[];
  /** One memory per combination of these fields' values. */
  readonly groupBy: readonly string[];
  /** new_value, rare_value: what has to be known; several are a tuple. */
  readonly field: readonly string[];
  readonly aliases: readonly Alias[];
  /** From a group's first event; until then findings are staged. */
  readonly learningMs: number;
  /** Events of a group before the one that is judged; until then findings are staged. */
  readonly minEvents: number;
  /** What was not seen for so long is forgotten. */
  readonly memoryMs: number;
  /** rate: the window whose count is compared. */
  readonly timespanMs: number;
  /** rate: so many times the usual, or more. The others: a share of the group's events, or less. */
  readonly threshold: number;
  /** Whether the rules that are observed make findings of their own as well. */
  readonly generate: boolean;
  readonly words: Words;
}

export interface Reference {
  readonly reference: string;
  readonly position: Position;
}

/** A name for what different rules' events call differently. */
export interface Alias {
  readonly name: string;
  readonly fields: readonly AliasField[];
}

export interface AliasField extends Reference {
  /** Tried in this order. */
  readonly fields: readonly string[];
}

/** How an explanation speaks of the events and of the field: `was deployed`, `by`. */
export interface Words {
  /** Undefined says `was seen`. */
  readonly event: string | undefined;
  /** Before the value; undefined says `with`, and the field's name. */
  readonly field: string | undefined;
}
