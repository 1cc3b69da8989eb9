import { ALIASES } from './aliases.ts';
import { fieldReader } from './baseline/read-fields.ts';
import { type DetectedEvent, type DetectorOptions, shownTo } from './detector.ts';
import { refersTo } from './sigma/correlation/index.ts';
import { explainRule, type Rule, type RuleExplanation, type RuleHeader, referenceOf } from './sigma/index.ts';

/** Why a rule of any kind matched an event, or did not. */
export type Explained = ExplainedRule | ExplainedMemory;

export interface ExplainedRule {
  readonly kind: 'rule';
  readonly rule: RuleHeader;
  readonly matches: boolean;
  /** What the rule looks at; undefined where it is not shown events of this source at all. */
  readonly looksAt: 'record' | 'event' | undefined;
  readonly explanation: RuleExplanation | undefined;
}

/** A rule that remembers is told of the matches of others: whether this event is one of those, and for which group. */
export interface ExplainedMemory {
  readonly kind: 'memory';
  readonly rule: RuleHeader;
  /** Whether one of the rules that it observes matches, and the event has every field that it groups by. */
  readonly matches: boolean;
  readonly observed: readonly ExplainedBase[];
}

export interface ExplainedBase {
  /** As the rule names it. */
  readonly reference: string;
  /** Undefined where no rule that is loaded is called so. */
  readonly base: Explained | undefined;
  /** The values of the group-by fields in this event; one without a value means that the event takes no part. */
  readonly group: readonly { readonly field: string; readonly values: readonly string[] }[];
}

interface Remembering extends RuleHeader {
  readonly rules: readonly { readonly reference: string }[];
  readonly groupBy: readonly string[];
  readonly aliases: readonly Alias[];
}

interface Alias {
  readonly name: string;
  readonly fields: readonly {
    readonly reference: string;
    readonly field?: string;
    readonly fields?: readonly string[];
  }[];
}

export interface ExplainOptions extends DetectorOptions {
  /** Every rule that is loaded: those that remember name others. */
  readonly rules: readonly RuleHeader[];
}

/** How far correlations of correlations are followed. */
const DEPTH_MAX = 10;

export function explainEvent(rule: RuleHeader, event: DetectedEvent, options: ExplainOptions): Explained {
  return explain(rule, event, options, 0);
}

function explain(rule: RuleHeader, event: DetectedEvent, options: ExplainOptions, depth: number): Explained {
  if (isRule(rule)) return explainStateless(rule, event, options);
  const observed = remembering(rule).rules.map(({ reference }): ExplainedBase => {
    const found = depth < DEPTH_MAX ? find(reference, options.rules) : undefined;
    const base = found === undefined ? undefined : explain(found, event, options, depth + 1);
    const group = found === undefined || !isRule(found) ? [] : groupOf(remembering(rule), found, event);
    return { reference, base, group };
  });
  const matches = observed.some(
    ({ base, group }) => base?.matches === true && group.every(({ values }) => values.length > 0),
  );
  return { kind: 'memory', rule, matches, observed };
}

function explainStateless(rule: Rule, event: DetectedEvent, options: ExplainOptions): ExplainedRule {
  const shown = shownTo(rule, event, options.logsources);
  if (shown === undefined) {
    return { kind: 'rule', rule, matches: false, looksAt: undefined, explanation: undefined };
  }
  const { filters = [], placeholders = {} } = options;
  const explanation = explainRule(rule, shown, { filters, placeholders, aliases: ALIASES });
  const looksAt = shown.raw === undefined ? 'event' : 'record';
  return { kind: 'rule', rule, matches: explanation.matches, looksAt, explanation };
}

function groupOf(rule: Remembering, base: Rule, event: DetectedEvent): ExplainedBase['group'] {
  return rule.groupBy.map((field) => {
    const alias = rule.aliases.find(({ name }) => name === field);
    const own = alias?.fields.find(({ reference }) => refersTo(reference, base));
    const names = own?.fields ?? (own?.field === undefined ? [field] : [own.field]);
    const values = fieldReader(names, base)({ ...event, index: 0, matched: [] });
    return { field, values };
  });
}

function find(reference: string, rules: readonly RuleHeader[]): RuleHeader | undefined {
  return (
    rules.find((rule) => referenceOf(rule) === reference) ?? rules.find((rule) => refersTo(reference, rule))
  );
}

function isRule(rule: RuleHeader): rule is Rule {
  return 'detection' in rule;
}

/** Correlations and baselines say alike what they observe, and by what they group. */
function remembering(rule: RuleHeader): Remembering {
  return rule as Remembering;
}
