import { idAt, member, stringAt } from '../../json/json.ts';
import { UPDATE } from '../github/activity.ts';
import { firstTime } from '../github/instant.ts';
import { outcomeOf } from '../github/outcome.ts';
import { commit, environment, gitRef } from '../github/resources.ts';
import { pick } from '../github/small.ts';
import { type Delivery, runIdIn } from './delivery.ts';
import { deploymentResource } from './deployment.ts';
import type { Facts } from './facts.ts';
import { pipelineRun } from './pipeline-run.ts';

/** @see https://docs.github.com/en/webhooks/webhook-events-and-payloads#deployment_status */
export function deploymentStatus({ body }: Delivery): Facts {
  const status = member(body, 'deployment_status');
  const deployment = member(body, 'deployment');
  const uid = idAt(status, 'id');
  const deploymentId = idAt(deployment, 'id');
  const sha = stringAt(deployment, 'sha');
  const state = stringAt(status, 'state');
  const target = stringAt(status, 'environment') ?? stringAt(deployment, 'environment');
  const run = pipelineRun(member(body, 'workflow_run'), member(body, 'workflow'));
  // Without a workflow_run only the links tell which run deployed.
  const runId = run[0]?.uid ?? runIdIn(stringAt(status, 'target_url'), stringAt(status, 'log_url'));
  return {
    key: [deploymentId, uid],
    time: firstTime(member(status, 'updated_at'), member(status, 'created_at')),
    activity: UPDATE,
    outcome: { ...outcomeOf(state), status_detail: stringAt(status, 'description')?.slice(0, 1024) },
    resources: [
      ...deploymentResource(deployment),
      ...environment(target, { data: pick(status, ['environment_url']) }),
      ...commit(sha),
      ...gitRef(stringAt(deployment, 'ref')),
      ...(runId !== undefined && run.length === 0 ? [{ type: 'pipeline_run', uid: runId }] : run),
      { type: 'deployment_status', uid, name: state, data: pick(status, ['target_url', 'log_url', 'state']) },
    ],
    essence: [deploymentId, uid, state, sha, target],
    correlation: runId,
  };
}
