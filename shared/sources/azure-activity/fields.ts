import { parseDocument } from '../../json/document.ts';
import { isObject, type JsonObject, type JsonValue, member } from '../../json/json.ts';

/** The first of these members that is there at all: Azure writes `level` here and `Level` there. */
export function firstOf(value: JsonValue | undefined, ...keys: readonly string[]): JsonValue | undefined {
  for (const key of keys) {
    const found = member(value, key);
    if (found !== undefined && found !== null) return found;
  }
  return undefined;
}

/** The first of these members that is a non-empty string. */
export function textOf(value: JsonValue | undefined, ...keys: readonly string[]): string | undefined {
  for (const key of keys) {
    const found = member(value, key);
    if (typeof found === 'string' && found.trim() !== '') return found;
  }
  return undefined;
}

/** The first of these members that is an object, or a string that holds one: Azure sends either, by road and service. */
export function objectOf(value: JsonValue | undefined, ...keys: readonly string[]): JsonObject | undefined {
  for (const key of keys) {
    const found = embedded(member(value, key));
    if (isObject(found)) return found;
  }
  return undefined;
}

/** What a value is, or what the JSON in a string is; a string that holds no JSON stays a string. */
export function embedded(value: JsonValue | undefined): JsonValue | undefined {
  if (typeof value !== 'string' || !/^\s*[[{]/.test(value)) return value;
  const document = parseDocument(value);
  return document.ok ? document.value.value : value;
}

/** The members of an object but those that have a place in OCSF, or must not be repeated. */
export function without(
  value: JsonObject | undefined,
  dropped: ReadonlySet<string>,
): Record<string, JsonValue> | undefined {
  if (value === undefined) return undefined;
  const kept = Object.entries(value).filter(
    (entry): entry is [string, JsonValue] => !dropped.has(entry[0]) && entry[1] != null && entry[1] !== '',
  );
  // fromEntries defines members, so that a key `__proto__` stays a member.
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}

/** Text cut to a length that a line of a report can hold. */
export function clip(text: string, lengthMax = 300): string {
  return text.length <= lengthMax ? text : `${text.slice(0, lengthMax - 1)}…`;
}

/** Whether two texts are the same but for case: Azure's names and resource ids are case-insensitive. */
export function sameText(a: string | undefined, b: string | undefined): boolean {
  return a !== undefined && b !== undefined && a.toLowerCase() === b.toLowerCase();
}
