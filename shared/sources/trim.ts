import { isArray, isObject, type JsonValue } from '../json/json.ts';
import type { OcsfEvent } from '../ocsf/event.ts';

/** Bounds of what the line of a very large record repeats from it; the record itself is kept whole elsewhere. */
const TEXT_LENGTH_MAX = 2048;
const ELEMENTS_MAX = 50;
const MEMBERS_MAX = 200;

/** All together: no more values than this, so that the line stays far below the record. */
const VALUES_MAX = 5000;

/** A copy of an event that is small whatever its record held: long texts, lists and objects are cut. */
export function trimEvent(event: OcsfEvent): OcsfEvent {
  const budget = { values: VALUES_MAX };
  const trimmed = trim(event as unknown as JsonValue, budget) as unknown as OcsfEvent;
  return { ...trimmed, metadata: { ...trimmed.metadata, is_truncated: true } };
}

function trim(value: JsonValue, budget: { values: number }): JsonValue {
  budget.values -= 1;
  if (typeof value === 'string') return value.length > TEXT_LENGTH_MAX ? cut(value) : value;
  if (isArray(value)) {
    const kept: JsonValue[] = [];
    for (const element of value.slice(0, ELEMENTS_MAX)) {
      if (budget.values > 0) kept.push(trim(element, budget));
    }
    return kept;
  }
  if (!isObject(value)) return value;
  const kept: [string, JsonValue][] = [];
  for (const key of Object.keys(value).slice(0, MEMBERS_MAX)) {
    const inner = value[key];
    if (inner !== undefined && budget.values > 0) kept.push([cut(key), trim(inner, budget)]);
  }
  return Object.fromEntries(kept);
}

/** Not between the halves of a surrogate pair. */
function cut(text: string): string {
  return text.slice(0, TEXT_LENGTH_MAX).replace(/[\uD800-\uDBFF]$/, '');
}
