import type { JsonObject } from '../../json/json.ts';
import type { Report } from './fault.ts';
import { flag, oneOf, stringList, text } from './parse-attribute.ts';
import type { Level, RuleHeader, Status } from './rule.ts';
import { toJson, type YamlMap } from './yaml.ts';

const LEVELS: readonly Level[] = ['informational', 'low', 'medium', 'high', 'critical'];
const STATUSES: readonly Status[] = ['stable', 'test', 'experimental', 'deprecated', 'unsupported'];

/** Attributes of the specification; every other one is custom and handed through. */
const SPECIFIED = new Set(
  'title id name related taxonomy status description license references author date modified logsource detection fields falsepositives level tags scope filter correlation'.split(
    ' ',
  ),
);

/** The attributes that a rule of any kind has. `own` is the member that says of which kind it is: never custom. */
export function readHeader(document: YamlMap, own: string, report: Report): RuleHeader {
  return {
    ...readNames(document, report),
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
    custom: customOf(document, own),
  };
}

/** Where a document is and what it is called. */
export function readNames(
  document: YamlMap,
  report: Report,
): Pick<RuleHeader, 'file' | 'position' | 'id' | 'name' | 'title' | 'description'> {
  const title = text(document, 'title', report);
  return {
    file: document.position.file,
    position: document.position,
    ...flag('id', text(document, 'id', report)),
    ...flag('name', text(document, 'name', report)),
    title: title ?? 'Untitled rule',
    ...flag('description', text(document, 'description', report)),
  };
}

function customOf(document: YamlMap, own: string): JsonObject {
  const custom = document.entries.filter((entry) => !SPECIFIED.has(entry.key) && entry.key !== own);
  return Object.fromEntries(custom.map((entry) => [entry.key, toJson(entry.value)]));
}
