/** What JSON.parse yields. Objects may own a key called `__proto__`: read members, never copy them by assignment. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject;

export interface JsonObject {
  readonly [key: string]: JsonValue | undefined;
}

/** One JSON value together with the exact characters that it was written in. */
export interface JsonDocument {
  readonly text: string;
  readonly value: JsonValue;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isArray(value: unknown): value is readonly JsonValue[] {
  return Array.isArray(value);
}

/** The own member of an object; undefined when it is absent or the value is no object. Never reads a prototype. */
export function member(value: unknown, key: string): JsonValue | undefined {
  if (!isObject(value) || !Object.hasOwn(value, key)) return undefined;
  return value[key];
}

/** The value at a path of own members. */
export function at(value: unknown, ...path: readonly string[]): JsonValue | undefined {
  let current: unknown = value;
  for (const key of path) current = member(current, key);
  return current as JsonValue | undefined;
}

/** The value at a path if it is a non-empty string. */
export function stringAt(value: unknown, ...path: readonly string[]): string | undefined {
  const found = at(value, ...path);
  return typeof found === 'string' && found !== '' ? found : undefined;
}

/** The value at a path as text if it is a non-empty string or a finite number: ids arrive as either. */
export function idAt(value: unknown, ...path: readonly string[]): string | undefined {
  const found = at(value, ...path);
  if (typeof found === 'number') return String(found);
  return typeof found === 'string' && found !== '' ? found : undefined;
}
