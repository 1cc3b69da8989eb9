import { idAt, member, stringAt } from '../../json/json.ts';
import type { NativeTime } from '../../ocsf/time.ts';
import { CREATE, UPDATE } from '../github/activity.ts';
import { firstTime } from '../github/instant.ts';
import { outcomeOf } from '../github/outcome.ts';
import { commit, gitRef } from '../github/resources.ts';
import type { Delivery } from './delivery.ts';
import type { Facts } from './facts.ts';
import { pipelineRun } from './pipeline-run.ts';

/** @see https://docs.github.com/en/webhooks/webhook-events-and-payloads#workflow_run */
export function workflowRun({ action, body }: Delivery): Facts {
  const run = member(body, 'workflow_run');
  const uid = idAt(run, 'id');
  const attempt = idAt(run, 'run_attempt') ?? '1';
  const headSha = stringAt(run, 'head_sha');
  const conclusion = stringAt(run, 'conclusion');
  const started = firstTime(member(run, 'run_started_at'), member(run, 'created_at'));
  const updated = firstTime(member(run, 'updated_at'), member(run, 'created_at'));
  const isCompleted = action === 'completed';
  return {
    key: [uid, attempt],
    time: action === 'requested' ? (started ?? updated) : (updated ?? started),
    activity: action === 'requested' ? CREATE : UPDATE,
    outcome: outcomeOf((isCompleted ? conclusion : undefined) ?? stringAt(run, 'status') ?? action),
    resources: [
      ...pipelineRun(run, member(body, 'workflow')),
      ...commit(headSha),
      ...gitRef(stringAt(run, 'head_branch')),
    ],
    essence: [uid, attempt, headSha, stringAt(run, 'head_branch'), stringAt(run, 'event'), conclusion],
    correlation: uid,
    more: span(started, isCompleted ? updated : undefined),
  };
}

/** Start, end and duration of what runs; nothing of it that is not known. */
export function span(start: NativeTime | undefined, end: NativeTime | undefined) {
  const duration = start !== undefined && end !== undefined ? end.ms - start.ms : -1;
  return {
    start_time: start?.ms,
    end_time: end?.ms,
    duration: duration >= 0 ? duration : undefined,
  };
}
