import { PortError, type Row, type Table } from '../ports.ts';
import { number } from '../trail/sequence/rows.ts';

/**
 * What is to be told to a sink, and what was. Rows: `due#<sink>` / subject and version, written by the fold before the
 * version is kept; `delivery#<sink>` / subject, changed only where its `rev` is what was read; `dead#<sink>` / subject.
 * A subject is `a` and the key of an alert, or `d` and that of a deployment; a version is the index of the entry that
 * made it what it is.
 */
export interface Delivery {
  readonly sink: string;
  readonly subject: string;
  /** Uid of the alert or deployment. */
  readonly about: string;
  /** Version that the sink took, -1 for none; its state then, and when. */
  readonly told: number;
  readonly toldState: string;
  readonly toldMs: number;
  /** Its delivery id. */
  readonly delivery: string;
  /** Whether the trail has that, durably. */
  readonly isRecorded: boolean;
  /** Tries since the sink last took something of this subject. */
  readonly attempts: number;
  /** Not before. */
  readonly nextMs: number;
  /** Somebody is trying; until then nobody else does. */
  readonly leaseMs: number;
  /** Version that was given up, -1 for none. */
  readonly dead: number;
  /** Index of the entry by which a person had it sent again, -1 for none. */
  readonly generation: number;
  /** Of the last try that failed. */
  readonly why: string;
  readonly reference: Readonly<Record<string, string>>;
}

export interface Due {
  readonly subject: string;
  readonly version: number;
}

/** A read delivery with what a change of it has to find. */
export interface StoredDelivery {
  readonly delivery: Delivery;
  /** -1 where there is none yet. */
  readonly rev: number;
}

export function newDelivery(sink: string, subject: string, about: string): Delivery {
  return {
    sink,
    subject,
    about,
    told: -1,
    toldState: '',
    toldMs: 0,
    delivery: '',
    isRecorded: true,
    attempts: 0,
    nextMs: 0,
    leaseMs: 0,
    dead: -1,
    generation: -1,
    why: '',
    reference: {},
  };
}

const VERSION_DIGITS = 12;

export function dueRow(sink: string, { subject, version }: Due): Row {
  return { pk: `due#${sink}`, sk: `${subject}#${pad(version)}`, attributes: {} };
}

/** What is due to a sink after a key, oldest subjects first. */
export async function readDue(
  table: Table,
  sink: string,
  range: { readonly after?: string | undefined; readonly limit: number },
): Promise<readonly (Due & { readonly key: string })[]> {
  const { after, limit } = range;
  // All keys have one length: what a key begins comes after it and before the next.
  const rows = await table.query(`due#${sink}`, {
    limit,
    ...(after === undefined ? {} : { from: `${after}!` }),
  });
  return rows.map(({ sk }) => {
    const [subject = '', version = ''] = sk.split('#');
    return { key: sk, subject, version: Number(version) };
  });
}

/** Takes off the queue what a sink knows of a subject up to a version. */
export async function removeDue(table: Table, sink: string, subject: string, version: number): Promise<void> {
  const rows = await table.query(`due#${sink}`, { from: `${subject}#`, to: `${subject}#${pad(version)}` });
  await table.delete(rows.map(({ pk, sk }) => ({ pk, sk })));
}

export async function readDelivery(
  table: Table,
  sink: string,
  subject: string,
): Promise<StoredDelivery | undefined> {
  const [row] = await table.get([{ pk: `delivery#${sink}`, sk: subject }]);
  if (row === undefined) return undefined;
  return { delivery: JSON.parse(String(row.attributes['delivery'])), rev: number(row.attributes['rev']) };
}

/** What became of several messages, by sink and subject; those that nobody has tried yet are left out. */
export async function readDeliveries(
  table: Table,
  wanted: readonly { readonly sink: string; readonly subject: string }[],
): Promise<readonly Delivery[]> {
  if (wanted.length === 0) return [];
  const rows = await table.get(wanted.map(({ sink, subject }) => ({ pk: `delivery#${sink}`, sk: subject })));
  return rows.map(({ attributes }) => JSON.parse(String(attributes['delivery'])) as Delivery);
}

/** Keeps a delivery where nobody changed it since it was read; whether it was kept. */
export async function writeDelivery(table: Table, { delivery, rev }: StoredDelivery): Promise<boolean> {
  const { sink, subject } = delivery;
  const attributes = { rev: rev + 1, delivery: JSON.stringify(delivery) };
  try {
    await table.put(
      { pk: `delivery#${sink}`, sk: subject, attributes },
      rev < 0 ? 'absent' : { attribute: 'rev', equals: rev },
    );
    return true;
  } catch (error) {
    if (error instanceof PortError && error.code === 'conflict') return false;
    throw error;
  }
}

/** Changes a delivery as it is now, however often others change it meanwhile. */
export async function changeDelivery(
  table: Table,
  at: { readonly sink: string; readonly subject: string; readonly about: string },
  change: (delivery: Delivery) => Delivery,
): Promise<Delivery> {
  for (;;) {
    const stored = await readDelivery(table, at.sink, at.subject);
    const before = stored?.delivery ?? newDelivery(at.sink, at.subject, at.about);
    const after = change(before);
    if (after === before) return before;
    if (await writeDelivery(table, { delivery: after, rev: stored?.rev ?? -1 })) return after;
  }
}

export function deadRow(sink: string, subject: string): Row {
  return { pk: `dead#${sink}`, sk: subject, attributes: {} };
}

/** What a sink refused or was tried for too often, oldest first. */
export async function listDead(table: Table, sink: string, limit: number): Promise<readonly Delivery[]> {
  const found: Delivery[] = [];
  for (const { sk } of await table.query(`dead#${sink}`, { limit })) {
    const stored = await readDelivery(table, sink, sk);
    if (stored !== undefined && stored.delivery.dead >= 0) found.push(stored.delivery);
  }
  return found;
}

function pad(version: number): string {
  return String(version).padStart(VERSION_DIGITS, '0');
}
