import { idAt, type JsonValue, member, stringAt } from '../../json/json.ts';
import type { NativeTime } from '../../ocsf/time.ts';
import { UPDATE } from '../github/activity.ts';
import { type Decision, gate } from '../github/approvals.ts';
import { firstTime } from '../github/instant.ts';
import { DONE } from '../github/outcome.ts';
import { commit } from '../github/resources.ts';
import { pick } from '../github/small.ts';
import { type Delivery, userOf } from './delivery.ts';
import type { Facts } from './facts.ts';
import { pullRequestResource } from './pull-request.ts';

/**
 * A review; approving and asking for changes are decisions at a gate. A comment is none, and a dismissal takes one
 * back: neither claims a disposition.
 * @see https://docs.github.com/en/webhooks/webhook-events-and-payloads#pull_request_review
 */
export function pullRequestReview(delivery: Delivery): Facts {
  const { action, body } = delivery;
  const review = member(body, 'review');
  const uid = idAt(review, 'id');
  const state = stringAt(review, 'state')?.toLowerCase();
  const decision = action === 'submitted' ? DECISIONS.get(state ?? '') : undefined;
  const sha = stringAt(review, 'commit_id');
  const edited = action === 'submitted' ? undefined : (stringAt(review, 'updated_at') ?? changesOf(body));
  const policy = { name: 'pull request review', type: 'branch protection' };
  return {
    // A review is submitted once and dismissed once, and may be edited many times.
    key: [uid, edited ?? ''],
    time: timeOf(action, body, review),
    activity: UPDATE,
    outcome: { ...DONE, status_code: state },
    resources: [
      ...pullRequestResource(delivery),
      {
        type: 'review',
        uid,
        name: state,
        owner: userOf(member(review, 'user')),
        data: pick(review, ['state', 'commit_id', 'submitted_at', 'author_association', 'html_url']),
      },
      ...commit(sha),
    ],
    essence: [uid, state, stringAt(review, 'user', 'login'), sha, idAt(body, 'pull_request', 'id')],
    ...(decision === undefined ? {} : { profiles: ['security_control'], more: gate(decision, policy) }),
    unmapped: pick(body, ['changes']),
  };
}

/** What an edit changed tells it from another where the review has no time of its own. */
function changesOf(body: JsonValue): string | undefined {
  const changes = member(body, 'changes');
  return changes === undefined ? undefined : JSON.stringify(changes);
}

const DECISIONS: ReadonlyMap<string, Decision> = new Map([
  ['approved', 'approved'],
  ['changes_requested', 'rejected'],
]);

function timeOf(
  action: string | undefined,
  body: JsonValue,
  review: JsonValue | undefined,
): NativeTime | undefined {
  const submitted = member(review, 'submitted_at');
  if (action === 'submitted') return firstTime(submitted);
  return firstTime(member(review, 'updated_at'), at(body), submitted);
}

/** A review that was dismissed or edited touches its pull request. */
function at(body: JsonValue): JsonValue | undefined {
  return member(member(body, 'pull_request'), 'updated_at');
}
