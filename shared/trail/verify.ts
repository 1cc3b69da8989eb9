import type { ObjectStore } from '../ports.ts';
import type { OpenedCheckpoint } from './checkpoint.ts';
import { formatVerifierKey, type VerifierKey } from './key.ts';
import { type Hash, sameHash } from './merkle.ts';
import type { ReadObject } from './prove.ts';
import { listBlocks, readLinesOf } from './verify-blocks.ts';
import {
  earlierCheckpoints,
  extentOf,
  forked,
  openOrReport,
  type TrustedKeys,
  trustedKeys,
} from './verify-checkpoints.ts';
import { type Walk, walkEntries } from './verify-entries.ts';
import { checkErasures } from './verify-erasure.ts';
import { beyondLog, checkSuperseded, reportBeyond } from './verify-extras.ts';
import { type FaultLog, faultLog, type TrailReport } from './verify-report.ts';
import { checkTree } from './verify-tree.ts';

export interface VerifyRequest {
  /** The folder that holds `checkpoint`, `tile/`, `events/`. It is only read. */
  readonly store: Pick<ObjectStore, 'get' | 'list'>;
  /** What the reader trusts. Without it the trail's own first key entries are used: see `TrailReport.key`. */
  readonly keys?: readonly VerifierKey[];
  /** A checkpoint that the reader kept: the trail must extend it. */
  readonly since?: Uint8Array | string;
  readonly onProgress?: (entries: number, size: number) => void;
}

/**
 * Checks a whole trail offline: signatures, every tile, entry, block and line, and what the log signed earlier. It
 * goes on after a fault. Only one bundle, one block and the edge of the tree are in memory at a time.
 * @throws PortError where the store cannot be read
 */
export async function verifyTrail(request: VerifyRequest): Promise<TrailReport> {
  const log = faultLog();
  const read: ReadObject = async (key) => (await request.store.get(key))?.bytes;
  const list: ObjectStore['list'] = (prefix) => request.store.list(prefix);
  const extent = await extentOf(list);
  const trusted = await trustedKeys(request.keys, read, extent.firstBundle);
  const opened = openOrReport({ key: 'checkpoint', bytes: await read('checkpoint') }, trusted, log);
  // Without a signature nothing says how large the tree is; what is there is then compared with itself.
  const size = opened?.checkpoint.size ?? extent.size;
  const since = openSince(request.since, trusted, size, log);
  const earlier = await earlierCheckpoints(
    { list, read },
    { trusted, since, origin: opened?.checkpoint.origin },
    log,
  );
  const walk: Walk = {
    size,
    log,
    read,
    tree: checkTree({ size, root: opened?.checkpoint.root, read, log }),
    earlier,
    lines: readLinesOf(await listBlocks(list, log), read, log),
    erasures: checkErasures(),
    kinds: { event: 0, redact: 0, retain: 0, key: 0, config: 0, count: 0 },
    counts: { entries: 0, lines: 0, bundles: 0 },
  };
  const root = await walkEntries(walk, Math.min(size, extent.size), request.onProgress);
  if (opened !== undefined) compareRoot(opened, root, log);
  await earlier.checkLarger(size);
  const beyond = beyondLog();
  await walk.lines.finish(size, beyond.add);
  const erased = walk.erasures.finish(log);
  const superseded = await checkSuperseded({ list, read }, { size, beyond, log });
  await reportBeyond(beyond, { size, trusted, read, log });
  const checkpoints = earlier.count() + (opened === undefined ? 0 : 1);
  return {
    ...headOf(opened, trusted),
    ...countsOf(walk, { superseded, checkpoints }),
    size,
    root: root === undefined ? undefined : Buffer.from(root).toString('base64'),
    erased,
    extends: earlier.sinceHolds() ? since?.checkpoint.size : undefined,
    faults: log.faults,
    faultCount: log.count(),
  };
}

function countsOf(
  walk: Walk,
  others: { readonly superseded: number; readonly checkpoints: number },
): Pick<TrailReport, 'checked' | 'kinds'> {
  const { counts, kinds, tree, lines } = walk;
  return { checked: { ...counts, ...others, tiles: tree.tileCount(), blocks: lines.blockCount() }, kinds };
}

function openSince(
  bytes: Uint8Array | string | undefined,
  trusted: TrustedKeys,
  size: number,
  log: FaultLog,
): OpenedCheckpoint | undefined {
  if (bytes === undefined) return undefined;
  const opened = openOrReport({ key: 'since', bytes }, trusted, log);
  if (opened !== undefined && opened.checkpoint.size > size) {
    const next = opened.checkpoint.size;
    const message = `the checkpoint kept has ${next} entries, and this trail ${size}`;
    log.add({ code: 'rollback', key: 'checkpoint', index: size, next, message });
  }
  return opened;
}

function compareRoot(opened: OpenedCheckpoint, root: Hash | undefined, log: FaultLog): void {
  if (root !== undefined && sameHash(root, opened.checkpoint.root)) return;
  const message = root === undefined ? 'its root cannot be computed: tiles and entries are missing' : forked;
  log.add({ code: root === undefined ? 'missing' : 'fork', key: 'checkpoint', message });
}

function headOf(
  opened: OpenedCheckpoint | undefined,
  trusted: TrustedKeys,
): Pick<TrailReport, 'origin' | 'key' | 'cosignatures' | 'unknownSignatures'> {
  return {
    origin: opened?.checkpoint.origin,
    key: opened === undefined ? undefined : { vkey: formatVerifierKey(opened.key), from: trusted.from },
    cosignatures: (opened?.cosignatures ?? []).map(({ key, timeS = 0 }) => ({ name: key.name, timeS })),
    unknownSignatures: opened?.unknownCount ?? 0,
  };
}
