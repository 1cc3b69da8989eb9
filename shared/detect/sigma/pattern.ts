import { ANY, mapLiterals, type SigmaString } from './sigma-string.ts';

export type Anchor = 'whole' | 'contains' | 'startswith' | 'endswith';

export type TextTest = (text: string) => boolean;

/** How a Sigma string is looked for. `present` is `*` alone: anything that is there and not null. */
export type Pattern =
  | { readonly kind: 'present' }
  | { readonly kind: 'exact'; readonly text: string }
  | { readonly kind: 'test'; readonly test: TextTest };

/**
 * Compiles a string for one kind of place. Texts given to it must be in the same case (lower, unless `cased`). Takes
 * time in proportion to text times pattern at worst, whatever the wildcards.
 */
export function compilePattern(value: SigmaString, anchor: Anchor, cased: boolean): Pattern {
  const folded = cased ? value : mapLiterals(value, (literal) => literal.toLowerCase());
  const segments = segmentsOf(anchored(folded, anchor));
  const [first, second, third] = segments;
  if (segments.every((segment) => segment.length === 0)) {
    return segments.length === 1 ? { kind: 'exact', text: '' } : { kind: 'present' };
  }
  const head = literalOf(first);
  if (segments.length === 1 && head !== undefined) return { kind: 'exact', text: head };
  const tail = literalOf(second);
  if (segments.length === 2 && head !== undefined && tail !== undefined) {
    if (tail === '') return { kind: 'test', test: (text) => text.startsWith(head) };
    if (head === '') return { kind: 'test', test: (text) => text.endsWith(tail) };
  }
  if (segments.length === 3 && head === '' && tail !== undefined && literalOf(third) === '') {
    return { kind: 'test', test: (text) => text.includes(tail) };
  }
  return { kind: 'test', test: (text) => matchesSegments(segments, text) };
}

/** A stretch between two `*`: literal texts, and the number of characters that `?` stands for. */
type Segment = readonly (string | number)[];

function anchored(value: SigmaString, anchor: Anchor): SigmaString {
  if (anchor === 'whole') return value;
  const before = anchor === 'startswith' ? [] : [ANY];
  const after = anchor === 'endswith' ? [] : [ANY];
  return [...before, ...value, ...after];
}

/** Splits at `*`; runs of `*` count as one. */
function segmentsOf(value: SigmaString): readonly Segment[] {
  const segments: (string | number)[][] = [[]];
  let afterAny = false;
  for (const part of value) {
    const isAny = typeof part !== 'string' && part.wildcard === 'any';
    if (isAny && !afterAny) segments.push([]);
    if (!isAny) segments.at(-1)?.push(typeof part === 'string' ? part : 1);
    afterAny = isAny;
  }
  return segments;
}

function literalOf(segment: Segment | undefined): string | undefined {
  if (segment === undefined || segment.length > 1) return undefined;
  const [only = ''] = segment;
  return typeof only === 'string' ? only : undefined;
}

function lengthOf(segment: Segment): number {
  return segment.reduce<number>((sum, piece) => sum + (typeof piece === 'string' ? piece.length : piece), 0);
}

/** The first and last segment are anchored; those between are taken leftmost, which never needs to go back. */
function matchesSegments(segments: readonly Segment[], text: string): boolean {
  const [first = [], ...rest] = segments;
  if (!matchesAt(first, text, 0)) return false;
  const last = rest.pop();
  if (last === undefined) return lengthOf(first) === text.length;
  const end = text.length - lengthOf(last);
  let from = lengthOf(first);
  for (const segment of rest) {
    const found = findFrom(segment, text, from);
    if (found < 0) return false;
    from = found + lengthOf(segment);
  }
  return from <= end && matchesAt(last, text, end);
}

function matchesAt(segment: Segment, text: string, offset: number): boolean {
  if (offset + lengthOf(segment) > text.length) return false;
  let at = offset;
  for (const piece of segment) {
    if (typeof piece === 'string' && !text.startsWith(piece, at)) return false;
    at += typeof piece === 'string' ? piece.length : piece;
  }
  return true;
}

function findFrom(segment: Segment, text: string, from: number): number {
  const literal = literalOf(segment);
  if (literal !== undefined) return text.indexOf(literal, from);
  for (let offset = from; offset + lengthOf(segment) <= text.length; offset++) {
    if (matchesAt(segment, text, offset)) return offset;
  }
  return -1;
}
