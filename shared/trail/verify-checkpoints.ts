import type { ObjectStore } from '../ports.ts';
import { splitBundle } from './bundle.ts';
import { type OpenedCheckpoint, openCheckpoint } from './checkpoint.ts';
import { decodeEntry } from './entry.ts';
import { formatVerifierKey, parseVerifierKey, type VerifierKey } from './key.ts';
import { type Hash, isCount, sameHash } from './merkle.ts';
import type { ReadObject } from './prove.ts';
import { parseTileKey, tileKey, tileWidth } from './tile.ts';
import type { FaultLog } from './verify-report.ts';

/** The keys to verify with, and where they come from. */
export interface TrustedKeys {
  readonly keys: readonly VerifierKey[];
  readonly from: 'given' | 'trail';
}

/**
 * The keys that the reader gave, or else those that `key` entries among the first 256 say. The latter prove only that
 * the trail agrees with itself: whoever rewrites all of it can write another key as well.
 */
export async function trustedKeys(
  given: readonly VerifierKey[] | undefined,
  read: ReadObject,
  firstBundle: string | undefined,
): Promise<TrustedKeys> {
  if (given !== undefined) return { keys: given, from: 'given' };
  const bundle = firstBundle === undefined ? undefined : await read(firstBundle);
  const keys = new Map<string, VerifierKey>();
  for (const bytes of splitBundle(bundle ?? new Uint8Array(), tileWidth).entries) {
    const entry = decodeEntry(bytes);
    if (!entry.ok || entry.value.kind !== 'key') continue;
    const key = parseVerifierKey(String(entry.value.members['vkey']));
    if (key.ok) keys.set(formatVerifierKey(key.value), key.value);
  }
  return { keys: [...keys.values()], from: 'trail' };
}

/** A checkpoint under one of the keys; what is wrong with it goes to the log. */
export function openOrReport(
  checkpoint: { readonly key: string; readonly bytes: Uint8Array | string | undefined },
  trusted: TrustedKeys,
  log: FaultLog,
): OpenedCheckpoint | undefined {
  const { key, bytes } = checkpoint;
  if (bytes === undefined) {
    log.add({ code: 'missing', key, message: 'there is no such checkpoint' });
    return undefined;
  }
  if (trusted.keys.length === 0) {
    log.add({ code: 'key', key, message: 'no key was given, and no key entry among the first names one' });
    return undefined;
  }
  const opened = openCheckpoint(bytes, trusted.keys);
  if (opened.ok) return opened.value;
  log.add({ code: 'signature', key, message: opened.fault });
  return undefined;
}

/** Checkpoints that the log signed earlier, each of which must be the root of the tree at its size. */
export interface EarlierCheckpoints {
  /** The sizes from `from` to before `to` at which there are any. Called in order. */
  take(from: number, to: number): readonly number[];
  /** Compares those of that size with the tree's root, where it is known. */
  check(size: number, root: Hash | undefined): Promise<void>;
  /** Those larger than the tree, which was therefore rolled back. */
  checkLarger(size: number): Promise<void>;
  /** How many were opened. */
  count(): number;
  /** Whether the tree was found to extend the checkpoint that the reader kept. */
  sinceHolds(): boolean;
}

export async function earlierCheckpoints(
  store: { readonly list: ObjectStore['list']; readonly read: ReadObject },
  trail: {
    readonly trusted: TrustedKeys;
    readonly since: OpenedCheckpoint | undefined;
    readonly origin: string | undefined;
  },
  log: FaultLog,
): Promise<EarlierCheckpoints> {
  const sizes = await listSizes(store.list, log);
  const since = trail.since?.checkpoint;
  const all = since === undefined ? [...sizes] : [...new Set([...sizes, since.size])];
  all.sort((a, b) => a - b);
  let count = 0;
  let sinceHolds = false;
  let position = 0;
  const open = async (size: number) => {
    if (!sizes.has(size)) return undefined;
    const key = `checkpoints/${size}`;
    const opened = openOrReport({ key, bytes: await store.read(key) }, trail.trusted, log);
    if (opened === undefined) return undefined;
    count++;
    const problem = mismatch(opened, size, trail.origin);
    if (problem === undefined) return opened.checkpoint;
    log.add({ code: 'changed', key, message: problem });
    return undefined;
  };
  return {
    take: (from, to) => {
      while (position < all.length && (all[position] ?? 0) < from) position++;
      const first = position;
      while (position < all.length && (all[position] ?? 0) < to) position++;
      return all.slice(first, position);
    },
    check: async (size, root) => {
      const archived = await open(size);
      if (archived !== undefined) compare(archived, root, `checkpoints/${size}`, log);
      if (since?.size === size) sinceHolds = compare(since, root, 'since', log);
    },
    checkLarger: async (size) => {
      for (const larger of all.filter((s) => s > size)) {
        if ((await open(larger)) === undefined) continue;
        const message = `the log signed a tree of ${larger}, and this one has ${size}`;
        log.add({ code: 'rollback', key: `checkpoints/${larger}`, index: size, next: larger, message });
      }
    },
    count: () => count,
    sinceHolds: () => sinceHolds,
  };
}

async function listSizes(list: ObjectStore['list'], log: FaultLog): Promise<ReadonlySet<number>> {
  const sizes = new Set<number>();
  for await (const key of list('checkpoints/')) {
    const size = Number(/^checkpoints\/(0|[1-9][0-9]{0,15})$/.exec(key)?.[1] ?? Number.NaN);
    if (isCount(size)) sizes.add(size);
    else log.add({ code: 'extra', key, message: 'not the name of a checkpoint' });
  }
  return sizes;
}

function mismatch(opened: OpenedCheckpoint, size: number, origin: string | undefined): string | undefined {
  const { checkpoint } = opened;
  if (checkpoint.size !== size) return `is a checkpoint of size ${checkpoint.size}`;
  if (origin !== undefined && checkpoint.origin !== origin) return 'is a checkpoint of another log';
  return undefined;
}

function compare(
  earlier: { readonly size: number; readonly root: Hash },
  root: Hash | undefined,
  key: string,
  log: FaultLog,
): boolean {
  if (root === undefined) return false;
  if (sameHash(earlier.root, root)) return true;
  log.add({ code: 'fork', key, index: 0, next: earlier.size, message: forked });
  return false;
}

export const forked = 'the log signed another tree of this size: history was rewritten';

/** How far the listed tiles reach, never more than there are objects for: no name alone makes a verifier run on. */
export async function extentOf(
  list: ObjectStore['list'],
): Promise<{ readonly size: number; readonly firstBundle: string | undefined }> {
  const reach = { entries: { end: 0, count: 0 }, hashes: { end: 0, count: 0 } };
  let firstBundle: { key: string; width: number } | undefined;
  for await (const key of list('tile/')) {
    const tile = parseTileKey(key);
    if (tile === undefined || (tile.level !== 'entries' && tile.level !== 0)) continue;
    const side = tile.level === 0 ? reach.hashes : reach.entries;
    side.count++;
    side.end = Math.max(side.end, tile.index * tileWidth + tile.width);
    if (tile.level === 'entries' && tile.index === 0 && tile.width > (firstBundle?.width ?? 0)) {
      firstBundle = { key: tileKey(tile), width: tile.width };
    }
  }
  const sizes = [reach.entries, reach.hashes].map(({ end, count }) => Math.min(end, count * tileWidth));
  return { size: Math.max(...sizes), firstBundle: firstBundle?.key };
}
