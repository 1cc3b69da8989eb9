import type { JsonValue } from '../json/json.ts';
import type { OcsfEvent } from '../ocsf/event.ts';

/** What a question is asked of: one event of the trail, as folds read it. */
export interface Subject {
  /** Of the trail's entry: `aws.cloudtrail`. */
  readonly source: string;
  readonly event: OcsfEvent;
  /** The native record, parsed; undefined for our own events. */
  readonly record: JsonValue | undefined;
  /** The native record's text as received. */
  readonly raw: string;
}
