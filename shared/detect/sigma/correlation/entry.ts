import { hash } from 'node:crypto';
import type { RuleHeader } from '../rule.ts';
import { COMBINATION_COUNT_MAX, SHOWN_LENGTH_MAX, TEXT_LENGTH_MAX } from './bounds.ts';
import type { Correlation } from './correlation.ts';
import type { CorrelationSet, Feed } from './plan.ts';

/** One event, as correlations see it. What its fields hold is an attacker's. */
export interface CorrelatedEvent {
  readonly uid: string;
  /** Its place: larger than that of every event before it. */
  readonly index: number;
  /** ms. */
  readonly time: number;
  /** The values of a field that are not null, as text, in what this rule looks at. */
  read(rule: RuleHeader, field: string): readonly string[];
}

/** An event in the memory of a group. */
export interface Entry {
  readonly time: number;
  readonly index: number;
  readonly uid: string;
  /** Where the watermark stood when it came, or its own time where that is later: how long it is remembered. */
  readonly heard: number;
  /** Which of the correlation's rules it matched, in ascending order. */
  readonly steps: readonly number[];
  readonly values: readonly (string | number)[];
  /** What goes on to other correlations if this one fires at it. */
  readonly up: readonly Part[];
}

/** One group of a correlation, by the values of its fields. */
export interface GroupName {
  readonly key: string;
  /** The values, cut short. */
  readonly shown: readonly string[];
}

/** What a match hands to one correlation. */
export interface Part {
  /** The name of the correlation's plan. */
  readonly to: string;
  readonly step: number;
  readonly groups: readonly GroupName[];
  readonly values: readonly (string | number)[];
  readonly up: readonly Part[];
}

/** Shared, and never changed. */
const NOTHING: readonly never[] = [];

/** The part of an event that goes along a feed; undefined where it lacks a field and does not take part. */
export function partOf(
  feed: Feed,
  rule: RuleHeader,
  event: CorrelatedEvent,
  set: CorrelationSet,
): Part | undefined {
  const plan = set.plans[feed.to];
  if (plan === undefined) return undefined;
  const combinations = combine(feed.groupBy.map((field) => event.read(rule, field)));
  if (combinations.length === 0) return undefined;
  const values = valuesOf(plan.correlation, feed, rule, event);
  if (feed.fields.length > 0 && values.length === 0) return undefined;
  const up = feed.up.length === 0 ? NOTHING : feed.up.flatMap((each) => partOf(each, rule, event, set) ?? []);
  return { to: plan.name, step: feed.step, groups: combinations.map(groupName), values, up };
}

function valuesOf(
  { type, condition }: Correlation,
  { fields }: Feed,
  rule: RuleHeader,
  event: CorrelatedEvent,
): readonly (string | number)[] {
  const [field] = fields;
  if (field === undefined) return NOTHING;
  const found = fields.map((each) => event.read(rule, each));
  if (type === 'value_count') return [...new Set(combine(found).map(keyOf))];
  const isShare =
    type === 'value_percentile' && condition.kind === 'measure' && condition.percentile === undefined;
  return isShare ? [...new Set(found[0]?.slice(0, COMBINATION_COUNT_MAX).map(clipped))] : numbersOf(found[0]);
}

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

function numbersOf(texts: readonly string[] = []): readonly number[] {
  return texts.slice(0, COMBINATION_COUNT_MAX).flatMap((text) => {
    const number = text.length <= 64 && NUMBER.test(text) ? Number(text) : Number.NaN;
    return Number.isFinite(number) ? [number] : [];
  });
}

/** Every way to take one value of each field, up to a bound; none where a field has no value. */
function combine(fields: readonly (readonly string[])[]): readonly (readonly string[])[] {
  let combinations: readonly (readonly string[])[] = [[]];
  for (const values of fields) {
    const distinct = values.length < 2 ? values : [...new Set(values)];
    combinations = combinations
      .flatMap((before) => distinct.slice(0, COMBINATION_COUNT_MAX).map((value) => [...before, value]))
      .slice(0, COMBINATION_COUNT_MAX);
  }
  return combinations;
}

function groupName(values: readonly string[]): GroupName {
  return { key: keyOf(values), shown: values.map(shownOf) };
}

function shownOf(text: string): string {
  const short = text.length > SHOWN_LENGTH_MAX ? `${text.slice(0, SHOWN_LENGTH_MAX)}…` : text;
  return short.toWellFormed();
}

/** Tells tuples of any texts apart, in bounded length. */
function keyOf(values: readonly string[]): string {
  const key = JSON.stringify(values.map(clipped));
  return key.length <= 4 * TEXT_LENGTH_MAX ? key : `#${hash('sha256', key, 'base64url')}`;
}

/** A long text stands as its hash; no short text looks like one. */
function clipped(text: string): string {
  return text.length <= TEXT_LENGTH_MAX ? `=${text}` : `#${hash('sha256', text, 'base64url')}`;
}
