import { availableParallelism } from 'node:os';
import type { ListedAlert } from '../../shared/stages/alert.ts';
import { readReceipts } from '../../shared/stages/append.ts';
import {
  addSummary,
  emptySummary,
  type IngestSummary,
  ingestBody,
  ingestReadings,
  ingestStream,
} from '../../shared/stages/ingest.ts';
import type { PendingEntry } from '../../shared/trail/pending.ts';
import { readChunks } from './find-files.ts';
import type { Hub, Settled } from './hub.ts';
import { openReadingThread, type ReadingThread } from './reading-thread.ts';

/** What became of everything that was read. read = appended + duplicates + rejected + control, in all and per source. */
export interface IngestReport extends SourceReport {
  readonly findings: number;
  readonly alerts: readonly ListedAlert[];
  readonly sources: Readonly<Record<string, SourceReport>>;
  /** By reason. */
  readonly rejects: Readonly<Record<string, number>>;
}

export interface SourceReport {
  readonly read: number;
  readonly appended: number;
  readonly duplicates: number;
  readonly rejected: number;
  readonly control: number;
}

/** What is being taken in, in as many deliveries as there are, then one report once all of it is on the trail. */
export interface Ingestion {
  takeStream(
    chunks: AsyncIterable<Uint8Array>,
    from: { readonly source?: string; readonly file?: string },
  ): Promise<IngestSummary>;
  /** As takeStream, for a file; on another thread where so much is expected that it pays. */
  takeFile(
    path: string,
    from: { readonly source?: string; readonly onBytes: (count: number) => void },
  ): Promise<IngestSummary>;
  takeBody(
    body: Uint8Array,
    from: { readonly source: string; readonly attributes: Readonly<Record<string, string>> },
  ): Promise<IngestSummary>;
  /** Commits, follows up, and adds up: streams are durable only now, bodies were when they were taken. */
  finish(): Promise<IngestReport>;
  /** Gives its thread back, whether it was finished or not. */
  close(): Promise<void>;
}

/** So much is worth a thread, which takes a third of a second to begin. */
const THREAD_SIZE_BYTES = 4 * 1024 * 1024;

/** @param expectedBytes of all files together, as far as that is known */
export function beginIngestion(hub: Hub, now: () => Date, expectedBytes = 0): Ingestion {
  const isLarge = expectedBytes >= THREAD_SIZE_BYTES && availableParallelism() > 1;
  let thread: ReadingThread | undefined;
  const total = emptySummary();
  const batches: { readonly id: string; readonly source: string }[] = [];
  const gathered = new Map<string, PendingEntry[]>();
  async function flush(source: string, put: (entries: readonly PendingEntry[]) => Promise<string>) {
    const entries = gathered.get(source) ?? [];
    gathered.delete(source);
    if (entries.length > 0) batches.push({ id: await put(entries), source });
  }
  const ports = {
    objects: hub.trail.objects,
    // A thousand small files are not a thousand batches: each costs several waits for the disk.
    append: async (entries: readonly PendingEntry[]) => {
      const source = entries[0]?.source ?? '';
      const waiting = [...(gathered.get(source) ?? []), ...entries];
      gathered.set(source, waiting);
      // What streams in can be read again, so it need not be durable before it is committed.
      if (waiting.length >= TAKEN_COUNT || lengthOf(waiting) >= TAKEN_LENGTH) await flush(source, hub.take);
    },
  };
  const flushAll = async () => {
    for (const source of [...gathered.keys()]) await flush(source, hub.append);
  };
  return {
    async takeStream(chunks, { source, file }) {
      const delivery = {
        source,
        receivedAt: now(),
        attributes: file === undefined ? {} : { file },
        chunks,
      };
      const summary = await ingestStream(ports, hub.reader, delivery);
      addSummary(total, summary);
      return summary;
    },
    async takeFile(path, { source, onBytes }) {
      if (isLarge) thread ??= openReadingThread(hub.trail.keys.redactionSalt);
      const from = { source, receivedAt: now(), attributes: { file: path } };
      const summary =
        thread === undefined
          ? await ingestStream(ports, hub.reader, { ...from, chunks: readChunks(path, onBytes) })
          : await ingestReadings(ports, thread.read({ ...from, path, onBytes }), from);
      addSummary(total, summary);
      return summary;
    },
    async takeBody(body, { source, attributes }) {
      const summary = await ingestBody(ports, hub.reader, { source, body, attributes, receivedAt: now() });
      addSummary(total, summary);
      await flushAll();
      return summary;
    },
    async finish() {
      await flushAll();
      const settled = await hub.settle();
      return reportOf(total, await countReceipts(hub, batches), settled);
    },
    async close() {
      await thread?.close();
      thread = undefined;
    },
  };
}

/** A commit is made of so many entries, or of lines of so many characters: both are in memory until it is made. */
const TAKEN_COUNT = 1_000;
const TAKEN_LENGTH = 4 * 1024 * 1024;

function lengthOf(entries: readonly PendingEntry[]): number {
  return entries.reduce((sum, { line }) => sum + line.length, 0);
}

type Counted = ReadonlyMap<string, { readonly appended: number; readonly duplicates: number }>;

const RECEIPTS_AT_ONCE = 500;

async function countReceipts(
  hub: Hub,
  batches: readonly { readonly id: string; readonly source: string }[],
): Promise<Counted> {
  const sourceOf = new Map(batches.map(({ id, source }) => [id, source]));
  const counted = new Map<string, { appended: number; duplicates: number }>();
  for (let from = 0; from < batches.length; from += RECEIPTS_AT_ONCE) {
    const ids = batches.slice(from, from + RECEIPTS_AT_ONCE).map(({ id }) => id);
    for (const receipt of await readReceipts(hub.trail.ports, ids)) {
      const source = sourceOf.get(receipt.id) ?? '';
      const sum = counted.get(source) ?? { appended: 0, duplicates: 0 };
      counted.set(source, {
        appended: sum.appended + receipt.appended,
        duplicates: sum.duplicates + receipt.duplicates,
      });
    }
  }
  return counted;
}

function reportOf(total: IngestSummary, counted: Counted, { findings, alerts }: Settled): IngestReport {
  const sources = [...total.sources].map(([source, { read, rejected, control }]) => {
    const { appended, duplicates } = counted.get(source) ?? { appended: 0, duplicates: 0 };
    return [source, { read, appended, duplicates, rejected, control }] as const;
  });
  const sum = (count: (report: SourceReport) => number) =>
    sources.reduce((all, [, report]) => all + count(report), 0);
  return {
    read: total.read,
    appended: sum(({ appended }) => appended),
    duplicates: sum(({ duplicates }) => duplicates),
    rejected: total.rejected,
    control: total.control,
    findings,
    alerts,
    sources: Object.fromEntries(sources.toSorted(([a], [b]) => (a < b ? -1 : 1))),
    rejects: Object.fromEntries(total.rejects),
  };
}
