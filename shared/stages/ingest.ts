import { splitStream } from '../json/split.ts';
import type { ObjectStore } from '../ports.ts';
import type { Reader, SourceReading } from '../sources/read.ts';
import type { AuditEvent, Envelope, RejectReason } from '../sources/source.ts';
import type { PendingEntry } from '../trail/pending.ts';
import { putOnce, rejectObject } from './reject-object.ts';

export interface IngestPorts {
  readonly objects: ObjectStore;
  /** Leaves entries to be appended, durably. All entries of one call are of one source. */
  append(entries: readonly PendingEntry[]): Promise<void>;
}

/** A delivery of any size, or a file. */
export interface Delivery extends Omit<Envelope, 'body'> {
  readonly chunks: AsyncIterable<Uint8Array>;
}

export interface IngestCounts {
  /** Events, rejects and control together: every record there was. */
  read: number;
  events: number;
  rejected: number;
  control: number;
}

export interface IngestSummary extends IngestCounts {
  /** The same for each source. */
  readonly sources: Map<string, IngestCounts>;
  readonly rejects: Map<RejectReason, number>;
}

/** A batch is handed on when it holds so many events, */
export const BATCH_COUNT_MAX = 500;

/** or lines of so many characters together. */
export const BATCH_LENGTH_MAX = 2 * 1024 * 1024;

/**
 * Reads a stream to its end: events go to `append` batch by batch, rejects and records too large for a line to the
 * object store. When it returns, everything that was read is durable and the transport may be acknowledged; when it
 * throws, some may be, and delivering it again changes nothing. Memory is bounded by a batch, and the stream is not
 * read on while one is being stored.
 */
export async function ingestStream(
  ports: IngestPorts,
  reader: Reader,
  delivery: Delivery,
): Promise<IngestSummary> {
  return ingestReadings(ports, readStream(reader, delivery), delivery);
}

/** What a stream turns out to hold, in order: the part of ingesting it that writes nothing. */
export async function* readStream(
  reader: Reader,
  delivery: Delivery,
): AsyncGenerator<readonly SourceReading[], void> {
  for await (const items of splitStream(delivery.chunks, reader.batchKeys)) {
    for (const item of items) yield reader.readItem(item, delivery);
  }
}

/** The rest of ingesting a stream: see `ingestStream`. */
export async function ingestReadings(
  ports: IngestPorts,
  readings: AsyncIterable<readonly SourceReading[]>,
  envelope: Omit<Envelope, 'body'>,
): Promise<IngestSummary> {
  const store = openStore(ports, envelope);
  for await (const some of readings) for (const reading of some) await store.add(reading);
  return store.close();
}

/** The same for one body that is all there, within the caps of a body. */
export async function ingestBody(
  ports: IngestPorts,
  reader: Reader,
  envelope: Envelope,
): Promise<IngestSummary> {
  const store = openStore(ports, envelope);
  for (const reading of reader.readBody(envelope)) await store.add(reading);
  return store.close();
}

/** Adds one summary to another. */
export function addSummary(total: IngestSummary, more: IngestSummary): void {
  addCounts(total, more);
  for (const [source, counts] of more.sources) addCounts(countsOf(total, source), counts);
  for (const [reason, count] of more.rejects)
    total.rejects.set(reason, (total.rejects.get(reason) ?? 0) + count);
}

export function emptySummary(): IngestSummary {
  return { ...emptyCounts(), sources: new Map(), rejects: new Map() };
}

interface Store {
  add(reading: SourceReading): Promise<void>;
  close(): Promise<IngestSummary>;
}

interface Batch {
  entries: PendingEntry[];
  length: number;
}

function openStore(ports: IngestPorts, envelope: Omit<Envelope, 'body'>): Store {
  const summary = emptySummary();
  const batches = new Map<string, Batch>();
  async function flush(batch: Batch): Promise<void> {
    const { entries } = batch;
    batch.entries = [];
    batch.length = 0;
    if (entries.length > 0) await ports.append(entries);
  }
  return {
    async add(reading) {
      count(summary, reading);
      for (const reject of reading.rejects) {
        const { key, bytes } = rejectObject(reject, { ...envelope, source: reading.source });
        await putOnce(ports.objects, key, bytes);
      }
      for (const event of reading.events) {
        const batch = batches.get(event.source) ?? { entries: [], length: 0 };
        batches.set(event.source, batch);
        // Its record first: an entry whose record is nowhere could not be mended.
        if (event.rawObject !== undefined) {
          await putOnce(ports.objects, event.rawObject.key, Buffer.from(event.rawObject.text, 'utf8'));
        }
        batch.entries.push(toEntry(event));
        batch.length += event.line.length;
        if (batch.entries.length >= BATCH_COUNT_MAX || batch.length >= BATCH_LENGTH_MAX) await flush(batch);
      }
    },
    async close() {
      for (const batch of batches.values()) await flush(batch);
      return summary;
    },
  };
}

function toEntry({ uid, essence, source, time, line, parsed }: AuditEvent): PendingEntry {
  return { kind: 'event', uid, essence, source, time, line, parsed };
}

function count(summary: IngestSummary, reading: SourceReading): void {
  const counts = {
    read: reading.events.length + reading.rejects.length + reading.control,
    events: reading.events.length,
    rejected: reading.rejects.length,
    control: reading.control,
  };
  addCounts(summary, counts);
  addCounts(countsOf(summary, reading.source), counts);
  for (const { reason } of reading.rejects) {
    summary.rejects.set(reason, (summary.rejects.get(reason) ?? 0) + 1);
  }
}

function countsOf(summary: IngestSummary, source: string): IngestCounts {
  const counts = summary.sources.get(source) ?? emptyCounts();
  summary.sources.set(source, counts);
  return counts;
}

function emptyCounts(): IngestCounts {
  return { read: 0, events: 0, rejected: 0, control: 0 };
}

function addCounts(total: IngestCounts, more: IngestCounts): void {
  total.read += more.read;
  total.events += more.events;
  total.rejected += more.rejected;
  total.control += more.control;
}
