import { hasTrail, type LocalTrail, openTrail, unknownToTable } from '../functions/local/compose.ts';
import { type Call, IoError, UsageError } from './command.ts';

/** Opens the trail of this call, which must be there, and closes it whatever happens. */
export async function withTrail<T>(call: Call, body: (trail: LocalTrail) => Promise<T>): Promise<T> {
  if (!hasTrail(call.dataFolder)) {
    throw new UsageError(
      `There is no trail in ${call.dataFolder}. "trailproof ingest PATH" begins one, "trailproof demo" shows one; ` +
        '--data DIR names another folder.',
    );
  }
  const trail = await openTrail({ folder: call.dataFolder, now: call.terminal.now });
  try {
    await requireTable(trail);
    return await body(trail);
  } finally {
    trail.close();
  }
}

/** Says what is wrong with a trail that is there, before anything is begun that would go on without its table. */
export async function requireWhole(call: Call): Promise<void> {
  if (hasTrail(call.dataFolder)) await withTrail(call, async () => undefined);
}

/** An answer out of a table that was lost, or put back from an old copy, would leave out events in silence. */
async function requireTable(trail: LocalTrail): Promise<void> {
  const unknown = await unknownToTable(trail);
  if (unknown === undefined) return;
  throw new IoError(`${unknown}. Stop what else uses the folder, and run "trailproof rebuild".`);
}
