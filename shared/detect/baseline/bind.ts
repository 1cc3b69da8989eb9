import { collect, type Fault, quote, type Report, type Rule, referenceOf } from '../sigma/index.ts';
import type { Baseline, Reference } from './baseline.ts';
import { type FieldReader, fieldReader } from './read-fields.ts';

/** A baseline with the rules that it observes, and what it reads from the events of each. */
export interface BoundBaseline {
  readonly baseline: Baseline;
  readonly observed: readonly ObservedRule[];
}

export interface ObservedRule {
  readonly rule: Rule;
  readonly group: readonly FieldReader[];
  readonly field: readonly FieldReader[];
}

export interface Bound {
  readonly bound: readonly BoundBaseline[];
  readonly faults: readonly Fault[];
}

/** Finds the rules that baselines name. A baseline that would silently not see one of them is a fault, and left out. */
export function bindBaselines(baselines: readonly Baseline[], rules: readonly Rule[]): Bound {
  const faults: Fault[] = [];
  const seen = new Map<string, Baseline>();
  const bound = baselines.flatMap((baseline) => {
    const own: Fault[] = [];
    const report = collect(own);
    const first = seen.get(referenceOf(baseline));
    if (first !== undefined)
      report.error(
        baseline.position,
        `rule id ${referenceOf(baseline)} is taken by ${first.file}:${first.position.line}`,
      );
    seen.set(referenceOf(baseline), first ?? baseline);
    const observed = observedBy(baseline, rules, report);
    faults.push(...own);
    return own.some(({ severity }) => severity === 'error') ? [] : [{ baseline, observed }];
  });
  return { bound, faults };
}

function observedBy(baseline: Baseline, rules: readonly Rule[], report: Report): readonly ObservedRule[] {
  const named = baseline.rules.flatMap((reference) => find(reference, rules, report));
  const unique = [...new Set(named)];
  reportAliases(baseline, rules, report);
  return unique.map((rule) => {
    const readerOf = (name: string) => fieldReader(fieldsOf(baseline, name, rule, report), rule);
    return { rule, group: baseline.groupBy.map(readerOf), field: baseline.field.map(readerOf) };
  });
}

function find({ reference, position }: Reference, rules: readonly Rule[], report: Report): readonly Rule[] {
  const named = rules.filter((rule) => rule.id === reference || rule.name === reference);
  if (named.length > 0) return named;
  const titled = rules.filter((rule) => rule.title === reference);
  if (titled.length > 0)
    report.warning(position, `${quote(reference)} is a title: name the rule by its id or name`);
  else
    report.error(
      position,
      `${quote(reference)} is the id or name of no rule at work; a baseline observes rules without a memory`,
    );
  return titled;
}

/** What a name stands for in the events of a rule: its alias there, or the field of that name where it has none. */
function fieldsOf(baseline: Baseline, name: string, rule: Rule, report: Report): readonly string[] {
  const alias = baseline.aliases.find((each) => each.name === name);
  if (alias === undefined) return [name];
  const own = alias.fields.find(({ reference }) => isNamed(rule, reference));
  if (own === undefined)
    report.error(baseline.position, `alias ${name} says nothing of rule ${quote(rule.name ?? rule.title)}`);
  return own?.fields ?? [];
}

function reportAliases(baseline: Baseline, rules: readonly Rule[], report: Report): void {
  for (const { name, fields } of baseline.aliases) {
    if (![...baseline.groupBy, ...baseline.field].includes(name))
      report.warning(fields[0]?.position ?? baseline.position, `alias ${name} is used by nothing`);
    for (const { reference, position } of fields) {
      const isObserved = baseline.rules.some((each) =>
        rules.some((rule) => isBoth(rule, each.reference, reference)),
      );
      if (!isObserved)
        report.error(
          position,
          `alias ${name} names ${quote(reference)}, which is none of the observed rules`,
        );
    }
  }
}

function isBoth(rule: Rule, one: string, other: string): boolean {
  return isNamed(rule, one) && isNamed(rule, other);
}

function isNamed(rule: Rule, reference: string): boolean {
  return rule.id === reference || rule.name === reference || rule.title === reference;
}
