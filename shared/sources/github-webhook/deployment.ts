import { idAt, type JsonValue, member, stringAt } from '../../json/json.ts';
import type { ResourceDetails } from '../../ocsf/event.ts';
import { CREATE } from '../github/activity.ts';
import { firstTime } from '../github/instant.ts';
import { DONE } from '../github/outcome.ts';
import { commit, environment, gitRef } from '../github/resources.ts';
import { pick } from '../github/small.ts';
import { type Delivery, userOf } from './delivery.ts';
import type { Facts } from './facts.ts';
import { pipelineRun } from './pipeline-run.ts';

/** @see https://docs.github.com/en/webhooks/webhook-events-and-payloads#deployment */
export function deployment({ body }: Delivery): Facts {
  const native = member(body, 'deployment');
  const run = member(body, 'workflow_run');
  const uid = idAt(native, 'id');
  const sha = stringAt(native, 'sha');
  const ref = stringAt(native, 'ref');
  const target = stringAt(native, 'environment');
  return {
    key: [uid],
    time: firstTime(member(native, 'created_at'), member(native, 'updated_at')),
    activity: CREATE,
    outcome: DONE,
    resources: [
      ...deploymentResource(native),
      ...environment(target),
      ...commit(sha),
      ...gitRef(ref),
      ...pipelineRun(run, member(body, 'workflow')),
    ],
    essence: [uid, sha, ref, target, stringAt(native, 'task'), stringAt(native, 'creator', 'login')],
    correlation: idAt(run, 'id'),
  };
}

/** `payload` stays out: it is free text of whoever deploys, and holds tokens at times. */
export function deploymentResource(native: JsonValue | undefined): ResourceDetails[] {
  const uid = idAt(native, 'id');
  if (uid === undefined) return [];
  const data = pick(native, [
    ...['sha', 'ref', 'task', 'environment', 'original_environment', 'description'],
    ...['production_environment', 'transient_environment', 'created_at'],
  ]);
  return [
    {
      type: 'deployment',
      uid,
      name: stringAt(native, 'environment'),
      owner: userOf(member(native, 'creator')),
      data,
    },
  ];
}
