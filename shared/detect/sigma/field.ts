import { isArray, isObject, type JsonObject, type JsonValue } from '../../json/json.ts';

const NESTING_MAX = 128;

/** A field name, taken apart once: `keys[i][j]` is segments i to j joined by dots again. */
export interface FieldPath {
  readonly name: string;
  readonly keys: readonly (readonly string[])[];
  /** None of the keys is a name that every object inherits: what is read under them is the object's own. */
  readonly isOwn: boolean;
}

/** The way to one value: member names and array indexes. */
export type Trail = readonly (string | number)[];

export interface Leaf {
  readonly value: JsonValue;
  readonly trail: Trail;
}

export function fieldPath(name: string): FieldPath {
  const segments = name.split('.');
  const keys = segments.map((_, i) => segments.map((_, j) => segments.slice(i, j + 1).join('.')));
  const isOwn = !keys.flat().some((key) => key in Object.prototype);
  return { name, keys, isOwn };
}

/**
 * The value of a field where no array is on the way to it: the usual case, without a list for one value. The answer is
 * an array where one is in the way or at the end, and `findValues` then says what is in it.
 */
export function findPlain(record: JsonValue, path: FieldPath): JsonValue | undefined {
  return walkPlain(record, path, 0);
}

function walkPlain(value: JsonValue, path: FieldPath, from: number): JsonValue | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (isArray(value)) return value;
  const keys = path.keys[from] as readonly string[];
  for (let to = keys.length - 1; to >= from; to--) {
    const key = keys[to] as string;
    const inner = path.isOwn || Object.hasOwn(value, key) ? (value as JsonObject)[key] : undefined;
    if (inner === undefined) continue;
    const found = to === keys.length - 1 ? inner : walkPlain(inner, path, to + 1);
    if (found !== undefined) return found;
  }
  return undefined;
}

/**
 * The values of a field: undefined where the record has no such field. A literal dotted key wins over a path, longer
 * keys over shorter; arrays on the way and at the end are opened, at any level.
 */
export function findValues(record: JsonValue, path: FieldPath): readonly JsonValue[] | undefined {
  const values: JsonValue[] = [];
  const found = walk(record, 0, { path, take: (value) => values.push(value), trail: undefined });
  return found ? values : undefined;
}

/** The same values in the same order, each with the way to it. */
export function findLeaves(record: JsonValue, path: FieldPath): readonly Leaf[] {
  const leaves: Leaf[] = [];
  walk(record, 0, { path, take: (value, trail) => leaves.push({ value, trail: trail ?? [] }), trail: [] });
  return leaves;
}

interface Step {
  readonly path: FieldPath;
  readonly take: (value: JsonValue, trail: Trail | undefined) => void;
  /** Undefined where nobody asked for the way. */
  readonly trail: Trail | undefined;
}

/** Whether the field was there, from its segment `from` on; what it holds was taken. */
function walk(value: JsonValue, from: number, step: Step): boolean {
  if (isArray(value)) {
    let found = false;
    for (let i = 0; i < value.length; i++) {
      if (walk(value[i] as JsonValue, from, along(step, i))) found = true;
    }
    return found;
  }
  const keys = step.path.keys[from];
  if (keys === undefined || !isObject(value)) return false;
  for (let to = keys.length - 1; to >= from; to--) {
    const key = keys[to] as string;
    const inner = Object.hasOwn(value, key) ? value[key] : undefined;
    if (inner === undefined) continue;
    if (to === keys.length - 1) {
      open(inner, along(step, key), 0);
      return true;
    }
    if (walk(inner, to + 1, along(step, key))) return true;
  }
  return false;
}

function open(value: JsonValue, step: Step, depth: number): void {
  if (!isArray(value) || depth > NESTING_MAX) {
    step.take(value, step.trail);
    return;
  }
  for (let i = 0; i < value.length; i++) open(value[i] as JsonValue, along(step, i), depth + 1);
}

function along(step: Step, key: string | number): Step {
  return step.trail === undefined ? step : { ...step, trail: [...step.trail, key] };
}
