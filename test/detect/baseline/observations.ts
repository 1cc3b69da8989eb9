import {
  type Baseline,
  type BaselineMemoryOptions,
  baselineMemory,
  bindBaselines,
  parseBaseline,
} from '../../../shared/detect/baseline/index.ts';
import type { Memory, Notice, Observation } from '../../../shared/detect/memory.ts';
import {
  collect,
  type Fault,
  formatFault,
  parseRules,
  type Rule,
} from '../../../shared/detect/sigma/index.ts';
import type { OcsfEvent } from '../../../shared/ocsf/event.ts';

export const MINUTE = 60_000;
export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;
/** Monday, 2 March 2026. */
export const MONDAY = Date.UTC(2026, 2, 2);

/** The rule that every baseline of these tests observes. */
export const DEPLOYMENT = `title: Deployment
name: deployment
logsource: {product: ocsf}
detection: {s: {api.operation: Deploy}, condition: s}
`;

/** A baseline of these members, over deployments by service. */
export function baselineText(members: string, more = ''): string {
  return `title: Something Unusual
id: 5d0c7b52-6a3e-4a0f-9c0e-6f1b8a2d4e31
level: high
${more}baseline:
  rules: [deployment]
  group-by: [service]
  aliases: {service: {deployment: resources.name}${members.includes('actor') ? ', actor: {deployment: actor.user.name}' : ''}}
${members
  .split('\n')
  .map((line) => `  ${line.trim()}`)
  .join('\n')}
`;
}

export function readBaselines(text: string): {
  readonly rules: readonly Rule[];
  readonly baselines: readonly Baseline[];
  readonly faults: readonly string[];
} {
  const faults: Fault[] = [];
  const parsed = parseRules(text, 'r.yml', { kinds: ['baseline'] });
  const baselines = parsed.others.flatMap((document) => parseBaseline(document, collect(faults)) ?? []);
  const bound = bindBaselines(baselines, parsed.rules);
  return {
    rules: parsed.rules,
    baselines,
    faults: [...parsed.faults, ...faults, ...bound.faults].map(formatFault),
  };
}

/** What happened, as far as these tests tell deployments apart. */
export interface Deployment {
  readonly time: number;
  readonly service?: string;
  readonly actor?: string | readonly string[];
}

export interface Watched {
  readonly memory: Memory;
  /** The notices that a deployment leads to, and those whose time is over with it. */
  deploy(...deployments: readonly Deployment[]): readonly Notice[];
  /** As if the first `from` of these had been deployed, by a memory that is no more. */
  resume(from: number, all: readonly Deployment[]): readonly Notice[];
}

/** A memory of these baselines, fed with deployments in trail order; the watermark is the latest time so far. */
export function watch(text: string, options: BaselineMemoryOptions = {}): Watched {
  const { rules, baselines, faults } = readBaselines(`${DEPLOYMENT}---\n${text}`);
  if (faults.length > 0) throw new Error(faults.join('\n'));
  const { bound } = bindBaselines(baselines, rules);
  const memory = baselineMemory(bound, options);
  let index = 0;
  let watermarkMs = Number.NEGATIVE_INFINITY;
  const deploy = (...deployments: readonly Deployment[]) =>
    deployments.flatMap((deployment) => {
      watermarkMs = Math.max(watermarkMs, deployment.time);
      return memory.observe(observation(deployment, index++, rules), watermarkMs);
    });
  return {
    memory,
    deploy,
    resume(from, all) {
      index = from;
      watermarkMs = Math.max(watermarkMs, ...all.slice(0, from).map(({ time }) => time));
      return deploy(...all.slice(from));
    },
  };
}

export function observation(
  { time, service, actor }: Deployment,
  index: number,
  matched: readonly Rule[],
): Observation {
  const event = {
    time,
    metadata: { uid: uidOf(index) },
    api: { operation: 'Deploy' },
    actor: { user: { name: actor } },
    ...(service === undefined ? {} : { resources: [{ name: service }] }),
  };
  return {
    index,
    source: 'test',
    event: event as unknown as OcsfEvent,
    record: undefined,
    raw: '',
    matched,
  };
}

/** 64 digits, as uids are, of which the first twelve tell events apart. */
export function uidOf(index: number): string {
  return String(index).padStart(12, '0').padEnd(64, 'f');
}

/** So many, one after the other. */
export function every(stepMs: number, count: number, deployment: Deployment): readonly Deployment[] {
  return Array.from({ length: count }, (_, n) => ({ ...deployment, time: deployment.time + n * stepMs }));
}
