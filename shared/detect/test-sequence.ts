import { elements, parseDocument, part } from '../json/document.ts';
import { isArray, isObject, type JsonDocument, type JsonValue, member } from '../json/json.ts';
import { fail, ok, type Result } from '../result.ts';
import type { DetectedEvent } from './detector.ts';
import { readDurationMs } from './duration.ts';

/** Events in the order of a trail, for rules that remember. */
export interface TestSequence {
  readonly events: readonly DetectedEvent[];
  /** Where the events of its last element begin: those are what must be noticed. */
  readonly last: number;
}

const STEP_MEMBERS = ['record', 'at', 'after', 'repeat', 'every'];
const REPEAT_MAX = 10_000;
const EVENTS_MAX = 100_000;
/** In a record of a step: how many times it was repeated before. */
const COUNTER = '{{n}}';

/**
 * Reads a test file that is an array: each element a record of any source, in its own time, or a step
 * `{"record": …, "at": "2026-03-02T09:00:00Z", "after": "3h", "repeat": 40, "every": "12h"}` that sets the time of the
 * event, and repeats it. undefined where the text is no array; a sentence where a step is not understood.
 */
export function readSequence(
  text: string,
  read: (text: string) => readonly DetectedEvent[],
): Result<TestSequence, string> | undefined {
  const document = parseDocument(text);
  if (!document.ok || !isArray(document.value.value)) return undefined;
  const events: DetectedEvent[] = [];
  let last = 0;
  for (const [i, element] of elements(document.value).entries()) {
    const step = stepOf(element);
    if (!step.ok) return fail(`element ${i + 1}: ${step.fault}`);
    const added = take(step.value, events.at(-1)?.event.time, read);
    if (added.length === 0)
      return fail(`element ${i + 1}: expected an event that a source can read, found none`);
    last = events.length;
    for (const event of added) events.push(event);
    if (events.length > EVENTS_MAX) return fail(`expected at most ${EVENTS_MAX} events in a sequence`);
  }
  return ok({ events, last });
}

interface Step {
  readonly text: string;
  /** Undefined keeps the record's own time. */
  readonly atMs: number | undefined;
  readonly afterMs: number | undefined;
  readonly repeat: number;
  readonly everyMs: number;
}

function stepOf(element: JsonDocument): Result<Step, string> {
  const { value } = element;
  const record = isObject(value) && !isOcsf(value) ? part(element, 'record') : undefined;
  if (record === undefined || !isObject(value)) {
    return ok({ text: element.text, atMs: undefined, afterMs: undefined, repeat: 1, everyMs: 0 });
  }
  const unknown = Object.keys(value).find((key) => !STEP_MEMBERS.includes(key));
  if (unknown !== undefined) return fail(`unknown member ${unknown}; known are ${STEP_MEMBERS.join(', ')}`);
  const at = member(value, 'at');
  const atMs = typeof at === 'string' ? Date.parse(at) : undefined;
  if (at !== undefined && (atMs === undefined || Number.isNaN(atMs)))
    return fail('expected at to be a time such as 2026-03-02T09:00:00Z');
  const after = member(value, 'after');
  const afterMs = readDurationMs(after);
  if (after !== undefined && afterMs === undefined)
    return fail('expected after to be a time such as 3h or 2d');
  const repeat = member(value, 'repeat') ?? 1;
  if (typeof repeat !== 'number' || !Number.isInteger(repeat) || repeat < 1 || repeat > REPEAT_MAX)
    return fail(`expected repeat to be a whole number from 1 to ${REPEAT_MAX}`);
  const every = member(value, 'every');
  const everyMs = readDurationMs(every);
  if ((every !== undefined || repeat > 1) && everyMs === undefined)
    return fail('expected every, with repeat, to be a time such as 12h');
  if (at !== undefined && after !== undefined) return fail('expected at or after, found both');
  return ok({ text: record.text, atMs, afterMs, repeat, everyMs: everyMs ?? 0 });
}

function take(
  { text, atMs, afterMs, repeat, everyMs }: Step,
  previousMs: number | undefined,
  read: (text: string) => readonly DetectedEvent[],
): readonly DetectedEvent[] {
  const isNumbered = text.includes(COUNTER);
  const once = isNumbered ? [] : read(text);
  const fromMs =
    atMs ?? (afterMs === undefined || previousMs === undefined ? undefined : previousMs + afterMs);
  return Array.from({ length: repeat }, (_, n) => {
    const events = isNumbered ? read(text.replaceAll(COUNTER, String(n))) : once;
    return events.map((each) => atTime(each, (fromMs ?? each.event.time) + n * everyMs));
  }).flat();
}

/** The event alone moves: rules that remember go by it, and the record stays as a source gave it. */
function atTime(each: DetectedEvent, time: number): DetectedEvent {
  const { source, event, record, raw } = each;
  return time === event.time ? each : { source, event: { ...event, time }, record, raw };
}

function isOcsf(value: JsonValue): boolean {
  return typeof member(value, 'class_uid') === 'number';
}
