import { elements, part } from '../../json/document.ts';
import { isObject, type JsonDocument, type JsonValue } from '../../json/json.ts';
import { type FieldPath, findLeaves, type Trail } from './field.ts';
import { compactJson } from './search-text.ts';

const NO_SETS: [undefined, undefined] = [undefined, undefined];

/** What a rule asks about a field of one event; everything is computed at most once. */
export class FieldValue {
  /** Whether the event has the field, whatever is in it. */
  readonly present: boolean;
  readonly hasNull: boolean;
  /** Present with a value other than null, or with an empty array. */
  readonly hasValue: boolean;
  readonly #values: readonly JsonValue[];
  readonly #path: FieldPath | undefined;
  readonly #record: JsonValue;
  readonly #raw: string | undefined;
  #texts: readonly string[] | undefined;
  #lowers: readonly string[] | undefined;
  #sets: [ReadonlySet<string> | undefined, ReadonlySet<string> | undefined] = NO_SETS;

  /** `raw` is the record as received, where it was. */
  constructor(
    values: readonly JsonValue[],
    path: FieldPath | undefined,
    record: JsonValue,
    raw: string | undefined,
  ) {
    this.#values = values;
    this.#path = path;
    this.#record = record;
    this.#raw = raw;
    this.present = path !== undefined;
    this.hasNull = values.includes(null);
    this.hasValue = this.present && (values.length === 0 || values.some((value) => value !== null));
  }

  /** Every value but null as text: canonical for numbers and booleans, compact JSON as received for objects. */
  texts(): readonly string[] {
    this.#texts ??= this.#readTexts();
    return this.#texts;
  }

  /** The same in lower case. */
  lowers(): readonly string[] {
    this.#lowers ??= this.texts().map((text) => text.toLowerCase());
    return this.#lowers;
  }

  /** The texts, or the same in lower case, to look one up among many. */
  textSet(cased: boolean): ReadonlySet<string> {
    if (this.#sets === NO_SETS) this.#sets = [undefined, undefined];
    const i = cased ? 0 : 1;
    const set = this.#sets[i] ?? new Set(cased ? this.texts() : this.lowers());
    this.#sets[i] = set;
    return set;
  }

  #readTexts(): readonly string[] {
    const values = this.#values;
    const [only] = values;
    if (typeof only === 'string' && values.length === 1) return [only];
    if (values.every((value) => value === null || !needsSource(value))) {
      return values.flatMap((value) => (value === null ? [] : [String(value)]));
    }
    const record = this.#record;
    const sliceAlong = this.#raw === undefined ? () => undefined : slicer({ value: record, text: this.#raw });
    if (this.#path === undefined) return [];
    return findLeaves(record, this.#path).flatMap(({ value, trail }) => {
      if (value === null) return [];
      if (!needsSource(value)) return [String(value)];
      const source = sliceAlong(trail);
      return [source === undefined ? JSON.stringify(value) : compactJson(source.text)];
    });
  }
}

/** The value of a field that an event does not have. */
export const ABSENT = new FieldValue([], undefined, null, undefined);

/** Objects are matched as received, and so are integers that a double cannot hold. */
function needsSource(value: JsonValue): boolean {
  if (typeof value === 'number') return Number.isInteger(value) && !Number.isSafeInteger(value);
  return isObject(value) || Array.isArray(value);
}

interface Slice {
  readonly document: JsonDocument;
  elements: readonly JsonDocument[] | undefined;
}

/**
 * Gives the slices at the ends of trails. What a trail shares with the one before is not cut again, and an array is
 * cut into its elements once: else a record with ten thousand objects would be read ten thousand times.
 */
function slicer(root: JsonDocument): (trail: Trail) => JsonDocument | undefined {
  const slices: Slice[] = [{ document: root, elements: undefined }];
  const keys: (string | number)[] = [];
  return (trail) => {
    const shared = trail.findIndex((key, i) => key !== keys[i]);
    const kept = shared < 0 ? trail.length : shared;
    keys.length = kept;
    slices.length = kept + 1;
    for (const key of trail.slice(kept)) {
      const next = memberOf(slices.at(-1), key);
      if (next === undefined) return undefined;
      keys.push(key);
      slices.push({ document: next, elements: undefined });
    }
    return slices.at(-1)?.document;
  };
}

function memberOf(slice: Slice | undefined, key: string | number): JsonDocument | undefined {
  if (slice === undefined) return undefined;
  if (typeof key === 'string') return part(slice.document, key);
  slice.elements ??= elements(slice.document);
  return slice.elements[key];
}
