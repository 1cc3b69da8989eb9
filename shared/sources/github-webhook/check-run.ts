import { idAt, type JsonValue, member, stringAt } from '../../json/json.ts';
import type { NativeTime } from '../../ocsf/time.ts';
import { CREATE, UPDATE } from '../github/activity.ts';
import { firstTime } from '../github/instant.ts';
import { outcomeOf } from '../github/outcome.ts';
import { commit, gitRef } from '../github/resources.ts';
import { pick, present } from '../github/small.ts';
import { type Delivery, runIdIn } from './delivery.ts';
import type { Facts } from './facts.ts';
import { span } from './workflow-run.ts';

/** @see https://docs.github.com/en/webhooks/webhook-events-and-payloads#check_run */
export function checkRun({ action, body }: Delivery): Facts {
  const check = member(body, 'check_run');
  const uid = idAt(check, 'id');
  const completed = stringAt(check, 'completed_at');
  const headSha = stringAt(check, 'head_sha');
  const conclusion = stringAt(check, 'conclusion');
  const runId = runIdIn(stringAt(check, 'details_url'), stringAt(check, 'html_url'));
  const requested = stringAt(body, 'requested_action', 'identifier');
  const data = present({
    ...pick(check, ['external_id', 'details_url', 'html_url', 'head_sha', 'status', 'conclusion']),
    app: stringAt(check, 'app', 'slug'),
    check_suite_id: idAt(check, 'check_suite', 'id'),
    title: stringAt(check, 'output', 'title')?.slice(0, 256),
    requested_action: requested,
  });
  return {
    key: [uid, completed ?? '', requested ?? ''],
    time: timeOf(action, check),
    activity: action === 'created' ? CREATE : UPDATE,
    outcome: outcomeOf(conclusion ?? stringAt(check, 'status') ?? action),
    resources: [
      { type: 'check_run', uid, name: stringAt(check, 'name'), data },
      ...commit(headSha),
      ...gitRef(stringAt(check, 'check_suite', 'head_branch')),
      ...(runId === undefined ? [] : [{ type: 'pipeline_run', uid: runId }]),
    ],
    essence: [uid, stringAt(check, 'name'), headSha, conclusion, stringAt(check, 'external_id')],
    correlation: runId,
    more: span(firstTime(member(check, 'started_at')), firstTime(completed)),
  };
}

/** Asking for a check again, or for one of its buttons, has no time of its own. */
function timeOf(action: string | undefined, check: JsonValue | undefined): NativeTime | undefined {
  if (action === 'completed') return firstTime(member(check, 'completed_at'), member(check, 'started_at'));
  return action === 'created' ? firstTime(member(check, 'started_at')) : undefined;
}
