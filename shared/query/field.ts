import type { HexIds } from './hex-ids.ts';
import type { Subject } from './subject.ts';

/** A short name of the query language: a documented list of OCSF paths, of which the index holds postings. */
export interface ShortField {
  readonly name: string;
  /** One line for people, in `docs/query.md` and in the console. */
  readonly summary: string;
  /** OCSF paths that are read; `resources[type=repository].name` reads only elements of that type. */
  readonly paths: readonly string[];
  /**
   * Every value that an event has here, whole, in lower case, given what its paths hold; values may repeat. `ids` are
   * looked for only when they are asked for, once for all fields.
   */
  readonly values: (found: readonly string[], subject: Subject, ids: () => HexIds) => readonly string[];
  /** Whether a whole value is what was asked for: itself, or one of its shorter forms. */
  readonly isValue: (value: string, asked: string) => boolean;
  /** Shorter forms of a whole value, under which it is found as well. */
  readonly forms: (value: string) => readonly string[];
  /** The index key: the same for a value and for everything that `isValue` accepts for it. */
  readonly key: (text: string) => string;
  /** How an asked text is spelt before it is compared: one spelling of an address, a digest without `sha256:`. */
  readonly spelling: (text: string) => string;
  /** `commit` and `digest`: hex, found by any prefix of at least HEX_PREFIX_MIN digits. */
  readonly hexPrefix: boolean;
  /** Whether all events with a key match every question for that key: no two values share one. */
  readonly exact: boolean;
}

export const HEX_PREFIX_MIN = 7;

export type FieldRow = Pick<ShortField, 'name' | 'summary' | 'paths'> &
  Partial<Pick<ShortField, 'values' | 'forms' | 'key' | 'spelling' | 'hexPrefix'>>;

/** A field from its row of the table: what the row leaves out is the plain case of whole values. */
export function fieldOf(row: FieldRow): ShortField {
  const { forms = none, hexPrefix = false } = row;
  return {
    values: (found) => found,
    key: same,
    spelling: same,
    ...row,
    forms,
    hexPrefix,
    exact: row.forms === undefined && !hexPrefix,
    isValue: hexPrefix
      ? (value, asked) => value === asked || (asked.length >= HEX_PREFIX_MIN && value.startsWith(asked))
      : (value, asked) => value === asked || (value.includes(asked) && forms(value).includes(asked)),
  };
}

function none(): readonly string[] {
  return [];
}

function same(text: string): string {
  return text;
}
