import { planOf } from './modifier.ts';
import { compileRegex, patternKey } from './regex.ts';
import type { Detection, Search } from './rule.ts';

/**
 * The regular expressions of these detections that compile, for whoever keeps what was read of a rule: compiled once,
 * they need not be at every start, only where a text is tested with them.
 */
export function soundPatterns(detections: readonly Detection[]): readonly string[] {
  const searches = detections.flatMap(({ selections }) => selections.map(({ search }) => search));
  return [...new Set(searches.flatMap(patternsIn))];
}

function patternsIn(search: Search): readonly string[] {
  if (search.kind !== 'item') return search.searches.flatMap(patternsIn);
  const plan = planOf(search.item);
  if (!plan.ok || plan.value.type !== 're') return [];
  const { regexFlags, anchor } = plan.value;
  return search.item.values.flatMap(({ value, source }) => {
    const text = typeof value === 'string' ? value : source;
    return compileRegex(text, regexFlags, anchor).ok ? [patternKey(text, regexFlags, anchor)] : [];
  });
}
