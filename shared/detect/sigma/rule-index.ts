import { isObject, type JsonValue } from '../../json/json.ts';
import { type Finds, TextFinder } from './aho-corasick.ts';
import type { EventView, FieldNames } from './event-view.ts';
import { type Candidates, FieldProbe, type Postings } from './field-probe.ts';
import { chooseLiterals, type Sought } from './rank.ts';
import type { Literal } from './witness.ts';

/** From so many fields on, an event's own members say which of them are looked at. */
const PROBE_COUNT_MANY = 24;

/**
 * Which rules an event might match, by literals that it must then show. Rules without one are always among them. It
 * never leaves out a rule that matches.
 */
export class RuleIndex {
  /** Rules that are asked at every event. */
  readonly always: Postings;
  readonly #probes: readonly FieldProbe[];
  readonly #probesByKey: ReadonlyMap<string, readonly FieldProbe[]> | undefined;
  readonly #keywords: KeywordProbe | undefined;

  constructor(rules: readonly Sought[], fields: readonly FieldNames[]) {
    const choices = chooseLiterals(rules, (slot) => fields[slot]?.[0].keys.length ?? 1);
    this.always = choices.flatMap((literals, rule) => (literals === undefined ? [rule] : []));
    const bySlot = new Map<number, MutableLiterals>();
    const keywords = new Map<string, number[]>();
    for (const [rule, literals] of choices.entries()) {
      for (const literal of literals ?? []) {
        if (literal.kind === 'keyword') post(keywords, literal.text, rule);
        else place(bySlot, literal, rule);
      }
    }
    this.#probes = [...bySlot].map(([slot, literals]) => probeOf(slot, fields, literals));
    this.#probesByKey = this.#probes.length < PROBE_COUNT_MANY ? undefined : byTopKey(this.#probes);
    this.#keywords = keywords.size === 0 ? undefined : new KeywordProbe(keywords);
  }

  collect(record: JsonValue, view: EventView, candidates: Candidates): void {
    if (this.#probesByKey !== undefined && isObject(record)) {
      for (const key in record) {
        for (const probe of this.#probesByKey.get(key) ?? NO_PROBES) probe.probe(record, view, candidates);
      }
    } else {
      for (let i = 0; i < this.#probes.length; i++) {
        (this.#probes[i] as FieldProbe).probe(record, view, candidates);
      }
    }
    this.#keywords?.probe(view, candidates);
  }
}

const NO_PROBES: readonly FieldProbe[] = [];

interface MutableLiterals {
  readonly exact: Map<string, number[]>;
  readonly parts: Map<string, number[]>;
  readonly present: Set<number>;
}

function place(
  bySlot: Map<number, MutableLiterals>,
  literal: Exclude<Literal, { kind: 'keyword' }>,
  rule: number,
): void {
  const literals = bySlot.get(literal.slot) ?? { exact: new Map(), parts: new Map(), present: new Set() };
  bySlot.set(literal.slot, literals);
  if (literal.kind === 'exact') post(literals.exact, literal.text, rule);
  else if (literal.kind === 'part') post(literals.parts, literal.text, rule);
  else literals.present.add(rule);
}

function post(lists: Map<string, number[]>, text: string, rule: number): void {
  const list = lists.get(text);
  if (list === undefined) lists.set(text, [rule]);
  else if (list.at(-1) !== rule) list.push(rule);
}

function probeOf(
  slot: number,
  fields: readonly FieldNames[],
  { exact, parts, present }: MutableLiterals,
): FieldProbe {
  const names = fields[slot];
  if (names === undefined) throw new Error(`field slot ${slot} was never given out`);
  return new FieldProbe(slot, names, { exact, parts, present: [...present] });
}

function byTopKey(probes: readonly FieldProbe[]): ReadonlyMap<string, readonly FieldProbe[]> {
  const keys = new Map<string, FieldProbe[]>();
  for (const probe of probes) {
    for (const key of probe.topKeys) keys.set(key, [...(keys.get(key) ?? []), probe]);
  }
  return keys;
}

/** Searches the text of a whole record once for the keywords of all rules. */
class KeywordProbe implements Finds {
  readonly #finder: TextFinder;
  readonly #postings: readonly Postings[];
  #candidates: Candidates | undefined;

  constructor(keywords: ReadonlyMap<string, Postings>) {
    this.#finder = new TextFinder([...keywords.keys()]);
    this.#postings = [...keywords.values()];
  }

  probe(view: EventView, candidates: Candidates): void {
    this.#candidates = candidates;
    this.#finder.findInJson(view.receivedText(), this, () => view.searchLower());
  }

  found(number: number): void {
    this.#candidates?.add(this.#postings[number] as Postings);
  }
}
