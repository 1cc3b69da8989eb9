import { elements, part } from '../../json/document.ts';
import { isObject, type JsonDocument, type JsonValue } from '../../json/json.ts';
import { stringEnd } from '../../json/scan.ts';
import { type FieldPath, findLeaves, findValues, type Trail } from './field.ts';

/** What a rule asks about a field of one event; everything is computed at most once. */
export interface FieldValue {
  /** Whether the event has the field, whatever is in it. */
  readonly present: boolean;
  readonly hasNull: boolean;
  /** Present with a value other than null, or with an empty array. */
  readonly hasValue: boolean;
  /** Every value but null as text: canonical for numbers and booleans, compact JSON as received for objects. */
  texts(): readonly string[];
  /** The same in lower case. */
  lowers(): readonly string[];
}

/** A field as rules name it: its own name first, then the aliases of its logsource. */
export type FieldNames = readonly [FieldPath, ...FieldPath[]];

/**
 * One event as all rules see it. Fields are looked up when the first rule asks and remembered by slot, so that a
 * thousand rules over a field cost one look-up. It lives as long as the matching of its event.
 */
export class EventView {
  readonly #document: JsonDocument;
  readonly #isReceived: boolean;
  readonly #fields: readonly FieldNames[];
  readonly #values: (FieldValue | undefined)[] = [];
  #searchText: string | undefined;
  #searchLower: string | undefined;

  /** Without `raw` (an event that has no text of its own) the record is serialised where text is asked for. */
  constructor(record: JsonValue, raw: string | undefined, fields: readonly FieldNames[]) {
    this.#isReceived = raw !== undefined;
    this.#document = { value: record, text: raw ?? '' };
    this.#fields = fields;
  }

  field(slot: number): FieldValue {
    const known = this.#values[slot];
    if (known !== undefined) return known;
    const found = this.#find(slot);
    this.#values[slot] = found;
    return found;
  }

  /** The whole record as text, keys included, with string escapes resolved: what keywords are looked for in. */
  searchText(): string {
    this.#searchText ??= unescapeJson(
      this.#isReceived ? this.#document.text : JSON.stringify(this.#document.value),
    );
    return this.#searchText;
  }

  searchLower(): string {
    this.#searchLower ??= this.searchText().toLowerCase();
    return this.#searchLower;
  }

  /** An object gives way to an alias that names a plain value: some transports wrap what others write bare. */
  #find(slot: number): FieldValue {
    let wrapped: FieldValue | undefined;
    for (const path of this.#fields[slot] ?? []) {
      const values = findValues(this.#document.value, path);
      if (values === undefined) continue;
      const found = this.#fieldValue(path, values);
      if (!values.every(isObject)) return found;
      wrapped ??= found;
    }
    return wrapped ?? ABSENT;
  }

  #fieldValue(path: FieldPath, values: readonly JsonValue[]): FieldValue {
    let texts: readonly string[] | undefined;
    let lowers: readonly string[] | undefined;
    const textsOnce = () => {
      texts ??= this.#texts(path, values);
      return texts;
    };
    const lowersOnce = () => {
      lowers ??= textsOnce().map((text) => text.toLowerCase());
      return lowers;
    };
    return {
      present: true,
      hasNull: values.includes(null),
      hasValue: values.length === 0 || values.some((value) => value !== null),
      texts: textsOnce,
      lowers: lowersOnce,
    };
  }

  #texts(path: FieldPath, values: readonly JsonValue[]): readonly string[] {
    if (values.every((value) => value === null || !needsSource(value))) {
      return values.flatMap((value) => (value === null ? [] : [String(value)]));
    }
    const sliceAlong = this.#isReceived ? slicer(this.#document) : () => undefined;
    return findLeaves(this.#document.value, path).flatMap(({ value, trail }) => {
      if (value === null) return [];
      if (!needsSource(value)) return [String(value)];
      const source = sliceAlong(trail);
      return [source === undefined ? JSON.stringify(value) : compactJson(source.text)];
    });
  }
}

const ABSENT: FieldValue = {
  present: false,
  hasNull: false,
  hasValue: false,
  texts: () => [],
  lowers: () => [],
};

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

/** JSON text without the white space between its tokens; every other character stays as received. */
function compactJson(text: string): string {
  if (!/\s/.test(text)) return text;
  let out = '';
  let from = 0;
  for (let i = 0; i < text.length; i++) {
    const character = text.charAt(i);
    if (character === '"') {
      i = stringEnd(text, i) - 1;
    } else if (character === ' ' || character === '\n' || character === '\t' || character === '\r') {
      out += text.slice(from, i);
      from = i + 1;
    }
  }
  return out + text.slice(from);
}

const ESCAPES: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

/** Resolves the escapes of the strings in a JSON text; what is no escape stays. */
function unescapeJson(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replace(/\\(?:u([\dA-Fa-f]{4})|(["\\/bfnrt]))/g, (_, hex: string | undefined, short: string) =>
    hex === undefined ? (ESCAPES[short] ?? short) : String.fromCharCode(Number.parseInt(hex, 16)),
  );
}
