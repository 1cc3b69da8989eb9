import type { EnvironmentPlace } from '../detect/environment.ts';
import { OWN_SOURCE } from '../detect/finding.ts';
import type { LoadedRules } from '../detect/load-rules.ts';
import { type RuleHeader, referenceOf } from '../detect/sigma/index.ts';
import { at, isArray, isObject, type JsonValue, member, stringAt } from '../json/json.ts';
import type { OcsfEvent } from '../ocsf/event.ts';
import type { Table } from '../ports.ts';
import type { PendingEntry } from '../trail/pending.ts';
import { alertFold, type ListedAlert, listAlerts } from './alert.ts';
import { detectFold } from './detect.ts';
import type { FoldedEvent, FoldedTick } from './fold.ts';
import type { FoldPorts } from './fold-cursor.ts';
import { foldedEvent } from './folded-event.ts';
import { foldedPlaces } from './folded-places.ts';
import { readLines, trailSize } from './read-trail.ts';

export interface ReplayOptions {
  readonly rules: LoadedRules;
  /** The rules that are asked about, by reference; others only run where those need them. */
  readonly targets: ReadonlySet<string>;
  /** Event times, ms; the second is not in it. */
  readonly sinceMs?: number | undefined;
  readonly untilMs?: number | undefined;
  readonly places?: readonly EnvironmentPlace[];
  /** Entries from this index on are not read. */
  readonly endIndex?: number | undefined;
  /** Told of each finding of those rules. */
  found?(finding: OcsfEvent): void;
  /** An empty table that is thrown away: where alerts are grouped. */
  readonly scratch: Table;
  onProgress?(entries: number): void;
}

/** What rules would have done over stored history. */
export interface Replay {
  /** Events in the span of time. */
  readonly events: number;
  readonly firstMs: number | undefined;
  readonly lastMs: number | undefined;
  /** Of all events of the trail, also those before the span: earlier nothing is known. */
  readonly earliestMs: number | undefined;
  /** Findings, by those that a person would be told of, and those that were staged while something was learnt. */
  readonly fires: number;
  readonly learning: number;
  /** More about findings that were made before. */
  readonly updates: number;
  /** The newest first. Those of a staged rule are what it would tell if it were live. */
  readonly alerts: readonly ListedAlert[];
  /** Not all findings were grouped: there are more alerts than these. */
  readonly isAtLeast: boolean;
  /** The most frequent groups of findings, each with its first. */
  readonly groups: readonly ReplayGroup[];
  readonly groupCount: number;
}

export interface ReplayGroup {
  readonly rule: string;
  readonly title: string;
  readonly values: readonly { readonly field: string; readonly values: readonly string[] }[];
  readonly fires: number;
  readonly first: { readonly uid: string; readonly timeMs: number; readonly message: string };
}

const CHUNK_COUNT = 500;
/** Findings that are grouped into alerts, and groups that are told apart: a rule that makes more needs no numbers. */
const GROUPED_MAX = 20_000;
const GROUPS_MAX = 20_000;

/**
 * Runs rules over the trail as the detect and alert folds do, with the same detector, memories and grouping, and keeps
 * nothing of it: the trail is only read. What remembers is shown the trail from its beginning, as it would have been
 * live, and only what it says within the span counts.
 */
export async function replay(ports: FoldPorts, options: ReplayOptions): Promise<Replay> {
  const tally = new Tally(options);
  const { remembering } = options.rules;
  const isWarm = remembering.some((rule) => options.targets.has(referenceOf(rule)));
  const fold = detectFold({
    detector: options.rules.detector,
    memories: isWarm ? options.rules.memories : [],
    silent: heard(options),
    eventAt: (index) => eventAt(ports, index),
    enqueue: (findings) => tally.take(findings),
    nonce: () => '0'.repeat(32),
  });
  const size = await trailSize(ports);
  const total = Math.min(size, options.endIndex ?? size);
  let chunk: FoldedEvent[] = [];
  let ticks: FoldedTick[] = [];
  let first = 0;
  const apply = async (next: number) => {
    await fold.apply(chunk, { first, next, ticks });
    [chunk, ticks, first] = [[], [], next];
    options.onProgress?.(next);
  };
  for await (const places of foldedPlaces(ports, 0, total)) {
    for (const { index, event, tick } of places) {
      if (tick !== undefined) ticks.push(tick);
      if (event !== undefined && tally.sees(event, isWarm)) chunk.push(event);
      if (index + 1 - first >= CHUNK_COUNT) await apply(index + 1);
    }
  }
  await apply(total);
  return tally.result();
}

/** Rules that are only observed say nothing live; one that is asked about by itself says what it would. */
function heard({ rules, targets }: ReplayOptions): ReadonlySet<RuleHeader> {
  if (targets.size > 1) return rules.silent;
  return new Set([...rules.silent].filter((rule) => !targets.has(referenceOf(rule))));
}

async function eventAt(ports: FoldPorts, index: number): Promise<FoldedEvent | undefined> {
  for await (const line of readLines(ports, index, index + 1)) return foldedEvent(ports, line);
  return undefined;
}

/** Counts findings, and gives them to the alert fold over a table that nobody keeps. */
class Tally {
  readonly #options: ReplayOptions;
  readonly #groups = new Map<string, { -readonly [key in keyof ReplayGroup]: ReplayGroup[key] }>();
  readonly #alerts: ReturnType<typeof alertFold>;
  #events = 0;
  #firstMs = Number.POSITIVE_INFINITY;
  #lastMs = Number.NEGATIVE_INFINITY;
  #earliestMs = Number.POSITIVE_INFINITY;
  #fires = 0;
  #learning = 0;
  #updates = 0;
  #given = 0;

  constructor(options: ReplayOptions) {
    this.#options = options;
    this.#alerts = alertFold({
      table: options.scratch,
      ...(options.places === undefined ? {} : { places: options.places }),
    });
  }

  /** Whether the event is shown to the rules; those in the span of time are counted. */
  sees({ source, event: { time } }: FoldedEvent, isWarm: boolean): boolean {
    const { sinceMs = Number.NEGATIVE_INFINITY, untilMs = Number.POSITIVE_INFINITY } = this.#options;
    const isWithin = time >= sinceMs && time < untilMs;
    if (source !== OWN_SOURCE) this.#earliestMs = Math.min(this.#earliestMs, time);
    if (isWithin && source !== OWN_SOURCE) {
      this.#events += 1;
      this.#firstMs = Math.min(this.#firstMs, time);
      this.#lastMs = Math.max(this.#lastMs, time);
    }
    return isWithin || (isWarm && time < untilMs);
  }

  async take(findings: readonly PendingEntry[]): Promise<void> {
    const told = findings.flatMap(({ line }) => this.#told(JSON.parse(line) as OcsfEvent) ?? []);
    if (told.length === 0) return;
    const events = told.map((event, n) => ({ ...NO_RECORD, index: this.#given + n, event }));
    const next = this.#given + told.length;
    await this.#alerts.apply(events, { first: this.#given, next });
    this.#given = next;
  }

  async result(): Promise<Replay> {
    const groups = [...this.#groups.values()].toSorted((a, b) => b.fires - a.fires);
    return {
      events: this.#events,
      firstMs: this.#events === 0 ? undefined : this.#firstMs,
      lastMs: this.#events === 0 ? undefined : this.#lastMs,
      earliestMs: Number.isFinite(this.#earliestMs) ? this.#earliestMs : undefined,
      fires: this.#fires,
      learning: this.#learning,
      updates: this.#updates,
      alerts: await listAlerts(this.#options.scratch, GROUPED_MAX),
      isAtLeast: this.#fires + this.#updates > this.#given,
      groups: groups.slice(0, 20),
      groupCount: groups.length,
    };
  }

  /** Counts a finding; the event that the alert fold is given, unless it is none of its business. */
  #told(event: OcsfEvent): OcsfEvent | undefined {
    const { sinceMs = Number.NEGATIVE_INFINITY, untilMs = Number.POSITIVE_INFINITY } = this.#options;
    const rule = event.finding_info?.analytic?.uid ?? '';
    if (!this.#options.targets.has(rule) || event.time < sinceMs || event.time >= untilMs) return undefined;
    this.#options.found?.(event);
    const isUpdate = event.activity_id === UPDATE;
    const isLearning = at(event.unmapped, 'trailproof', 'explanation', 'is_learning') === true;
    if (isUpdate) this.#updates += 1;
    else {
      this.#fires += 1;
      if (isLearning) this.#learning += 1;
      this.#count(event, rule);
    }
    return this.#given >= GROUPED_MAX ? undefined : isLearning ? event : asLive(event);
  }

  #count(event: OcsfEvent, rule: string): void {
    const own = at(event.unmapped, 'trailproof');
    const values = groupOf(member(member(own, 'alert'), 'group'));
    const key = JSON.stringify([rule, values]);
    const known = this.#groups.get(key);
    if (known !== undefined) known.fires += 1;
    else if (this.#groups.size < GROUPS_MAX) {
      const first = {
        uid: stringAt(own, 'event', 'uid') ?? event.metadata.uid,
        timeMs: event.time,
        message: event.message ?? '',
      };
      this.#groups.set(key, { rule, title: event.finding_info?.title ?? rule, values, fires: 1, first });
    }
  }
}

/** OCSF activity_id of findings. */
const UPDATE = 2;
const NO_RECORD = { source: OWN_SOURCE, record: undefined, raw: '' } as const;

/** A staged rule alerts nobody; asked about, it shows whom it would. */
function asLive(event: OcsfEvent): OcsfEvent {
  const own = at(event.unmapped, 'trailproof');
  const alert = member(own, 'alert');
  if (!isObject(own) || !isObject(alert) || member(alert, 'stage') !== 'staged') return event;
  const live = { ...own, alert: { ...alert, stage: 'live' } };
  return { ...event, is_alert: true, unmapped: { ...event.unmapped, trailproof: live } };
}

function groupOf(value: JsonValue | undefined): ReplayGroup['values'] {
  if (!isArray(value)) return [];
  return value.map((each) => {
    const values = member(each, 'values');
    return {
      field: String(member(each, 'field') ?? ''),
      values: isArray(values) ? values.map(String) : [],
    };
  });
}
