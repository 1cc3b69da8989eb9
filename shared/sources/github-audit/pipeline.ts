import type { ResourceDetails } from '../../ocsf/event.ts';
import { commit, gitRef } from '../github/resources.ts';
import { pick } from '../github/small.ts';
import { type AuditEntry, detail } from './entry.ts';

/** Members that go into the data of a run, where the entry names one. */
export const RUN_MEMBERS = [
  ...[
    'head_sha',
    'head_branch',
    'run_attempt',
    'run_number',
    'event',
    'workflow_id',
    'trigger_id',
    'conclusion',
  ],
  ...[
    'started_at',
    'completed_at',
    'cancelled_at',
    'rerun_type',
    'calling_workflow_refs',
    'calling_workflow_shas',
  ],
];

/** Members that go into the data of a job, where the entry names one. */
export const JOB_MEMBERS = [
  ...['job_workflow_ref', 'secrets_passed', 'runner_name', 'runner_id', 'runner_labels', 'runner_group_name'],
  ...['runner_owner_type', 'is_hosted_runner', 'environment_name'],
];

/** The run, job, commit and branch that an entry names: what lineage joins on. */
export function pipeline(entry: AuditEntry): ResourceDetails[] {
  const { category, native } = entry;
  const runId = detail(entry, 'workflow_run_id');
  const runName = category === 'workflows' ? detail(entry, 'name') : undefined;
  const jobName = detail(entry, 'job_name');
  const jobId = detail(entry, 'workflow_job_id', 'job_id');
  const run = { type: 'pipeline_run', uid: runId, name: runName, data: pick(native, RUN_MEMBERS) };
  const job = {
    type: 'pipeline_job',
    uid: jobId ?? detail(entry, 'check_run_id'),
    name: jobName,
    data: pick(native, JOB_MEMBERS),
  };
  return [
    ...(runId === undefined ? [] : [run]),
    ...(jobName === undefined && jobId === undefined ? [] : [job]),
    ...commit(detail(entry, 'head_sha')),
    ...gitRef(detail(entry, 'head_branch')),
  ];
}
