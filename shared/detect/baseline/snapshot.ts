import { hash } from 'node:crypto';
import { isArray } from '../../json/json.ts';
import type { EventReference, Notice } from '../memory.ts';
import { referenceOf } from '../sigma/index.ts';
import type { Baseline } from './baseline.ts';
import type { BoundBaseline } from './bind.ts';
import { type Group, type Known, sizeOfGroup } from './group.ts';
import type { Remembered } from './observe.ts';
import type { Open } from './open.ts';
import type { Store } from './store.ts';

const VERSION = 2;

/**
 * What is remembered, as JSON arrays in the order in which it would be forgotten: the same memory is the same bytes.
 * Each baseline stands under a hash of what gives its memory its meaning.
 */
export function writeSnapshot(states: readonly Remembered[]): Uint8Array {
  const parts = states.map(({ name, groups, open }) => [
    name,
    writeStore(groups, writeGroup),
    [...open].map(([key, each]) => [key, writeOpen(each)]),
  ]);
  const untold = states.flatMap(({ name, untoldUntil }) => (untoldUntil === 0 ? [] : [[name, untoldUntil]]));
  return new TextEncoder().encode(JSON.stringify([VERSION, parts, untold]));
}

/**
 * Fills empty states. What does not fit, because a rule changed or the bytes are not ours, stays forgotten; returns
 * those that were filled.
 */
export function readSnapshot(states: readonly Remembered[], bytes: Uint8Array): ReadonlySet<Remembered> {
  const filled = new Set<Remembered>();
  try {
    const [version, parts, untold] = elements(JSON.parse(new TextDecoder().decode(bytes)));
    if (version !== VERSION) return filled;
    const kept = new Map(elements(parts).map((part) => [elements(part)[0], part]));
    const untoldUntil = new Map(
      elements(untold).map((each) => [elements(each)[0], number(elements(each)[1])]),
    );
    for (const state of states) {
      const part = kept.get(state.name);
      if (part === undefined) continue;
      readState(state, elements(part));
      state.untoldUntil = untoldUntil.get(state.name) ?? 0;
      filled.add(state);
    }
    return filled;
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof Unreadable)) throw error;
    for (const state of states) forget(state);
    return new Set();
  }
}

/** What is remembered means something else once one of these changes. */
export function fingerprint({ baseline, observed }: BoundBaseline): string {
  const { type, rules, groupBy, field, aliases, memoryMs, timespanMs } = baseline;
  const meaning = [
    referenceOf(baseline),
    type,
    rules.map(({ reference }) => reference),
    groupBy,
    field,
    aliases.map(({ name, fields }) => [name, fields.map((each) => [each.reference, each.fields])]),
    memoryMs,
    timespanMs,
    observed.map(({ rule: { logsource, detection } }) => ({ logsource, detection })),
  ];
  return hash('sha256', JSON.stringify(meaning, withoutPlace), 'hex').slice(0, 32);
}

/** A rule that was moved down its file is the same rule. */
function withoutPlace(key: string, value: unknown): unknown {
  return key === 'position' || key === 'file' ? undefined : value;
}

function readState(state: Remembered, [, groups, open]: readonly unknown[]): void {
  readStore(state.groups, groups, readGroup);
  state.sizeBytes = 0;
  for (const part of [state.groups.settled, state.groups.fresh]) {
    for (const group of part.values()) state.sizeBytes += group.sizeBytes;
  }
  for (const each of elements(open)) {
    const [key, value] = elements(each);
    state.open.set(text(key), readOpen(state.baseline, elements(value)));
  }
}

function forget(state: Remembered): void {
  state.groups.fresh.clear();
  state.groups.settled.clear();
  state.open.clear();
  state.sizeBytes = 0;
  state.untoldUntil = 0;
}

function writeStore<V>({ settled, fresh }: Store<V>, write: (value: V) => unknown): readonly unknown[] {
  return [[...settled.values()].map(write), [...fresh.values()].map(write)];
}

function readStore<V extends { readonly key: string }>(
  store: Store<V>,
  value: unknown,
  read: (parts: readonly unknown[]) => V,
): void {
  const [settled, fresh] = elements(value);
  for (const each of elements(settled)) {
    const kept = read(elements(each));
    store.settled.set(kept.key, kept);
  }
  for (const each of elements(fresh)) {
    const kept = read(elements(each));
    store.fresh.set(kept.key, kept);
  }
}

function writeGroup({
  key,
  values,
  first,
  last,
  bins,
  known,
  crowdedUntil,
  recent,
}: Group): readonly unknown[] {
  return [
    key,
    values,
    first,
    writeReference(last),
    bins,
    writeStore(known, writeKnown),
    Number.isFinite(crowdedUntil) ? crowdedUntil : null,
    recent.map(writeReference),
  ];
}

function readGroup([key, values, first, last, bins, known, crowdedUntil, recent]: readonly unknown[]): Group {
  const group: Group = {
    key: text(key),
    values: elements(values).map(text),
    first: number(first),
    last: readReference(last),
    bins: elements(bins).map(number),
    known: { fresh: new Map(), settled: new Map() },
    crowdedUntil: crowdedUntil === null ? Number.NEGATIVE_INFINITY : number(crowdedUntil),
    recent: elements(recent).map(readReference),
    sizeBytes: 0,
  };
  readStore(group.known, known, readKnown);
  group.sizeBytes = sizeOfGroup(group);
  return group;
}

function writeKnown({ key, texts, last, bins }: Known): readonly unknown[] {
  return [key, texts, writeReference(last), bins];
}

function readKnown([key, texts, last, bins]: readonly unknown[]): Known {
  return {
    key: text(key),
    texts: elements(texts).map(text),
    last: readReference(last),
    bins: elements(bins).map(number),
  };
}

/** The notice without its rule, which is the baseline's own. */
function writeOpen({ notice, until, events, eventCount }: Open): readonly unknown[] {
  const { rule: _, ...rest } = notice;
  return [rest, until, events.map(writeReference), eventCount];
}

function readOpen(baseline: Baseline, [notice, until, events, eventCount]: readonly unknown[]): Open {
  if (typeof notice !== 'object' || notice === null) throw new Unreadable();
  return {
    notice: { ...(notice as Omit<Notice, 'rule'>), rule: baseline },
    until: number(until),
    events: elements(events).map(readReference),
    eventCount: number(eventCount),
  };
}

function writeReference({ uid, index, time }: EventReference): readonly unknown[] {
  return [uid, index, time];
}

function readReference(value: unknown): EventReference {
  const [uid, index, time] = elements(value);
  return { uid: text(uid), index: number(index), time: number(time) };
}

class Unreadable extends Error {}

function elements(value: unknown): readonly unknown[] {
  if (isArray(value)) return value;
  throw new Unreadable();
}

function text(value: unknown): string {
  if (typeof value === 'string') return value;
  throw new Unreadable();
}

function number(value: unknown): number {
  if (typeof value === 'number') return value;
  throw new Unreadable();
}
