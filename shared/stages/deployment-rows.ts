import type { Table } from '../ports.ts';
import type { DeploymentMessage } from '../sinks/sink.ts';

const DEPLOYMENTS = 'deployment';

/** A deployment as it is told; its key is the index of its event. */
export async function readDeployment(table: Table, sk: string): Promise<DeploymentMessage | undefined> {
  const [row] = await table.get([{ pk: DEPLOYMENTS, sk }]);
  return row === undefined ? undefined : JSON.parse(String(row.attributes['deployment']));
}

export async function writeDeployment(
  table: Table,
  sk: string,
  deployment: DeploymentMessage,
): Promise<void> {
  await table.write([{ pk: DEPLOYMENTS, sk, attributes: { deployment: JSON.stringify(deployment) } }]);
}
