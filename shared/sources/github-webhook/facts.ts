import type { OcsfBody, Profile, ResourceDetails } from '../../ocsf/event.ts';
import type { NativeTime } from '../../ocsf/time.ts';
import type { Outcome } from '../github/outcome.ts';
import type { Delivery } from './delivery.ts';

/** What one event's mapping finds in a delivery; `map.ts` adds what is the same for all. */
export interface Facts {
  /**
   * What tells this event from every other of its name, action and repository; it follows those three in the uid. One
   * part undefined, or no key at all: the event cannot be named, and its raw text is hashed instead.
   */
  readonly key: readonly (string | undefined)[] | undefined;
  /** Undefined where GitHub sends no time that can be trusted: then the time of receipt counts, and is marked. */
  readonly time: NativeTime | undefined;
  readonly activity: number;
  readonly outcome: Outcome;
  /** Beside the repository. */
  readonly resources: readonly ResourceDetails[];
  /** What an auditor would ask about, beside time, sender, operation and repository. */
  readonly essence: readonly (string | undefined)[];
  /** The pipeline run it belongs to. */
  readonly correlation?: string | undefined;
  readonly profiles?: readonly Profile[];
  /** Members of the OCSF event that only this event has. */
  readonly more?: Partial<OcsfBody>;
  readonly unmapped?: OcsfBody['unmapped'];
}

export type EventMapping = (delivery: Delivery) => Facts;
