import { idAt, isArray, type JsonValue, member, stringAt } from '../../json/json.ts';
import { CREATE, DELETE, UPDATE } from '../github/activity.ts';
import { firstTime } from '../github/instant.ts';
import { DONE } from '../github/outcome.ts';
import { commit, gitRef } from '../github/resources.ts';
import { pick, present } from '../github/small.ts';
import type { Delivery } from './delivery.ts';
import type { Facts } from './facts.ts';

/**
 * The times of commits are the author's to choose. `repository.pushed_at` (epoch seconds, in pushes only) is GitHub's
 * own clock at the push; where it is missing the time of receipt counts.
 * @see https://docs.github.com/en/webhooks/webhook-events-and-payloads#push
 */
export function push({ body, repository }: Delivery): Facts {
  const ref = stringAt(body, 'ref');
  const before = stringAt(body, 'before');
  const after = stringAt(body, 'after');
  const commits = commitsOf(member(body, 'commits'));
  const data = present({
    ...pick(body, ['before', 'after', 'created', 'deleted', 'forced', 'base_ref', 'compare']),
    pusher: stringAt(body, 'pusher', 'name'),
    commits: commits.slice(0, COMMITS_KEPT_MAX).map(summary),
    commit_count: commits.length,
    workflow_files: workflowFiles(commits),
  });
  return {
    key: [ref, before, after],
    time: firstTime(pushedAt(member(repository, 'pushed_at'))),
    activity: activityOf(body),
    outcome: DONE,
    resources: [...gitRef(ref).map((resource) => ({ ...resource, data })), ...commit(after)],
    essence: [ref, before, after, String(member(body, 'forced') ?? false)],
  };
}

const COMMITS_KEPT_MAX = 50;
const COMMITS_READ_MAX = 2048;
const FILES_MAX = 100;

/** Elsewhere `pushed_at` is a text, and of an earlier push. */
function pushedAt(value: JsonValue | undefined): JsonValue | undefined {
  return typeof value === 'number' ? value : undefined;
}

function activityOf(body: JsonValue): number {
  if (member(body, 'created') === true) return CREATE;
  return member(body, 'deleted') === true ? DELETE : UPDATE;
}

/** GitHub sends at most 2048 commits; without a list the head commit is all there is. */
function commitsOf(value: JsonValue | undefined): readonly JsonValue[] {
  return isArray(value) ? value.slice(0, COMMITS_READ_MAX) : [];
}

function summary(native: JsonValue): JsonValue {
  return {
    id: idAt(native, 'id'),
    author: stringAt(native, 'author', 'username') ?? stringAt(native, 'author', 'name'),
    message: stringAt(native, 'message')?.slice(0, 200),
  };
}

/** Files that decide what the pipeline does: whoever changes them runs with its credentials. */
function workflowFiles(commits: readonly JsonValue[]): JsonValue {
  const files = new Set<string>();
  for (const native of commits) {
    for (const key of ['added', 'modified', 'removed']) {
      const paths = member(native, key);
      if (!isArray(paths)) continue;
      for (const path of paths) if (isWorkflow(path) && files.size < FILES_MAX) files.add(path);
    }
  }
  return [...files].sort();
}

function isWorkflow(path: JsonValue): path is string {
  return typeof path === 'string' && path.startsWith('.github/') && path.length <= 512;
}
