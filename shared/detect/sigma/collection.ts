import { quote, type Report } from './fault.ts';
import { describe, entryOf, type YamlEntry, type YamlMap } from './yaml.ts';

/**
 * Resolves the collections of Sigma 1: `action: global` is merged under every later document, `repeat` takes over
 * the rule before it, `reset` forgets the global. Other documents are passed through.
 */
export function resolveCollection(documents: readonly YamlMap[], report: Report): readonly YamlMap[] {
  const resolved: YamlMap[] = [];
  let global: YamlMap | undefined;
  let previous: YamlMap | undefined;
  for (const document of documents) {
    const action = entryOf(document, 'action');
    const word = action?.value.kind === 'scalar' ? action.value.value : action && describe(action.value);
    const bare = without(document, ['action']);
    if (word === 'reset') global = undefined;
    else if (word === 'global') global = global === undefined ? bare : merge(global, bare);
    else if (action === undefined || word === 'repeat') {
      // An id names one rule: the repetition has its own or none.
      const base = word === 'repeat' ? previous && without(previous, ['id', 'name']) : global;
      if (action !== undefined && base === undefined) {
        report.error(action.position, "'action: repeat' needs a rule before it");
        continue;
      }
      previous = base === undefined ? bare : merge(base, bare);
      resolved.push(previous);
    } else {
      report.error(action.position, `expected 'global', 'repeat' or 'reset', found ${quote(String(word))}`);
    }
  }
  return resolved;
}

function without(map: YamlMap, keys: readonly string[]): YamlMap {
  return { ...map, entries: map.entries.filter((entry) => !keys.includes(entry.key)) };
}

/** Maps are merged key by key; anything else of the later document replaces the earlier. */
function merge(base: YamlMap, over: YamlMap): YamlMap {
  const kept = base.entries.map((entry): YamlEntry => {
    const other = entryOf(over, entry.key);
    if (other === undefined) return entry;
    const both = entry.value.kind === 'map' && other.value.kind === 'map';
    return both ? { ...other, value: merge(entry.value as YamlMap, other.value as YamlMap) } : other;
  });
  const added = over.entries.filter((entry) => entryOf(base, entry.key) === undefined);
  return { kind: 'map', entries: [...kept, ...added], position: over.position };
}
