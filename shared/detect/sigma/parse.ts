import type { JsonObject } from '../../json/json.ts';
import { resolveCollection } from './collection.ts';
import { collect, type Fault, quote, type Report } from './fault.ts';
import { flag, oneOf, stringList, text } from './parse-attribute.ts';
import { parseDetection } from './parse-detection.ts';
import type { Described, Filter, Level, Rule, RuleLogsource, Status } from './rule.ts';
import { describe, entryOf, readYaml, toJson, type YamlEntry, type YamlMap } from './yaml.ts';

const LEVELS: readonly Level[] = ['informational', 'low', 'medium', 'high', 'critical'];
const STATUSES: readonly Status[] = ['stable', 'test', 'experimental', 'deprecated', 'unsupported'];

/** Attributes of the specification; every other one is custom and handed through. */
const SPECIFIED = new Set(
  'title id name related taxonomy status description license references author date modified logsource detection fields falsepositives level tags scope filter correlation'.split(
    ' ',
  ),
);

/** The rules and filters of a file, and everything that is wrong with the rest of it. */
export interface Parsed {
  readonly rules: readonly Rule[];
  readonly filters: readonly Filter[];
  readonly faults: readonly Fault[];
}

/**
 * Reads the documents of a Sigma file. A rule that is not understood to its last word is a fault with its place, and
 * is left out; its neighbours are not affected. Never throws.
 */
export function parseRules(source: string, file: string): Parsed {
  const faults: Fault[] = [];
  const rules: Rule[] = [];
  const filters: Filter[] = [];
  const documents = readYaml(source, file, collect(faults));
  for (const document of resolveCollection(documents, collect(faults))) {
    const found: Fault[] = [];
    const report = collect(found);
    const kind = entryOf(document, 'correlation') ?? entryOf(document, 'filter');
    if (kind?.key === 'correlation') {
      report.error(kind.position, 'correlations are not supported yet: only rules and filters are');
    } else if (kind?.key === 'filter') {
      const filter = readFilter(document, kind, report);
      if (filter !== undefined && !hasError(found)) filters.push(filter);
    } else {
      const rule = readRule(document, report);
      if (rule !== undefined && !hasError(found)) rules.push(rule);
    }
    faults.push(...found);
  }
  return { rules, filters, faults };
}

function hasError(faults: readonly Fault[]): boolean {
  return faults.some((fault) => fault.severity === 'error');
}

function readRule(document: YamlMap, report: Report): Rule | undefined {
  const entry = entryOf(document, 'detection');
  if (entry === undefined) {
    report.error(document.position, "expected 'detection', 'filter' or 'correlation', found none of them");
    return undefined;
  }
  const detection = detectionOf(entry, report);
  const described = readDescribed(document, report);
  warnTaxonomy(document, report);
  const rule = {
    ...described,
    ...flag('status', oneOf(document, 'status', STATUSES, report)),
    ...flag('level', oneOf(document, 'level', LEVELS, report)),
    ...flag('license', text(document, 'license', report)),
    ...flag('author', text(document, 'author', report)),
    ...flag('date', text(document, 'date', report)),
    ...flag('modified', text(document, 'modified', report)),
    references: stringList(document, 'references', report),
    tags: stringList(document, 'tags', report),
    falsepositives: stringList(document, 'falsepositives', report),
    fields: stringList(document, 'fields', report),
    custom: customOf(document),
  };
  return detection === undefined ? undefined : { ...rule, detection };
}

function readFilter(document: YamlMap, entry: YamlEntry, report: Report): Filter | undefined {
  if (entry.value.kind !== 'map') {
    report.error(
      entry.position,
      `expected a map with rules, selections and a condition, found ${describe(entry.value)}`,
    );
    return undefined;
  }
  const body = entry.value;
  const own = { ...body, entries: body.entries.filter((each) => each.key !== 'rules') };
  const detection = parseDetection(own, entry.position, report);
  const rules = readReferences(entryOf(body, 'rules'), report);
  const described = readDescribed(document, report);
  return detection === undefined ? undefined : { ...described, detection, rules };
}

/** `any`, an empty list and none at all mean every rule of the filter's logsource. */
function readReferences(entry: YamlEntry | undefined, report: Report): Filter['rules'] {
  const value = entry?.value;
  if (value === undefined || (value.kind === 'scalar' && (value.value === 'any' || value.value === null))) {
    return undefined;
  }
  const nodes = value.kind === 'list' ? value.items : [value];
  if (nodes.length === 0) return undefined;
  return nodes.flatMap((node) => {
    if (node.kind === 'scalar' && node.value !== null) {
      return [{ reference: node.source, position: node.position }];
    }
    report.error(node.position, `expected the id or name of a rule, found ${describe(node)}`);
    return [];
  });
}

function readDescribed(document: YamlMap, report: Report): Omit<Described, 'detection'> {
  const title = text(document, 'title', report);
  return {
    file: document.position.file,
    position: document.position,
    ...flag('id', text(document, 'id', report)),
    ...flag('name', text(document, 'name', report)),
    title: title ?? 'Untitled rule',
    ...flag('description', text(document, 'description', report)),
    logsource: readLogsource(entryOf(document, 'logsource'), report),
  };
}

function readLogsource(entry: YamlEntry | undefined, report: Report): RuleLogsource {
  if (entry === undefined || (entry.value.kind === 'scalar' && entry.value.value === null)) return {};
  if (entry.value.kind !== 'map') {
    report.error(entry.position, `expected product, service or category, found ${describe(entry.value)}`);
    return {};
  }
  const map = entry.value;
  // Lower case, like the ids of sources: a rule for `AWS` would else never see an event.
  const word = (key: string) => text(map, key, report)?.toLowerCase();
  for (const { key, position } of map.entries) {
    if (!['product', 'service', 'category', 'definition'].includes(key)) {
      report.warning(
        position,
        `logsource key ${quote(key)} is not evaluated: product, service and category are`,
      );
    }
  }
  return {
    ...flag('product', word('product')),
    ...flag('service', word('service')),
    ...flag('category', word('category')),
  };
}

function detectionOf(entry: YamlEntry, report: Report): Rule['detection'] | undefined {
  if (entry.value.kind === 'map') return parseDetection(entry.value, entry.position, report);
  report.error(
    entry.position,
    `expected a map with selections and a condition, found ${describe(entry.value)}`,
  );
  return undefined;
}

function warnTaxonomy(document: YamlMap, report: Report): void {
  const entry = entryOf(document, 'taxonomy');
  const value = entry?.value.kind === 'scalar' ? entry.value.value : undefined;
  if (entry !== undefined && value !== 'sigma') {
    report.warning(entry.position, `field names of taxonomy ${quote(String(value))} are taken as they are`);
  }
}

function customOf(document: YamlMap): JsonObject {
  const custom = document.entries.filter((entry) => !SPECIFIED.has(entry.key));
  return Object.fromEntries(custom.map((entry) => [entry.key, toJson(entry.value)]));
}
