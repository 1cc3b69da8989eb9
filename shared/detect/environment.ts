import type { OcsfEvent, ResourceDetails } from '../ocsf/event.ts';
import type { Environment } from './settings.ts';

/** One line of `environments:` in trailproof.yaml: what belongs to an environment. */
export interface EnvironmentPlace {
  readonly environment: Environment;
  /** Cloud accounts, projects, subscriptions or organisations, by uid or name; `*` stands for any characters. */
  readonly accounts: readonly string[];
  /** Names, uids or namespaces of resources; `*` stands for any characters. */
  readonly resources: readonly string[];
}

/**
 * The environment that an event, or a finding about one, is of. What the event itself says comes first: an environment
 * of GitHub's, a label or tag; then the first place that its account or one of its resources belongs to. undefined
 * where nobody says.
 */
export function environmentOf(
  event: OcsfEvent,
  places: readonly EnvironmentPlace[] = [],
): Environment | undefined {
  const resources = event.resources ?? [];
  const told = resources.find(({ type, name }) => type === 'environment' && name !== undefined)?.name;
  const labelled = told ?? resources.flatMap(labelsOf)[0];
  if (labelled !== undefined) return canonical(labelled);
  return places.find((place) => isIn(place, event, resources))?.environment;
}

/** The several ways in which people write the same environment. */
const SAME: Readonly<Record<string, Environment>> = {
  prod: 'production',
  prd: 'production',
  stage: 'staging',
  stg: 'staging',
  dev: 'development',
};

function canonical(name: string): Environment {
  const word = name.trim().toLowerCase().slice(0, 64);
  return Object.hasOwn(SAME, word) ? (SAME[word] ?? word) : word;
}

/** `environment:production` and `env=prod`, as the vendors' labels and tags are written. */
function labelsOf({ labels = [] }: ResourceDetails): readonly string[] {
  return labels.slice(0, 64).flatMap((label) => {
    const match = /^(?:env|environment|stage)[:=]\s*(\S{1,64})$/i.exec(label);
    return match?.[1] === undefined ? [] : [match[1]];
  });
}

function isIn(
  { accounts, resources: patterns }: EnvironmentPlace,
  { cloud, metadata }: OcsfEvent,
  resources: readonly ResourceDetails[],
): boolean {
  const of = [cloud?.account, cloud?.org].flatMap((each) => [each?.uid, each?.name]);
  if (isNamed(accounts, [...of, metadata.tenant_uid])) return true;
  const names = resources.slice(0, 64).flatMap(({ name, uid, namespace }) => [name, uid, namespace]);
  return isNamed(patterns, names);
}

function isNamed(patterns: readonly string[], names: readonly (string | undefined)[]): boolean {
  return patterns.some((pattern) => {
    const parts = pattern.toLowerCase().split('*');
    return names.some((name) => name !== undefined && matches(parts, name.toLowerCase()));
  });
}

/** Each part is found after the one before it: linear in the name, whatever the pattern. */
function matches(parts: readonly string[], name: string): boolean {
  const [first = '', ...rest] = parts;
  const last = rest.pop();
  if (last === undefined) return name === first;
  if (!name.startsWith(first)) return false;
  let from = first.length;
  for (const part of rest) {
    const found = name.indexOf(part, from);
    if (found < 0) return false;
    from = found + part.length;
  }
  return name.length - last.length >= from && name.endsWith(last);
}
