import type { Runbook } from '../shared/alert/runbook.ts';
import type { Clock, ObjectStore, Signer, Table } from '../shared/ports.ts';
import type { ColumnReader } from '../shared/stages/columns.ts';
import type { Alarm } from '../shared/trail/sequence/alarm.ts';
import type { AlertDesk } from './alert-desk.ts';
import type { RuleListing } from './rule-listing.ts';
import type { Verifications } from './verifications.ts';

/** All that the pages ask of the world; the local hub has one, and a function in a cloud another. */
export interface ConsolePorts {
  readonly objects: ObjectStore;
  readonly table: Table;
  readonly columns: ColumnReader;
  readonly signer: Pick<Signer, 'name' | 'publicKey'>;
  readonly clock: Clock;
  readonly assets: readonly Asset[];
  readonly rules: readonly RuleListing[];
  /** By the rule's id, as findings name it. */
  readonly runbooks: ReadonlyMap<string, Runbook>;
  readonly alerts: AlertDesk;
  readonly verifications: Verifications;
  /** Ids of the sources that are taken in, so that one that was never heard is not forgotten. */
  readonly sources: readonly string[];
  /** Where commands find the trail, when not in the default folder. */
  readonly dataFolder: string | undefined;
  /** What a person must look at before anything is appended again. */
  alarms(): readonly Alarm[];
}

/** A static file, under a name that changes with its bytes. */
export interface Asset {
  /** `console.css` */
  readonly name: string;
  /** `/static/console.0123456789abcdef.css` */
  readonly path: string;
  readonly type: string;
  readonly bytes: Uint8Array;
}

/** Who is looking, and what makes their forms their own. */
export interface Visitor {
  /** What acts are recorded under. */
  readonly name: string;
  /** The token of the form that is sent to a path. */
  formToken(path: string): string;
}
