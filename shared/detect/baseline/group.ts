import type { EventReference } from '../memory.ts';
import { addToBin, type Bins, countIn, firstBin } from './bins.ts';
import { emptyStore, find, forgetWhile, type Store, sizeOf, touch, valuesOf } from './store.ts';

/** What is remembered of one group. */
export interface Group {
  readonly key: string;
  /** Values of the group-by fields. */
  readonly values: readonly string[];
  /** Event time of the first of all its events, ms. */
  first: number;
  /** Of all its events the latest by event time. */
  last: EventReference;
  /** Its events by time. */
  readonly bins: Bins;
  readonly known: Store<Known>;
  /** Values were forgotten for want of room, before their time at this event time: what looks new may be one of them. */
  crowdedUntil: number;
  /** The latest in trail order, where the rule's findings show them. */
  recent: readonly EventReference[];
  sizeBytes: number;
}

/** What is remembered of a value (or a tuple, or an hour of the week) in a group. */
export interface Known {
  readonly key: string;
  readonly texts: readonly string[];
  last: EventReference;
  readonly bins: Bins;
}

/** How a baseline keeps its groups. */
export interface Keeping {
  readonly memoryMs: number;
  readonly binMs: number;
  readonly binsMax: number;
  /** Events of a group whose references are kept. */
  readonly recentMax: number;
}

/** Values of one event that are looked at. */
export const VALUES_LOOKED_AT_MAX = 32;
/** Values known of one group. */
const KNOWN_MAX = 1_000;
/** How much is left where room is made: making it a little at a time costs as much each time. */
export const ROOM_SHARE = 0.9;

/** What things cost on the heap of Node 24, rounded up; measured by test/detect/baseline/size.test.ts. */
const GROUP_BYTES = 1_100;
const KNOWN_BYTES = 480;
const BIN_BYTES = 24;
const REFERENCE_BYTES = 200;
const CHARACTER_BYTES = 2;

export function newGroup({ key, texts }: Value, at: EventReference): Group {
  return {
    key,
    values: texts,
    first: at.time,
    last: at,
    bins: [],
    known: emptyStore(),
    crowdedUntil: Number.NEGATIVE_INFINITY,
    recent: [],
    sizeBytes: GROUP_BYTES + CHARACTER_BYTES * lengthOf(key, texts),
  };
}

/** The bin from which on events count at a time. */
export function oldestBin(timeMs: number, { memoryMs, binMs }: Keeping): number {
  return Math.floor((timeMs - memoryMs) / binMs);
}

/** Events of the group that are remembered at a time. */
export function remembered(group: Pick<Group, 'bins'>, timeMs: number, keeping: Keeping): number {
  return countIn(group.bins, oldestBin(timeMs, keeping));
}

/** Since when they are: the time of the first of them, or the beginning of its bin. */
export function rememberedSince(
  group: Pick<Group, 'bins' | 'first'>,
  timeMs: number,
  keeping: Keeping,
): number {
  const bin = firstBin(group.bins, oldestBin(timeMs, keeping));
  return Math.min(timeMs, Math.max(group.first, (bin ?? Number.POSITIVE_INFINITY) * keeping.binMs));
}

export function isCrowded({ crowdedUntil }: Pick<Group, 'crowdedUntil'>, timeMs: number): boolean {
  return timeMs <= crowdedUntil;
}

export function isKnown(known: Known | undefined, timeMs: number, { memoryMs }: Keeping): boolean {
  return known !== undefined && known.last.time >= timeMs - memoryMs;
}

/** Takes an event in, with the values that it shows. */
export function learn(
  group: Group,
  seen: { readonly at: EventReference; readonly values: readonly Value[] },
  keeping: Keeping,
): void {
  const { at, values } = seen;
  group.first = Math.min(group.first, at.time);
  group.last = later(group.last, at);
  const before = sizeOfBins(group.bins) + group.recent.length * REFERENCE_BYTES;
  addToBin(group.bins, Math.floor(at.time / keeping.binMs), keeping.binsMax);
  if (keeping.recentMax > 0) group.recent = [...group.recent, at].slice(-keeping.recentMax);
  group.sizeBytes += sizeOfBins(group.bins) + group.recent.length * REFERENCE_BYTES - before;
  for (const value of values) learnValue(group, value, at, keeping);
}

/** A value under the key by which it is known again. */
export interface Value {
  readonly key: string;
  readonly texts: readonly string[];
}

function learnValue(group: Group, { key, texts }: Value, at: EventReference, keeping: Keeping): void {
  const found = find(group.known, key);
  const known = found ?? { key, texts, last: at, bins: [] };
  const before = found === undefined ? 0 : sizeOfKnown(found);
  known.last = later(known.last, at);
  addToBin(known.bins, Math.floor(at.time / keeping.binMs), keeping.binsMax);
  group.sizeBytes += sizeOfKnown(known) - before;
  touch(group.known, key, known, found !== undefined);
  if (sizeOf(group.known) > KNOWN_MAX) makeRoom(group, keeping);
}

/** What is forgotten before its time may come again and look new: until that time is over, nothing is certain. */
function makeRoom(group: Group, { memoryMs }: Keeping): void {
  forgetWhile(
    group.known,
    () => sizeOf(group.known) > KNOWN_MAX * ROOM_SHARE,
    (gone) => {
      group.sizeBytes -= sizeOfKnown(gone);
      group.crowdedUntil = Math.max(group.crowdedUntil, gone.last.time + memoryMs);
    },
  );
}

function later(a: EventReference, b: EventReference): EventReference {
  return b.time >= a.time ? b : a;
}

/** The same as adding up what `learn` says of each event. */
export function sizeOfGroup({ key, values, bins, known, recent }: Group): number {
  let size = GROUP_BYTES + CHARACTER_BYTES * lengthOf(key, values) + sizeOfBins(bins);
  size += recent.length * REFERENCE_BYTES;
  for (const each of valuesOf(known)) size += sizeOfKnown(each);
  return size;
}

function sizeOfKnown({ key, texts, bins }: Known): number {
  return KNOWN_BYTES + CHARACTER_BYTES * lengthOf(key, texts) + sizeOfBins(bins);
}

function sizeOfBins(bins: Bins): number {
  return (bins.length / 2) * BIN_BYTES;
}

function lengthOf(key: string, texts: readonly string[]): number {
  let length = key.length;
  for (const text of texts) length += text.length;
  return length;
}
