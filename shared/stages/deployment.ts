import { deploymentOf } from '../alert/deployment.ts';
import type { EnvironmentPlace } from '../detect/environment.ts';
import type { Table } from '../ports.ts';
import type { AlertLinks } from '../sinks/sink.ts';
import { sortKey } from './alert-rows.ts';
import { presentSinks } from './alert-sinks.ts';
import { dueRow, readDelivery } from './delivery-rows.ts';
import { writeDeployment } from './deployment-rows.ts';
import type { Fold, FoldedEvent } from './fold.ts';

export interface DeploymentDependencies {
  readonly table: Table;
  /** Whether an event deploys something to production, as far as a rule can tell. */
  isDeployment(event: FoldedEvent): boolean;
  readonly places: readonly EnvironmentPlace[];
  /** Names of the sinks; each says itself whether it has anything to say of a deployment. */
  readonly sinks: readonly string[];
  links(uid: string): AlertLinks;
}

/** Nobody asks of a history that is taken in what changed lately. */
const LATELY_MS = 86_400_000;

/** Leaves deployments to production to be told to sinks that show what changed lately. They alert nobody. */
export function deploymentFold(dependencies: DeploymentDependencies): Fold {
  const { table, isDeployment, places, sinks, links } = dependencies;
  return {
    id: 'deployment',
    spanSize: 1,
    async apply(events) {
      if (sinks.length === 0) return;
      for (const event of events) {
        const { time } = event.event;
        if ((event.appendedMs ?? time) - time > LATELY_MS || !isDeployment(event)) continue;
        const deployment = deploymentOf(event.event, places);
        if (deployment === undefined) continue;
        const sk = sortKey(event.index);
        const subject = `d${sk}`;
        await writeDeployment(table, sk, { ...deployment, links: links(deployment.uid) });
        for (const sink of await presentSinks(table, sinks, event.index)) {
          const told = await readDelivery(table, sink, subject);
          if (told === undefined) await table.write([dueRow(sink, { subject, version: event.index })]);
        }
      }
    },
  };
}
