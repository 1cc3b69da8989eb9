import type { JsonValue } from '../json/json.ts';
import type { OcsfEvent } from '../ocsf/event.ts';
import type { Rule, RuleHeader } from './sigma/index.ts';

/** The next event of the trail, as rules that remember see it: with what the rules that do not said of it. */
export interface Observation {
  /** Its place in the trail. */
  readonly index: number;
  readonly source: string;
  readonly event: OcsfEvent;
  readonly record: JsonValue | undefined;
  readonly raw: string;
  /** Rules without a memory that matched it, those that make no finding of their own among them. */
  readonly matched: readonly Rule[];
}

/** An event in a finding. */
export interface EventReference {
  readonly uid: string;
  readonly index: number;
  /** Event time, ms. */
  readonly time: number;
}

/** Numbers that a person can check against the trail. */
export interface Explanation {
  /** The whole of it in one sentence of plain words. */
  readonly sentence: string;
  readonly expected: string;
  readonly seen: string;
  /** What the expectation rests on. */
  readonly overEvents: number;
  readonly overDays: number;
  /** The nearest event that set an expectation or broke it before. */
  readonly precedents: readonly EventReference[];
}

/** What a rule that remembers makes known: the seed of a finding, or of an update of one. */
export interface Notice {
  readonly rule: RuleHeader;
  /** `new` opens a finding; `update` says, once its window has closed, what joined it since. */
  readonly kind: 'new' | 'update';
  /** Tells this finding of the rule from its others, the same however often the trail is read; an update repeats it. */
  readonly key: string;
  /** The event at which it was noticed. */
  readonly event: EventReference;
  /** Values of the rule's group-by fields. */
  readonly group: readonly { readonly field: string; readonly value: string }[];
  /** Oldest first, bounded; `eventCount` is how many there were. */
  readonly events: readonly EventReference[];
  readonly eventCount: number;
  /** The bound of memory was reached: the true count may be larger. */
  readonly isAtLeast: boolean;
  /** Still learning: recorded, and alerts nobody. */
  readonly isStaged: boolean;
  readonly explanation: Explanation;
}

/**
 * Rules that remember: a reducer over the trail. The same events in the same order give the same notices and the same
 * snapshot, byte for byte; no clock, no randomness. Its size is bounded whatever the events.
 */
export interface Memory {
  /** Names its part of a snapshot. */
  readonly id: string;
  /** Takes one event in; never throws. `watermarkMs`: no event before this time is still waited for. */
  observe(observation: Observation, watermarkMs: number): readonly Notice[];
  /** Time has passed without an event for it. Absent where nothing comes of that. */
  advance?(watermarkMs: number): readonly Notice[];
  /**
   * The latest watermark, up to this time, at which `advance` would do something that somebody waits for: when all
   * sources are silent, an entry of ours moves the watermark there. Undefined where nothing waits.
   */
  waitsForMs?(untilMs: number): number | undefined;
  /** Everything that `restore` needs to go on as if nothing had happened. */
  snapshot(): Uint8Array;
  /** Replaces what is remembered; undefined forgets everything. Throws nothing: bytes of another version forget too. */
  restore(bytes: Uint8Array | undefined): void;
  /** Rules of it of which nothing was restored, because they are new or mean something else now; undefined for none. */
  newcomers?(): Newcomers | undefined;
}

/** Rules that have yet to be shown what the trail held before they were there. */
export interface Newcomers {
  readonly rules: readonly RuleHeader[];
  /** Of these rules alone, empty: what it notices is past, and nobody is told. */
  readonly memory: Memory;
  /**
   * Puts what that memory remembers of all entries before `next` beside what the other rules remember. Nobody is told
   * more, later, of what was noticed there.
   */
  join(next: number): void;
}
