/** A wildcard of a Sigma string, for whatever number of characters or for exactly one. */
export type Wildcard = { readonly wildcard: 'any' | 'one' };

/** A Sigma string taken apart: literal text and wildcards, never two literals in a row, no empty literal. */
export type SigmaString = readonly (string | Wildcard)[];

export const ANY: Wildcard = { wildcard: 'any' };
const ONE: Wildcard = { wildcard: 'one' };

/**
 * Takes a value apart. A backslash escapes `*`, `?` and `\`, and is itself before anything else ("Escaping" in the
 * rules specification); it also escapes `extra`, which is `%` where placeholders are expanded.
 */
export function parseSigmaString(text: string, extra = ''): SigmaString {
  const parts: (string | Wildcard)[] = [];
  let literal = '';
  const close = () => {
    if (literal !== '') parts.push(literal);
    literal = '';
  };
  for (let i = 0; i < text.length; i++) {
    const character = text.charAt(i);
    const next = text.charAt(i + 1);
    if (character === '\\' && next !== '' && `\\*?${extra}`.includes(next)) {
      literal += next;
      i += 1;
    } else if (character === '*' || character === '?') {
      close();
      parts.push(character === '*' ? ANY : ONE);
    } else {
      literal += character;
    }
  }
  close();
  return parts;
}

/** The text of a string without wildcards; undefined where it has one. */
export function plainText(value: SigmaString): string | undefined {
  const [only, ...rest] = value;
  if (only === undefined) return '';
  return typeof only === 'string' && rest.length === 0 ? only : undefined;
}

/** The same string with each literal changed. */
export function mapLiterals(value: SigmaString, change: (literal: string) => string): SigmaString {
  return value.map((part) => (typeof part === 'string' ? change(part) : part));
}
