import type { JsonDocument, JsonValue } from '../json/json.ts';
import type { Reject } from '../json/reject.ts';
import type { OcsfBody } from '../ocsf/event.ts';
import type { ParsedLine } from '../trail/pending.ts';

export type { Reject, RejectReason } from '../json/reject.ts';

/** What one delivery of a transport looked like, bytes untouched. */
export interface Envelope {
  /** Id of the source it was sent to, or undefined where the shape must tell. */
  readonly source: string | undefined;
  readonly receivedAt: Date;
  readonly body: Uint8Array;
  /** Transport facts: HTTP headers in lower case (`x-github-event`), `file` for a path. Attackers choose values. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** Sigma's routing key: what kind of log a record is. */
export interface Logsource {
  readonly product?: string;
  readonly service?: string;
  readonly category?: string;
}

/** What a source makes of one document: the records inside it, untouched, and how much was control traffic. */
export interface Split {
  readonly records: readonly NativeRecord[];
  readonly rejects: readonly Reject[];
  readonly control: number;
}

/** One native event as received, with what only its envelope knew. */
export interface NativeRecord extends JsonDocument {
  /** From the envelope: event name of a webhook, delivery id, time of receipt. Never part of `text`. */
  readonly attributes: Readonly<Record<string, string>>;
}

/**
 * A record in OCSF. `tenant` and `nativeId` make the uid: sha256(source | tenant | nativeId parts), the same over
 * every transport of that event. An undefined nativeId means that the record has none: then its raw text is hashed.
 */
export interface Mapped {
  readonly tenant: string;
  readonly nativeId: readonly string[] | undefined;
  /** The id that the source itself gave the event: metadata.original_event_uid. */
  readonly originalEventUid?: string | undefined;
  /**
   * What an auditor would ask about: time, actor, operation, resources, outcome, from native fields that every
   * transport of this source carries, in a fixed order. Hashed with the source's essenceVersion.
   */
  readonly essence: readonly (string | undefined)[];
  readonly body: OcsfBody;
}

/** A record of this source whose shape we do not know (class C): becomes a Base Event, raw kept. */
export interface Unmapped {
  readonly unmapped: string;
}

/** A span of a record that must not be stored: the path of a member whose string value is a secret. */
export type SecretPath = readonly (string | '*')[];

/**
 * A system that produces audit events. Everything a shared path needs to know about it is a property here; adding
 * one is a file beside this one, a test with golden data, and a row in docs/sources.md.
 */
export interface Source {
  /** `aws.cloudtrail`. */
  readonly id: string;
  /** metadata.product, and the first word a person reads. */
  readonly product: { readonly name: string; readonly vendor_name: string };
  readonly logsource: Logsource;
  readonly essenceVersion: number;
  /** Members whose string values are secrets, by path in the record; `*` is any key or element. */
  readonly secretPaths: readonly SecretPath[];
  /** More of them, where only the record's own content can tell. `marks` are those of its text. Never throws. */
  secretsIn?(record: JsonDocument, marks?: number): readonly SecretPath[];
  /** Names of arrays that envelopes of this source put records in: a file too large to hold is cut inside them. */
  readonly batchKeys: readonly string[];
  /** Whether a parsed document (an envelope of this source, or one bare record) has a shape of this source. */
  accepts(value: JsonValue, attributes: Readonly<Record<string, string>>): boolean;
  /** Splits a document that was accepted into records, without changing a character of any. Never throws. */
  split(document: JsonDocument, envelope: Pick<Envelope, 'attributes' | 'receivedAt'>): Split;
  /** Maps one record. Never throws: what it cannot read is Unmapped. */
  map(record: NativeRecord): Mapped | Unmapped;
}

/** One OCSF event ready to be appended. */
export interface AuditEvent {
  readonly source: string;
  /** metadata.uid: 64 hex digits. */
  readonly uid: string;
  /** `<essenceVersion>:<hex SHA-256>`. */
  readonly essence: string;
  /** Event time, ms since the epoch. */
  readonly time: number;
  /** The OCSF event as one line of JSON, nonce included; serialised once. */
  readonly line: string;
  /** What the line says, for whoever reads it in this process. */
  readonly parsed?: ParsedLine;
  /** Set for a record over 1 MB: its text goes to this key, and the line holds only its hash. */
  readonly rawObject?: { readonly key: string; readonly text: string };
}

/** What came of one envelope. Events, rejects and control add up to the records read. */
export interface Reading {
  readonly events: readonly AuditEvent[];
  readonly rejects: readonly Reject[];
  readonly control: number;
}
