/**
 * The query language as a tree. Texts are in lower case already: the language ignores case everywhere. Positions are
 * UTF-16 offsets into the expression, so that a fault found later can still point at its term.
 */
import type { IpRange } from './ip.ts';
import type { Wildcard } from './wildcard.ts';

export type Expression =
  | { readonly kind: 'all' }
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Expression[] }
  | { readonly kind: 'not'; readonly part: Expression }
  /** A bare word: anywhere in the event's text. */
  | { readonly kind: 'word'; readonly pattern: Wildcard; readonly position: number }
  | Term;

export interface Term {
  readonly kind: 'term';
  readonly field: FieldName;
  readonly match: Match;
  readonly position: number;
}

/** A short name of `fields.ts`, or a path of member names into the event. */
export type FieldName =
  | { readonly kind: 'short'; readonly name: string }
  | { readonly kind: 'path'; readonly segments: readonly string[] };

export type Match =
  | { readonly kind: 'equals'; readonly text: string }
  | { readonly kind: 'wildcard'; readonly pattern: Wildcard }
  | { readonly kind: 'present' }
  | { readonly kind: 'range'; readonly lower: Bound | undefined; readonly upper: Bound | undefined }
  | { readonly kind: 'cidr'; readonly range: IpRange };

export interface Bound {
  readonly inclusive: boolean;
  readonly text: string;
  /** The bound as a number: of a time field in ms since the epoch; undefined where it is text only. */
  readonly number: number | undefined;
}

/** Bounds on what one expression may cost. */
export const EXPRESSION_LENGTH_MAX = 8192;
export const EXPRESSION_DEPTH_MAX = 32;
export const EXPRESSION_TERMS_MAX = 256;
