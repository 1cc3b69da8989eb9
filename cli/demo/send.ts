import { openSinks } from '../../functions/local/alert-settings.ts';
import { deliverAll } from '../../functions/local/deliveries.ts';
import type { Hub } from '../../functions/local/hub.ts';
import { plural } from '../../functions/local/plural.ts';
import type { Call } from '../command.ts';

/** A story that nobody watches still tells the sinks of the settings; without any it says nothing of them. */
export async function sendWhatIsDue(call: Call, hub: Hub): Promise<void> {
  const { alerts } = call.settings;
  const sinks = openSinks(alerts, call.terminal.environment);
  if (sinks.length === 0) return;
  const { delivered, waiting } = await deliverAll({ hub, sinks, linkBase: alerts.linkBase });
  await hub.settle();
  const rest = waiting.length === 0 ? '' : `; ${waiting.join(', ')} did not take everything`;
  call.terminal.out.write(
    `\n${plural(delivered, 'message')} sent to ${sinks.map(({ name }) => name).join(', ')}${rest}.\n`,
  );
}
