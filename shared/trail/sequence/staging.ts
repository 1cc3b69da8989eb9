import { hash } from 'node:crypto';
import { fail, ok, type Result } from '../../result.ts';
import type { BlockRow, Receipt } from './rows.ts';

/** One commit, whole: whoever reads this can apply it, any number of times. */
export interface Staging {
  /** Size of the tree before. */
  readonly base: number;
  readonly size: number;
  /** Base64. */
  readonly root: string;
  /** Append time, ms. */
  readonly timeMs: number;
  /** Whether its checkpoint is to be kept for good. */
  readonly archived: boolean;
  /** Its lines in order, in blocks that are small enough to be opened for a few of them. */
  readonly blocks: readonly BlockRow[];
  /** Uid and essence of each entry, in order. */
  readonly uids: readonly (readonly [uid: string, essence: string])[];
  readonly receipts: readonly Receipt[];
  /** The batches that it consists of: outbox id and inbox key. */
  readonly batches: readonly (readonly [id: string, key: string])[];
  /** Tiles, bundles and the block, by object key. */
  readonly objects: ReadonlyMap<string, Uint8Array>;
}

interface Header extends Omit<Staging, 'objects'> {
  readonly ver: string;
  readonly objects: readonly (readonly [key: string, sizeBytes: number])[];
}

/** The name begins with the base size, which tells a sweep when nobody can need it, and ends with the bytes' hash. */
export interface EncodedStaging {
  readonly key: string;
  readonly bytes: Uint8Array;
}

/** `ver` is the state that this commit would make; it keeps the stagings of two attempts apart. */
export function encodeStaging({ objects, ...rest }: Staging, ver: string): EncodedStaging {
  const sizes = [...objects].map(([key, bytes]) => [key, bytes.length] as const);
  const header: Header = { ver, ...rest, objects: sizes };
  const bytes = Buffer.concat([Buffer.from(`${JSON.stringify(header)}\n`), ...objects.values()]);
  return { key: `staging/${String(rest.base).padStart(12, '0')}-${hash('sha256', bytes, 'hex')}`, bytes };
}

/** The commit that these bytes are, if they are the bytes that the key names: the key comes from the table. */
export function decodeStaging(key: string, bytes: Uint8Array): Result<Staging> {
  const name = parseStagingKey(key);
  if (name?.sha256 !== hash('sha256', bytes, 'hex')) return fail('not the bytes that the key names');
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const end = view.indexOf(0x0a);
  const { ver: _, objects: sizes, ...rest }: Header = JSON.parse(view.toString('utf8', 0, end));
  const objects = new Map<string, Uint8Array>();
  let offset = end + 1;
  for (const [object, sizeBytes] of sizes) {
    objects.set(object, view.subarray(offset, offset + sizeBytes));
    offset += sizeBytes;
  }
  return ok({ ...rest, objects });
}

/** What a staging object's name says. */
export function parseStagingKey(key: string): { readonly base: number; readonly sha256: string } | undefined {
  const match = /^staging\/([0-9]{12})-([0-9a-f]{64})$/.exec(key);
  const [, base = '', sha256 = ''] = match ?? [];
  return match === null ? undefined : { base: Number(base), sha256 };
}
