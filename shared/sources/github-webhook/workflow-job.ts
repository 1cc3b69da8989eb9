import { idAt, type JsonValue, member, stringAt } from '../../json/json.ts';
import type { NativeTime } from '../../ocsf/time.ts';
import { CREATE, UPDATE } from '../github/activity.ts';
import { firstTime } from '../github/instant.ts';
import { outcomeOf } from '../github/outcome.ts';
import { commit, environment, gitRef } from '../github/resources.ts';
import { pick, present } from '../github/small.ts';
import type { Delivery } from './delivery.ts';
import { deploymentResource } from './deployment.ts';
import type { Facts } from './facts.ts';
import { listOf } from './pipeline-run.ts';
import { span } from './workflow-run.ts';

/** @see https://docs.github.com/en/webhooks/webhook-events-and-payloads#workflow_job */
export function workflowJob({ action, body }: Delivery): Facts {
  const job = member(body, 'workflow_job');
  const uid = idAt(job, 'id');
  const runId = idAt(job, 'run_id');
  const attempt = idAt(job, 'run_attempt');
  const headSha = stringAt(job, 'head_sha');
  const conclusion = stringAt(job, 'conclusion');
  const deployment = member(body, 'deployment');
  const steps = listOf(member(job, 'steps'), ['name', 'conclusion']);
  const data = present({ ...pick(job, JOB_MEMBERS), steps });
  return {
    key: [uid],
    time: timeOf(action, job),
    activity: action === 'queued' ? CREATE : UPDATE,
    outcome: outcomeOf(
      (action === 'completed' ? conclusion : undefined) ?? stringAt(job, 'status') ?? action,
    ),
    resources: [
      { type: 'pipeline_job', uid, name: stringAt(job, 'name'), data },
      {
        type: 'pipeline_run',
        uid: runId,
        name: stringAt(job, 'workflow_name'),
        data: pick(job, ['run_attempt']),
      },
      ...commit(headSha),
      ...gitRef(stringAt(job, 'head_branch')),
      ...deploymentResource(deployment),
      ...environment(stringAt(deployment, 'environment')),
    ],
    essence: [uid, runId, attempt, headSha, conclusion, stringAt(job, 'runner_name')],
    correlation: runId,
    more: span(firstTime(member(job, 'started_at')), firstTime(member(job, 'completed_at'))),
  };
}

const JOB_MEMBERS = [
  ...[
    'run_attempt',
    'status',
    'conclusion',
    'head_sha',
    'head_branch',
    'workflow_name',
    'labels',
    'html_url',
  ],
  ...['runner_id', 'runner_name', 'runner_group_id', 'runner_group_name', 'created_at', 'started_at'],
];

function timeOf(action: string | undefined, job: JsonValue | undefined): NativeTime | undefined {
  const [created, started] = [member(job, 'created_at'), member(job, 'started_at')];
  if (action === 'completed') return firstTime(member(job, 'completed_at'), started, created);
  return action === 'in_progress' ? firstTime(started, created) : firstTime(created, started);
}
