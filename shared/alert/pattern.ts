/**
 * Whether a text is what a pattern says, `*` standing for anything, in either case. Linear in the text for each star:
 * events choose the texts.
 */
export function matchesPattern(pattern: string, text: string): boolean {
  const wanted = pattern.toLowerCase();
  const found = text.slice(0, TEXT_LENGTH_MAX).toLowerCase();
  let [p, t] = [0, 0];
  let star = -1;
  let mark = 0;
  while (t < found.length) {
    if (wanted[p] === '*') {
      star = p;
      mark = t;
      p += 1;
    } else if (p < wanted.length && wanted[p] === found[t]) {
      p += 1;
      t += 1;
    } else if (star >= 0) {
      // What the last star stands for grows by one; the stars before it need not.
      mark += 1;
      t = mark;
      p = star + 1;
    } else return false;
  }
  while (wanted[p] === '*') p += 1;
  return p === wanted.length;
}

/** Longer than any name of a cloud. */
const TEXT_LENGTH_MAX = 2_048;

/** Whether any of the texts is what any of the patterns says. */
export function anyMatches(patterns: readonly string[], texts: readonly string[]): boolean {
  return patterns.some((pattern) => texts.some((text) => matchesPattern(pattern, text)));
}
