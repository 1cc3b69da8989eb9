import type { JsonValue } from '../../json/json.ts';
import { combine, compileItem, type ItemContext, type Predicate } from './compile-item.ts';
import { EventView, type FieldNames } from './event-view.ts';
import { collect, type Fault, formatFault, type Report } from './fault.ts';
import { fieldPath } from './field.ts';
import { filtersOf } from './filter.ts';
import type { Placeholders } from './placeholder.ts';
import {
  type Condition,
  type Detection,
  type Filter,
  type Rule,
  type RuleLogsource,
  referenceOf,
  type Search,
} from './rule.ts';

/** Other names of fields, for rules of a logsource: the public rules and the transports spell some in several ways. */
export interface FieldAliases {
  readonly logsource: RuleLogsource;
  /** From the name in rules to the names tried after it, in this order. */
  readonly fields: Readonly<Record<string, readonly string[]>>;
}

export interface CompileOptions {
  readonly filters?: readonly Filter[];
  readonly placeholders?: Placeholders;
  readonly aliases?: readonly FieldAliases[];
}

/** One event for matching. */
export interface SigmaEvent {
  readonly record: JsonValue;
  /** The record's own text as received; without it the record is serialised where its text matters. */
  readonly raw?: string | undefined;
  /** Undefined tries every rule. */
  readonly logsource?: RuleLogsource | undefined;
}

/** Rules compiled together. They keep nothing from one event to the next. */
export interface RuleSet {
  /** The rules that were compiled: those with faults are not among them. */
  readonly rules: readonly Rule[];
  /** Whether any rule is for events of this logsource: where none is, nobody needs to parse a record. */
  applies(logsource: RuleLogsource): boolean;
  /** The rules that match, in the order in which they were given. Never throws, whatever the record. */
  match(event: SigmaEvent): readonly Rule[];
}

export interface Compiled {
  readonly ruleSet: RuleSet;
  readonly faults: readonly Fault[];
}

interface CompiledRule {
  readonly rule: Rule;
  readonly matches: Predicate;
}

/** Compiles rules, with the filters that apply to them, into closures over an event view that they share. */
export function compileRules(rules: readonly Rule[], options: CompileOptions = {}): Compiled {
  const faults: Fault[] = [];
  const report = collect(faults);
  const fields: FieldNames[] = [];
  const slots = new Map<string, number>();
  const contextOf = (logsource: RuleLogsource): ItemContext => ({
    placeholders: options.placeholders ?? {},
    slotOf: (field) => {
      const names = [field, ...aliasesOf(field, logsource, options.aliases ?? [])];
      const key = JSON.stringify(names);
      const slot = slots.get(key) ?? fields.length;
      slots.set(key, slot);
      fields[slot] = names.map(fieldPath) as unknown as FieldNames;
      return slot;
    },
  });
  const unique = dropRepeated(rules, report);
  const applied = filtersOf(unique, options.filters ?? [], report);
  const compiled = unique.flatMap((rule): CompiledRule[] => {
    const context = contextOf(rule.logsource);
    const own = compileDetection(rule.detection, context, report);
    if (own === undefined) return [];
    // A faulty filter is reported and left out: losing it must not silence the rule.
    const filters = (applied.get(rule) ?? []).flatMap(
      (filter) => compileDetection(filter.detection, context, report) ?? [],
    );
    return [{ rule, matches: combine([own, ...filters], 'all') }];
  });
  return { ruleSet: ruleSetOf(compiled, fields), faults: dropRepeatedFaults(faults) };
}

/** Routes by logsource first; the routes are few and are remembered. */
function ruleSetOf(compiled: readonly CompiledRule[], fields: readonly FieldNames[]): RuleSet {
  const routes = new Map<string, readonly CompiledRule[]>();
  const routeOf = (logsource: RuleLogsource) => {
    const key = JSON.stringify([logsource.product, logsource.service, logsource.category]);
    const known = routes.get(key);
    if (known !== undefined) return known;
    const route = compiled.filter(({ rule }) => covers(rule.logsource, logsource));
    if (routes.size < 1_000) routes.set(key, route);
    return route;
  };
  return {
    rules: compiled.map(({ rule }) => rule),
    applies: (logsource) => routeOf(logsource).length > 0,
    match({ record, raw, logsource }) {
      const route = logsource === undefined ? compiled : routeOf(logsource);
      if (route.length === 0) return [];
      const view = new EventView(record, raw, fields);
      return route.filter(({ matches }) => matches(view)).map(({ rule }) => rule);
    },
  };
}

/** Whether every key that the one gives is equal on the other. */
function covers(given: RuleLogsource, other: RuleLogsource): boolean {
  return (['product', 'service', 'category'] as const).every(
    (key) => given[key] === undefined || given[key] === other[key],
  );
}

/** An alias table is for a rule unless the two name different logsources. */
function aliasesOf(
  field: string,
  logsource: RuleLogsource,
  tables: readonly FieldAliases[],
): readonly string[] {
  return tables.flatMap((table) => {
    const applies = (['product', 'service', 'category'] as const).every(
      (key) => table.logsource[key] === undefined || table.logsource[key] === logsource[key],
    );
    return applies && Object.hasOwn(table.fields, field) ? (table.fields[field] ?? []) : [];
  });
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

function compileDetection(detection: Detection, context: ItemContext, report: Report): Predicate | undefined {
  const selections = new Map<string, Predicate>();
  for (const { name, search } of detection.selections) {
    const predicate = compileSearch(search, context, report);
    if (predicate !== undefined) selections.set(name, predicate);
  }
  return selections.size < detection.selections.length
    ? undefined
    : compileCondition(detection.condition, selections);
}

function compileSearch(search: Search, context: ItemContext, report: Report): Predicate | undefined {
  if (search.kind === 'item') {
    const compiled = compileItem(search.item, context);
    if (compiled.ok) return compiled.value;
    report.error(compiled.fault.position, compiled.fault.message);
    return undefined;
  }
  const predicates = search.searches.map((each) => compileSearch(each, context, report));
  const whole = predicates.flatMap((predicate) => predicate ?? []);
  return whole.length < predicates.length ? undefined : combine(whole, search.kind);
}

function compileCondition(condition: Condition, selections: ReadonlyMap<string, Predicate>): Predicate {
  switch (condition.kind) {
    case 'selection':
      return selections.get(condition.name) ?? neverSelected(condition.name);
    case 'not': {
      const operand = compileCondition(condition.operand, selections);
      return (view) => !operand(view);
    }
    case 'and':
    case 'or': {
      const operands = condition.operands.map((operand) => compileCondition(operand, selections));
      return combine(operands, condition.kind === 'and' ? 'all' : 'any');
    }
  }
}

/** Parsing refuses conditions that name what is not there: reaching this is a fault of the engine. */
function neverSelected(name: string): never {
  throw new Error(`selection ${name} was not compiled; rule ${referenceOf({ title: name })}`);
}
