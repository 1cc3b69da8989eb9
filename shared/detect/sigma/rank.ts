import { type Literal, literalsOf, type Witness } from './witness.ts';

/** A rule (or several with one detection) that is to be found by what its events show. */
export interface Sought {
  readonly witness: Witness;
  /** How much work it is to ask whether an event matches. */
  readonly cost: number;
}

/** What looking for literals of a place costs per event, in units of asking one ordinary rule. */
const UPKEEP: Readonly<Record<Literal['kind'], number>> = { exact: 1, part: 2, present: 0.5, keyword: 25 };
/** Mentions that every place is lent, so that the only literal of a field does not seem to be its only value. */
const MENTIONS_LENT = 16;
/** How far the repetition among a field's literals counts against each of them. */
const REPETITION_WEIGHT = 0.25;
/** A field deep in the record takes longer to reach, by so much of its upkeep for each step. */
const DEPTH_WEIGHT = 0.25;
const ORDINARY_COST = 5;
const ROUNDS = 3;

/**
 * Chooses, for each rule, literals one of which every event shows that matches it; undefined for a rule that is best
 * asked every time. The rarer a literal is among the rules the rarer it is taken to be in events: that a thousand rules
 * name `eventSource` first, with few values, must not make any of them wait there.
 */
export function chooseLiterals(
  sought: readonly Sought[],
  depthOf: (slot: number) => number,
): readonly (readonly Literal[] | undefined)[] {
  const mentions = new Mentions(
    sought.map(({ witness }) => literalsOf(witness)),
    depthOf,
  );
  let users = mentions.mentioners();
  let choices: readonly (Choice | undefined)[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const shares = users;
    choices = sought.map((each) => chosen(each, mentions, shares));
    users = countPlaces(choices);
  }
  return choices.map((choice) => choice?.literals);
}

function countPlaces(choices: readonly (Choice | undefined)[]): ReadonlyMap<string, number> {
  const users = new Map<string, number>();
  for (const place of choices.flatMap((choice) => [...(choice?.places ?? [])])) {
    users.set(place, (users.get(place) ?? 0) + 1);
  }
  return users;
}

/** By what an event's field has to be looked through, and how. */
export function placeOf(literal: Literal): string {
  return literal.kind === 'keyword' ? 'keyword' : `${literal.kind} ${literal.slot}`;
}

export function keyOf(literal: Literal): string {
  return literal.kind === 'present' ? placeOf(literal) : `${placeOf(literal)} ${literal.text}`;
}

interface Choice {
  readonly literals: readonly Literal[];
  readonly places: ReadonlySet<string>;
  /** How often an event is taken to show one of them. */
  readonly chance: number;
}

function chosen(
  { witness, cost }: Sought,
  mentions: Mentions,
  users: ReadonlyMap<string, number>,
): Choice | undefined {
  const work = cost / ORDINARY_COST;
  const scoreOf = (choice: Choice) => {
    let score = choice.chance * work;
    for (const place of choice.places) score += mentions.upkeep(place) / Math.max(1, users.get(place) ?? 0);
    return score;
  };
  const choice = choose(witness, mentions, scoreOf);
  // Asking every time has no upkeep; at the same price the index is better, which remembers values.
  return choice !== undefined && scoreOf(choice) <= Math.max(work, UPKEEP.exact + 0.5) ? choice : undefined;
}

function choose(
  witness: Witness,
  mentions: Mentions,
  scoreOf: (choice: Choice) => number,
): Choice | undefined {
  if (witness.kind === 'none') return undefined;
  if (witness.kind === 'literal') {
    const { literal } = witness;
    return { literals: [literal], places: new Set([placeOf(literal)]), chance: mentions.chance(literal) };
  }
  const choices = witness.of.map((part) => choose(part, mentions, scoreOf));
  const made = choices.flatMap((choice) => choice ?? []);
  if (witness.kind === 'some') return made.length < choices.length ? undefined : joined(made);
  return made.reduce<Choice | undefined>(
    (best, each) => (best === undefined || scoreOf(each) < scoreOf(best) ? each : best),
    undefined,
  );
}

function joined(choices: readonly Choice[]): Choice {
  return {
    literals: choices.flatMap(({ literals }) => literals),
    places: new Set(choices.flatMap(({ places }) => [...places])),
    chance: choices.reduce((sum, { chance }) => sum + chance, 0),
  };
}

/** How often the literals of a rule set stand in it. */
class Mentions {
  readonly #ofLiteral = new Map<string, number>();
  readonly #ofPlace = new Map<string, { rules: number; mentions: number; squares: number }>();

  readonly #depthOf: (slot: number) => number;

  constructor(rules: readonly (readonly Literal[])[], depthOf: (slot: number) => number) {
    this.#depthOf = depthOf;
    for (const literals of rules) {
      const unique = new Map(literals.map((literal) => [keyOf(literal), literal]));
      for (const place of new Set([...unique.values()].map(placeOf))) this.#place(place).rules += 1;
      for (const [key, literal] of unique) {
        const count = this.#ofLiteral.get(key) ?? 0;
        this.#ofLiteral.set(key, count + 1);
        const place = this.#place(placeOf(literal));
        place.mentions += 1;
        place.squares += 2 * count + 1;
      }
    }
  }

  mentioners(): ReadonlyMap<string, number> {
    return new Map([...this.#ofPlace].map(([place, { rules }]) => [place, rules]));
  }

  upkeep(place: string): number {
    const [kind, slot] = place.split(' ');
    const depth = slot === undefined ? 1 : this.#depthOf(Number(slot));
    return UPKEEP[kind as Literal['kind']] * (1 + DEPTH_WEIGHT * (depth - 1));
  }

  /** How often an event is taken to show the literal, as far as the rules can tell. */
  chance(literal: Literal): number {
    if (literal.kind === 'present') return 0.5;
    const { mentions, squares } = this.#place(placeOf(literal));
    const share = (this.#ofLiteral.get(keyOf(literal)) ?? 1) / (mentions + MENTIONS_LENT);
    const repetition = mentions === 0 ? 0 : squares / mentions ** 2;
    const lonely = mentions / (mentions + MENTIONS_LENT);
    const short = literal.kind !== 'exact' && literal.text.length < 4 ? 0.3 : 0;
    return Math.min(1, share + REPETITION_WEIGHT * repetition * lonely + short);
  }

  #place(place: string): { rules: number; mentions: number; squares: number } {
    const known = this.#ofPlace.get(place);
    if (known !== undefined) return known;
    const made = { rules: 0, mentions: 0, squares: 0 };
    this.#ofPlace.set(place, made);
    return made;
  }
}
