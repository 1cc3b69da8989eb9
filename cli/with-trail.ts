import { hasTrail, type LocalTrail, openTrail } from '../functions/local/compose.ts';
import { type Call, UsageError } from './command.ts';

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
    return await body(trail);
  } finally {
    trail.close();
  }
}
