import { ANY, mapLiterals, plainText, type SigmaString } from './sigma-string.ts';

export type Anchor = 'whole' | 'contains' | 'startswith' | 'endswith';

export type TextTest = (text: string) => boolean;

/**
 * How a Sigma string is looked for. `present` is `*` alone: anything that is there and not null. `literal` is the
 * longest text that stands in everything that passes the test; it may be empty. `written` is a text as the rule has it.
 */
export type Pattern =
  | { readonly kind: 'present' }
  | { readonly kind: 'exact'; readonly text: string; readonly written: string }
  | { readonly kind: 'test'; readonly test: TextTest; readonly literal: string };

/**
 * Compiles a string for one kind of place. Texts given to it must be in the same case (lower, unless `cased`). Takes
 * time in proportion to text times pattern at worst, whatever the wildcards.
 */
export function compilePattern(value: SigmaString, anchor: Anchor, cased: boolean): Pattern {
  const folded = cased ? value : mapLiterals(value, (literal) => literal.toLowerCase());
  const segments = segmentsOf(anchored(folded, anchor));
  const [first, second, third] = segments;
  if (segments.every((segment) => segment.length === 0)) {
    return segments.length === 1 ? { kind: 'exact', text: '', written: '' } : { kind: 'present' };
  }
  const head = literalOf(first);
  if (segments.length === 1 && head !== undefined) {
    return { kind: 'exact', text: head, written: plainText(value) ?? head };
  }
  const tail = literalOf(second);
  const literal = longest(folded);
  if (segments.length === 2 && head !== undefined && tail !== undefined) {
    if (tail === '') return { kind: 'test', test: (text) => text.startsWith(head), literal };
    if (head === '') return { kind: 'test', test: (text) => text.endsWith(tail), literal };
  }
  if (segments.length === 3 && head === '' && tail !== undefined && literalOf(third) === '') {
    return { kind: 'test', test: (text) => text.includes(tail), literal };
  }
  return { kind: 'test', test: (text) => matchesSegments(segments, text), literal };
}

/** A stretch between two `*`: literal texts, and the number of characters that `?` stands for. */
type Segment = readonly (string | number)[];

function anchored(value: SigmaString, anchor: Anchor): SigmaString {
  if (anchor === 'whole') return value;
  const before = anchor === 'startswith' ? [] : [ANY];
  const after = anchor === 'endswith' ? [] : [ANY];
  return [...before, ...value, ...after];
}

function longest(value: SigmaString): string {
  let found = '';
  for (const part of value) if (typeof part === 'string' && part.length > found.length) found = part;
  return found;
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

/** The first and last segment are anchored; those between are taken leftmost, which never needs to go back. */
function matchesSegments(segments: readonly Segment[], text: string): boolean {
  const [first = [], ...rest] = segments;
  let from = endOf(first, text, 0);
  if (from < 0) return false;
  const last = rest.pop();
  if (last === undefined) return from === text.length;
  for (const segment of rest) {
    from = findEnd(segment, text, from);
    if (from < 0) return false;
  }
  return from <= startOf(last, text);
}

/** Where a segment ends that begins there, or -1. */
function endOf(segment: Segment, text: string, offset: number): number {
  let at = offset;
  for (const piece of segment) {
    if (typeof piece === 'string' && !text.startsWith(piece, at)) return -1;
    if (typeof piece !== 'string' && at >= text.length) return -1;
    at += typeof piece === 'string' ? piece.length : widthAt(text, at);
  }
  return at;
}

/** Where a segment begins that ends with the text, or -1. */
function startOf(segment: Segment, text: string): number {
  let at = text.length;
  for (const piece of segment.toReversed()) {
    if (typeof piece === 'string' && !text.endsWith(piece, at)) return -1;
    if (typeof piece !== 'string' && at <= 0) return -1;
    at -= typeof piece === 'string' ? piece.length : widthBefore(text, at);
  }
  return at;
}

/** Where the leftmost find of a segment ends, or -1. */
function findEnd(segment: Segment, text: string, from: number): number {
  const literal = literalOf(segment);
  if (literal !== undefined) {
    const found = text.indexOf(literal, from);
    return found < 0 ? -1 : found + literal.length;
  }
  for (let offset = from; offset <= text.length; offset += widthAt(text, offset)) {
    const end = endOf(segment, text, offset);
    if (end >= 0) return end;
  }
  return -1;
}

/** A character beyond the Basic Multilingual Plane is one to whoever writes `?`, and two to a string. */
function widthAt(text: string, offset: number): number {
  return (text.codePointAt(offset) ?? 0) > 0xffff ? 2 : 1;
}

function widthBefore(text: string, offset: number): number {
  return Math.max(1, widthAt(text, offset - 2));
}
