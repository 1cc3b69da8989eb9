import { fail, ok, type Result } from '../result.ts';
import type { Alarm } from '../trail/sequence/alarm.ts';
import { decodeStaging, parseStagingKey, type Staging } from '../trail/sequence/staging.ts';
import type { TrailPorts } from '../trail/sequence/trail-ports.ts';
import { parseTileKey, type Tile, tileWidth } from '../trail/tile.ts';

/** A commit that was swapped in, and of which some tiles were written, but no checkpoint was published. */
export interface Unfinished {
  readonly key: string;
  readonly staging: Staging;
}

/**
 * Tiles beyond the checkpoint come from a commit that must be finished: only a commit that was swapped in writes
 * tiles. Which of the staging objects it was, the tiles say. Undefined where there are none; then whatever was
 * staged was never seen by anybody, and its batches are still in the inbox.
 */
export async function unfinishedCommit(
  ports: TrailPorts,
  size: number,
): Promise<Result<Unfinished | undefined, Alarm>> {
  const beyond: string[] = [];
  for await (const key of ports.objects.list('tile/')) {
    const tile = parseTileKey(key);
    if (tile !== undefined && endOf(tile) > size) beyond.push(key);
  }
  if (beyond.length === 0) return ok(undefined);
  for await (const key of ports.objects.list('staging/')) {
    if (parseStagingKey(key)?.base !== size) continue;
    const stored = await ports.objects.get(key);
    const staging = stored === undefined ? undefined : decodeStaging(key, stored.bytes);
    if (staging?.ok === true && (await explains(ports, staging.value, beyond))) {
      return ok({ key, staging: staging.value });
    }
  }
  const message = `expected a staged commit that explains ${beyond[0]}, beyond the checkpoint of ${size} entries`;
  return fail({ code: 'fork', message });
}

/** How many entries a tree has at least that has this tile. */
function endOf({ level, index, width }: Tile): number {
  return (index * tileWidth + width) * tileWidth ** (level === 'entries' ? 0 : level);
}

async function explains(ports: TrailPorts, staging: Staging, keys: readonly string[]): Promise<boolean> {
  for (const key of keys) {
    const staged = staging.objects.get(key);
    const stored = await ports.objects.get(key);
    if (staged === undefined || stored === undefined) return false;
    if (Buffer.compare(staged, stored.bytes) !== 0) return false;
  }
  return true;
}
