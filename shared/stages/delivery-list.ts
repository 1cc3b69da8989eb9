import type { Table } from '../ports.ts';
import type { KeptAlert } from './alert-rows.ts';
import { subjectOf } from './alert-sinks.ts';
import { readDelivery } from './delivery-rows.ts';

/** Where an alert stands with one of its sinks. */
export interface ListedDelivery {
  readonly sink: string;
  readonly state: 'waiting' | 'delivered' | 'given up';
  /** Tries since the sink last took something of this alert. */
  readonly attempts: number;
  /** When the sink last took it. */
  readonly deliveredMs: number | undefined;
  /** When it is tried next, while it waits for that. */
  readonly nextMs: number | undefined;
  /** Why the last try failed. */
  readonly why: string | undefined;
}

/** What each sink of an alert knows of it; none for one that is kept quiet. */
export async function listDeliveries(table: Table, kept: KeptAlert): Promise<readonly ListedDelivery[]> {
  const { alert, through } = kept;
  if (alert.fate !== 'told') return [];
  const listed: ListedDelivery[] = [];
  for (const sink of alert.sinks) {
    const found = (await readDelivery(table, sink, subjectOf(kept)))?.delivery;
    const isDelivered = found !== undefined && found.told >= through;
    const isDead = !isDelivered && found !== undefined && found.dead >= through;
    listed.push({
      sink,
      state: isDelivered ? 'delivered' : isDead ? 'given up' : 'waiting',
      attempts: isDelivered ? 0 : (found?.attempts ?? 0),
      deliveredMs: found === undefined || found.toldMs === 0 ? undefined : found.toldMs,
      nextMs: isDelivered || isDead || !found?.nextMs ? undefined : found.nextMs,
      why: isDelivered || !found?.why ? undefined : found.why,
    });
  }
  return listed;
}
