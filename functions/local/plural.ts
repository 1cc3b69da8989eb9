/** `1 batch`, `2,000 batches`, `3 entries`: a count as a person reads it. */
export function plural(count: number, word: string): string {
  return `${count.toLocaleString('en-US')} ${count === 1 ? word : pluralOf(word)}`;
}

function pluralOf(word: string): string {
  if (/[^aeiou]y$/.test(word)) return `${word.slice(0, -1)}ies`;
  return /(?:ch|sh|s|x)$/.test(word) ? `${word}es` : `${word}s`;
}
