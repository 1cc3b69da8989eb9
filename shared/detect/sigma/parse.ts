import { resolveCollection } from './collection.ts';
import { collect, type Fault, quote, type Report } from './fault.ts';
import { flag, text } from './parse-attribute.ts';
import { parseDetection } from './parse-detection.ts';
import { readHeader, readNames } from './parse-header.ts';
import type { Filter, Rule, RuleHeader, RuleLogsource } from './rule.ts';
import { describe, entryOf, readYaml, type YamlEntry, type YamlMap } from './yaml.ts';

/**
 * A correlation, or a document of a kind that is not Sigma's: its attributes are read, its body is left to whoever
 * knows the kind (`parseCorrelation` in `correlation/` knows the first).
 */
export interface OtherDocument {
  /** The member that says so: `correlation`, or one that the caller named. */
  readonly kind: string;
  readonly header: RuleHeader;
  /** That member, with the position of everything in it. */
  readonly body: YamlEntry;
}

/** The rules and filters of a file, and everything that is wrong with the rest of it. */
export interface Parsed {
  readonly rules: readonly Rule[];
  readonly filters: readonly Filter[];
  /** Correlations, and documents of the kinds that the caller named. */
  readonly others: readonly OtherDocument[];
  readonly faults: readonly Fault[];
}

export interface ParseOptions {
  /** Members that make a document one of the caller's own kinds. */
  readonly kinds?: readonly string[];
}

/**
 * Reads the documents of a Sigma file. A rule that is not understood to its last word is a fault with its place, and
 * is left out; its neighbours are not affected. Never throws.
 */
export function parseRules(source: string, file: string, options: ParseOptions = {}): Parsed {
  const faults: Fault[] = [];
  const rules: Rule[] = [];
  const filters: Filter[] = [];
  const others: OtherDocument[] = [];
  const documents = readYaml(source, file, collect(faults));
  for (const document of resolveCollection(documents, collect(faults))) {
    const found: Fault[] = [];
    const report = collect(found);
    const add = <T>(list: T[], read: T | undefined) => {
      if (read !== undefined && !hasError(found)) list.push(read);
    };
    const other = entryOfAny(document, options.kinds ?? []);
    const kind = other ?? entryOfAny(document, ['correlation', 'filter']);
    refuseSecondKind(
      document,
      kind,
      [...(options.kinds ?? []), 'correlation', 'filter', 'detection'],
      report,
    );
    if (kind === undefined) add(rules, readRule(document, report));
    else if (kind === other || kind.key === 'correlation') add(others, readOther(document, kind, report));
    else add(filters, readFilter(document, kind, report));
    faults.push(...found);
  }
  return { rules, filters, others, faults };
}

function entryOfAny(document: YamlMap, keys: readonly string[]): YamlEntry | undefined {
  return document.entries.find((entry) => keys.includes(entry.key));
}

/** What a document says besides what it is would never be looked at. */
function refuseSecondKind(
  document: YamlMap,
  kind: YamlEntry | undefined,
  kinds: readonly string[],
  report: Report,
): void {
  const second = document.entries.find(
    ({ key }) => kind !== undefined && key !== kind.key && kinds.includes(key),
  );
  if (kind === undefined || second === undefined) return;
  report.error(
    second.position,
    `expected one of ${quote(kind.key)} and ${quote(second.key)} in a document: part them by a line of ---`,
  );
}

function readOther(document: YamlMap, body: YamlEntry, report: Report): OtherDocument {
  return { kind: body.key, header: readHeader(document, body.key, report), body };
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
  const header = readHeader(document, 'detection', report);
  const logsource = readLogsource(entryOf(document, 'logsource'), report);
  warnTaxonomy(document, report);
  return detection === undefined ? undefined : { ...header, logsource, detection };
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
  const named = readNames(document, report);
  const logsource = readLogsource(entryOf(document, 'logsource'), report);
  return detection === undefined ? undefined : { ...named, logsource, detection, rules };
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
