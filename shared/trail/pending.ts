import type { JsonValue } from '../json/json.ts';
import type { OcsfEvent } from '../ocsf/event.ts';

/**
 * What waits to be appended: one line, its identity, and what makes two lines the same event. Batches of these lie in
 * `inbox/` until a sequencer commits them.
 */
export interface PendingEntry {
  /** `event` for an OCSF event; other kinds are control entries, whose line is the entry's own JSON. */
  readonly kind: EntryKind;
  /** 64 hex digits. */
  readonly uid: string;
  /** `<version>:<hex>`: see Source.essenceVersion. */
  readonly essence: string;
  /** `aws.cloudtrail`, or `trailproof` for what Trailproof itself says. */
  readonly source: string;
  /** Event time, ms since the epoch. */
  readonly time: number;
  readonly line: string;
  /** What the line says, where whoever wrote it still has it. Never stored, never needed: it saves parsing. */
  readonly parsed?: ParsedLine | undefined;
}

/** A line's event, exactly as parsing the line gives it, and the record that it was made of. */
export interface ParsedLine {
  readonly event: OcsfEvent;
  readonly record: JsonValue;
  /** The record's text. */
  readonly raw: string;
}

export type EntryKind = 'event' | 'redact' | 'retain' | 'key' | 'config' | 'count';

/** One stored line with its place in the trail, as folds read it. */
export interface TrailLine {
  readonly index: number;
  readonly kind: EntryKind;
  readonly source: string;
  /** When its entry was appended, ms. */
  readonly timeMs: number;
  readonly line: string;
}
