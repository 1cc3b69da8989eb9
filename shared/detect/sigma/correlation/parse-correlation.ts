import { quote, type Report } from '../fault.ts';
import { oneOf, stringList } from '../parse-attribute.ts';
import type { RuleHeader } from '../rule.ts';
import { describe, entryOf, type YamlEntry, type YamlMap, type YamlNode } from '../yaml.ts';
import {
  CORRELATION_TYPES,
  type Correlation,
  type CorrelationType,
  type FieldAlias,
  type RuleReference,
} from './correlation.ts';
import { readCondition } from './parse-condition.ts';
import { readTimespan } from './timespan.ts';

const MEMBERS = [
  'type',
  'rules',
  'group-by',
  'timespan',
  'condition',
  'aliases',
  'generate',
  'lateness',
] as const;
const REFERENCE_COUNT_MAX = 50;
const GROUP_FIELD_COUNT_MAX = 8;

/**
 * Reads the `correlation` member of a document whose other attributes are read already. Undefined after a fault was
 * reported: a correlation that is not understood to its last word never runs.
 */
export function parseCorrelation(
  { header, body }: { readonly header: RuleHeader; readonly body: YamlEntry },
  report: Report,
): Correlation | undefined {
  if (body.value.kind !== 'map') {
    report.error(
      body.position,
      `expected a map with type, rules and timespan, found ${describe(body.value)}`,
    );
    return undefined;
  }
  const map = body.value;
  refuseUnknown(map, report);
  const type = readType(map, body, report);
  const rules = readRules(map, body, report);
  const timespanMs = readRequiredTimespan(map, body, report);
  const lateness = entryOf(map, 'lateness');
  const latenessMs = lateness === undefined ? undefined : readTimespan(lateness, report);
  const aliases = readAliases(entryOf(map, 'aliases'), report);
  const groupBy = readGroupBy(map, report);
  const generate = readGenerate(map, header, report);
  if (type === undefined || rules === undefined || timespanMs === undefined) return undefined;
  const condition = readCondition(map, body, { type, rules, report });
  if (condition === undefined || (lateness !== undefined && latenessMs === undefined)) return undefined;
  return { ...header, type, rules, groupBy, timespanMs, latenessMs, condition, aliases, generate };
}

function refuseUnknown(map: YamlMap, report: Report): void {
  for (const { key, position } of map.entries) {
    if (!MEMBERS.some((member) => member === key)) {
      report.error(
        position,
        `unknown member ${quote(key)} of a correlation; known are ${MEMBERS.join(', ')}`,
      );
    }
  }
}

function readType(map: YamlMap, body: YamlEntry, report: Report): CorrelationType | undefined {
  if (entryOf(map, 'type') === undefined) {
    report.error(body.position, `expected a type, one of ${CORRELATION_TYPES.join(', ')}`);
  }
  return oneOf(map, 'type', CORRELATION_TYPES, report);
}

function readRules(map: YamlMap, body: YamlEntry, report: Report): readonly RuleReference[] | undefined {
  const entry = entryOf(map, 'rules');
  if (entry === undefined) {
    report.error(body.position, 'expected rules: ids or names of the rules whose matches are correlated');
    return undefined;
  }
  const nodes = entry.value.kind === 'list' ? entry.value.items : [entry.value];
  const rules = nodes.flatMap((node) => readReference(node, report));
  if (nodes.length === 0 || nodes.length > REFERENCE_COUNT_MAX) {
    report.error(entry.position, `expected 1 to ${REFERENCE_COUNT_MAX} rules, found ${nodes.length}`);
  }
  for (const [i, { reference, position }] of rules.entries()) {
    if (rules.findIndex((each) => each.reference === reference) < i) {
      report.error(position, `expected each rule once, found ${quote(reference)} again`);
    }
  }
  return rules;
}

function readReference(node: YamlNode, report: Report): readonly RuleReference[] {
  if (node.kind === 'scalar' && node.value !== null) {
    return [{ reference: node.source, position: node.position }];
  }
  report.error(node.position, `expected the id or name of a rule, found ${describe(node)}`);
  return [];
}

function readRequiredTimespan(map: YamlMap, body: YamlEntry, report: Report): number | undefined {
  const entry = entryOf(map, 'timespan');
  if (entry !== undefined) return readTimespan(entry, report);
  report.error(body.position, 'expected a timespan, such as 15m');
  return undefined;
}

function readGroupBy(map: YamlMap, report: Report): readonly string[] {
  const fields = [...new Set(stringList(map, 'group-by', report))];
  const entry = entryOf(map, 'group-by');
  if (entry !== undefined && fields.length > GROUP_FIELD_COUNT_MAX) {
    report.error(
      entry.position,
      `expected at most ${GROUP_FIELD_COUNT_MAX} fields in group-by, found ${fields.length}`,
    );
  }
  return fields;
}

function readAliases(entry: YamlEntry | undefined, report: Report): readonly FieldAlias[] {
  if (entry === undefined) return [];
  if (entry.value.kind !== 'map') {
    report.error(entry.position, `expected aliases as a map of maps, found ${describe(entry.value)}`);
    return [];
  }
  return entry.value.entries.map((alias) => ({ name: alias.key, fields: readAliased(alias, report) }));
}

function readAliased(alias: YamlEntry, report: Report): FieldAlias['fields'] {
  if (alias.value.kind !== 'map') {
    report.error(alias.position, `expected a map from rule names to fields, found ${describe(alias.value)}`);
    return [];
  }
  return alias.value.entries.flatMap(({ key, position, value }) => {
    if (value.kind === 'scalar' && typeof value.value === 'string') {
      return [{ reference: key, position, field: value.value }];
    }
    report.error(value.position, `expected the name of a field, found ${describe(value)}`);
    return [];
  });
}

/** The specification's schema has `generate` beside `correlation`, pySigma within it: either counts. */
function readGenerate(map: YamlMap, header: RuleHeader, report: Report): boolean {
  const entry = entryOf(map, 'generate');
  const own = entry?.value.kind === 'scalar' ? entry.value.value : entry && 'not a scalar';
  const found = own ?? header.custom['generate'] ?? false;
  if (typeof found === 'boolean') return found;
  report.error(entry?.position ?? header.position, 'expected generate to be true or false');
  return false;
}
