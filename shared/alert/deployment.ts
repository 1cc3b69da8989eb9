import { type EnvironmentPlace, environmentOf } from '../detect/environment.ts';
import { stringAt } from '../json/json.ts';
import type { OcsfEvent, ResourceDetails } from '../ocsf/event.ts';
import type { DeploymentMessage } from '../sinks/sink.ts';

/**
 * A deployment as sinks are told of it; undefined for one that is not to production. Where nobody says what belongs to
 * which environment, what is not known to be of another counts.
 */
export function deploymentOf(
  event: OcsfEvent,
  places: readonly EnvironmentPlace[],
): Omit<DeploymentMessage, 'links'> | undefined {
  const environment = environmentOf(event, places);
  const isProduction = environment === 'production' || (environment === undefined && places.length === 0);
  if (!isProduction) return undefined;
  const resources = event.resources ?? [];
  const account = event.cloud?.account ?? event.cloud?.org;
  const service = resources.find(({ type = '' }) => !ABOUT.test(type)) ?? resources[0];
  return {
    kind: 'deployment',
    uid: event.metadata.uid,
    time: event.time,
    service: service?.name ?? service?.uid ?? event.api?.operation ?? 'unknown service',
    environment,
    who: event.actor?.user?.name ?? event.actor?.user?.uid ?? event.actor?.app_name,
    account:
      account === undefined
        ? undefined
        : [event.cloud?.provider, account.name ?? account.uid].join(' ').trim(),
    source: event.metadata.product.name,
    summary: event.message ?? event.api?.operation ?? 'Deployment',
    commit: resources.find(({ type }) => type === 'commit')?.uid,
    digest: digestOf(resources),
  };
}

/** What a deployment consists of or comes from, and not what it is a deployment of. */
const ABOUT = /^(environment|commit|ref|branch|tag|container image|code)$/i;

function digestOf(resources: readonly ResourceDetails[]): string | undefined {
  for (const resource of resources) {
    const digest = stringAt(resource, 'data', 'digest') ?? resource.uid;
    if (digest !== undefined && /^sha256:[0-9a-f]{64}$/.test(digest)) return digest;
  }
  return undefined;
}
