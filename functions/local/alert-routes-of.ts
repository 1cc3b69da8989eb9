import type { DeliverySink } from '../../shared/stages/deliver.ts';
import { alertRoutes } from './alert-routes.ts';
import type { AlertSettings } from './alert-settings.ts';
import type { Hub } from './hub.ts';
import type { Route } from './route.ts';
import { resolveSecret } from './secrets.ts';

/**
 * The ways back from sinks that the settings open: only those whose secrets they name.
 * @throws PortError where a secret cannot be resolved.
 */
export function alertRoutesOf(options: {
  readonly hub: Pick<Hub, 'trail'>;
  readonly sinks: readonly DeliverySink[];
  readonly settings: AlertSettings;
  readonly environment: Readonly<Record<string, string | undefined>>;
}): readonly Route[] {
  const { hub, sinks, settings, environment } = options;
  const slackSecrets = sinks.flatMap(({ sink, settings: own }) => {
    const secret = own['signingSecret'];
    return sink.id === 'slack' && typeof secret === 'string' ? [secret] : [];
  });
  return alertRoutes({
    ports: hub.trail.ports,
    slackSecrets,
    pagerdutySecrets: settings.pagerdutySecrets.map((reference) => resolveSecret(reference, environment)),
    pagerdutySinks: sinks.filter(({ sink }) => sink.id === 'pagerduty').map(({ name }) => name),
  });
}
