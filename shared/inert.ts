/**
 * Makes a value from an event harmless to show on one line: control characters (terminal escapes, line breaks), bidi
 * overrides and invisible characters become visible escapes, and what is too long is cut with a marker. Attackers
 * choose these values.
 * @see https://www.unicode.org/reports/tr36/ (bidi), ECMA-48 (control sequences)
 */
export function inert(value: string, lengthMax = 500): string {
  const cut = value.length > lengthMax ? `${value.slice(0, lengthMax)}…` : value;
  return cut.replace(UNSAFE, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}

// C0, DEL and C1; soft hyphen, Arabic letter mark, Hangul fillers, which are drawn as nothing, zero-width and bidi
// marks, line and paragraph separators, bidi embeddings and isolates, invisible operators, byte order mark, interlinear
// annotations, lone surrogates, tags.
const UNSAFE =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u115f\u1160\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\p{Surrogate}\u{e0000}-\u{e007f}]/gu;
