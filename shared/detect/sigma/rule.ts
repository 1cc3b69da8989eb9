import type { JsonObject } from '../../json/json.ts';
import type { Position } from './fault.ts';

export type Level = 'informational' | 'low' | 'medium' | 'high' | 'critical';
export type Status = 'stable' | 'test' | 'experimental' | 'deprecated' | 'unsupported';

/** Sigma's routing key. Every key given must be equal on the event; a rule without any matches every event. */
export interface RuleLogsource {
  readonly product?: string;
  readonly service?: string;
  readonly category?: string;
}

/** What rules and filters share. */
export interface Described {
  readonly file: string;
  readonly position: Position;
  readonly id?: string;
  readonly name?: string;
  readonly title: string;
  readonly description?: string;
  readonly logsource: RuleLogsource;
  readonly detection: Detection;
}

/** Everything about a rule of any kind that must reach the person who reads its finding. */
export interface RuleHeader {
  readonly file: string;
  readonly position: Position;
  readonly id?: string;
  readonly name?: string;
  readonly title: string;
  readonly description?: string;
  readonly status?: Status;
  readonly level?: Level;
  readonly license?: string;
  readonly author?: string;
  readonly date?: string;
  readonly modified?: string;
  readonly references: readonly string[];
  readonly tags: readonly string[];
  readonly falsepositives: readonly string[];
  readonly fields: readonly string[];
  /** Every attribute that the specification does not name. */
  readonly custom: JsonObject;
}

/** A Sigma detection rule, parsed. */
export interface Rule extends RuleHeader {
  readonly logsource: RuleLogsource;
  readonly detection: Detection;
}

/** A Sigma filter: its condition is ANDed to each rule that it names. */
export interface Filter extends Described {
  /** Ids, names or titles, with where each is written; undefined for every rule of the filter's logsource. */
  readonly rules: readonly { readonly reference: string; readonly position: Position }[] | undefined;
}

export interface Detection {
  readonly selections: readonly Selection[];
  /** Quantifiers (`1 of x*`) are already spelt out. */
  readonly condition: Condition;
}

export interface Selection {
  readonly name: string;
  readonly position: Position;
  readonly search: Search;
}

export type Search =
  | { readonly kind: 'all' | 'any'; readonly searches: readonly Search[] }
  | { readonly kind: 'item'; readonly item: Item };

/** `field|modifier|modifier: values`; without a field, keywords over the whole record. */
export interface Item {
  readonly field: string | undefined;
  readonly modifiers: readonly { readonly name: string; readonly position: Position }[];
  readonly values: readonly ItemValue[];
  readonly position: Position;
}

export interface ItemValue {
  readonly value: string | number | boolean | null;
  /** As written in the file. */
  readonly source: string;
  readonly position: Position;
}

export type Condition =
  | { readonly kind: 'selection'; readonly name: string }
  | { readonly kind: 'and' | 'or'; readonly operands: readonly Condition[] }
  | { readonly kind: 'not'; readonly operand: Condition };

/** How a rule is called where only one word fits: its id, else its name, else its title. */
export function referenceOf(rule: Pick<Described, 'id' | 'name' | 'title'>): string {
  return rule.id ?? rule.name ?? rule.title;
}
