/** Takes what a search finds. */
export interface Finds {
  /** The number of a text that was found; each at most once per search. */
  found(number: number): void;
}

/** Cells of one automaton's table at most; more texts make more automata. */
const CELL_COUNT_MAX = 4_000_000;
const ASCII_COUNT = 128;
const BACKSLASH = 0x5c;
const SEARCH_MAX = 2 ** 30;

/**
 * Finds which of many texts (in lower case) stand in another, in one pass over it whatever they are: Aho and Corasick,
 * "Efficient string matching" (1975), with every transition in a table.
 */
export class TextFinder {
  readonly #automata: readonly Automaton[];

  constructor(texts: readonly string[]) {
    const automata: Automaton[] = [];
    for (let from = 0; from < texts.length; ) {
      const to = chunkEnd(texts, from);
      automata.push(new Automaton(texts.slice(from, to), from));
      from = to;
    }
    this.#automata = automata;
  }

  /** Searches a text without regard to case. */
  find(text: string, finds: Finds): void {
    for (const automaton of this.#automata) {
      if (!automaton.scan(text, finds)) automaton.scanFolded(text.toLowerCase(), finds);
    }
  }

  /** Searches a JSON text as if the escapes in its strings were resolved; `lower` gives that text in lower case. */
  findInJson(text: string, finds: Finds, lower: () => string): void {
    for (const automaton of this.#automata) {
      if (!automaton.scanJson(text, finds)) automaton.scanFolded(lower(), finds);
    }
  }
}

function chunkEnd(texts: readonly string[], from: number): number {
  const letters = new Set<number>();
  let length = 1;
  let to = from;
  for (; to < texts.length; to++) {
    const text = texts[to] ?? '';
    for (const code of codesOf(text)) letters.add(code);
    length += text.length;
    if (length * (letters.size + 1) > CELL_COUNT_MAX && to > from) break;
  }
  return to;
}

function codesOf(text: string): number[] {
  return Array.from({ length: text.length }, (_, i) => text.charCodeAt(i));
}

class Automaton {
  /** The column of a character: 0 for all that stand in no text. Upper case has the column of lower case. */
  readonly #ascii = new Uint8Array(ASCII_COUNT);
  readonly #others = new Map<number, number>();
  readonly #columnCount: number;
  /** The row that follows on a character, as the offset of its first cell; its complement where a text ends. */
  readonly #next: Int32Array;
  /** By row: the texts that end there, and the longest suffix at which other texts end (0 for none). */
  readonly #ends: readonly (readonly number[])[];
  readonly #suffix: Int32Array;
  /** By row: the search in which its texts were last found. */
  readonly #seen: Int32Array;
  #search = 0;

  constructor(texts: readonly string[], firstNumber: number) {
    const letters = [...new Set(texts.flatMap(codesOf))];
    for (const [i, code] of letters.entries()) this.#addColumn(code, i + 1);
    this.#columnCount = letters.length + 1;
    const trie = new Trie(this.#columnCount);
    for (const [i, text] of texts.entries()) {
      const columns = codesOf(text).map((code) => this.#column(code));
      trie.add(columns, firstNumber + i);
    }
    this.#suffix = trie.complete();
    this.#next = trie.offsets(this.#suffix);
    this.#ends = trie.ends;
    this.#seen = new Int32Array(trie.ends.length);
  }

  #addColumn(code: number, column: number): void {
    if (code >= ASCII_COUNT) this.#others.set(code, column);
    else this.#ascii[code] = column;
    const upper = code >= 0x61 && code <= 0x7a ? code - 0x20 : code;
    if (upper !== code) this.#ascii[upper] = column;
  }

  #column(code: number): number {
    return (code < ASCII_COUNT ? this.#ascii[code] : this.#others.get(code)) ?? 0;
  }

  /** Whether the text was searched: false at a character whose lower case is more than a matter of its own. */
  scan(text: string, finds: Finds): boolean {
    this.#begin();
    const next = this.#next;
    const ascii = this.#ascii;
    let row = 0;
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code >= ASCII_COUNT) return false;
      row = next[row + (ascii[code] as number)] as number;
      if (row < 0) row = this.#report(row, finds);
    }
    return true;
  }

  /** The same for JSON text, whose escapes are resolved on the way. */
  scanJson(text: string, finds: Finds): boolean {
    this.#begin();
    const next = this.#next;
    const ascii = this.#ascii;
    let row = 0;
    for (let i = 0; i < text.length; i++) {
      let code = text.charCodeAt(i);
      if (code === BACKSLASH) {
        const width = escapeWidth(text, i);
        code = width === 1 ? code : escaped(text, i, width);
        i += width - 1;
      }
      if (code >= ASCII_COUNT) return false;
      row = next[row + (ascii[code] as number)] as number;
      if (row < 0) row = this.#report(row, finds);
    }
    return true;
  }

  /** Goes on with the search over a text that is in lower case. */
  scanFolded(text: string, finds: Finds): void {
    let row = 0;
    for (let i = 0; i < text.length; i++) {
      row = this.#next[row + this.#column(text.charCodeAt(i))] as number;
      if (row < 0) row = this.#report(row, finds);
    }
  }

  #begin(): void {
    this.#search += 1;
    if (this.#search < SEARCH_MAX) return;
    this.#search = 1;
    this.#seen.fill(0);
  }

  #report(complement: number, finds: Finds): number {
    const offset = ~complement;
    for (let row = offset / this.#columnCount; row > 0; row = this.#suffix[row] as number) {
      // Where a row was seen, so were those behind it.
      if (this.#seen[row] === this.#search) break;
      this.#seen[row] = this.#search;
      for (const number of this.#ends[row] as readonly number[]) finds.found(number);
    }
    return offset;
  }
}

/** Characters that an escape takes: 6 for a code unit, 2 for the short ones, 1 for a backslash that escapes nothing. */
function escapeWidth(text: string, at: number): number {
  const letter = text.charAt(at + 1);
  if (letter === 'u') return /^[\dA-Fa-f]{4}$/.test(text.slice(at + 2, at + 6)) ? 6 : 1;
  return letter !== '' && '"\\/bfnrt'.includes(letter) ? 2 : 1;
}

function escaped(text: string, at: number, width: number): number {
  if (width === 6) return Number.parseInt(text.slice(at + 2, at + 6), 16);
  const i = 'bfnrt'.indexOf(text.charAt(at + 1));
  return i < 0 ? text.charCodeAt(at + 1) : '\b\f\n\r\t'.charCodeAt(i);
}

/** Texts by their common beginnings; row 0 is the beginning of all. */
class Trie {
  readonly ends: number[][] = [[]];
  readonly #children: Map<number, number>[] = [new Map()];
  readonly #columnCount: number;
  #table = new Int32Array(0);

  constructor(columnCount: number) {
    this.#columnCount = columnCount;
  }

  add(columns: readonly number[], number: number): void {
    let row = 0;
    for (const column of columns) {
      const known = this.#children[row]?.get(column);
      const child = known ?? this.ends.length;
      if (known === undefined) {
        this.#children[row]?.set(column, child);
        this.#children.push(new Map());
        this.ends.push([]);
      }
      row = child;
    }
    this.ends[row]?.push(number);
  }

  /** Fills in every transition, row by row from the shortest; the suffixes at which texts end. */
  complete(): Int32Array {
    const count = this.#columnCount;
    const table = new Int32Array(this.ends.length * count);
    const fallback = new Int32Array(this.ends.length);
    const suffix = new Int32Array(this.ends.length);
    const waiting = [0];
    for (const row of waiting) {
      const back = fallback[row] ?? 0;
      suffix[row] = this.ends[back]?.length === 0 ? (suffix[back] ?? 0) : back;
      table.copyWithin(row * count, back * count, (back + 1) * count);
      for (const [column, child] of this.#children[row] ?? []) {
        fallback[child] = row === 0 ? 0 : (table[row * count + column] ?? 0);
        table[row * count + column] = child;
        waiting.push(child);
      }
    }
    this.#table = table;
    return suffix;
  }

  /** The table with offsets for rows, complemented where texts end. */
  offsets(suffix: Int32Array): Int32Array {
    return this.#table.map((row) => {
      const isEnd = this.ends[row]?.length !== 0 || suffix[row] !== 0;
      return isEnd ? ~(row * this.#columnCount) : row * this.#columnCount;
    });
  }
}
