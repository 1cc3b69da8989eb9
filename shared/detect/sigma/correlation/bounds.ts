/** How much the engine remembers, whatever the events are. */
export interface Bounds {
  /** Groups of all correlations together. */
  readonly groupCountMax: number;
  /** Events that are remembered, of all groups together. */
  readonly eventCountMax: number;
  /** What all of it is estimated to take in memory. */
  readonly sizeBytesMax: number;
  /** Events of one correlation that wait for the watermark. */
  readonly heldCountMax: number;
}

export const BOUNDS: Bounds = {
  groupCountMax: 100_000,
  eventCountMax: 250_000,
  sizeBytesMax: 16 * 1024 * 1024,
  heldCountMax: 50_000,
};

/** The largest number that a condition on a count may name. */
export const COUNT_MAX = 10_000;

/** Events of one group that are remembered, beyond what its condition needs. */
export const GROUP_EVENT_COUNT = 1_000;

/** Groups that one event may belong to, when its fields have several values. */
export const COMBINATION_COUNT_MAX = 16;

/** Findings of one group that are remembered, so that what comes late joins its own. */
export const OPEN_COUNT_MAX = 8;

/** Events that a firing names: half of them the first, half the last. */
export const REFERENCE_COUNT_MAX = 20;

/** Characters of a value that count as they are; longer ones count by their hash. */
export const TEXT_LENGTH_MAX = 100;

/** Characters of a group's value that are kept to be shown. */
export const SHOWN_LENGTH_MAX = 200;

/** How many correlations may stand above one another. */
export const CHAIN_LENGTH_MAX = 8;
