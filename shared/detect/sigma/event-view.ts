import { isArray, isObject, type JsonValue } from '../../json/json.ts';
import { type FieldPath, findPlain, findValues } from './field.ts';
import { ABSENT, FieldValue } from './field-value.ts';
import { unescapeJson } from './search-text.ts';

/** A field as rules name it: its own name first, then the aliases of its logsource. */
export type FieldNames = readonly [FieldPath, ...FieldPath[]];

/** Twice of it is still a small integer. */
const NUMBER_MAX = 2 ** 29;

/**
 * One event as all rules see it. Fields are looked up when the first rule asks and remembered by slot, so that a
 * thousand rules over a field cost one look-up; so are the verdicts of parts that rules share. A view serves one event
 * after the other: between `open` and `close`.
 */
export class EventView {
  readonly #fields: readonly FieldNames[];
  readonly #values: (FieldValue | undefined)[] = [];
  /** Of fields that have one string and no more: that string, and in lower case; null for all others. */
  readonly #onlyTexts: (string | null | undefined)[] = [];
  readonly #onlyLowers: (string | undefined)[] = [];
  /** Slots that were asked for. */
  readonly #asked: number[] = [];
  /** Twice the number of the event, plus the verdict. */
  readonly #verdicts: number[] = [];
  #number = 0;
  #record: JsonValue = null;
  #raw: string | undefined;
  #searchText: string | undefined;
  #searchLower: string | undefined;

  constructor(fields: readonly FieldNames[]) {
    this.#fields = fields;
  }

  /** Without `raw` (an event that has no text of its own) the record is serialised where text is asked for. */
  open(record: JsonValue, raw: string | undefined): void {
    this.#record = record;
    this.#raw = raw;
    this.#number += 1;
    if (this.#number < NUMBER_MAX) return;
    this.#number = 1;
    this.#verdicts.fill(0);
  }

  /** Lets go of the event. */
  close(): void {
    this.#record = null;
    this.#raw = undefined;
    this.#searchText = undefined;
    this.#searchLower = undefined;
    for (let i = 0; i < this.#asked.length; i++) {
      const slot = this.#asked[i] as number;
      this.#values[slot] = undefined;
      this.#onlyTexts[slot] = undefined;
      this.#onlyLowers[slot] = undefined;
    }
    if (this.#asked.length > 0) this.#asked.length = 0;
  }

  field(slot: number): FieldValue {
    const known = this.#values[slot];
    if (known !== undefined) return known;
    this.#reach(slot);
    const found = this.#find(slot);
    this.#values[slot] = found;
    return found;
  }

  /** The usual case in one step: the field's only value, where it is a string; null where it is not. */
  onlyText(slot: number): string | null {
    const known = this.#onlyTexts[slot];
    if (known !== undefined) return known;
    this.#reach(slot);
    const path = this.#fields[slot]?.[0];
    const value = path === undefined ? undefined : findPlain(this.#record, path);
    const text = typeof value === 'string' ? value : null;
    this.#onlyTexts[slot] = text;
    return text;
  }

  /** Remembers what somebody else found to be the field's only value. */
  noteText(slot: number, text: string): void {
    this.#reach(slot);
    this.#onlyTexts[slot] = text;
  }

  /** That text in lower case. */
  onlyLower(slot: number, text: string): string {
    const known = this.#onlyLowers[slot];
    if (known !== undefined) return known;
    const lower = text.toLowerCase();
    this.#onlyLowers[slot] = lower;
    return lower;
  }

  /** Notes that a slot is in use. Slots are given out as rules are compiled: arrays without holes stay fast. */
  #reach(slot: number): void {
    while (this.#values.length <= slot) {
      this.#values.push(undefined);
      this.#onlyTexts.push(undefined);
      this.#onlyLowers.push(undefined);
    }
    this.#asked.push(slot);
  }

  /** What was remembered of a part of a rule for this event. */
  verdict(part: number): boolean | undefined {
    const stamp = this.#verdicts[part] ?? 0;
    return stamp >> 1 === this.#number ? (stamp & 1) === 1 : undefined;
  }

  remember(part: number, verdict: boolean): boolean {
    while (this.#verdicts.length < part) this.#verdicts.push(0);
    this.#verdicts[part] = this.#number * 2 + (verdict ? 1 : 0);
    return verdict;
  }

  /** The whole record as text, keys included, with string escapes resolved: what keywords are looked for in. */
  searchText(): string {
    this.#searchText ??= unescapeJson(this.receivedText());
    return this.#searchText;
  }

  searchLower(): string {
    this.#searchLower ??= this.searchText().toLowerCase();
    return this.#searchLower;
  }

  /** The record as JSON text, escapes and all. */
  receivedText(): string {
    return this.#raw ?? JSON.stringify(this.#record);
  }

  /** An object gives way to an alias that names a plain value: some transports wrap what others write bare. */
  #find(slot: number): FieldValue {
    const record = this.#record;
    let wrapped: FieldValue | undefined;
    for (const path of this.#fields[slot] ?? []) {
      const plain = findPlain(record, path);
      if (plain === undefined) continue;
      const values = isArray(plain) ? findValues(record, path) : [plain];
      if (values === undefined) continue;
      const found = new FieldValue(values, path, record, this.#raw);
      if (!values.every(isObject)) return found;
      wrapped ??= found;
    }
    return wrapped ?? ABSENT;
  }
}
