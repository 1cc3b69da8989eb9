import { compileItem } from './compile-item.ts';
import type { ItemContext } from './compiled-item.ts';
import { type Expression, ExpressionTable, Linker, witnessOfExpression } from './expression.ts';
import { collect, type Fault, formatFault, type Report } from './fault.ts';
import { type FieldAliases, FieldSlots } from './field-slots.ts';
import { filtersOf } from './filter.ts';
import type { Placeholders } from './placeholder.ts';
import type { Condition, Detection, Filter, Item, Rule, Search } from './rule.ts';
import { type NumberedRule, type Program, type RuleSet, ruleSetOf } from './rule-set.ts';

export interface CompileOptions {
  readonly filters?: readonly Filter[];
  readonly placeholders?: Placeholders;
  readonly aliases?: readonly FieldAliases[];
  /** What `soundPatterns` said of these rules when they were read: those are compiled when they are needed. */
  readonly soundPatterns?: ReadonlySet<string>;
}

export interface Compiled {
  readonly ruleSet: RuleSet;
  readonly faults: readonly Fault[];
}

/** Compiles rules, with the filters that apply to them, into closures over an event view that they share. */
export function compileRules(rules: readonly Rule[], options: CompileOptions = {}): Compiled {
  const faults: Fault[] = [];
  const report = collect(faults);
  const slots = new FieldSlots(options);
  const table = new ExpressionTable();
  const unique = dropRepeated(rules, report);
  const applied = filtersOf(unique, options.filters ?? [], report);
  const byExpression = new Map<Expression, NumberedRule[]>();
  for (const [number, rule] of unique.entries()) {
    const builder: Builder = { table, report, context: slots.context(rule.logsource) };
    const own = expressionOf(rule.detection, builder);
    if (own === undefined) continue;
    // A faulty filter is reported and left out: losing it must not silence the rule.
    const filters = (applied.get(rule) ?? []).flatMap(
      (filter) => expressionOf(filter.detection, builder) ?? [],
    );
    const whole = table.link('all', [own, ...filters]);
    byExpression.set(whole, [...(byExpression.get(whole) ?? []), { rule, number }]);
  }
  const linker = new Linker();
  const programs = Array.from(
    byExpression,
    ([expression, numbered]): Program => ({
      matches: linker.predicate(expression),
      witness: witnessOfExpression(expression),
      cost: expression.cost,
      rules: numbered,
    }),
  );
  return { ruleSet: ruleSetOf(programs, slots.fields), faults: dropRepeatedFaults(faults) };
}

/** A filter is compiled for each rule that it applies to, and so would be its faults. */
function dropRepeatedFaults(faults: readonly Fault[]): readonly Fault[] {
  return [...new Map(faults.map((fault) => [formatFault(fault), fault])).values()];
}

/** Two rules under one id would be one rule to everybody who reads a finding. */
function dropRepeated(rules: readonly Rule[], report: Report): readonly Rule[] {
  const seen = new Map<string, Rule>();
  return rules.filter((rule) => {
    if (rule.id === undefined) return true;
    const first = seen.get(rule.id);
    if (first === undefined) seen.set(rule.id, rule);
    else report.error(rule.position, `rule id ${rule.id} is taken by ${first.file}:${first.position.line}`);
    return first === undefined;
  });
}

interface Builder {
  readonly table: ExpressionTable;
  readonly context: ItemContext;
  readonly report: Report;
}

/** Undefined after a fault was reported. */
function expressionOf(detection: Detection, builder: Builder): Expression | undefined {
  const selections = new Map<string, Expression>();
  for (const { name, search } of detection.selections) {
    const expression = searchExpression(search, builder);
    if (expression !== undefined) selections.set(name, expression);
  }
  return selections.size < detection.selections.length
    ? undefined
    : conditionExpression(detection.condition, selections, builder.table);
}

function searchExpression(search: Search, builder: Builder): Expression | undefined {
  if (search.kind === 'item') return itemExpression(search.item, builder);
  const parts = search.searches.map((each) => searchExpression(each, builder));
  const whole = parts.flatMap((part) => part ?? []);
  return whole.length < parts.length ? undefined : builder.table.link(search.kind, whole);
}

function itemExpression(item: Item, { table, context, report }: Builder): Expression | undefined {
  return table.item(itemKey(item, context), () => {
    const compiled = compileItem(item, context);
    if (compiled.ok) return compiled.value;
    report.error(compiled.fault.position, compiled.fault.message);
    return undefined;
  });
}

/** Everything that the meaning of an item hangs on; a value may be the name of a field that has aliases. */
function itemKey({ field, modifiers, values }: Item, context: ItemContext): string {
  const names = modifiers.map(({ name }) => name);
  const written = values.map(({ value, source }) => [value, source]);
  const slots = names.includes('fieldref') ? values.map(({ source }) => context.slotOf(source)) : [];
  return JSON.stringify([field === undefined ? null : context.slotOf(field), names, written, slots]);
}

function conditionExpression(
  condition: Condition,
  selections: ReadonlyMap<string, Expression>,
  table: ExpressionTable,
): Expression {
  switch (condition.kind) {
    case 'selection': {
      const selection = selections.get(condition.name);
      // Parsing refuses conditions that name what is not there: reaching this is a fault of the engine.
      if (selection === undefined) throw new Error(`selection ${condition.name} was not compiled`);
      return selection;
    }
    case 'not':
      return table.not(conditionExpression(condition.operand, selections, table));
    case 'and':
    case 'or': {
      const parts = condition.operands.map((operand) => conditionExpression(operand, selections, table));
      return table.link(condition.kind === 'and' ? 'all' : 'any', parts);
    }
  }
}
