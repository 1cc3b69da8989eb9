import type { Row, RowKey } from '../ports.ts';

/**
 * Rows of the index. Sort keys are the first entry of a span or segment in twelve digits, so that they order as
 * numbers do.
 *
 * - `post#<field>=<key>` {bitmap}: events of a span with that key; the empty key: events with any value.
 * - `post#<field>~<bucket>` {rare}: the same for keys of few events, which share rows.
 * - `over#<field>` {bitmap}: events of a span that have more in the field than is indexed. Most spans have none.
 * - `values#<field>` {values, unlisted}: the whole values of a span, and the events with values too long for
 *   that list; without `values` the list itself was too long.
 * - `segment` {fields}: what the last segments hold, until their span is whole.
 */
export function postingPartition(field: string, key: string): string {
  return `post#${field}=${key}`;
}

export function bucketPartition(field: string, bucket: string): string {
  return `post#${field}~${bucket}`;
}

export function overflowPartition(field: string): string {
  return `over#${field}`;
}

export function valuesPartition(field: string): string {
  return `values#${field}`;
}

export const segmentPartition = 'segment';

export function sortKey(first: number): string {
  return String(first).padStart(12, '0');
}

export function segmentKey(first: number): RowKey {
  return { pk: segmentPartition, sk: sortKey(first) };
}

/** Bytes of a row; none where the attribute is missing or of another type. */
export function bytesOf(row: Row, attribute: string): Uint8Array | undefined {
  const value = row.attributes[attribute];
  return value instanceof Uint8Array ? value : undefined;
}
