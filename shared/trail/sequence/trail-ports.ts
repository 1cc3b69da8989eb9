import type { Bus, Clock, ObjectStore, Random, Signer, Table } from '../../ports.ts';
import type { Alarm } from './alarm.ts';
import type { Recent } from './recent.ts';

/** What the trail needs of the world. */
export interface TrailPorts {
  /** The bucket: everything that is kept, and what is on its way. Not trusted. */
  readonly objects: ObjectStore;
  /** Trusted for order: the head, and which uid is where. */
  readonly table: Table;
  readonly signer: Signer;
  /** For append times and ages only: no decision about order depends on it. */
  readonly clock: Clock;
  readonly random: Random;
  /** Rung after each commit; the folds also look by themselves. */
  readonly bus: Bus;
  /** Hears at least once of everything that a person must look at. */
  readonly onAlarm: (alarm: Alarm) => void;
  /** What this process committed a moment ago; without it everything is read back. */
  readonly recent?: Recent;
}
