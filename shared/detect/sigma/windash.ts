import { mapLiterals, type SigmaString } from './sigma-string.ts';

/** What windows command lines take for a dash: hyphen, slash, en dash, em dash, horizontal bar. */
const DASHES = ['-', '/', '\u2013', '\u2014', '\u2015'];
const DASH = /[-/\u2013\u2014\u2015]/g;
const VARIANT_COUNT_MAX = 625;

/** The text with every kind of dash as a hyphen: two texts that differ only in dashes become one. */
export function foldDashes(text: string): string {
  return text.replace(DASH, '-');
}

export function foldDashesIn(value: SigmaString): SigmaString {
  return mapLiterals(value, foldDashes);
}

/** The longest stretch of a text that has no dash in it. */
export function withoutDashes(text: string): string {
  return text.split(DASH).reduce((longest, piece) => (piece.length > longest.length ? piece : longest), '');
}

/** Every way to write the text with those dashes; undefined when they are too many (more than four dashes). */
export function dashVariants(text: string): readonly string[] | undefined {
  let variants = [''];
  for (const piece of text.split(/([-/\u2013\u2014\u2015])/)) {
    const choices = DASHES.includes(piece) ? DASHES : [piece];
    if (variants.length * choices.length > VARIANT_COUNT_MAX) return undefined;
    variants = variants.flatMap((variant) => choices.map((choice) => variant + choice));
  }
  return variants;
}
