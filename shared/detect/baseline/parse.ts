import { readDurationMs } from '../duration.ts';
import {
  describe,
  entryOf,
  type OtherDocument,
  quote,
  type Report,
  type YamlEntry,
  type YamlMap,
} from '../sigma/index.ts';
import type { Baseline, BaselineType, Words } from './baseline.ts';
import { readAliases, readReferences } from './parse-references.ts';

/** The member that makes a document of a rule file a baseline. */
export const BASELINE_KIND = 'baseline';

const TYPES: readonly BaselineType[] = ['new_value', 'rare_value', 'rate', 'time_of_day'];
const MEMBERS =
  'type rules group-by field aliases learning min-events memory timespan condition generate words'.split(' ');
const DAY_MS = 86_400_000;
const MEMORY_MS_MAX = 400 * DAY_MS;
/** Windows that a rate looks back on: more would cost memory in every group. */
const WINDOWS_MAX = 1_000;
const FIELDS_MAX = 8;

/** Reads a baseline. What is not understood is reported with its place; undefined where it cannot be meant at all. */
export function parseBaseline({ header, body }: OtherDocument, report: Report): Baseline | undefined {
  if (body.value.kind !== 'map') {
    report.error(
      body.position,
      `expected a map with type, rules and group-by, found ${describe(body.value)}`,
    );
    return undefined;
  }
  const map = body.value;
  for (const { key, position } of map.entries) {
    if (!MEMBERS.includes(key))
      report.error(position, `unknown member ${quote(key)} of baseline; known are ${MEMBERS.join(', ')}`);
  }
  const type = readType(map, report);
  if (type === undefined) return undefined;
  const baseline: Baseline = {
    ...header,
    type,
    rules: readReferences(map, report),
    groupBy: readFields(map, 'group-by', report) ?? [],
    field: readFields(map, 'field', report) ?? [],
    aliases: readAliases(map, report),
    learningMs: readDuration(map, 'learning', report) ?? 14 * DAY_MS,
    minEvents: readNumber(map, 'min-events', { min: 1, max: 100_000, isWhole: true }, report) ?? 10,
    memoryMs: readDuration(map, 'memory', report) ?? (type === 'rate' ? 30 : 90) * DAY_MS,
    timespanMs: readDuration(map, 'timespan', report) ?? 3_600_000,
    threshold: readCondition(map, type, report),
    generate: readGenerate(map, report),
    words: readWords(map, report),
  };
  reportMisfits(baseline, map, report);
  return baseline;
}

function readType(map: YamlMap, report: Report): BaselineType | undefined {
  const entry = entryOf(map, 'type');
  const word = entry?.value.kind === 'scalar' ? entry.value.value : undefined;
  const type = TYPES.find((each) => each === word);
  if (type === undefined) {
    const found = entry === undefined ? 'none' : describe(entry.value);
    report.error(
      entry?.value.position ?? map.position,
      `expected type, one of ${TYPES.join(', ')}; found ${found}`,
    );
  }
  return type;
}

/** A field or a list of fields. */
function readFields(map: YamlMap, key: string, report: Report): readonly string[] | undefined {
  const entry = entryOf(map, key);
  if (entry === undefined) return undefined;
  const nodes = entry.value.kind === 'list' ? entry.value.items : [entry.value];
  const names = nodes.flatMap((node) => {
    if (node.kind === 'scalar' && typeof node.value === 'string' && node.value !== '') return [node.value];
    report.error(node.position, `expected the name of a field or alias in ${key}, found ${describe(node)}`);
    return [];
  });
  if (names.length > FIELDS_MAX)
    report.error(entry.position, `expected at most ${FIELDS_MAX} fields in ${key}, found ${names.length}`);
  if (new Set(names).size < names.length) report.error(entry.position, `${key} names a field twice`);
  return names;
}

function readDuration(map: YamlMap, key: string, report: Report): number | undefined {
  const entry = entryOf(map, key);
  if (entry === undefined) return undefined;
  const ms = entry.value.kind === 'scalar' ? readDurationMs(entry.value.value) : undefined;
  if (ms !== undefined && ms <= MEMORY_MS_MAX) return ms;
  report.error(
    entry.value.position,
    `expected ${key} to be a time such as 1h, 14d or 12w, at most 400d; found ${describe(entry.value)}`,
  );
  return undefined;
}

interface Bounds {
  readonly min: number;
  readonly max: number;
  readonly isWhole: boolean;
}

function readNumber(map: YamlMap, key: string, bounds: Bounds, report: Report): number | undefined {
  const entry = entryOf(map, key);
  if (entry === undefined) return undefined;
  const { min, max, isWhole } = bounds;
  const value = entry.value.kind === 'scalar' ? entry.value.value : undefined;
  const isFit =
    typeof value === 'number' && value >= min && value <= max && (!isWhole || Number.isInteger(value));
  if (isFit) return value;
  report.error(
    entry.value.position,
    `expected ${key} to be a ${isWhole ? 'whole ' : ''}number from ${min} to ${max}, found ${describe(entry.value)}`,
  );
  return undefined;
}

/** `gte` for a rate; `lte` for shares, where only rare_value needs it said. */
function readCondition(map: YamlMap, type: BaselineType, report: Report): number {
  const entry = entryOf(map, 'condition');
  const operator = type === 'rate' ? 'gte' : 'lte';
  const needed = type === 'rate' ? 'gte: 4' : 'lte: 0.01';
  if (type === 'new_value' && entry !== undefined)
    report.error(entry.position, 'new_value has no condition: a value is known or it is not');
  if (entry === undefined) {
    if (type === 'rate' || type === 'rare_value')
      report.error(map.position, `expected a condition, such as {${needed}}`);
    return 0;
  }
  if (entry.value.kind !== 'map' || entry.value.entries.some(({ key }) => key !== operator)) {
    report.error(
      entry.value.position,
      `expected the condition of ${type} to be like {${needed}}, found ${found(entry)}`,
    );
    return 0;
  }
  const bounds =
    type === 'rate' ? { min: 1, max: 10_000, isWhole: false } : { min: 0, max: 0.5, isWhole: false };
  return readNumber(entry.value, operator, bounds, report) ?? 0;
}

function found({ value }: YamlEntry): string {
  return value.kind === 'map' ? `members ${value.entries.map(({ key }) => key).join(', ')}` : describe(value);
}

function readGenerate(map: YamlMap, report: Report): boolean {
  const entry = entryOf(map, 'generate');
  const value = entry?.value.kind === 'scalar' ? entry.value.value : undefined;
  if (entry !== undefined && typeof value !== 'boolean')
    report.error(
      entry.value.position,
      `expected generate to be true or false, found ${describe(entry.value)}`,
    );
  return value === true;
}

function readWords(map: YamlMap, report: Report): Words {
  const entry = entryOf(map, 'words');
  if (entry === undefined) return { event: undefined, field: undefined };
  const words = entry.value;
  const word = (key: 'event' | 'field'): string | undefined => {
    const value = words.kind === 'map' ? entryOf(words, key)?.value : undefined;
    const text = value?.kind === 'scalar' && typeof value.value === 'string' ? value.value : undefined;
    return text !== undefined && /^[\w' -]{1,60}$/.test(text) ? text : undefined;
  };
  const read = { event: word('event'), field: word('field') };
  const count = Object.values(read).filter((each) => each !== undefined).length;
  if (words.kind !== 'map' || count < words.entries.length)
    report.error(
      words.position,
      "expected words to be a map with event ('was deployed') and field ('by'), at most 60 letters each",
    );
  return read;
}

/** Members that this type needs, or does not know. */
function reportMisfits({ type, ...baseline }: Baseline, map: YamlMap, report: Report): void {
  const looksAtValues = type === 'new_value' || type === 'rare_value';
  const at = (key: string) => entryOf(map, key)?.position ?? map.position;
  if (baseline.groupBy.length === 0 && entryOf(map, 'group-by') === undefined)
    report.error(map.position, 'expected group-by with the fields that tell one group from another');
  if (looksAtValues && baseline.field.length === 0)
    report.error(at('field'), `expected field, whose values ${type} knows`);
  if (!looksAtValues && entryOf(map, 'field') !== undefined)
    report.error(at('field'), `${type} looks at no field`);
  if (type !== 'rate' && entryOf(map, 'timespan') !== undefined)
    report.error(at('timespan'), `${type} has no timespan; how far it looks back is memory`);
  const windows = baseline.memoryMs / baseline.timespanMs;
  if (type === 'rate' && (windows < 10 || windows > WINDOWS_MAX))
    report.error(
      at('timespan'),
      `expected memory to hold 10 to ${WINDOWS_MAX} timespans, found ${Math.floor(windows)}`,
    );
  if (baseline.learningMs > baseline.memoryMs)
    report.error(at('learning'), 'expected learning to be no longer than memory');
}
