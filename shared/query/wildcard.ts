/**
 * Patterns with `*` (any run) and `?` (one character), without regular expressions: event texts are chosen by
 * attackers, and this matcher takes at most pattern length times text length steps, in practice one pass.
 */
export interface Wildcard {
  /** Lower-case literal pieces between runs of `*`; ANY_ONE inside a piece stands for `?`. */
  readonly pieces: readonly string[];
  /** Whether the text must begin with the first piece, and end with the last. */
  readonly anchoredStart: boolean;
  readonly anchoredEnd: boolean;
}

/** Stands for `?` inside a piece. A noncharacter of Unicode, which no event text needs to hold. */
export const ANY_ONE = '\uffff';
/** Stands for `*` in a pattern that is being read. */
export const ANY_RUN = '\ufffe';

/** Reads a pattern in which ANY_RUN and ANY_ONE stand for the wildcards, everything else being literal. */
export function wildcardOf(pattern: string): Wildcard {
  const parts = pattern.toLowerCase().split(ANY_RUN);
  return {
    pieces: parts.filter((part) => part !== ''),
    anchoredStart: parts.length === 1 || parts[0] !== '',
    anchoredEnd: parts.length === 1 || parts[parts.length - 1] !== '',
  };
}

/** The same pattern, found anywhere in a text. */
export function unanchored(pattern: Wildcard): Wildcard {
  return { pieces: pattern.pieces, anchoredStart: false, anchoredEnd: false };
}

/** Whether a lower-case text matches. Greedy from the left: the first place for each piece leaves most for the rest. */
export function matchesWildcard({ pieces, anchoredStart, anchoredEnd }: Wildcard, text: string): boolean {
  let from = 0;
  let next = 0;
  let last = pieces.length;
  if (last === 0) return !(anchoredStart || anchoredEnd) || text === '';
  if (anchoredStart) {
    const piece = pieces[0] as string;
    if (!pieceAt(piece, text, 0)) return false;
    if (last === 1 && anchoredEnd) return piece.length === text.length;
    from = piece.length;
    next = 1;
  }
  let end = text.length;
  if (anchoredEnd && last > next) {
    last -= 1;
    const piece = pieces[last] as string;
    end -= piece.length;
    if (end < from || !pieceAt(piece, text, end)) return false;
  }
  for (; next < last; next += 1) {
    const piece = pieces[next] as string;
    const at = findPiece(piece, text, from);
    if (at === -1 || at + piece.length > end) return false;
    from = at + piece.length;
  }
  return true;
}

/** The longest literal piece, which any text that matches must contain; empty where there is none. */
export function longestLiteral(pattern: Wildcard): string {
  let longest = '';
  for (const piece of pattern.pieces) {
    for (const literal of piece.split(ANY_ONE)) if (literal.length > longest.length) longest = literal;
  }
  return longest;
}

/** The literal that every text that matches begins with; empty where there is none. */
export function literalPrefix(pattern: Wildcard): string {
  if (!pattern.anchoredStart) return '';
  return (pattern.pieces[0] ?? '').split(ANY_ONE)[0] ?? '';
}

function findPiece(piece: string, text: string, from: number): number {
  if (!piece.includes(ANY_ONE)) return text.indexOf(piece, from);
  for (let at = from; at + piece.length <= text.length; at += 1) if (pieceAt(piece, text, at)) return at;
  return -1;
}

function pieceAt(piece: string, text: string, at: number): boolean {
  if (at + piece.length > text.length) return false;
  for (let i = 0; i < piece.length; i += 1) {
    const wanted = piece[i];
    if (wanted !== ANY_ONE && wanted !== text[at + i]) return false;
  }
  return true;
}
