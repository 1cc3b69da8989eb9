import type { RouteRule } from '../../shared/alert/route.ts';
import type { EnvironmentPlace } from '../../shared/detect/environment.ts';
import { PortError } from '../../shared/ports.ts';
import { sinks } from '../../shared/sinks/index.ts';
import type { DeliverySink } from '../../shared/stages/deliver.ts';
import { resolveSecret } from './secrets.ts';

/** A sink as trailproof.yaml has it: its type and its own members, secrets by reference. */
export interface SinkSettings {
  readonly type: string;
  readonly [member: string]: unknown;
}

/** What trailproof.yaml says of alerts. */
export interface AlertSettings {
  /** By name. */
  readonly sinks: Readonly<Record<string, SinkSettings>>;
  readonly routes: readonly RouteRule[];
  /** What belongs to which environment. */
  readonly places: readonly EnvironmentPlace[];
  /** References to the secrets of PagerDuty's webhooks. */
  readonly pagerdutySecrets: readonly string[];
  /** Address of the console, without a slash at its end, where others reach it. */
  readonly linkBase?: string;
}

export const NO_ALERT_SETTINGS: AlertSettings = { sinks: {}, routes: [], places: [], pagerdutySecrets: [] };

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Sinks ready to be sent to, their secrets resolved.
 * @throws PortError that names the sink and what is wrong with it, and never a secret.
 */
export function openSinks(settings: AlertSettings, environment: Environment): readonly DeliverySink[] {
  return Object.keys(settings.sinks).map((name) => openSink(settings, name, environment));
}

export function openSink(settings: AlertSettings, name: string, environment: Environment): DeliverySink {
  return withSecrets(settings, name, (reference) => resolveSecret(reference, environment));
}

/** A sink that shows where its secrets would stand: for looking at what would be sent. */
export function maskedSink(settings: AlertSettings, name: string): DeliverySink {
  return withSecrets(settings, name, (reference) => `<${reference}>`, 'unchecked');
}

function withSecrets(
  settings: AlertSettings,
  name: string,
  resolve: (reference: string) => string,
  check: 'checked' | 'unchecked' = 'checked',
): DeliverySink {
  const written = settings.sinks[name];
  const sink = sinks.find(({ id }) => id === written?.type);
  if (written === undefined || sink === undefined) {
    throw new PortError('not-found', `There is no sink ${name} in the settings.`);
  }
  const { type: _, ...members } = written;
  const resolved = Object.entries(members).map(([member, value]) => {
    if (!sink.secrets.includes(member)) return [member, value];
    return [
      member,
      Array.isArray(value) ? value.map((each) => resolve(String(each))) : resolve(String(value)),
    ];
  });
  const own = Object.fromEntries(resolved) as Readonly<Record<string, unknown>>;
  const [fault] = check === 'checked' ? sink.faults(own) : [];
  if (fault !== undefined) throw new PortError('invalid', `The sink ${name} cannot be used: ${fault}.`);
  return { name, sink, settings: own, intervalMs: sink.intervalMs };
}
