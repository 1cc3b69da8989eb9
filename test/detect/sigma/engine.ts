import {
  type CompileOptions,
  compileRules,
  formatFault,
  parseRules,
} from '../../../shared/detect/sigma/index.ts';
import type { JsonValue } from '../../../shared/json/json.ts';

/** Indents a detection written at the margin into a rule. */
export function ruleOf(detection: string, logsource = '{product: test}'): string {
  const body = detection
    .trim()
    .split('\n')
    .map((line) => `  ${line}`);
  return `title: Case\nlogsource: ${logsource}\ndetection:\n${body.join('\n')}\n`;
}

/** A rule that is one selection. */
export function selecting(...lines: readonly string[]): string {
  return ruleOf(`selection:\n${lines.map((line) => `  ${line}`).join('\n')}\ncondition: selection`);
}

/** Every fault of a file, parsed and compiled, as editors show them. */
export function faultsOf(source: string, options: CompileOptions = {}): readonly string[] {
  const parsed = parseRules(source, 'case.yml');
  const compiled = compileRules(parsed.rules, { filters: parsed.filters, ...options });
  return [...parsed.faults, ...compiled.faults].map(formatFault);
}

/** Titles of the rules that match. Throws on any error, because a case that tests matching must load. */
export function matching(
  source: string,
  event: JsonValue | { readonly raw: string },
  options: CompileOptions = {},
): readonly string[] {
  const parsed = parseRules(source, 'case.yml');
  const { ruleSet, faults } = compileRules(parsed.rules, { filters: parsed.filters, ...options });
  const errors = [...parsed.faults, ...faults].filter((fault) => fault.severity === 'error');
  if (errors.length > 0) throw new Error(errors.map(formatFault).join('\n'));
  const raw = isRaw(event) ? event.raw : JSON.stringify(event);
  return ruleSet.match({ record: JSON.parse(raw) as JsonValue, raw }).map((rule) => rule.title);
}

export function matches(
  source: string,
  event: JsonValue | { readonly raw: string },
  options: CompileOptions = {},
): boolean {
  return matching(source, event, options).length > 0;
}

function isRaw(event: unknown): event is { readonly raw: string } {
  return typeof event === 'object' && event !== null && 'raw' in event && Object.keys(event).length === 1;
}
