import { fail, ok, type Result } from '../../result.ts';
import { compileCidr } from './cidr.ts';
import { compileValues } from './compile-values.ts';
import {
  COST,
  type CompiledItem,
  type ItemContext,
  needingField,
  negated,
  type Predicate,
} from './compiled-item.ts';
import { quote } from './fault.ts';
import { type PlacedFault, type Plan, planOf } from './modifier.ts';
import { compileNumbers } from './number.ts';
import { expandPlaceholders, hasPlaceholder, type Placeholders } from './placeholder.ts';
import { type CompiledRegex, compileRegex, compileRegexLater, patternKey } from './regex.ts';
import type { Item, ItemValue } from './rule.ts';
import { everyOf, NO_WITNESS, someOf, type Witness, witnessOf } from './witness.ts';

/** Compiles one `field|modifiers: values` into a closure. Everything about the rule is decided here, not per event. */
export function compileItem(item: Item, context: ItemContext): Result<CompiledItem, PlacedFault> {
  const plan = planOf(item);
  if (!plan.ok) return plan;
  const values = plan.value.expand ? expandAll(item.values, context.placeholders) : ok(item.values);
  if (!values.ok) return values;
  const expanded = { ...item, values: values.value };
  const compiled = compileType(expanded, plan.value, context);
  return compiled.ok && plan.value.neq ? ok(negated(compiled.value)) : compiled;
}

function compileType(item: Item, plan: Plan, context: ItemContext): Result<CompiledItem, PlacedFault> {
  switch (plan.type) {
    case 'string':
      return compileValues(item, plan, context);
    case 're':
      return compileTexts(item, plan, context, (text) => regexOf(text, plan, context));
    case 'cidr':
      return compileTexts(item, plan, context, (text) => {
        const test = compileCidr(text);
        return test === undefined
          ? fail(`expected a network such as 192.0.2.0/24, found ${quote(text)}`)
          : ok({ test, literal: '' });
      });
    case 'number':
      return compileNumbers(item, plan, context);
    case 'exists':
      return compileExists(item, context);
    case 'fieldref':
      return compileFieldref(item, plan, context);
  }
}

function regexOf(text: string, { regexFlags, anchor }: Plan, context: ItemContext): Result<CompiledRegex> {
  const isSound = context.soundPatterns.has(patternKey(text, regexFlags, anchor));
  return isSound ? ok(compileRegexLater(text, regexFlags, anchor)) : compileRegex(text, regexFlags, anchor);
}

/** Values that each become a test of a text: regular expressions and networks. */
function compileTexts(
  item: Item,
  plan: Plan,
  context: ItemContext,
  compile: (text: string) => Result<CompiledRegex>,
): Result<CompiledItem, PlacedFault> {
  const compiled: CompiledRegex[] = [];
  for (const { value, source, position } of item.values) {
    if (value === null || typeof value === 'boolean') {
      return fail({ position, message: `expected a string for '${plan.type}', found ${String(value)}` });
    }
    const test = compile(typeof value === 'string' ? value : source);
    if (!test.ok) return fail({ position, message: test.fault });
    compiled.push(test.value);
  }
  const tests = compiled.map(({ test }) => test);
  const slot = item.field === undefined ? undefined : context.slotOf(item.field);
  const test = (texts: readonly string[]) =>
    plan.all
      ? tests.every((each) => texts.some(each))
      : texts.some((text) => tests.some((each) => each(text)));
  const witnesses = compiled.map(({ literal }) => textWitness(literal, slot));
  return ok({
    test: slot === undefined ? (view) => test([view.searchText()]) : (view) => test(view.field(slot).texts()),
    cost: plan.type === 're' ? COST.regex : COST.texts,
    witness: plan.all ? everyOf(witnesses) : someOf(witnesses),
    refutation: NO_WITNESS,
  });
}

function textWitness(literal: string, slot: number | undefined): Witness {
  const text = literal.toLowerCase();
  if (slot === undefined) return text === '' ? NO_WITNESS : witnessOf({ kind: 'keyword', text });
  return witnessOf(text === '' ? { kind: 'present', slot } : { kind: 'part', slot, text });
}

function compileExists(item: Item, context: ItemContext): Result<CompiledItem, PlacedFault> {
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
  const there = needingField(slot, (view) => view.field(slot).present, COST.presence);
  return ok(wanted ? there : negated(there));
}

/** Values of the other field that are compared when a text is looked for inside another; equality has no bound. */
const REFERENCE_COUNT_MAX = 100;

function compileFieldref(item: Item, plan: Plan, context: ItemContext): Result<CompiledItem, PlacedFault> {
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
  const test: Predicate = plan.all
    ? (view) => predicates.every((predicate) => predicate(view))
    : (view) => predicates.some((predicate) => predicate(view));
  return ok(needingField(own, test, COST.reference));
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
