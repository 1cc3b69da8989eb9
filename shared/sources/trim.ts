import { isArray, isObject, type JsonValue } from '../json/json.ts';
import { compact } from '../ocsf/compact.ts';
import type { OcsfEvent } from '../ocsf/event.ts';

/** The longest text that is repeated from a very large record. */
const TEXT_LENGTH_MAX = 2048;

/** What every member of the event may hold, so that the line stays far below the record: values, */
const VALUES_MAX = 500;

/** and characters. Texts behind these are cut to almost nothing. */
const LENGTH_MAX = 32 * 1024;
const SHORT_TEXT_LENGTH_MAX = 64;

interface Budget {
  values: number;
  length: number;
}

/** A copy of an event that is small whatever its record held: long texts, lists and objects are cut. */
export function trimEvent(event: OcsfEvent): OcsfEvent {
  const members: [string, unknown][] = [];
  for (const [key, value] of Object.entries(event)) {
    // Each has a budget of its own: a large list must not cost the event the members that OCSF requires.
    members.push([key, trim(value as JsonValue, { values: VALUES_MAX, length: LENGTH_MAX })]);
  }
  const trimmed = Object.fromEntries(members) as unknown as OcsfEvent;
  return compact({ ...trimmed, metadata: { ...trimmed.metadata, is_truncated: true } });
}

function trim(value: JsonValue, budget: Budget): JsonValue {
  budget.values -= 1;
  if (typeof value === 'string') return cut(value, budget);
  if (isArray(value)) {
    const kept: JsonValue[] = [];
    for (const element of value) {
      if (budget.values <= 0) break;
      kept.push(trim(element, budget));
    }
    return kept;
  }
  if (!isObject(value)) return value;
  const kept: [string, JsonValue][] = [];
  for (const key of Object.keys(value)) {
    const inner = value[key];
    if (budget.values <= 0) break;
    if (inner !== undefined) kept.push([cut(key, budget), trim(inner, budget)]);
  }
  return Object.fromEntries(kept);
}

function cut(text: string, budget: Budget): string {
  const length = budget.length > 0 ? TEXT_LENGTH_MAX : SHORT_TEXT_LENGTH_MAX;
  // Not between the halves of a surrogate pair.
  const kept = text.length > length ? text.slice(0, length).replace(/[\uD800-\uDBFF]$/, '') : text;
  budget.length -= kept.length;
  return kept;
}
