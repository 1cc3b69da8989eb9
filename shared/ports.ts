/**
 * The ports: everything the library asks of the world. Each has one contract suite under `test/contract/` that
 * every adapter passes, the in-memory one first.
 */

/** Why a port refused. `conflict` is a condition that did not hold; the rest say where the fault lies. */
export type PortErrorCode = 'conflict' | 'not-found' | 'invalid' | 'denied' | 'throttled' | 'unavailable';

/** The only thing a port throws. `retryable` says whether the same call may succeed later. */
export class PortError extends Error {
  readonly code: PortErrorCode;
  readonly retryable: boolean;

  constructor(code: PortErrorCode, message: string, options: { retryable?: boolean; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'PortError';
    this.code = code;
    this.retryable = options.retryable ?? (code === 'throttled' || code === 'unavailable');
  }
}

/** Opaque to its holder; equal versions of a key mean equal bytes. */
export type ObjectVersion = string;

/** When a put may happen: always, only where nothing is yet, or only over exactly that version. */
export type PutCondition = 'any' | 'absent' | { readonly version: ObjectVersion };

export interface StoredObject {
  readonly bytes: Uint8Array;
  readonly version: ObjectVersion;
}

/**
 * Objects under slash-separated keys (S3's shape). A put that returned is durable; a reader sees an object whole
 * or not at all.
 */
export interface ObjectStore {
  /** The object, or undefined where there is none. */
  get(key: string): Promise<StoredObject | undefined>;
  /** @throws PortError `conflict` when the condition does not hold; nothing was written then. */
  put(key: string, bytes: Uint8Array, condition: PutCondition): Promise<ObjectVersion>;
  /** Every key that starts with the prefix, in byte order. */
  list(prefix: string): AsyncIterable<string>;
  /** Deleting what is not there is success. */
  delete(key: string): Promise<void>;
}

export type RowValue = string | number | boolean | Uint8Array | readonly string[];

/** A row: partition key, sort key, and attributes. A row is replaced whole. */
export interface Row {
  readonly pk: string;
  readonly sk: string;
  readonly attributes: Readonly<Record<string, RowValue>>;
}

export interface RowKey {
  readonly pk: string;
  readonly sk: string;
}

/** When a row may be put: always, only where none is yet, or only where an attribute has that value now. */
export type RowCondition =
  | 'any'
  | 'absent'
  | { readonly attribute: string; readonly equals: string | number };

export interface RowRange {
  /** Inclusive. */
  readonly from?: string;
  /** Inclusive. */
  readonly to?: string;
  readonly order?: 'ascending' | 'descending';
  readonly limit?: number;
}

/**
 * DynamoDB's shape: partition key, sort key, conditional put of one row, unconditional batches. Every read is
 * strongly consistent. Sort keys order by their UTF-8 bytes.
 */
export interface Table {
  /** The rows that exist, in the order asked; a missing key is left out. Any number of keys. */
  get(keys: readonly RowKey[]): Promise<readonly Row[]>;
  /** @throws PortError `conflict` when the condition does not hold. */
  put(row: Row, condition: RowCondition): Promise<void>;
  /** Unconditional, not atomic over rows: some may be written when it throws. Any number of rows. */
  write(rows: readonly Row[]): Promise<void>;
  delete(keys: readonly RowKey[]): Promise<void>;
  query(pk: string, range: RowRange): Promise<readonly Row[]>;
}

export interface BusMessage {
  readonly topic: string;
  readonly body: string;
}

/** A doorbell: at least once, no order, nothing that only it carries. */
export interface Bus {
  publish(messages: readonly BusMessage[]): Promise<void>;
}

/** Ed25519. `name` is the key name of C2SP signed-note, the log's origin. */
export interface Signer {
  readonly name: string;
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
  /** 64 bytes. */
  sign(message: Uint8Array): Promise<Uint8Array>;
}

export type Clock = () => Date;

/** Fills a fresh array of that many random bytes. */
export type Random = (sizeBytes: number) => Uint8Array;

/** What is asked of somebody else's server. Its URL, headers and body may hold secrets: none is logged. */
export interface OutgoingRequest {
  readonly method: 'POST';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface IncomingResponse {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Its beginning, where it is longer than was asked for. */
  readonly body: string;
}

/**
 * One request, one answer, whatever its status. Redirects are answers, not followed: whoever is at the other end would
 * learn the secrets.
 */
export interface HttpClient {
  /** @throws PortError `unavailable` when no whole answer came in time: the request may have had its effect. */
  send(
    request: OutgoingRequest,
    limits: { readonly timeoutMs: number; readonly bodyLengthMax: number },
  ): Promise<IncomingResponse>;
}
