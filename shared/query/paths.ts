import { isArray, isObject, type JsonObject, type JsonValue } from '../json/json.ts';

type Scalar = string | number | boolean;

/**
 * Whether any scalar at a path of an event passes. Arrays stand for each of their elements; an object that the path
 * ends at stands for everything inside it.
 */
export function someScalar(
  value: unknown,
  segments: readonly string[],
  passes: (scalar: Scalar) => boolean,
  from = 0,
): boolean {
  if (value === undefined || value === null) return false;
  if (isArray(value)) return value.some((element) => someScalar(element, segments, passes, from));
  if (from === segments.length) return someInside(value, passes);
  if (!isObject(value)) return false;
  const step = stepInto(value, segments, from);
  return step !== undefined && someScalar(step.value, segments, passes, step.next);
}

/** Whether any scalar inside a value passes. Values of the trail nest at most 64 deep (`parseDocument`). */
export function someInside(value: unknown, passes: (scalar: Scalar) => boolean): boolean {
  if (value === undefined || value === null) return false;
  if (isArray(value)) return value.some((element) => someInside(element, passes));
  if (!isObject(value)) return passes(value as Scalar);
  for (const key of Object.keys(value)) if (someInside(value[key], passes)) return true;
  return false;
}

/**
 * One step along a path. A key that is written with dots (`unmapped` holds such keys in flattened events) goes before
 * nested members, the longest first; there is no way back from a key that was there, so the walk is linear.
 */
function stepInto(
  value: JsonObject,
  segments: readonly string[],
  from: number,
): { readonly value: JsonValue | undefined; readonly next: number } | undefined {
  const inUnmapped = from > 0 && segments[0] === 'unmapped';
  for (let next = inUnmapped ? segments.length : from + 1; next > from; next -= 1) {
    const key = next === from + 1 ? (segments[from] as string) : segments.slice(from, next).join('.');
    if (Object.hasOwn(value, key)) return { value: value[key], next };
  }
  return undefined;
}
