import type { Row, RowKey, RowValue } from '../../ports.ts';

/** One batch that waits in the outbox. */
export interface OutboxRow {
  /** The batch's id, a ulid. */
  readonly id: string;
  readonly key: string;
  readonly count: number;
  /** Of the lines, uncompressed. */
  readonly sizeBytes: number;
  /** Hex SHA-256 of the object: the table is trusted, the bucket is not. */
  readonly sha256: string;
}

/** Where the event of a uid is, and what makes another one with this uid the same event. */
export interface UidRow {
  readonly uid: string;
  readonly index: number;
  readonly essence: string;
}

/** One block of the trail. Times are event times, ms. */
export interface BlockRow {
  readonly first: number;
  readonly key: string;
  readonly count: number;
  readonly fromMs: number;
  readonly toMs: number;
}

/** What became of one batch. */
export interface Receipt {
  readonly id: string;
  readonly appended: number;
  readonly duplicates: number;
}

export const outboxPartition = 'outbox';
/** Batches that could not be read, kept for a person. */
export const asidePartition = 'outbox-aside';
export const receiptPartition = 'receipt';
export const blockPartition = 'block';

export function outboxRow({ id, ...attributes }: OutboxRow): Row {
  return { pk: outboxPartition, sk: id, attributes };
}

export function readOutboxRow({ sk, attributes }: Row): OutboxRow {
  return {
    id: sk,
    key: text(attributes['key']),
    count: number(attributes['count']),
    sizeBytes: number(attributes['sizeBytes']),
    sha256: text(attributes['sha256']),
  };
}

/** Partitions by the first four digits, so that a prefix of a uid, eight digits or more, can be looked up. */
export function uidKey(uid: string): RowKey {
  return { pk: `uid#${uid.slice(0, 4)}`, sk: uid.slice(4) };
}

export function uidRow({ uid, index, essence }: UidRow): Row {
  return { ...uidKey(uid), attributes: { index, essence } };
}

export function readUidRow({ pk, sk, attributes }: Row): UidRow {
  return {
    uid: pk.slice('uid#'.length) + sk,
    index: number(attributes['index']),
    essence: text(attributes['essence']),
  };
}

/** Twelve digits, as in the block's own name: sort keys order as numbers do. */
export function blockSortKey(first: number): string {
  return String(first).padStart(12, '0');
}

export function blockRow({ first, ...attributes }: BlockRow): Row {
  return { pk: blockPartition, sk: blockSortKey(first), attributes };
}

export function readBlockRow({ sk, attributes }: Row): BlockRow {
  return {
    first: Number(sk),
    key: text(attributes['key']),
    count: number(attributes['count']),
    fromMs: number(attributes['fromMs']),
    toMs: number(attributes['toMs']),
  };
}

export function receiptRow({ id, ...attributes }: Receipt): Row {
  return { pk: receiptPartition, sk: id, attributes };
}

export function readReceiptRow({ sk, attributes }: Row): Receipt {
  return { id: sk, appended: number(attributes['appended']), duplicates: number(attributes['duplicates']) };
}

/** The table is ours alone, so another type is a fault in this program, not an outcome. */
export function text(value: RowValue | undefined): string {
  if (typeof value === 'string') return value;
  throw new TypeError(`expected a row attribute with text, found ${typeof value}`);
}

export function number(value: RowValue | undefined): number {
  if (typeof value === 'number') return value;
  throw new TypeError(`expected a row attribute with a number, found ${typeof value}`);
}
