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
  apply(
    events: readonly FoldedEvent[],
    span: { readonly first: number; readonly next: number },
  ): Promise<void>;
}
