/** The only letter whose lower case has another length than itself (U+0130) leaves this behind. */
const COMBINING_DOT = '\u0307';

/**
 * Texts to find one among without regard to case. Most events write a value as rules do, and most other values have
 * another length: so few need to be put in lower case.
 */
export class TextSet {
  readonly size: number;
  readonly #written: ReadonlySet<string>;
  readonly #lower: ReadonlySet<string>;
  /** By length: 1 where a text has it. */
  readonly #lengths: Uint8Array | undefined;
  readonly #only: string | undefined;

  /** `lower` are the texts in lower case, `written` the same as a person wrote them. */
  constructor(lower: ReadonlySet<string>, written: Iterable<string>) {
    this.size = lower.size;
    this.#lower = lower;
    this.#written = new Set([...written].filter((text) => lower.has(text.toLowerCase())));
    const keepsLength = ![...lower].some((text) => text.includes(COMBINING_DOT));
    this.#lengths = keepsLength ? lengthsOf(lower) : undefined;
    this.#only = this.#written.size === 1 ? [...this.#written][0] : undefined;
  }

  [Symbol.iterator](): Iterator<string> {
    return this.#lower[Symbol.iterator]();
  }

  /** False only where `has` would be false for the same text in lower case, however it is written. */
  mayHave(text: string): boolean {
    return this.#lengths === undefined || this.#lengths[text.length] === 1;
  }

  /** Whether the text is there exactly as it was written: where it is not, it may be in another case. */
  hasWritten(text: string): boolean {
    return this.#only === undefined ? this.#written.has(text) : this.#only === text;
  }

  hasLower(lower: string): boolean {
    return this.#lower.has(lower);
  }
}

function lengthsOf(texts: ReadonlySet<string>): Uint8Array {
  const lengths = new Uint8Array([...texts].reduce((max, { length }) => Math.max(max, length), 0) + 1);
  for (const { length } of texts) lengths[length] = 1;
  return lengths;
}
