import { quote, type Report } from '../fault.ts';
import type { RuleHeader } from '../rule.ts';
import type { RuleReference } from './correlation.ts';

/** The rule that is meant: by id, else by name, else, with a warning, by title. Undefined after a fault was reported. */
export function findRule<T extends RuleHeader>(
  { reference, position }: RuleReference,
  rules: readonly T[],
  report: Report,
): T | undefined {
  for (const key of ['id', 'name', 'title'] as const) {
    const found = rules.filter((rule) => rule[key] === reference);
    const [rule, other] = found;
    if (rule === undefined) continue;
    if (other !== undefined) {
      const places = [rule, other].map((each) => `${each.file}:${each.position.line}`);
      report.error(position, `${quote(reference)} is the ${key} of two rules: ${places.join(' and ')}`);
      return undefined;
    }
    if (key === 'title')
      report.warning(position, `${quote(reference)} is a title: refer to the rule by its id`);
    return rule;
  }
  report.error(position, `${quote(reference)} is the id or name of no rule that is loaded`);
  return undefined;
}

export function refersTo(reference: string, { id, name, title }: RuleHeader): boolean {
  return reference === id || reference === name || reference === title;
}
