import type { JsonValue } from '../../json/json.ts';
import type { Predicate } from './compiled-item.ts';
import { EventView, type FieldNames } from './event-view.ts';
import type { Candidates, Postings } from './field-probe.ts';
import type { Sought } from './rank.ts';
import type { Rule, RuleLogsource } from './rule.ts';
import { RuleIndex } from './rule-index.ts';

/** One event for matching. */
export interface SigmaEvent {
  readonly record: JsonValue;
  /** The record's own text as received; without it the record is serialised where its text matters. */
  readonly raw?: string | undefined;
  /** Undefined tries every rule. */
  readonly logsource?: RuleLogsource | undefined;
}

/** Rules compiled together. They keep nothing of one event that could change what is said of the next. */
export interface RuleSet {
  /** The rules that were compiled: those with faults are not among them. */
  readonly rules: readonly Rule[];
  /** The rules for events of this logsource; undefined gives all. */
  route(logsource: RuleLogsource | undefined): Route;
  /** The rules that match, in the order in which they were given. Never throws, whatever the record. */
  match(event: SigmaEvent): readonly Rule[];
}

/** The rules that events of one logsource are for. */
export interface Route {
  readonly rules: readonly Rule[];
  /** The rules that match, in the order in which they were given. Never throws, whatever the record. */
  match(record: JsonValue, raw: string | undefined): readonly Rule[];
  /** The same, by asking every rule: what the index must agree with. */
  scan(record: JsonValue, raw: string | undefined): readonly Rule[];
}

/** A detection with its filters, and the rules that are exactly that. */
export interface Program extends Sought {
  readonly matches: Predicate;
  readonly rules: readonly NumberedRule[];
}

export interface NumberedRule {
  readonly rule: Rule;
  /** Its place among the rules of the set. */
  readonly number: number;
}

/** Logsources that are remembered with their rules: as many as sources have, and no stranger can add any. */
const ROUTE_COUNT_MAX = 1_000;

/** Routes by logsource first. Each route has an index of its own, made when it is first needed. */
export function ruleSetOf(programs: readonly Program[], fields: readonly FieldNames[]): RuleSet {
  const view = new EventView(fields);
  const routes = new Map<string, Route>();
  // Callers have one object for each logsource.
  let lastLogsource: RuleLogsource | undefined;
  let lastRoute: Route | undefined;
  const route = (logsource: RuleLogsource | undefined): Route => {
    if (lastRoute !== undefined && lastLogsource === logsource) return lastRoute;
    lastLogsource = logsource;
    lastRoute = find(logsource);
    return lastRoute;
  };
  const find = (logsource: RuleLogsource | undefined): Route => {
    const key =
      logsource === undefined ? '' : `${logsource.product}\n${logsource.service}\n${logsource.category}`;
    const known = routes.get(key);
    if (known !== undefined) return known;
    const made = new IndexedRoute(logsource === undefined ? programs : covering(programs, logsource), {
      fields,
      view,
    });
    if (routes.size < ROUTE_COUNT_MAX) routes.set(key, made);
    return made;
  };
  return {
    rules: inOrder(programs.flatMap(({ rules }) => rules)),
    route,
    match: ({ record, raw, logsource }) => route(logsource).match(record, raw),
  };
}

/** Programs with those of their rules that events of the logsource are for. */
function covering(programs: readonly Program[], logsource: RuleLogsource): readonly Program[] {
  return programs.flatMap((program) => {
    const rules = program.rules.filter(({ rule }) => covers(rule.logsource, logsource));
    return rules.length === 0 ? [] : [{ ...program, rules }];
  });
}

/** Whether every key that the one gives is equal on the other. */
export function covers(given: RuleLogsource, other: RuleLogsource): boolean {
  return (['product', 'service', 'category'] as const).every(
    (key) => given[key] === undefined || given[key] === other[key],
  );
}

function inOrder(rules: readonly NumberedRule[]): readonly Rule[] {
  return rules.toSorted((a, b) => a.number - b.number).map(({ rule }) => rule);
}

const BARE = new WeakMap<Program, readonly Rule[]>();

/** The rules of one program alone, made once. */
function bare(program: Program): readonly Rule[] {
  const known = BARE.get(program);
  if (known !== undefined) return known;
  const rules = inOrder(program.rules);
  BARE.set(program, rules);
  return rules;
}

const NO_RULES: readonly Rule[] = [];
const EVENT_COUNT_MAX = 2 ** 30;

class IndexedRoute implements Route, Candidates {
  readonly rules: readonly Rule[];
  readonly #programs: readonly Program[];
  readonly #fields: readonly FieldNames[];
  readonly #view: EventView;
  #index: RuleIndex | undefined;
  /** By program: the event for which it was last asked. */
  readonly #asked: Int32Array;
  #event = 0;
  readonly #matched: Program[] = [];

  constructor(
    programs: readonly Program[],
    { fields, view }: { readonly fields: readonly FieldNames[]; readonly view: EventView },
  ) {
    this.#programs = programs;
    this.#fields = fields;
    this.#view = view;
    this.#asked = new Int32Array(programs.length);
    this.rules = inOrder(programs.flatMap(({ rules }) => rules));
  }

  match(record: JsonValue, raw: string | undefined): readonly Rule[] {
    if (this.#programs.length === 0) return NO_RULES;
    this.#index ??= new RuleIndex(this.#programs, this.#fields);
    this.#begin(record, raw);
    this.#index.collect(record, this.#view, this);
    this.add(this.#index.always);
    return this.#end();
  }

  scan(record: JsonValue, raw: string | undefined): readonly Rule[] {
    this.#begin(record, raw);
    for (const program of this.#programs) if (program.matches(this.#view)) this.#matched.push(program);
    return this.#end();
  }

  /** Asks those rules, unless they were asked for this event. */
  add(postings: Postings): void {
    for (let i = 0; i < postings.length; i++) {
      const number = postings[i] as number;
      if (this.#asked[number] === this.#event) continue;
      this.#asked[number] = this.#event;
      const program = this.#programs[number] as Program;
      if (program.matches(this.#view)) this.#matched.push(program);
    }
  }

  #begin(record: JsonValue, raw: string | undefined): void {
    this.#event += 1;
    if (this.#event === EVENT_COUNT_MAX) {
      this.#event = 1;
      this.#asked.fill(0);
    }
    this.#view.open(record, raw);
  }

  #end(): readonly Rule[] {
    this.#view.close();
    const [first] = this.#matched;
    if (first === undefined) return NO_RULES;
    const rules =
      this.#matched.length === 1 ? bare(first) : inOrder(this.#matched.flatMap((each) => each.rules));
    this.#matched.length = 0;
    return rules;
  }
}
