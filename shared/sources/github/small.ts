import { isArray, isObject, type JsonObject, type JsonValue } from '../../json/json.ts';

const DEPTH_MAX = 6;
const MEMBERS_MAX = 100;
const TEXT_LENGTH_MAX = 2048;

/**
 * A copy of native JSON that is small enough to repeat beside raw_data: at most 6 deep, 100 members each, texts of 2048
 * characters. What was cut is still in raw_data. `trailproof` is our own word in `unmapped`, so no sender may use it.
 */
export function small(value: JsonValue | undefined, depth = 0): JsonValue | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string') return value.slice(0, TEXT_LENGTH_MAX);
  if (typeof value !== 'object') return value;
  if (depth >= DEPTH_MAX) return undefined;
  if (isArray(value)) {
    return value
      .slice(0, MEMBERS_MAX)
      .map((element) => small(element, depth + 1))
      .filter((element) => element !== undefined);
  }
  return pick(value, Object.keys(value).slice(0, MEMBERS_MAX), depth);
}

/** The named own members of an object, each made small; undefined when there are none. */
export function pick(value: unknown, keys: readonly string[], depth = 0): JsonObject | undefined {
  if (!isObject(value)) return undefined;
  const picked: Record<string, JsonValue> = {};
  for (const key of keys) {
    if (RESERVED.has(key) || !Object.hasOwn(value, key)) continue;
    const found = small(value[key], depth + 1);
    if (found !== undefined) picked[key] = found;
  }
  return Object.keys(picked).length === 0 ? undefined : picked;
}

/** What is there of an object that was put together; undefined when nothing is. */
export function present(members: Readonly<Record<string, JsonValue | undefined>>): JsonObject | undefined {
  const kept = Object.entries(members).filter(([, value]) => value !== undefined && !isEmptyList(value));
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}

function isEmptyList(value: JsonValue | undefined): boolean {
  return isArray(value) && value.length === 0;
}

/** Beside what may not be copied, members whose values are secrets: `Source.secretPaths` keeps them out of raw_data. */
const RESERVED: ReadonlySet<string> = new Set([
  '__proto__',
  'trailproof',
  'secret',
  'token',
  'temp_clone_token',
]);
