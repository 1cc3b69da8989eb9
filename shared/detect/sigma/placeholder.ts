import { fail, ok, type Result } from '../../result.ts';

/** Values by placeholder name, without the percent signs. A value may hold wildcards. */
export type Placeholders = Readonly<Record<string, readonly (string | number | boolean)[]>>;

const VARIANT_COUNT_MAX = 10_000;

/** Every text that a value with `%name%` in it stands for. The fault names a placeholder without values. */
export function expandPlaceholders(text: string, placeholders: Placeholders): Result<readonly string[]> {
  let variants: readonly string[] = [''];
  for (const piece of piecesOf(text)) {
    const choices =
      piece.placeholder === undefined ? [piece.text] : valuesOf(piece.placeholder, placeholders);
    if (choices.length === 0) {
      return fail(
        `placeholder %${piece.placeholder}% has no values: name them in the file of placeholder values`,
      );
    }
    if (variants.length * choices.length > VARIANT_COUNT_MAX) {
      return fail(`placeholders expand to more than ${VARIANT_COUNT_MAX} values`);
    }
    variants = variants.flatMap((variant) => choices.map((choice) => variant + choice));
  }
  return ok(variants);
}

export function hasPlaceholder(text: string): boolean {
  return piecesOf(text).some((piece) => piece.placeholder !== undefined);
}

function valuesOf(name: string, placeholders: Placeholders): readonly string[] {
  return Object.hasOwn(placeholders, name) ? (placeholders[name] ?? []).map(String) : [];
}

/** Escapes (`\%`) stay as they are: the reader of Sigma strings resolves them. */
function piecesOf(text: string): readonly { readonly text: string; readonly placeholder?: string }[] {
  return Array.from(text.matchAll(/\\[\\*?%]|%([^%\s\\]+)%|[^\\%]+|[\\%]/g), (match) => {
    const name = match[1];
    return name === undefined ? { text: match[0] } : { text: match[0], placeholder: name };
  });
}
