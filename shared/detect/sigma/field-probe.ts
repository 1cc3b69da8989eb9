import type { JsonValue } from '../../json/json.ts';
import { type Finds, TextFinder } from './aho-corasick.ts';
import type { EventView, FieldNames } from './event-view.ts';
import { findPlain } from './field.ts';
import { TextSet } from './text-set.ts';

/** Rules, by number, that are to be asked. */
export type Postings = readonly number[];

/** Takes the rules that an event might match. */
export interface Candidates {
  add(postings: Postings): void;
}

/** What rules look for in one field; texts are in lower case. */
export interface FieldLiterals {
  readonly exact: ReadonlyMap<string, Postings>;
  readonly parts: ReadonlyMap<string, Postings>;
  readonly present: Postings;
}

/** Values of a field that are remembered with what they led to. */
const REMEMBERED_COUNT_MAX = 4_096;
const REMEMBERED_LENGTH_MAX = 128;
const NOTHING: Postings = [];
/** Finds, for one field, the rules that its values may match. */
export class FieldProbe implements Finds {
  readonly #slot: number;
  readonly #names: FieldNames;
  readonly #isDeep: boolean;
  readonly #literals: FieldLiterals;
  readonly #finder: TextFinder | undefined;
  readonly #partPostings: readonly Postings[];
  readonly #texts: TextSet;
  /** Logs repeat themselves: what a text led to, while that pays. Never changes what is found. */
  #remembered: Map<string, Postings> | undefined = new Map();
  #hitCount = 0;
  #partsFound: Postings[] = [];

  constructor(slot: number, names: FieldNames, literals: FieldLiterals) {
    this.#slot = slot;
    this.#names = names;
    this.#literals = literals;
    this.#isDeep = names[0].keys.length > 1;
    this.#finder = literals.parts.size === 0 ? undefined : new TextFinder([...literals.parts.keys()]);
    this.#partPostings = [...literals.parts.values()];
    this.#texts = new TextSet(new Set(literals.exact.keys()), []);
  }

  /** The members of a record under which the field may lie. */
  get topKeys(): readonly string[] {
    return this.#names.flatMap((path) => path.keys[0] ?? []);
  }

  probe(record: JsonValue, view: EventView, candidates: Candidates): void {
    for (let i = 0; i < this.#names.length; i++) {
      const value = findPlain(record, this.#names[i] as FieldNames[0]);
      if (value === undefined) continue;
      if (typeof value === 'string') {
        // The way was long enough not to go it again for the rules that are asked now.
        if (i === 0 && this.#isDeep) view.noteText(this.#slot, value);
        candidates.add(this.#lookUp(value));
      } else if (typeof value === 'boolean') candidates.add(this.#lookUp(String(value)));
      else this.#lookUpAll(view, candidates);
      return;
    }
  }

  found(number: number): void {
    this.#partsFound.push(this.#partPostings[number] as Postings);
  }

  /** Several values, objects, numbers and null: what a value's text is, the view knows. */
  #lookUpAll(view: EventView, candidates: Candidates): void {
    const field = view.field(this.#slot);
    if (!field.present) return;
    candidates.add(this.#literals.present);
    if (this.#finder === undefined && this.#literals.exact.size === 0) return;
    for (const text of field.texts()) candidates.add(this.#lookUp(text));
  }

  #lookUp(text: string): Postings {
    const isShort = text.length <= REMEMBERED_LENGTH_MAX;
    // Without parts to look for, most texts are told by their length.
    if (this.#finder === undefined && !this.#texts.mayHave(text)) return this.#literals.present;
    const remembered = isShort ? this.#remembered : undefined;
    const known = remembered?.get(text);
    if (known !== undefined) {
      this.#hitCount += 1;
      return known;
    }
    const postings = this.#search(text);
    if (remembered !== undefined) this.#remember(remembered, text, postings);
    return postings;
  }

  #search(text: string): Postings {
    const exact = this.#literals.exact.get(text.toLowerCase());
    const { present } = this.#literals;
    if (this.#finder === undefined) return joined(exact === undefined ? [present] : [exact, present]);
    this.#partsFound = exact === undefined ? [present] : [exact, present];
    this.#finder.find(text, this);
    return joined(this.#partsFound);
  }

  #remember(remembered: Map<string, Postings>, text: string, postings: Postings): void {
    remembered.set(text, postings);
    if (remembered.size < REMEMBERED_COUNT_MAX) return;
    // A field whose values are ever new is not worth it.
    if (this.#hitCount < REMEMBERED_COUNT_MAX) this.#remembered = undefined;
    else remembered.clear();
    this.#hitCount = 0;
  }
}

function joined(lists: readonly Postings[]): Postings {
  const full = lists.filter((list) => list.length > 0);
  const [only = NOTHING] = full;
  return full.length < 2 ? only : [...new Set(full.flat())];
}
