import { parseCondition } from './condition.ts';
import { further, type Position, quote, type Report } from './fault.ts';
import type { Condition, Detection, Item, ItemValue, Search, Selection } from './rule.ts';
import { describe, entryOf, type YamlEntry, type YamlMap, type YamlNode } from './yaml.ts';

/** Reads selections and condition; undefined after a fault was reported. */
export function parseDetection(map: YamlMap, at: Position, report: Report): Detection | undefined {
  const selections = map.entries.flatMap((entry) => {
    if (entry.key === 'condition') return [];
    const selection = readSelection(entry, report);
    return selection === undefined ? [] : [selection];
  });
  const entry = entryOf(map, 'condition');
  if (entry === undefined) {
    report.error(at, "expected a 'condition' beside the selections");
    return undefined;
  }
  // A selection that was faulty still has its name: the condition is not to blame for it.
  const names = map.entries.map((each) => each.key).filter((key) => key !== 'condition');
  const condition = readCondition(entry, names, report);
  return condition === undefined ? undefined : { selections, condition };
}

/** The conditions of a list are linked with OR. */
function readCondition(entry: YamlEntry, names: readonly string[], report: Report): Condition | undefined {
  const nodes = entry.value.kind === 'list' ? entry.value.items : [entry.value];
  const operands: Condition[] = [];
  for (const node of nodes) {
    if (node.kind !== 'scalar' || typeof node.value !== 'string') {
      report.error(node.position, `expected a condition, found ${describe(node)}`);
      return undefined;
    }
    const position = further(node.position, node.textOffset);
    const condition = parseCondition(node.value, names, { position, report });
    if (condition === undefined) return undefined;
    operands.push(condition);
  }
  const [only] = operands;
  if (only === undefined) report.error(entry.position, 'expected a condition, found an empty list');
  return operands.length === 1 ? only : { kind: 'or', operands };
}

function readSelection(entry: YamlEntry, report: Report): Selection | undefined {
  const { key: name, position } = entry;
  if (name === 'timeframe') {
    report.error(
      position,
      'timeframe belongs to aggregations, which are not supported: write a Sigma correlation',
    );
    return undefined;
  }
  if (!/^[\w-]+$/.test(name)) {
    report.error(position, `expected a selection name of letters, digits, '_' and '-', found ${quote(name)}`);
    return undefined;
  }
  const search = readSearch(entry.value, position, report);
  return search === undefined ? undefined : { name, position, search };
}

/** A map is an AND of its fields; a list is an OR of maps and keywords; a scalar is one keyword. */
function readSearch(node: YamlNode, at: Position, report: Report): Search | undefined {
  if (node.kind === 'map') {
    if (node.entries.length === 0)
      return void report.error(at, 'expected at least one field, found an empty map');
    return { kind: 'all', searches: node.entries.flatMap((entry) => itemOf(entry, report)) };
  }
  if (node.kind === 'scalar') return keywords([node], node.position, report);
  const [first] = node.items;
  if (first === undefined)
    return void report.error(at, 'expected at least one map or keyword, found an empty list');
  if (node.items.every((item) => item.kind === 'scalar')) return keywords(node.items, first.position, report);
  const searches = node.items.flatMap((item) => {
    if (item.kind === 'list') {
      report.error(item.position, 'expected a map or a keyword, found a list');
      return [];
    }
    return readSearch(item, item.position, report) ?? [];
  });
  return { kind: 'any', searches };
}

function keywords(nodes: readonly YamlNode[], position: Position, report: Report): Search {
  return {
    kind: 'item',
    item: { field: undefined, modifiers: [], values: valuesOf(nodes, report), position },
  };
}

function itemOf(entry: YamlEntry, report: Report): Search[] {
  const item = readItem(entry, report);
  return item === undefined ? [] : [{ kind: 'item', item }];
}

function readItem(entry: YamlEntry, report: Report): Item | undefined {
  const [field = '', ...names] = entry.key.split('|');
  let offset = field.length;
  const modifiers = names.map((name) => {
    const position = further(entry.position, offset + 1);
    offset += 1 + name.length;
    return { name, position };
  });
  if (field === '' && modifiers.length === 0) {
    return void report.error(entry.position, 'expected a field name, found an empty key');
  }
  const nodes = entry.value.kind === 'list' ? entry.value.items : [entry.value];
  if (nodes.length === 0) {
    return void report.error(entry.position, `expected a value for ${quote(entry.key)}, found an empty list`);
  }
  const values = valuesOf(nodes, report);
  return { field: field === '' ? undefined : field, modifiers, values, position: entry.position };
}

function valuesOf(nodes: readonly YamlNode[], report: Report): readonly ItemValue[] {
  return nodes.flatMap((node) => {
    if (node.kind === 'scalar') return [{ value: node.value, source: node.source, position: node.position }];
    report.error(node.position, `expected a string, a number, a boolean or null, found ${describe(node)}`);
    return [];
  });
}
