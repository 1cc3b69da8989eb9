import { quote, type Report } from './fault.ts';
import { describe, entryOf, type YamlMap, type YamlNode } from './yaml.ts';

/** An attribute that is text. Numbers count as written (a date, a version); nothing at all counts as absent. */
export function text(map: YamlMap, key: string, report: Report): string | undefined {
  const entry = entryOf(map, key);
  if (entry === undefined) return undefined;
  const found = asText(entry.value);
  if (found === undefined && !isNull(entry.value)) {
    report.error(entry.position, `expected ${key} to be a string, found ${describe(entry.value)}`);
  }
  return found;
}

/** An attribute that is one of a closed set of words. */
export function oneOf<T extends string>(
  map: YamlMap,
  key: string,
  words: readonly T[],
  report: Report,
): T | undefined {
  const found = text(map, key, report);
  const word = words.find((each) => each === found);
  if (found !== undefined && word === undefined) {
    const at = entryOf(map, key)?.value.position ?? map.position;
    report.error(at, `expected ${key} to be one of ${words.join(', ')}, found ${quote(found)}`);
  }
  return word;
}

/** An attribute that is a list of strings; a single string is a list of one. */
export function stringList(map: YamlMap, key: string, report: Report): readonly string[] {
  const entry = entryOf(map, key);
  if (entry === undefined) return [];
  const nodes = entry.value.kind === 'list' ? entry.value.items : [entry.value];
  return nodes.flatMap((node) => {
    const found = asText(node);
    if (found !== undefined) return [found];
    if (!isNull(node)) report.error(node.position, `expected a string in ${key}, found ${describe(node)}`);
    return [];
  });
}

/** An object with that one member, or with none: an optional property is absent, never undefined. */
export function flag<K extends string, V>(key: K, value: V | undefined): { readonly [key in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { readonly [key in K]: V });
}

function asText(node: YamlNode): string | undefined {
  if (node.kind !== 'scalar' || node.value === null) return undefined;
  return typeof node.value === 'string' ? node.value : node.source;
}

function isNull(node: YamlNode): boolean {
  return node.kind === 'scalar' && node.value === null;
}
