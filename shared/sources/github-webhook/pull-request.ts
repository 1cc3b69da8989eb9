import { idAt, type JsonValue, member, stringAt } from '../../json/json.ts';
import type { ResourceDetails } from '../../ocsf/event.ts';
import { CREATE, UPDATE } from '../github/activity.ts';
import { firstTime } from '../github/instant.ts';
import { DONE } from '../github/outcome.ts';
import { commit } from '../github/resources.ts';
import { pick, present } from '../github/small.ts';
import { type Delivery, userOf } from './delivery.ts';
import type { Facts } from './facts.ts';

/** @see https://docs.github.com/en/webhooks/webhook-events-and-payloads#pull_request */
export function pullRequest(delivery: Delivery): Facts {
  const { action, body } = delivery;
  const native = member(body, 'pull_request');
  const uid = idAt(native, 'id');
  const isMerged = member(native, 'merged') === true;
  const mergeSha = isMerged ? stringAt(native, 'merge_commit_sha') : undefined;
  const subject = subjectOf(body);
  return {
    key: [uid, stringAt(native, 'updated_at'), subject ?? ''],
    time: firstTime(member(native, 'updated_at'), member(native, 'created_at')),
    activity: action === 'opened' ? CREATE : UPDATE,
    outcome: { ...DONE, status_code: action === 'closed' && isMerged ? 'merged' : undefined },
    resources: [
      ...pullRequestResource(delivery),
      ...commit(mergeSha),
      ...commit(stringAt(native, 'head', 'sha')),
    ],
    essence: [
      uid,
      subject,
      String(isMerged),
      mergeSha,
      stringAt(native, 'head', 'sha'),
      stringAt(native, 'base', 'ref'),
    ],
    unmapped: pick(body, ['changes', 'label', 'assignee', 'requested_reviewer', 'requested_team', 'reason']),
  };
}

/** Two labels set at once are two events of one second: what was added tells them apart. */
export function subjectOf(body: JsonValue): string | undefined {
  for (const key of ['label', 'assignee', 'requested_reviewer', 'requested_team', 'milestone']) {
    const subject = member(body, key);
    const id = idAt(subject, 'id') ?? stringAt(subject, 'name') ?? stringAt(subject, 'login');
    if (id !== undefined) return `${key}:${id}`;
  }
  // `synchronize` says which commit; `enqueued` and `dequeued` may follow each other within a second.
  return stringAt(body, 'after');
}

/** Its owner is its author, so that a rule can compare who wrote it with who approved it. */
export function pullRequestResource({ body, repositoryName }: Delivery): ResourceDetails[] {
  const native = member(body, 'pull_request');
  const number = idAt(native, 'number') ?? idAt(body, 'number');
  const uid = idAt(native, 'id');
  if (number === undefined && uid === undefined) return [];
  const data = present({
    ...pick(native, [
      ...['number', 'state', 'merged', 'merge_commit_sha', 'merged_at', 'draft', 'html_url'],
      ...['author_association', 'review_comments', 'commits', 'changed_files'],
    ]),
    title: stringAt(native, 'title')?.slice(0, 256),
    author: stringAt(native, 'user', 'login'),
    merged_by: stringAt(native, 'merged_by', 'login'),
    head_sha: stringAt(native, 'head', 'sha'),
    head_ref: stringAt(native, 'head', 'ref'),
    head_repository: stringAt(native, 'head', 'repo', 'full_name'),
    base_sha: stringAt(native, 'base', 'sha'),
    base_ref: stringAt(native, 'base', 'ref'),
    base_repository: stringAt(native, 'base', 'repo', 'full_name'),
  });
  const name = number === undefined ? undefined : `${repositoryName ?? ''}#${number}`;
  return [{ type: 'pull_request', uid, name, owner: userOf(member(native, 'user')), data }];
}
