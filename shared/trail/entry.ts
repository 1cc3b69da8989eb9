import { hash } from 'node:crypto';
import { isObject } from '../json/json.ts';
import { fail, ok, type Result } from '../result.ts';
import { isCount } from './merkle.ts';
import type { EntryKind } from './pending.ts';

/** What the tree commits to. Its bytes are final: the leaf hash is over them. */
export type Entry = EventEntry | ControlEntry;

export interface EventEntry {
  readonly kind: 'event';
  /** Base64 of the SHA-256 of the line, see `lineHash`. */
  readonly hash: string;
  /** Append time, ms since the epoch. */
  readonly timeMs: number;
  readonly source: string;
}

/** What Trailproof itself says. It has no line of its own: the entry's JSON is the line. */
export interface ControlEntry {
  readonly kind: Exclude<EntryKind, 'event'>;
  /** Append time, ms since the epoch. */
  readonly timeMs: number;
  readonly source: string;
  readonly members: ControlMembers;
}

/** What a control entry says, in members named `[a-z][a-z0-9_.-]*` other than v, k, h, t and src. */
export type ControlMembers = Readonly<Record<string, string | number | boolean>>;

const kinds: ReadonlySet<string> = new Set(['event', 'redact', 'retain', 'key', 'config', 'count']);
const ownNames: ReadonlySet<string> = new Set(['v', 'k', 'h', 't', 'src']);

/** The hash by which an event's entry names its line: SHA-256 over the line's bytes, without the newline. */
export function lineHash(line: string | Uint8Array): string {
  return hash('sha256', line, 'base64');
}

/** The entry's bytes as text: the members v, k, h, t, src in this order, then a control entry's own by name. */
export function entryText(entry: Entry): string {
  if (entry.kind === 'event') {
    return `{"v":1,"k":"event","h":"${entry.hash}","t":${entry.timeMs},"src":${JSON.stringify(entry.source)}}`;
  }
  const own = Object.keys(entry.members)
    .sort()
    .map((name) => `,${JSON.stringify(name)}:${JSON.stringify(entry.members[name])}`)
    .join('');
  return `{"v":1,"k":"${entry.kind}","t":${entry.timeMs},"src":${JSON.stringify(entry.source)}${own}}`;
}

export function encodeEntry(entry: Entry): Uint8Array {
  return Buffer.from(entryText(entry));
}

/** The entry that these bytes are; a fault unless encoding it again yields the very same bytes. */
export function decodeEntry(bytes: Uint8Array | string): Result<Entry> {
  const text =
    typeof bytes === 'string' ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString();
  const entry = readEntry(text);
  if (!entry.ok) return entry;
  const again = entryText(entry.value);
  // A replacement character stands for bytes that were not UTF-8, which then differ from the text's own.
  const same = again === text && (typeof bytes === 'string' || Buffer.byteLength(text) === bytes.length);
  return same && !text.includes('\ufffd') ? entry : fail('not written in the one canonical way');
}

/** A control entry's text with another append time: only the sequencer knows when it appends. */
export function withAppendTime(text: string, timeMs: number): Result<string> {
  const entry = decodeEntry(text);
  if (!entry.ok) return entry;
  return ok(entryText({ ...entry.value, timeMs }));
}

function readEntry(text: string): Result<Entry> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return fail('not JSON');
  }
  if (!isObject(value)) return fail('not a JSON object');
  const { v, k, h, t, src, ...members } = value;
  if (v !== 1) return fail(`expected version 1, found ${JSON.stringify(v)?.slice(0, 20)}`);
  if (typeof k !== 'string' || !kinds.has(k)) return fail('unknown kind');
  if (typeof t !== 'number' || !isCount(t)) return fail('t is not a time in ms');
  if (typeof src !== 'string' || src === '') return fail('src is not a source id');
  if (k !== 'event') return h === undefined ? readControl(k, t, src, members) : fail(`a ${k} entry has no h`);
  if (!isLineHash(h)) return fail('h is not the base64 of a SHA-256');
  if (Object.keys(members).length > 0) return fail('an event entry has no members of its own');
  return ok({ kind: 'event', hash: h, timeMs: t, source: src });
}

function readControl(kind: string, timeMs: number, source: string, members: object): Result<Entry> {
  const checked: [string, string | number | boolean][] = [];
  for (const [name, value] of Object.entries(members)) {
    if (!/^[a-z][a-z0-9_.-]{0,63}$/.test(name) || ownNames.has(name))
      return fail('a member has no valid name');
    if (typeof value === 'number' && !Number.isSafeInteger(value)) return fail(`${name} is no safe integer`);
    if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') {
      return fail(`${name} is neither text nor number nor boolean`);
    }
    checked.push([name, value]);
  }
  return ok({ kind: kind as ControlEntry['kind'], timeMs, source, members: Object.fromEntries(checked) });
}

/** 43 digits and one pad; the last digit carries 4 bits, so its low two are zero (RFC 4648 section 3.5). */
function isLineHash(value: unknown): value is string {
  return typeof value === 'string' && /^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/.test(value);
}
