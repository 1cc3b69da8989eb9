import { quote, type Report } from './fault.ts';
import type { Filter, Rule, RuleLogsource } from './rule.ts';

/**
 * Which filters apply to which rule. A filter names rules by id or name (or title, with a warning); its logsource
 * must agree with the rule's. A filter that reaches no rule is warned about: it would silently do nothing.
 */
export function filtersOf(
  rules: readonly Rule[],
  filters: readonly Filter[],
  report: Report,
): ReadonlyMap<Rule, readonly Filter[]> {
  const applied = new Map<Rule, Filter[]>();
  for (const filter of filters) {
    const reached = reach(filter, rules, report).filter((rule) => agrees(filter.logsource, rule.logsource));
    if (reached.length === 0) {
      report.warning(
        filter.position,
        `filter ${quote(filter.title)} applies to none of the ${rules.length} rules`,
      );
    }
    for (const rule of new Set(reached)) applied.set(rule, [...(applied.get(rule) ?? []), filter]);
  }
  return applied;
}

function reach(filter: Filter, rules: readonly Rule[], report: Report): readonly Rule[] {
  if (filter.rules === undefined) return rules;
  return filter.rules.flatMap(({ reference, position }) => {
    const named = rules.filter((rule) => rule.id === reference || rule.name === reference);
    if (named.length > 0) return named;
    const titled = rules.filter((rule) => rule.title === reference);
    const advice = titled.length > 0 ? 'is a title: name the rule by its id' : 'is the id or name of no rule';
    report.warning(position, `${quote(reference)} ${advice}`);
    return titled;
  });
}

/** Every key that the filter gives must be the rule's: a filter never reaches beyond what it is for. */
function agrees(filter: RuleLogsource, rule: RuleLogsource): boolean {
  return (['product', 'service', 'category'] as const).every(
    (key) => filter[key] === undefined || filter[key] === rule[key],
  );
}
