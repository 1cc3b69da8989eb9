import type { CompiledItem, Predicate } from './compiled-item.ts';
import { everyOf, NO_WITNESS, someOf, type Witness } from './witness.ts';

/** A detection, compiled as far as its items. Equal parts of a rule set are one object: see `ExpressionTable`. */
export type Expression =
  | (Shared & { readonly kind: 'item'; readonly item: CompiledItem })
  | (Shared & { readonly kind: 'all' | 'any'; readonly parts: readonly Expression[] })
  | (Shared & { readonly kind: 'not'; readonly part: Expression });

interface Shared {
  readonly id: number;
  readonly cost: number;
  /** How many expressions have it as a part. */
  useCount: number;
}

/** Makes expressions, each once: what two rules ask alike is asked once per event. */
export class ExpressionTable {
  readonly #known = new Map<string, Expression>();

  /** `key` says everything that the item's meaning hangs on. */
  item(key: string, compile: () => CompiledItem | undefined): Expression | undefined {
    const known = this.#known.get(`item ${key}`);
    if (known !== undefined) return known;
    const item = compile();
    return item === undefined
      ? undefined
      : this.#add(`item ${key}`, { kind: 'item', item, cost: item.cost, ...this.#own() });
  }

  /** One part alone stays itself; parts that hang on little work come first. */
  link(kind: 'all' | 'any', given: readonly Expression[]): Expression {
    const flat = given.flatMap((part) => (part.kind === kind ? part.parts : [part]));
    const parts = [...new Set(flat)].toSorted((a, b) => a.cost - b.cost || a.id - b.id);
    const [only] = parts;
    if (only !== undefined && parts.length === 1) return only;
    const key = `${kind} ${parts.map(({ id }) => id).join(' ')}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const cost = parts.reduce((sum, part) => sum + part.cost, 0);
    return this.#add(key, { kind, parts: parts.map(used), cost, ...this.#own() });
  }

  not(part: Expression): Expression {
    if (part.kind === 'not') return part.part;
    const key = `not ${part.id}`;
    return (
      this.#known.get(key) ??
      this.#add(key, { kind: 'not', part: used(part), cost: part.cost, ...this.#own() })
    );
  }

  #own(): { readonly id: number; useCount: number } {
    return { id: this.#known.size, useCount: 0 };
  }

  #add(key: string, expression: Expression): Expression {
    this.#known.set(key, expression);
    return expression;
  }
}

function used(expression: Expression): Expression {
  expression.useCount += 1;
  return expression;
}

/** Below this, asking again costs less than remembering. */
const REMEMBERED_COST_MIN = 2;

/** Turns expressions into closures; one that several others need is asked once per event. */
export class Linker {
  readonly #known = new Map<Expression, Predicate>();

  predicate(expression: Expression): Predicate {
    const known = this.#known.get(expression);
    if (known !== undefined) return known;
    const bare = this.#bare(expression);
    const isRemembered = expression.useCount > 1 && expression.cost >= REMEMBERED_COST_MIN;
    const predicate = isRemembered ? remembered(expression.id, bare) : bare;
    this.#known.set(expression, predicate);
    return predicate;
  }

  #bare(expression: Expression): Predicate {
    if (expression.kind === 'item') return expression.item.test;
    if (expression.kind === 'not') {
      const part = this.predicate(expression.part);
      return (view) => !part(view);
    }
    const parts = expression.parts.map((part) => this.predicate(part));
    return expression.kind === 'all' ? allOf(parts) : anyOf(parts);
  }
}

function remembered(id: number, bare: Predicate): Predicate {
  return (view) => view.verdict(id) ?? view.remember(id, bare(view));
}

function allOf(parts: readonly Predicate[]): Predicate {
  const [first, second, third] = parts;
  if (first !== undefined && second !== undefined && parts.length === 2) {
    return (view) => first(view) && second(view);
  }
  if (first !== undefined && second !== undefined && third !== undefined && parts.length === 3) {
    return (view) => first(view) && second(view) && third(view);
  }
  return (view) => parts.every((part) => part(view));
}

function anyOf(parts: readonly Predicate[]): Predicate {
  const [first, second] = parts;
  if (first !== undefined && second !== undefined && parts.length === 2) {
    return (view) => first(view) || second(view);
  }
  return (view) => parts.some((part) => part(view));
}

/** What an event shows that fulfils the expression. */
export function witnessOfExpression(expression: Expression): Witness {
  return demand(expression, true);
}

function demand(expression: Expression, verdict: boolean): Witness {
  switch (expression.kind) {
    case 'item':
      return verdict ? expression.item.witness : expression.item.refutation;
    case 'not':
      return demand(expression.part, !verdict);
    case 'all':
    case 'any': {
      const parts = expression.parts.map((part) => demand(part, verdict));
      // Of nothing at all every part holds, and no event needs to show anything for it.
      if (parts.length === 0) return NO_WITNESS;
      return (expression.kind === 'all') === verdict ? everyOf(parts) : someOf(parts);
    }
  }
}
