import { idAt, isArray, type JsonObject, type JsonValue, member, stringAt } from '../../json/json.ts';
import { UPDATE } from '../github/activity.ts';
import { type Decision, gate } from '../github/approvals.ts';
import { firstTime } from '../github/instant.ts';
import { DONE, type Outcome } from '../github/outcome.ts';
import { commit, environment, gitRef } from '../github/resources.ts';
import { pick, present } from '../github/small.ts';
import type { Delivery } from './delivery.ts';
import type { Facts } from './facts.ts';
import { pipelineRun } from './pipeline-run.ts';

/**
 * A gate of an environment: asked for, approved or rejected. The event has no id of its own: run, attempt, who decided
 * and for which jobs make it.
 * @see https://docs.github.com/en/webhooks/webhook-events-and-payloads#deployment_review
 */
export function deploymentReview({ action, body, sender }: Delivery): Facts {
  const run = member(body, 'workflow_run');
  const runId = idAt(run, 'id');
  const attempt = idAt(run, 'run_attempt') ?? '1';
  const jobs = jobsOf(body);
  const environments = environmentsOf(body, jobs);
  const comment = stringAt(body, 'comment')?.slice(0, 1024);
  const decider = stringAt(body, 'approver', 'login') ?? sender?.name;
  const decision = DECISIONS.get(action ?? '');
  const policy = {
    name: environments.join(', ') || 'environment',
    type: 'environment protection rule',
    data: present({ reviewers: reviewersOf(member(body, 'reviewers')) }),
  };
  const outcome: Outcome = decision === undefined ? { status_id: 99, status: action ?? 'unknown' } : DONE;
  return {
    key: [
      runId,
      attempt,
      environments.join(','),
      jobs.map((job) => idAt(job, 'id')).join(','),
      decider ?? '',
    ],
    time: firstTime(member(run, 'updated_at'), member(body, 'since')),
    activity: UPDATE,
    outcome: { ...outcome, status_code: action, status_detail: comment },
    resources: [
      ...pipelineRun(run, member(body, 'workflow')),
      ...environments.flatMap((name) => environment(name)),
      ...jobs.map((job) => ({
        type: 'pipeline_job',
        uid: idAt(job, 'id'),
        name: stringAt(job, 'name'),
        data: pick(job, ['status', 'conclusion', 'environment', 'html_url']),
      })),
      ...commit(stringAt(run, 'head_sha')),
      ...gitRef(stringAt(run, 'head_branch')),
    ],
    essence: [runId, attempt, environments.join(','), decider, comment, stringAt(run, 'head_sha')],
    correlation: runId,
    ...(decision === undefined ? {} : { profiles: ['security_control'], more: gate(decision, policy) }),
    unmapped: pick(body, ['since']),
  };
}

const DECISIONS: ReadonlyMap<string, Decision> = new Map([
  ['approved', 'approved'],
  ['rejected', 'rejected'],
]);

/** Requests name one job, decisions a list. */
function jobsOf(body: JsonObject): readonly JsonValue[] {
  const many = member(body, 'workflow_job_runs');
  if (isArray(many) && many.length > 0) return many.slice(0, 50);
  const one = member(body, 'workflow_job_run');
  return idAt(one, 'id') === undefined || one === undefined ? [] : [one];
}

function environmentsOf(body: JsonObject, jobs: readonly JsonValue[]): readonly string[] {
  const names = [stringAt(body, 'environment'), ...jobs.map((job) => stringAt(job, 'environment'))];
  return [...new Set(names.filter((name) => name !== undefined))].sort();
}

function reviewersOf(value: JsonValue | undefined): readonly string[] {
  if (!isArray(value)) return [];
  return value.slice(0, 50).flatMap((each) => {
    const reviewer = member(each, 'reviewer') ?? each;
    return stringAt(reviewer, 'login') ?? stringAt(reviewer, 'slug') ?? stringAt(reviewer, 'name') ?? [];
  });
}
