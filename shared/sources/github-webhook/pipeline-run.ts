import { idAt, isArray, type JsonValue, member, stringAt } from '../../json/json.ts';
import type { ResourceDetails } from '../../ocsf/event.ts';
import { pick, present } from '../github/small.ts';
import { userOf } from './delivery.ts';

/** A workflow run as a resource: lineage starts from its commit and attempt, detections from its event and fork. */
export function pipelineRun(run: JsonValue | undefined, workflow?: JsonValue): ResourceDetails[] {
  const uid = idAt(run, 'id');
  if (uid === undefined) return [];
  return [
    {
      type: 'pipeline_run',
      uid,
      name: stringAt(run, 'name') ?? stringAt(workflow, 'name'),
      owner: userOf(member(run, 'triggering_actor')) ?? userOf(member(run, 'actor')),
      data: present({
        ...pick(run, RUN_MEMBERS),
        path: stringAt(run, 'path') ?? stringAt(workflow, 'path'),
        head_repository: stringAt(run, 'head_repository', 'full_name'),
        actor: stringAt(run, 'actor', 'login'),
        triggering_actor: stringAt(run, 'triggering_actor', 'login'),
        pull_requests: pullRequests(member(run, 'pull_requests')),
        referenced_workflows: listOf(member(run, 'referenced_workflows'), ['path', 'sha', 'ref']),
      }),
    },
  ];
}

const RUN_MEMBERS = [
  ...[
    'run_attempt',
    'run_number',
    'event',
    'status',
    'conclusion',
    'head_sha',
    'head_branch',
    'display_title',
  ],
  ...['workflow_id', 'check_suite_id', 'html_url', 'created_at', 'run_started_at', 'updated_at'],
];

function pullRequests(value: JsonValue | undefined): JsonValue | undefined {
  if (!isArray(value) || value.length === 0) return undefined;
  return value.slice(0, LIST_MAX).map((each) => ({
    number: idAt(each, 'number'),
    head: stringAt(each, 'head', 'ref'),
    head_repository_id: idAt(each, 'head', 'repo', 'id'),
    base: stringAt(each, 'base', 'ref'),
    base_repository_id: idAt(each, 'base', 'repo', 'id'),
  }));
}

/** The named members of the first elements of a list. */
export function listOf(value: JsonValue | undefined, keys: readonly string[]): JsonValue | undefined {
  if (!isArray(value) || value.length === 0) return undefined;
  return value
    .slice(0, LIST_MAX)
    .map((each) => pick(each, keys))
    .filter((each) => each !== undefined);
}

const LIST_MAX = 50;
