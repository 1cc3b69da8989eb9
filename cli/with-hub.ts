import { hasTrail } from '../functions/local/compose.ts';
import { type Hub, HubStopped, openHub } from '../functions/local/hub.ts';
import { userName } from '../functions/local/user-name.ts';
import type { Who } from '../shared/stages/act.ts';
import { type Call, IoError, UsageError } from './command.ts';
import { warmUp } from './warm-up.ts';
import { requireWhole } from './with-trail.ts';

/**
 * Opens the pipeline on the trail of this call, lets a command leave something to be appended, and follows it up, so
 * that whoever looks next sees it. A hub in another process may run on the same folder meanwhile.
 */
export async function withHub<T>(call: Call, body: (hub: Hub) => Promise<T>): Promise<T> {
  if (!hasTrail(call.dataFolder)) {
    throw new UsageError(`There is no trail in ${call.dataFolder}; --data DIR names another folder.`);
  }
  await requireWhole(call);
  const hub = await openHub({ folder: call.dataFolder, settings: call.settings, now: call.terminal.now });
  try {
    await warmUp(call, hub);
    const result = await body(hub);
    await hub.settle();
    return result;
  } catch (error) {
    if (error instanceof HubStopped) throw new IoError(error.message);
    throw error;
  } finally {
    hub.close();
  }
}

/** Whoever runs this command line. */
export function me(): Who {
  return { by: userName(), via: 'command line' };
}
