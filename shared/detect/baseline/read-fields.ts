import { hash } from 'node:crypto';
import type { JsonValue } from '../../json/json.ts';
import { ALIASES } from '../aliases.ts';
import { OWN_SOURCE } from '../finding.ts';
import type { Observation } from '../memory.ts';
import { type FieldPath, fieldPath, findValues } from '../sigma/field.ts';
import type { Rule, RuleLogsource } from '../sigma/index.ts';
import { VALUES_LOOKED_AT_MAX, type Value } from './group.ts';

/** Reads the values of a field or alias from the events of one rule. */
export type FieldReader = (observation: Observation) => readonly string[];

/** What is kept of a value's text; two longer ones are still told apart, by their hash. */
const TEXT_LENGTH_MAX = 200;

/**
 * A reader of the first of these fields that has a value, in what the rule itself looks at: the OCSF event for rules
 * over OCSF, else the native record.
 */
export function fieldReader(fields: readonly string[], rule: Rule): FieldReader {
  const { product } = rule.logsource;
  const overOcsf = product === 'ocsf' || product === OWN_SOURCE;
  const paths = fields.flatMap((name) => namesOf(name, overOcsf ? undefined : rule.logsource)).map(fieldPath);
  return ({ event, record }) => {
    const looked = overOcsf ? (event as unknown as JsonValue) : record;
    return looked === undefined ? [] : firstTexts(looked, paths);
  };
}

/** One value of several fields, under a key that no other value has. */
export function valueFrom(texts: readonly string[]): Value {
  const key = JSON.stringify(texts);
  const isLong = key.length > 2 * TEXT_LENGTH_MAX;
  return {
    key: isLong ? `#${hash('sha256', key, 'hex')}` : key,
    texts: texts.map((text) => (text.length > TEXT_LENGTH_MAX ? `${text.slice(0, TEXT_LENGTH_MAX)}…` : text)),
  };
}

function firstTexts(record: JsonValue, paths: readonly FieldPath[]): readonly string[] {
  for (const path of paths) {
    const texts = textsOf(findValues(record, path));
    if (texts.length > 0) return texts;
  }
  return [];
}

/** Text, numbers and booleans; an object is not a value that anybody could know again. */
function textsOf(values: readonly JsonValue[] | undefined): readonly string[] {
  const texts: string[] = [];
  for (const value of values ?? []) {
    if (value === null || value === '' || typeof value === 'object') continue;
    const text = String(value);
    if (!texts.includes(text)) texts.push(text);
    if (texts.length === VALUES_LOOKED_AT_MAX) break;
  }
  return texts;
}

/** A native field under all the names that it has in this logsource. */
function namesOf(name: string, logsource: RuleLogsource | undefined): readonly string[] {
  const others = ALIASES.flatMap((table) => {
    const isFor = (['product', 'service', 'category'] as const).every(
      (key) => table.logsource[key] === undefined || table.logsource[key] === logsource?.[key],
    );
    return isFor && Object.hasOwn(table.fields, name) ? (table.fields[name] ?? []) : [];
  });
  return [name, ...others];
}
