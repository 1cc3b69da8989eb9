import { entryReader, trailSize } from '../../shared/stages/read-trail.ts';
import { openCheckpoint } from '../../shared/trail/checkpoint.ts';
import { formatVerifierKey, verifierKey } from '../../shared/trail/key.ts';
import type { ConsolePorts, Visitor } from '../ports.ts';
import type { Verification } from '../verifications.ts';

export interface TrailView {
  readonly nowMs: number;
  readonly size: number;
  readonly origin: string;
  readonly vkey: string;
  /** Hex, of the published checkpoint. */
  readonly root: string | undefined;
  readonly fault: string | undefined;
  readonly published: string | undefined;
  /** Names of others that signed the published checkpoint. */
  readonly cosigners: readonly string[];
  readonly checkpoints: readonly KeptCheckpoint[];
  readonly checkpointCount: number;
  readonly verification: Verification | undefined;
  readonly runningSinceMs: number | undefined;
  readonly visitor: Visitor;
  readonly dataFolder: string | undefined;
}

export interface KeptCheckpoint {
  readonly size: number;
  /** Hex. */
  readonly root: string;
  /** When the last of its entries was appended; undefined where that cannot be read. */
  readonly atMs: number | undefined;
  readonly isSigned: boolean;
}

const SHOWN = 24;

export async function loadTrail(ports: ConsolePorts, visitor: Visitor): Promise<TrailView> {
  const key = verifierKey(ports.signer.name, ports.signer.publicKey);
  const stored = await ports.objects.get('checkpoint');
  const text = stored === undefined ? undefined : Buffer.from(stored.bytes).toString('utf8');
  const opened = text === undefined ? undefined : openCheckpoint(text, [key]);
  const sizes: number[] = [];
  for await (const name of ports.objects.list('checkpoints/')) {
    const size = Number(name.slice('checkpoints/'.length));
    if (Number.isSafeInteger(size)) sizes.push(size);
  }
  sizes.sort((a, b) => b - a);
  return {
    nowMs: ports.clock().getTime(),
    size: await trailSize(ports),
    origin: ports.signer.name,
    vkey: formatVerifierKey(key),
    root: opened?.ok === true ? Buffer.from(opened.value.checkpoint.root).toString('hex') : undefined,
    fault: opened === undefined || opened.ok ? undefined : opened.fault,
    published: text,
    cosigners: opened?.ok === true ? opened.value.cosignatures.map(({ key: { name } }) => name) : [],
    checkpoints: await readCheckpoints(ports, sizes.slice(0, SHOWN)),
    checkpointCount: sizes.length,
    verification: await ports.verifications.last(),
    runningSinceMs: ports.verifications.runningSinceMs(),
    visitor,
    dataFolder: ports.dataFolder,
  };
}

async function readCheckpoints(
  ports: ConsolePorts,
  sizes: readonly number[],
): Promise<readonly KeptCheckpoint[]> {
  const key = verifierKey(ports.signer.name, ports.signer.publicKey);
  const entries = entryReader(ports.objects, await trailSize(ports));
  const kept: KeptCheckpoint[] = [];
  for (const size of sizes) {
    const stored = await ports.objects.get(`checkpoints/${size}`);
    const opened = stored === undefined ? undefined : openCheckpoint(stored.bytes, [key]);
    const last = size === 0 ? undefined : await entries(size - 1).catch(() => undefined);
    kept.push({
      size,
      root: opened?.ok === true ? Buffer.from(opened.value.checkpoint.root).toString('hex') : '',
      atMs: last?.timeMs,
      isSigned: opened?.ok === true && opened.value.checkpoint.size === size,
    });
  }
  return kept;
}
