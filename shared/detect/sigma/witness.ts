/** Something that can be looked up quickly in an event; texts are in lower case. */
export type Literal =
  /** A value of the field is this text. */
  | { readonly kind: 'exact'; readonly slot: number; readonly text: string }
  /** A value of the field contains this text. */
  | { readonly kind: 'part'; readonly slot: number; readonly text: string }
  /** The field is there, whatever is in it. */
  | { readonly kind: 'present'; readonly slot: number }
  /** The record as text contains this. */
  | { readonly kind: 'keyword'; readonly text: string };

/**
 * What must be seen in every event that fulfils a part of a rule: `some` of these, `every` one of those. It may hold of
 * events that do not fulfil the part, never the other way round. `none` is no demand at all.
 */
export type Witness =
  | { readonly kind: 'literal'; readonly literal: Literal }
  | { readonly kind: 'some' | 'every'; readonly of: readonly Witness[] }
  | { readonly kind: 'none' };

export const NO_WITNESS: Witness = { kind: 'none' };

export function witnessOf(literal: Literal): Witness {
  return { kind: 'literal', literal };
}

/** An event shows one of these. */
export function someOf(witnesses: readonly Witness[]): Witness {
  const [only] = witnesses;
  if (only !== undefined && witnesses.length === 1) return only;
  return witnesses.some(({ kind }) => kind === 'none') ? NO_WITNESS : { kind: 'some', of: witnesses };
}

/** An event shows all of these. */
export function everyOf(witnesses: readonly Witness[]): Witness {
  const demands = witnesses.filter(({ kind }) => kind !== 'none');
  const [only] = demands;
  if (only === undefined) return NO_WITNESS;
  return demands.length === 1 ? only : { kind: 'every', of: demands };
}

/** The literals of a witness, each as often as it stands there. */
export function literalsOf(witness: Witness): readonly Literal[] {
  if (witness.kind === 'literal') return [witness.literal];
  return witness.kind === 'none' ? [] : witness.of.flatMap(literalsOf);
}
