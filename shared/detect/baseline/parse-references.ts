import { describe, entryOf, type Report, type YamlMap, type YamlNode } from '../sigma/index.ts';
import type { Alias, AliasField, Reference } from './baseline.ts';

/** `rules:`: ids or names, at least one. */
export function readReferences(map: YamlMap, report: Report): readonly Reference[] {
  const entry = entryOf(map, 'rules');
  if (entry === undefined) {
    report.error(map.position, 'expected rules, whose matches are observed');
    return [];
  }
  const nodes = entry.value.kind === 'list' ? entry.value.items : [entry.value];
  if (nodes.length === 0) report.error(entry.position, 'expected at least one rule, found an empty list');
  return nodes.flatMap((node) => {
    if (node.kind === 'scalar' && node.value !== null && node.source !== '')
      return [{ reference: textOf(node.value, node.source), position: node.position }];
    report.error(node.position, `expected the id or name of a rule, found ${describe(node)}`);
    return [];
  });
}

/** `aliases:`: by alias and rule, a field or several of which the first that has a value counts. */
export function readAliases(map: YamlMap, report: Report): readonly Alias[] {
  const entry = entryOf(map, 'aliases');
  if (entry === undefined) return [];
  if (entry.value.kind !== 'map') {
    report.error(entry.value.position, `expected a map of aliases, found ${describe(entry.value)}`);
    return [];
  }
  return entry.value.entries.flatMap(({ key: name, value }) => {
    if (value.kind !== 'map' || value.entries.length === 0) {
      report.error(
        value.position,
        `expected alias ${name} to be a map from rules to fields, found ${describe(value)}`,
      );
      return [];
    }
    const fields = value.entries.flatMap((each): AliasField[] => {
      const names = namesOf(each.value, report);
      return names.length === 0 ? [] : [{ reference: each.key, position: each.position, fields: names }];
    });
    return [{ name, fields }];
  });
}

function namesOf(node: YamlNode, report: Report): readonly string[] {
  const nodes = node.kind === 'list' ? node.items : [node];
  if (nodes.length === 0) report.error(node.position, 'expected a field, found an empty list');
  return nodes.flatMap((each) => {
    if (each.kind === 'scalar' && typeof each.value === 'string' && each.value !== '') return [each.value];
    report.error(each.position, `expected the name of a field, found ${describe(each)}`);
    return [];
  });
}

function textOf(value: string | number | boolean, source: string): string {
  return typeof value === 'string' ? value : source;
}
