import type { OcsfEvent } from '../ocsf/event.ts';
import { type Path, pathOf, readPath } from './paths.ts';
import type { Subject } from './subject.ts';

/** A short name of the query language: a documented list of OCSF paths, of which the index holds postings. */
export interface ShortField {
  readonly name: string;
  /** One line for people, in `docs/query.md` and in the console. */
  readonly summary: string;
  /** OCSF paths that are read; `resources[type=repository].name` reads only elements of that type. */
  readonly paths: readonly string[];
  /** Every value that the event has here: lower case, whole; may repeat. */
  readonly values: (subject: Subject) => readonly string[];
  /** Whether a whole value is what was asked for: itself, or one of the shorter forms that the summary names. */
  readonly isValue: (value: string, asked: string) => boolean;
  /** Shorter forms of a whole value, under which it is found as well. */
  readonly forms: (value: string) => readonly string[];
  /** The index key: the same for a value and for everything that `isValue` accepts for it. */
  readonly key: (text: string) => string;
  /** How an asked text is spelt before it is compared: one spelling of an address, a digest without `sha256:`. */
  readonly spelling: (text: string) => string;
  /** `commit` and `digest`: hex, found by any prefix of at least HEX_PREFIX_MIN digits. */
  readonly hexPrefix: boolean;
}

export const HEX_PREFIX_MIN = 7;

export interface FieldRow {
  readonly name: string;
  readonly summary: string;
  readonly paths: readonly string[];
  /** Where there is more to a value than its paths: gets what they hold. */
  readonly values?: (subject: Subject, found: readonly string[]) => readonly string[];
  readonly forms?: (value: string) => readonly string[];
  readonly key?: (text: string) => string;
  readonly spelling?: (text: string) => string;
  readonly hexPrefix?: boolean;
}

/** A field from its row of the table: what the row leaves out is the plain case of whole values. */
export function fieldOf(row: FieldRow): ShortField {
  const paths = row.paths.map(pathOf);
  const { values, forms = none, key = same, spelling = same, hexPrefix = false } = row;
  return {
    name: row.name,
    summary: row.summary,
    paths: row.paths,
    values:
      values === undefined
        ? ({ event }) => read(paths, event)
        : (subject) => values(subject, read(paths, subject.event)),
    isValue: hexPrefix
      ? (value, asked) => value === asked || (asked.length >= HEX_PREFIX_MIN && value.startsWith(asked))
      : (value, asked) => value === asked || (value.includes(asked) && forms(value).includes(asked)),
    forms,
    key,
    spelling,
    hexPrefix,
  };
}

function read(paths: readonly Path[], event: OcsfEvent): string[] {
  const values: string[] = [];
  for (const path of paths) readPath(event, path, values);
  return values;
}

function none(): readonly string[] {
  return [];
}

function same(text: string): string {
  return text;
}
