import type { CompileOptions } from './compile.ts';
import { compileItem } from './compile-item.ts';
import { EventView } from './event-view.ts';
import { collect } from './fault.ts';
import { FieldSlots } from './field-slots.ts';
import { filtersOf } from './filter.ts';
import type { Condition, Detection, Item, Rule, RuleLogsource, Search } from './rule.ts';
import { covers, type SigmaEvent } from './rule-set.ts';

/** Why a rule matched an event or did not, part by part, in the order in which its author wrote it. */
export interface RuleExplanation {
  /** What the engine says of rule and event: logsource, detection and every filter. */
  readonly matches: boolean;
  readonly logsource: { readonly holds: boolean; readonly expected: RuleLogsource };
  readonly detection: DetectionExplanation;
  readonly filters: readonly { readonly title: string; readonly detection: DetectionExplanation }[];
}

export interface DetectionExplanation {
  readonly holds: boolean;
  readonly condition: ConditionExplanation;
  readonly selections: readonly {
    readonly name: string;
    readonly holds: boolean;
    readonly search: SearchExplanation;
  }[];
}

export type ConditionExplanation =
  | { readonly kind: 'selection'; readonly holds: boolean; readonly name: string }
  | {
      readonly kind: 'and' | 'or';
      readonly holds: boolean;
      readonly operands: readonly ConditionExplanation[];
    }
  | { readonly kind: 'not'; readonly holds: boolean; readonly operand: ConditionExplanation };

export type SearchExplanation =
  | { readonly kind: 'all' | 'any'; readonly holds: boolean; readonly parts: readonly SearchExplanation[] }
  | ItemExplanation;

/** One `field|modifiers: values` beside what the event has there. */
export interface ItemExplanation {
  readonly kind: 'item';
  readonly holds: boolean;
  /** Undefined for keywords, which are looked for in the whole record. */
  readonly field: string | undefined;
  readonly modifiers: readonly string[];
  /** As the rule has them; null stands for itself. */
  readonly expected: readonly string[];
  /** Whether the event has the field at all. */
  readonly isPresent: boolean;
  /** The first values of the field, null among them; `foundCount` is how many there are. */
  readonly found: readonly string[];
  readonly foundCount: number;
  /** Under `fieldref`: the values of the fields that the rule names. */
  readonly references: readonly { readonly field: string; readonly found: readonly string[] }[];
  /** Why the item could not be compiled: a rule with such a fault is not at work. */
  readonly fault?: string;
}

/** Values of a field that an explanation shows, and how much of each. */
const FOUND_COUNT_MAX = 10;
const FOUND_LENGTH_MAX = 500;

/** Explains a rule, with the filters that apply to it, on one event. It asks the same tests that matching asks. */
export function explainRule(rule: Rule, event: SigmaEvent, options: CompileOptions = {}): RuleExplanation {
  const slots = new FieldSlots(options);
  const explainer = new Explainer(rule.logsource, event, slots);
  const holds = event.logsource === undefined || covers(rule.logsource, event.logsource);
  const filters = filtersOf([rule], options.filters ?? [], collect([])).get(rule) ?? [];
  const detection = explainer.detection(rule.detection);
  const explained = filters.map((filter) => ({
    title: filter.title,
    detection: explainer.detection(filter.detection),
  }));
  return {
    matches: holds && detection.holds && explained.every((filter) => filter.detection.holds),
    logsource: { holds, expected: rule.logsource },
    detection,
    filters: explained,
  };
}

class Explainer {
  readonly #logsource: RuleLogsource;
  readonly #event: SigmaEvent;
  readonly #slots: FieldSlots;

  constructor(logsource: RuleLogsource, event: SigmaEvent, slots: FieldSlots) {
    this.#logsource = logsource;
    this.#event = event;
    this.#slots = slots;
  }

  detection({ condition, selections }: Detection): DetectionExplanation {
    const explained = selections.map(({ name, search }) => {
      const found = this.#search(search);
      return { name, holds: found.holds, search: found };
    });
    const verdicts = new Map(explained.map(({ name, holds }) => [name, holds]));
    const whole = explainCondition(condition, verdicts);
    return { holds: whole.holds, condition: whole, selections: explained };
  }

  #search(search: Search): SearchExplanation {
    if (search.kind === 'item') return this.#item(search.item);
    const parts = search.searches.map((each) => this.#search(each));
    const holds =
      search.kind === 'all' ? parts.every((part) => part.holds) : parts.some((part) => part.holds);
    return { kind: search.kind, holds, parts };
  }

  #item(item: Item): ItemExplanation {
    const context = this.#slots.context(this.#logsource);
    const compiled = compileItem(item, context);
    const own = item.field === undefined ? undefined : context.slotOf(item.field);
    const isReference = item.modifiers.some(({ name }) => name === 'fieldref');
    const others = isReference
      ? item.values.map(({ source }) => [source, context.slotOf(source)] as const)
      : [];
    // Slots are given out above: a view knows those that were there when it was made.
    const view = new EventView(this.#slots.fields);
    view.open(this.#event.record, this.#event.raw);
    const field = own === undefined ? undefined : view.field(own);
    const texts = field === undefined ? [] : [...field.texts(), ...(field.hasNull ? ['null'] : [])];
    return {
      kind: 'item',
      holds: compiled.ok && compiled.value.test(view),
      field: item.field,
      modifiers: item.modifiers.map(({ name }) => name),
      expected: item.values.map(({ value, source }) => (value === null ? 'null' : source)),
      isPresent: field?.present ?? false,
      found: shown(texts),
      foundCount: texts.length,
      references: others.map(([name, slot]) => ({ field: name, found: shown(view.field(slot).texts()) })),
      ...(compiled.ok ? {} : { fault: compiled.fault.message }),
    };
  }
}

function shown(texts: readonly string[]): readonly string[] {
  return texts
    .slice(0, FOUND_COUNT_MAX)
    .map((text) => (text.length > FOUND_LENGTH_MAX ? `${text.slice(0, FOUND_LENGTH_MAX)}…` : text));
}

function explainCondition(
  condition: Condition,
  verdicts: ReadonlyMap<string, boolean>,
): ConditionExplanation {
  switch (condition.kind) {
    case 'selection':
      return { kind: 'selection', name: condition.name, holds: verdicts.get(condition.name) ?? false };
    case 'not': {
      const operand = explainCondition(condition.operand, verdicts);
      return { kind: 'not', operand, holds: !operand.holds };
    }
    case 'and':
    case 'or': {
      const operands = condition.operands.map((operand) => explainCondition(operand, verdicts));
      const holds =
        condition.kind === 'and' ? operands.every((each) => each.holds) : operands.some((each) => each.holds);
      return { kind: condition.kind, operands, holds };
    }
  }
}
