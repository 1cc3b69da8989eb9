import { hash } from 'node:crypto';
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { shortFields } from '../query/fields.ts';
import { PRESENT_KEY } from '../query/plan.ts';
import type { Subject } from '../query/subject.ts';
import { valuesReader } from '../query/values.ts';

/** Entries of one segment: the unit in which the index follows the trail. */
export const SEGMENT_SIZE = 500;

/** What one segment's events have in one field. Positions count from the segment's first entry, ascending. */
export interface FieldPostings {
  /** By whole value. */
  readonly values: Map<string, number[]>;
  /** By key, for values too long to be listed. */
  readonly unlisted: Map<string, number[]>;
  /** Events that have more here than is indexed: candidates for every question about the field. */
  readonly overflow: number[];
}

export type Segment = ReadonlyMap<string, FieldPostings>;

/** Attackers choose how many values an event has, how long they are and how many differ. */
const VALUES_PER_EVENT_MAX = 64;
const VALUES_PER_SEGMENT_MAX = 4000;
const LISTED_LENGTH_MAX = 256;
const KEY_LENGTH_MAX = 128;

/** What the fields of these events hold, bounded. `position` counts from the segment's first entry. */
export function segmentOf(
  events: readonly { readonly position: number; readonly subject: Subject }[],
): Segment {
  const all = shortFields.map(({ name, key }) => ({
    name,
    key,
    postings: {
      values: new Map(),
      unlisted: new Map(),
      overflow: [],
    } satisfies FieldPostings as FieldPostings,
  }));
  for (const { position, subject } of events) {
    for (const [n, values] of readAll(subject).entries()) {
      const field = all[n];
      if (field !== undefined && values.length > 0) addValues(field.postings, position, values, field.key);
    }
  }
  return new Map(all.map(({ name, postings }) => [name, postings]));
}

const readAll = valuesReader(shortFields);

function addValues(
  { values: listed, unlisted, overflow }: FieldPostings,
  position: number,
  values: readonly string[],
  key: (text: string) => string,
): void {
  const count = Math.min(values.length, VALUES_PER_EVENT_MAX);
  let whole = count === values.length;
  for (let at = 0; at < count; at += 1) {
    const value = values[at] as string;
    const long = value.length > LISTED_LENGTH_MAX;
    const map = long ? unlisted : listed;
    const name = long ? boundedKey(key(value)) : value;
    const positions = map.get(name);
    if (positions === undefined) {
      if (listed.size + unlisted.size < VALUES_PER_SEGMENT_MAX) map.set(name, [position]);
      else whole = false;
    } else if (positions[positions.length - 1] !== position) {
      positions.push(position);
    }
  }
  if (!whole) overflow.push(position);
}

/** A key as it stands in a row's name: a long one is hashed, and so is one that looks like a hash. */
export function boundedKey(key: string): string {
  if (key === PRESENT_KEY || (key.length <= KEY_LENGTH_MAX && !key.startsWith('#'))) return key;
  return `#${hash('sha256', key, 'hex').slice(0, 32)}`;
}

/** Below DynamoDB's 400 KB for an item, with room for its other attributes. */
export const STORED_SIZE_BYTES_MAX = 350_000;
/** More than any segment that was written inflates to: paired with the bounds above. */
const INFLATED_SIZE_BYTES_MAX = 64 * 1024 * 1024;

export interface StoredSegment {
  /** zstd of one line of JSON per field. */
  readonly bytes: Uint8Array;
  /** What the bytes hold. */
  readonly segment: Segment;
}

/** The stored form of a segment. A field that would not fit into a row overflows as a whole. */
export function encodeSegment(segment: Segment): StoredSegment {
  const fields = new Map(segment);
  for (;;) {
    const lines = [...fields].map(([name, postings]) => ({ name, text: lineOf(name, postings) }));
    const bytes = compress(lines.map(({ text }) => text).join('\n'));
    if (bytes.length <= STORED_SIZE_BYTES_MAX) return { bytes, segment: fields };
    const { name } = lines.reduce((a, b) => (b.text.length > a.text.length ? b : a));
    fields.set(name, overflowed(fields.get(name)));
  }
}

function overflowed(postings: FieldPostings | undefined): FieldPostings {
  const { values = new Map(), unlisted = new Map(), overflow = [] } = postings ?? {};
  const positions = new Set<number>([...values.values(), ...unlisted.values(), overflow].flat());
  return { values: new Map(), unlisted: new Map(), overflow: [...positions].sort((a, b) => a - b) };
}

function lineOf(name: string, { values, unlisted, overflow }: FieldPostings): string {
  return JSON.stringify([name, [...values], [...unlisted], overflow]);
}

/** The postings of the fields asked for. */
export function decodeSegment(bytes: Uint8Array, fields: ReadonlySet<string>): Segment {
  const segment = new Map<string, FieldPostings>();
  for (const line of inflate(bytes).split('\n')) {
    const name = line.slice(2, line.indexOf('"', 2));
    if (!fields.has(name)) continue;
    const [, values, unlisted, overflow] = JSON.parse(line);
    segment.set(name, { values: new Map(values), unlisted: new Map(unlisted), overflow });
  }
  return segment;
}

export function compress(text: string): Uint8Array {
  return zstdCompressSync(text, { params: { [constants.ZSTD_c_compressionLevel]: 1 } });
}

export function inflate(bytes: Uint8Array): string {
  return zstdDecompressSync(bytes, { maxOutputLength: INFLATED_SIZE_BYTES_MAX }).toString();
}
