import type { JsonValue } from '../json/json.ts';
import type { OcsfEvent } from '../ocsf/event.ts';

/** One event of the trail, parsed once, as every fold reads it. */
export interface FoldedEvent {
  /** Its place in the trail. */
  readonly index: number;
  readonly source: string;
  readonly event: OcsfEvent;
  /** The native record behind it (parsed raw_data), which Sigma rules match on; undefined for our own events. */
  readonly record: JsonValue | undefined;
  /** The native record's text as received. */
  readonly raw: string;
  /** When its entry was appended, ms: nothing that it tells of happened later. Undefined where nobody asks for it. */
  readonly appendedMs?: number;
}

/** An entry of ours in the trail by which time passes while all sources are silent. */
export interface FoldedTick {
  readonly index: number;
  /** No event before this time is still waited for, ms. */
  readonly watermarkMs: number;
}

/** What is given to a fold at once. */
export interface FoldSpan {
  readonly first: number;
  readonly next: number;
  /** In the order of the trail. */
  readonly ticks?: readonly FoldedTick[];
}

/**
 * A consequence of the trail: it reads events in trail order from its own cursor and leaves rows or new entries.
 * Applying the same events twice must change nothing, because a crash between `apply` and the cursor repeats them.
 */
export interface Fold {
  /** Names the cursor row: `cursor#<id>`. */
  readonly id: string;
  /** Spans are cut at multiples of this many entries when above 1, so that a span's output never depends on when it ran. */
  readonly spanSize: number;
  apply(events: readonly FoldedEvent[], span: FoldSpan): Promise<void>;
  /** Where what it does with an event depends on the events before: what it remembers of them. */
  readonly memory?: FoldMemory;
}

/**
 * What a fold remembers. It goes on in this process from run to run; its cursor moves only together with a snapshot, so
 * that whoever comes after a crash has both or neither.
 */
export interface FoldMemory {
  /** Whose memory it is; unset while it is of no use, as before it is first restored. The fold runner sets it. */
  standing: FoldStanding | undefined;
  /** Everything that `restore` needs; the same memory is the same bytes. */
  snapshot(): Uint8Array;
  /** Undefined forgets everything. Never throws. */
  restore(bytes: Uint8Array | undefined): void;
  /**
   * What of it nothing was restored of: it is shown the entries that the cursor has gone past, which are not applied
   * again. Undefined where there is none. Absent where a memory is all or nothing.
   */
  newcomers?(): FoldNewcomers | undefined;
}

/** Parts of what a fold remembers that have yet to be shown what the others know. */
export interface FoldNewcomers {
  /** What a person calls them. */
  readonly names: readonly string[];
  /** The entries in their order, from the first. Nothing comes of it but memory. */
  showEvent(event: FoldedEvent): void;
  showTick(tick: FoldedTick): void;
  /** All entries before this one were shown: they are parts like the others from now on. */
  join(next: number): void;
}

/** Where a memory stands. */
export interface FoldStanding {
  /** The first entry that is not in it. */
  readonly next: number;
  /** The cursor row that it came from. */
  readonly cursor: string;
}
