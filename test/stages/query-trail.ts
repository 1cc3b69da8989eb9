import { MemoryObjectStore } from '../../shared/adapters/memory/object-store.ts';
import type { StoredObject } from '../../shared/ports.ts';
import { compileFilter } from '../../shared/query/compile.ts';
import { renderFault } from '../../shared/query/fault.ts';
import { parseQuery } from '../../shared/query/parse.ts';
import { enqueue, sequence } from '../../shared/stages/append.ts';
import type { FoldedEvent } from '../../shared/stages/fold.ts';
import { foldedEvent } from '../../shared/stages/folded-event.ts';
import { type QueryHit, type QueryRequest, query } from '../../shared/stages/query.ts';
import { readLines } from '../../shared/stages/read-trail.ts';
import type { PendingEntry } from '../../shared/trail/pending.ts';
import { type TestTrail, testTrail } from '../trail/sequence/trail.ts';

export const nowMs = Date.UTC(2026, 4, 1, 12);

/** A trail of these entries in commits of `perBlock`. */
export async function trailOf(entries: readonly PendingEntry[], perBlock = 700): Promise<TestTrail> {
  const trail = testTrail();
  await append(trail, entries, perBlock);
  return trail;
}

export async function append(
  trail: TestTrail,
  entries: readonly PendingEntry[],
  perBlock = 700,
): Promise<void> {
  for (let at = 0; at < entries.length; at += perBlock) {
    await enqueue(trail, entries.slice(at, at + perBlock));
    if ((await sequence(trail)) !== 'idle') throw new Error('the sequencer stopped');
  }
}

export type Asked = Omit<QueryRequest, 'nowMs'>;

export async function ask(trail: TestTrail, request: Asked): Promise<readonly QueryHit[]> {
  const found = query(trail, { ...request, nowMs });
  if (!found.ok) throw new Error(renderFault(found.fault));
  const hits: QueryHit[] = [];
  for await (const hit of found.value) hits.push(hit);
  return hits;
}

/** Every event of a trail, parsed. */
export async function eventsOf(trail: TestTrail): Promise<readonly FoldedEvent[]> {
  const events: FoldedEvent[] = [];
  for await (const line of readLines(trail, 0, Number.MAX_SAFE_INTEGER)) {
    const event = await foldedEvent(trail, line);
    if (event !== undefined) events.push(event);
  }
  return events;
}

/** The indexes that a filter over every event finds, newest first: what any answer must equal. */
export function askNaively(
  events: readonly FoldedEvent[],
  { expression, limit, sinceMs = -Infinity, untilMs = Infinity }: Asked,
): readonly number[] {
  const parsed = parseQuery(expression, { nowMs });
  if (!parsed.ok) throw new Error(renderFault(parsed.fault));
  const filter = compileFilter(parsed.value);
  return events
    .filter((event) => filter(event) && event.event.time >= sinceMs && event.event.time <= untilMs)
    .map(({ index }) => index)
    .reverse()
    .slice(0, limit);
}

/** The same trail, with the key of every object that is read from it. */
export function counting(trail: TestTrail): { readonly trail: TestTrail; readonly reads: readonly string[] } {
  const reads: string[] = [];
  const objects = new CountingStore(trail.objects, reads);
  return { trail: { ...trail, objects }, reads };
}

class CountingStore extends MemoryObjectStore {
  readonly #inner: MemoryObjectStore;
  readonly #reads: string[];

  constructor(inner: MemoryObjectStore, reads: string[]) {
    super();
    this.#inner = inner;
    this.#reads = reads;
  }

  override async get(key: string): Promise<StoredObject | undefined> {
    this.#reads.push(key);
    return this.#inner.get(key);
  }
}
