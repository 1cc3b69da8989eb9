import { fail, ok, type Result } from '../../result.ts';
import { compileCidr } from './cidr.ts';
import { compileValues } from './compile-values.ts';
import type { EventView } from './event-view.ts';
import { quote } from './fault.ts';
import { type PlacedFault, type Plan, planOf } from './modifier.ts';
import { compileNumbers } from './number.ts';
import type { TextTest } from './pattern.ts';
import { expandPlaceholders, hasPlaceholder, type Placeholders } from './placeholder.ts';
import { compileRegex } from './regex.ts';
import type { Item, ItemValue } from './rule.ts';

/** Whether an event fulfils a part of a rule. */
export type Predicate = (view: EventView) => boolean;

/** What items need of the rule set that they are compiled into. */
export interface ItemContext {
  readonly placeholders: Placeholders;
  /** The slot under which event views remember a field. */
  slotOf(field: string): number;
}

/** Compiles one `field|modifiers: values` into a closure. Everything about the rule is decided here, not per event. */
export function compileItem(item: Item, context: ItemContext): Result<Predicate, PlacedFault> {
  const plan = planOf(item);
  if (!plan.ok) return plan;
  const values = plan.value.expand ? expandAll(item.values, context.placeholders) : ok(item.values);
  if (!values.ok) return values;
  const expanded = { ...item, values: values.value };
  const predicate = compileType(expanded, plan.value, context);
  if (!predicate.ok || !plan.value.neq) return predicate;
  return ok((view) => !predicate.value(view));
}

function compileType(item: Item, plan: Plan, context: ItemContext): Result<Predicate, PlacedFault> {
  switch (plan.type) {
    case 'string':
      return compileValues(item, plan, context);
    case 're':
      return compileTexts(item, plan, context, (text) => compileRegex(text, plan.regexFlags, plan.anchor));
    case 'cidr':
      return compileTexts(item, plan, context, (text) => {
        const test = compileCidr(text);
        return test === undefined
          ? fail(`expected a network such as 192.0.2.0/24, found ${quote(text)}`)
          : ok(test);
      });
    case 'number':
      return compileNumbers(item, plan, context);
    case 'exists':
      return compileExists(item, context);
    case 'fieldref':
      return compileFieldref(item, plan, context);
  }
}

/** Values that each become a test of a text: regular expressions and networks. */
function compileTexts(
  item: Item,
  plan: Plan,
  context: ItemContext,
  compile: (text: string) => Result<TextTest>,
): Result<Predicate, PlacedFault> {
  const tests: TextTest[] = [];
  for (const { value, source, position } of item.values) {
    if (value === null || typeof value === 'boolean') {
      return fail({ position, message: `expected a string for '${plan.type}', found ${String(value)}` });
    }
    const test = compile(typeof value === 'string' ? value : source);
    if (!test.ok) return fail({ position, message: test.fault });
    tests.push(test.value);
  }
  const textsOf = item.field === undefined ? searchTexts : fieldTexts(context.slotOf(item.field));
  return ok((view) => {
    const texts = textsOf(view);
    return plan.all
      ? tests.every((test) => texts.some(test))
      : texts.some((text) => tests.some((test) => test(text)));
  });
}

function searchTexts(view: EventView): readonly string[] {
  return [view.searchText()];
}

function fieldTexts(slot: number): (view: EventView) => readonly string[] {
  return (view) => view.field(slot).texts();
}

function compileExists(item: Item, context: ItemContext): Result<Predicate, PlacedFault> {
  const [only, ...rest] = item.values;
  if (only === undefined || rest.length > 0 || typeof only.value !== 'boolean') {
    const position = only?.position ?? item.position;
    return fail({
      position,
      message: `expected true or false for 'exists', found ${quote(only?.source ?? '')}`,
    });
  }
  const slot = context.slotOf(item.field ?? '');
  const wanted = only.value;
  return ok((view) => view.field(slot).present === wanted);
}

/** Values of the other field that are compared when a text is looked for inside another; equality has no bound. */
const REFERENCE_COUNT_MAX = 100;

function compileFieldref(item: Item, plan: Plan, context: ItemContext): Result<Predicate, PlacedFault> {
  const own = context.slotOf(item.field ?? '');
  const predicates: Predicate[] = [];
  for (const { value, source, position } of item.values) {
    if (value === null || typeof value === 'boolean' || source === '') {
      return fail({ position, message: `expected a field name for 'fieldref', found ${quote(source)}` });
    }
    const other = context.slotOf(typeof value === 'string' ? value : source);
    predicates.push((view) => {
      const field = view.field(own);
      const reference = view.field(other);
      const texts = plan.cased ? field.texts() : field.lowers();
      const references = plan.cased ? reference.texts() : reference.lowers();
      return refersTo(texts, references, plan.anchor);
    });
  }
  return ok(combine(predicates, plan.all ? 'all' : 'any'));
}

function refersTo(texts: readonly string[], references: readonly string[], anchor: Plan['anchor']): boolean {
  if (anchor === 'whole') {
    const known = new Set(references);
    return texts.some((text) => known.has(text));
  }
  const some = references.slice(0, REFERENCE_COUNT_MAX);
  const has = { contains: 'includes', startswith: 'startsWith', endswith: 'endsWith' } as const;
  return texts.some((text) => some.some((reference) => text[has[anchor]](reference)));
}

/** Links predicates; one alone stays itself, so that no closure is between a rule and its only item. */
export function combine(predicates: readonly Predicate[], link: 'all' | 'any'): Predicate {
  const [only] = predicates;
  if (only !== undefined && predicates.length === 1) return only;
  return link === 'all'
    ? (view) => predicates.every((predicate) => predicate(view))
    : (view) => predicates.some((predicate) => predicate(view));
}

function expandAll(
  values: readonly ItemValue[],
  placeholders: Placeholders,
): Result<readonly ItemValue[], PlacedFault> {
  const [first] = values;
  if (first !== undefined && !values.some((each) => hasPlaceholder(String(each.value)))) {
    const message = `expected a placeholder such as %name% for 'expand', found none (\\% is a plain percent sign)`;
    return fail({ position: first.position, message });
  }
  const expanded: ItemValue[] = [];
  for (const each of values) {
    const texts = typeof each.value === 'string' ? expandPlaceholders(each.value, placeholders) : undefined;
    if (texts === undefined) expanded.push(each);
    else if (!texts.ok) return fail({ position: each.position, message: texts.fault });
    else expanded.push(...texts.value.map((value) => ({ value, source: value, position: each.position })));
  }
  return ok(expanded);
}
