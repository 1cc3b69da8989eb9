import { hash } from 'node:crypto';
import { collect, type Fault, quote, type Report } from '../fault.ts';
import { type RuleHeader, referenceOf } from '../rule.ts';
import { CHAIN_LENGTH_MAX, GROUP_EVENT_COUNT } from './bounds.ts';
import type { Correlation, RuleReference } from './correlation.ts';
import { findRule, refersTo } from './reference.ts';

/** A correlation whose rules are found. */
export interface Plan {
  readonly correlation: Correlation;
  /** Its place among the plans: what a correlation refers to stands before it. */
  readonly slot: number;
  readonly reference: string;
  /** The rules or correlations that it refers to, in its order. */
  readonly steps: readonly RuleHeader[];
  /** The reference, with a hash of everything that its memory depends on: another definition starts afresh. */
  readonly name: string;
  /** Events of one group that are remembered. */
  readonly groupEventCountMax: number;
}

/** Where the matches of a rule go, and what of the event goes there with them. */
export interface Feed {
  readonly to: number;
  readonly step: number;
  /** Fields of the event, aliases resolved. */
  readonly groupBy: readonly string[];
  readonly fields: readonly string[];
  /** Where firings of that correlation go in turn. */
  readonly up: readonly Feed[];
}

/** Correlations compiled together, to be run by `take`. */
export interface CorrelationSet {
  readonly plans: readonly Plan[];
  readonly feeds: ReadonlyMap<RuleHeader, readonly Feed[]>;
  /** What refers to what, and whether the rule referred to still makes findings of its own. */
  readonly references: readonly { readonly rule: RuleHeader; readonly generate: boolean }[];
}

/**
 * Finds the rules that correlations refer to, among rules and correlations. A correlation with a rule that is not
 * there, or that refers to itself by whatever way, is a fault and is left out.
 */
export function compileCorrelations(
  correlations: readonly Correlation[],
  rules: readonly RuleHeader[],
): { readonly set: CorrelationSet; readonly faults: readonly Fault[] } {
  const faults: Fault[] = [];
  const planner = new Planner(correlations, rules, collect(faults));
  for (const correlation of correlations) planner.plan(correlation, []);
  const { plans } = planner;
  const feeds = new Map<RuleHeader, readonly Feed[]>();
  for (const rule of rules) {
    const own = feedsOf([rule], plans, planner.report);
    if (own.length > 0) feeds.set(rule, own);
  }
  const references = plans.flatMap(({ steps, correlation: { generate } }) =>
    steps.map((rule) => ({ rule, generate })),
  );
  const unique = new Map(faults.map((fault) => [JSON.stringify(fault), fault]));
  return { set: { plans, feeds, references }, faults: [...unique.values()] };
}

/** Some of the plans, and those that they refer to: the others hear of no event. Slots stay what they are. */
export function onlyPlans(set: CorrelationSet, slots: ReadonlySet<number>): CorrelationSet {
  const needed = withThoseBelow(set, slots);
  const feeds = [...set.feeds].map(([rule, own]) => [rule, own.filter(({ to }) => needed.has(to))] as const);
  return { ...set, feeds: new Map(feeds) };
}

/** Slots of plans, and of all that they refer to. */
export function withThoseBelow({ plans }: CorrelationSet, slots: ReadonlySet<number>): ReadonlySet<number> {
  const found = new Set(slots);
  // What a plan refers to stands before it.
  for (const { slot, steps } of plans.toReversed()) {
    if (!found.has(slot)) continue;
    for (const below of plans) if (steps.includes(below.correlation)) found.add(below.slot);
  }
  return found;
}

/** The rules that make no findings of their own: something refers to them, and nothing that does says `generate`. */
export function silentRules(references: CorrelationSet['references']): ReadonlySet<RuleHeader> {
  const generated = new Set(references.flatMap(({ rule, generate }) => (generate ? [rule] : [])));
  return new Set(references.flatMap(({ rule }) => (generated.has(rule) ? [] : [rule])));
}

class Planner {
  readonly plans: Plan[] = [];
  readonly report: Report;
  readonly #known: readonly RuleHeader[];
  readonly #correlations: ReadonlySet<RuleHeader>;
  /** undefined for one that is faulty. */
  readonly #done = new Map<RuleHeader, Plan | undefined>();

  constructor(correlations: readonly Correlation[], rules: readonly RuleHeader[], report: Report) {
    this.#known = [...rules, ...correlations];
    this.#correlations = new Set(correlations);
    this.report = report;
  }

  plan(correlation: Correlation, path: readonly RuleHeader[]): Plan | undefined {
    if (this.#done.has(correlation)) return this.#done.get(correlation);
    if (this.#isRepeated(correlation)) return this.#finish(correlation, undefined);
    const steps = correlation.rules.map((reference) => this.#step(reference, [...path, correlation]));
    const found = steps.flatMap((step) => step ?? []);
    const isSound = this.#checkAliases(correlation);
    if (found.length < steps.length || !isSound) return this.#finish(correlation, undefined);
    const needed = largestOf(correlation);
    return this.#finish(correlation, {
      correlation,
      slot: this.plans.length,
      reference: referenceOf(correlation),
      steps: found,
      name: `${referenceOf(correlation)}@${digestOf(correlation, found, (rule) => this.#done.get(rule)?.name)}`,
      groupEventCountMax: Math.max(GROUP_EVENT_COUNT, 2 * needed),
    });
  }

  #finish(correlation: Correlation, plan: Plan | undefined): Plan | undefined {
    this.#done.set(correlation, plan);
    if (plan !== undefined) this.plans.push(plan);
    return plan;
  }

  #step(reference: RuleReference, path: readonly RuleHeader[]): RuleHeader | undefined {
    const { report } = this;
    const rule = findRule(reference, this.#known, report);
    if (rule === undefined || !this.#correlations.has(rule)) return rule;
    if (path.includes(rule)) {
      const names = [...path.slice(path.indexOf(rule)), rule].map((each) => quote(each.title));
      report.error(reference.position, `a correlation cannot refer to itself: ${names.join(' -> ')}`);
      return undefined;
    }
    if (path.length >= CHAIN_LENGTH_MAX) {
      report.error(reference.position, `expected at most ${CHAIN_LENGTH_MAX} correlations above one another`);
      return undefined;
    }
    const isKnown = this.#done.has(rule);
    if (this.plan(rule as Correlation, path) !== undefined) return rule;
    if (isKnown) report.error(reference.position, `${quote(rule.title)} has errors of its own`);
    return undefined;
  }

  /** Findings, alerts and memory go by this name: two correlations under one would be one to all of them. */
  #isRepeated(correlation: Correlation): boolean {
    const reference = referenceOf(correlation);
    const first = this.#known.find((each) => referenceOf(each) === reference);
    if (first === correlation || first === undefined) return false;
    this.report.error(
      correlation.position,
      `rule id ${reference} is taken by ${first.file}:${first.position.line}`,
    );
    return true;
  }

  #checkAliases({ aliases }: Correlation): boolean {
    const unknown = aliases
      .flatMap(({ fields }) => fields)
      .filter(({ reference }) => !this.#known.some((rule) => refersTo(reference, rule)));
    for (const { reference, position } of unknown) {
      this.report.error(position, `${quote(reference)} is the id or name of no rule`);
    }
    return unknown.length === 0;
  }
}

/** The largest count that the condition has to tell from a larger one. */
function largestOf({ condition }: Correlation): number {
  if (condition.kind === 'expression' || condition.fields.length === 1) {
    return condition.kind === 'measure' && condition.percentile === undefined ? countOf(condition) : 0;
  }
  return countOf(condition);
}

function countOf({ comparisons }: Extract<Correlation['condition'], { kind: 'measure' }>): number {
  return comparisons.reduce((most, { value }) => Math.max(most, Math.min(value, 10_000)), 0);
}

/**
 * The feeds of what stands at the end of a path: from a rule to a correlation, and from that on to those that refer to
 * it. What the uppermost needs of the event is known, and taken along, when the rule matches.
 */
function feedsOf(path: readonly RuleHeader[], plans: readonly Plan[], report: Report): readonly Feed[] {
  const rule = path.at(-1);
  return plans.flatMap((plan) =>
    plan.steps.flatMap((each, step): Feed[] => {
      if (each !== rule) return [];
      const { correlation } = plan;
      const resolve = (field: string) => fieldFor(field, path, correlation, report);
      const { condition } = correlation;
      return [
        {
          to: plan.slot,
          step,
          groupBy: correlation.groupBy.map(resolve),
          fields: condition.kind === 'measure' ? condition.fields.map(resolve) : [],
          up: feedsOf([...path, correlation], plans, report),
        },
      ];
    }),
  );
}

/** The field that a name stands for in the events of a rule; the nearest of the rules on the way that an alias names. */
function fieldFor(
  name: string,
  path: readonly RuleHeader[],
  { aliases, position }: Correlation,
  report: Report,
): string {
  const alias = aliases.find((each) => each.name === name);
  if (alias === undefined) return name;
  for (const rule of path.toReversed()) {
    const own = alias.fields.find(({ reference }) => refersTo(reference, rule));
    if (own !== undefined) return own.field;
  }
  const from = path[0]?.title ?? '';
  report.warning(position, `alias ${quote(name)} names no field for the events of ${quote(from)}`);
  return name;
}

function digestOf(
  correlation: Correlation,
  steps: readonly RuleHeader[],
  nameOf: (rule: RuleHeader) => string | undefined,
): string {
  const { type, groupBy, timespanMs, latenessMs, condition, aliases } = correlation;
  const rules = steps.map((rule) => {
    const { logsource, detection } = rule as { logsource?: unknown; detection?: unknown };
    return nameOf(rule) ?? { logsource, detection };
  });
  const whole = { type, groupBy, timespanMs, latenessMs, condition, aliases, rules };
  return hash('sha256', JSON.stringify(whole, withoutPlace), 'hex').slice(0, 32);
}

/** A rule that was moved down its file is the same rule. */
function withoutPlace(key: string, value: unknown): unknown {
  return key === 'position' || key === 'file' ? undefined : value;
}
