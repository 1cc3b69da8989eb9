import { blockKey, encodeBlock } from '../../shared/trail/block.ts';
import { signCheckpoint } from '../../shared/trail/checkpoint.ts';
import { type Entry, encodeEntry, entryText, lineHash } from '../../shared/trail/entry.ts';
import { emptyEdge, type Growth, grow } from '../../shared/trail/grow.ts';
import { type LogKey, signerOf, verifierKeyOf } from '../../shared/trail/key.ts';

/** What to commit: a line of an event, or a control entry, whose line is itself. */
export type Content = string | Exclude<Entry, { kind: 'event' }>;

export const testKey: LogKey = { name: 'example.com/trail', seed: Buffer.alloc(32, 7) };
export const testVerifier = verifierKeyOf(testKey);

/** 2026-01-01T00:00:00Z; each commit is an hour after the one before. */
export const firstTimeMs = Date.UTC(2026, 0, 1);

/** Every object of a trail that commits these batches one after the other, by key. */
export async function makeTrail(
  batches: readonly (readonly Content[])[],
  options: { readonly key?: LogKey; readonly stepMs?: number } = {},
): Promise<Map<string, Uint8Array>> {
  const objects = new Map<string, Uint8Array>();
  const signer = signerOf(options.key ?? testKey);
  let growth: Pick<Growth, 'edge'> = { edge: emptyEdge };
  for (const [i, batch] of batches.entries()) {
    const timeMs = firstTimeMs + i * (options.stepMs ?? 3_600_000);
    const entries = batch.map((content) => entryOf(content, timeMs));
    const lines = batch.map((content, n) => (typeof content === 'string' ? content : entryText(entries[n]!)));
    const first = growth.edge.size;
    const grown = grow(growth.edge, entries.map(encodeEntry));
    const bytes = encodeBlock(lines);
    for (const [key, object] of grown.objects) objects.set(key, object);
    objects.set(blockKey({ first, timeMs, bytes }), bytes);
    const note = await signCheckpoint({ size: grown.edge.size, root: grown.root }, signer);
    if (!note.ok) throw new Error(note.fault);
    objects.set('checkpoint', Buffer.from(note.value));
    objects.set(`checkpoints/${grown.edge.size}`, Buffer.from(note.value));
    growth = grown;
  }
  return objects;
}

function entryOf(content: Content, timeMs: number): Entry {
  if (typeof content !== 'string') return { ...content, timeMs };
  return { kind: 'event', hash: lineHash(content), timeMs, source: 'aws.cloudtrail' };
}

/** Lines of events as they may be stored, each of its own. */
export function someLines(count: number, from = 0): string[] {
  return Array.from({ length: count }, (_, i) =>
    JSON.stringify({ class_uid: 3002, message: `event ${from + i}`, actor: { user: { name: 'alice' } } }),
  );
}

/** A read-only store over objects in memory. */
export function storeOf(objects: ReadonlyMap<string, Uint8Array>) {
  return {
    get: async (key: string) => {
      const bytes = objects.get(key);
      return bytes === undefined ? undefined : { bytes, version: '1' };
    },
    list: async function* (prefix: string) {
      yield* [...objects.keys()].filter((key) => key.startsWith(prefix)).sort();
    },
  };
}

/** The key of the block that begins at that entry. */
export function blockAt(objects: ReadonlyMap<string, Uint8Array>, first: number): string {
  const found = [...objects.keys()].find((key) => key.includes(`/${String(first).padStart(12, '0')}-`));
  if (found === undefined) throw new Error(`no block at ${first}`);
  return found;
}
