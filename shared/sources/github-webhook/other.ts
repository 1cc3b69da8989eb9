import { idAt, isObject, type JsonValue, member, stringAt } from '../../json/json.ts';
import type { ResourceDetails } from '../../ocsf/event.ts';
import type { NativeTime } from '../../ocsf/time.ts';
import { activityOf, UPDATE } from '../github/activity.ts';
import { firstTime } from '../github/instant.ts';
import { DONE, type Outcome, outcomeOf } from '../github/outcome.ts';
import { commit, gitRef } from '../github/resources.ts';
import { pick, present } from '../github/small.ts';
import { isSecretName } from '../secret-names.ts';
import { type Delivery, userOf } from './delivery.ts';
import type { Facts } from './facts.ts';
import { subjectOf } from './pull-request.ts';

/** Every event without a mapping of its own, known or not: who did what to which object. */
export function otherEvent(delivery: Delivery): Facts {
  const { action, body, event } = delivery;
  const main = mainObject(delivery);
  const uid = idAt(main, 'id') ?? idAt(main, 'number');
  const version = stringAt(main, 'updated_at');
  const subject = subjectOf(body);
  const ref = stringAt(body, 'ref');
  const changes = member(body, 'changes');
  const changed = changes === undefined ? [] : [JSON.stringify(changes)];
  // Two fields of one object may change within one second.
  const key = version === undefined ? [delivery.deliveryId] : [version, subject ?? '', ref ?? '', ...changed];
  return {
    // Without a time that moves with each change only the delivery tells two events of one object apart.
    key: [version === undefined ? (uid ?? '') : uid, ...key],
    time: timeOf(action, main, body),
    activity: activityOf(action ?? event) ?? UPDATE,
    outcome: outcome(event, main),
    resources: [...objectsIn(body), ...gitRef(ref), ...commit(shaOf(body, main))],
    essence: [uid, subject, ref, stringAt(main, 'state'), changed[0] ?? ''],
    unmapped: present({ ...pick(body, TOLD), inputs: publicInputs(member(body, 'inputs')) }),
  };
}

/** Members of their own beside the objects. */
const TOLD = [
  ...[
    'changes',
    'ref_type',
    'scope',
    'state',
    'context',
    'description',
    'target_url',
    'environment',
    'branch',
  ],
  ...['old_property_values', 'new_property_values', 'repository_selection', 'requester', 'reason', 'type'],
  ...['source', 'secret_types', 'hook_id', 'commit_oid', 'starred_at', 'event'],
];

/** What a workflow was started with, but for inputs whose names say that they are secrets. */
function publicInputs(inputs: JsonValue | undefined): JsonValue | undefined {
  if (!isObject(inputs)) return undefined;
  return pick(
    inputs,
    Object.keys(inputs)
      .slice(0, INPUTS_MAX)
      .filter((name) => !isSecretName(name)),
  );
}

/** GitHub allows 25. */
const INPUTS_MAX = 50;

/** Members that hold what an event is about, most telling first. */
const OBJECTS = [
  ...['member', 'blocked_user', 'team', 'membership', 'invitation', 'key', 'hook', 'installation', 'alert'],
  ...[
    'check_suite',
    'deployment',
    'workflow_run',
    'pull_request',
    'comment',
    'issue',
    'discussion',
    'release',
  ],
  ...[
    'merge_group',
    'exemption_request',
    'exemption_response',
    'personal_access_token_request',
    'definition',
  ],
  ...[
    'repository_advisory',
    'security_advisory',
    'forkee',
    'label',
    'milestone',
    'build',
    'project',
    'account',
  ],
];

/** Where the object of an event does not have the event's name. */
const NAMES: ReadonlyMap<string, string> = new Map([
  ['issues', 'issue'],
  ['deploy_key', 'key'],
  ['meta', 'hook'],
  ['fork', 'forkee'],
  ['page_build', 'build'],
  ['public', 'repository'],
  ['org_block', 'blocked_user'],
  ['custom_property', 'definition'],
]);

function mainObject({ event, body }: Delivery): JsonValue | undefined {
  if (event === 'status') return body;
  const own = member(body, event) ?? member(body, NAMES.get(event) ?? '');
  if (isObject(own)) return own;
  const suffix = /_(alert|comment|thread)$/.exec(event)?.[1];
  return suffix === undefined ? undefined : member(body, suffix);
}

/** An object's time is that of its last change, which its removal is not. */
function timeOf(
  action: string | undefined,
  main: JsonValue | undefined,
  body: JsonValue,
): NativeTime | undefined {
  if (/^(deleted|removed|destroyed|unblocked|revoked)/.test(action ?? '')) return undefined;
  const own = firstTime(...['updated_at', 'dismissed_at', 'published_at'].map((key) => member(main, key)));
  if (own !== undefined) return own;
  const isNew = /^(created?|opened|added|published|started)$/.test(action ?? '');
  return firstTime(isNew ? member(main, 'created_at') : undefined, member(body, 'starred_at'));
}

function outcome(event: string, main: JsonValue | undefined): Outcome {
  if (event === 'status') return outcomeOf(stringAt(main, 'state'));
  if (event === 'check_suite') return outcomeOf(stringAt(main, 'conclusion') ?? stringAt(main, 'status'));
  return DONE;
}

function shaOf(body: JsonValue, main: JsonValue | undefined): string | undefined {
  return stringAt(body, 'sha') ?? stringAt(body, 'commit_oid') ?? stringAt(main, 'head_sha');
}

function objectsIn(body: JsonValue): ResourceDetails[] {
  return OBJECTS.flatMap((key) => {
    const native = member(body, key);
    const uid = idAt(native, 'id') ?? idAt(native, 'number');
    const name = NAME_MEMBERS.map((each) => stringAt(native, each)).find((text) => text !== undefined);
    if (uid === undefined && name === undefined) return [];
    return [
      {
        type: TYPES.get(key) ?? key,
        uid,
        name: name?.slice(0, 256),
        owner: userOf(member(native, 'user')),
        data: present({ ...pick(native, DATA_MEMBERS), url: stringAt(native, 'config', 'url') }),
      },
    ];
  });
}

const TYPES: ReadonlyMap<string, string> = new Map([
  ['member', 'user'],
  ['blocked_user', 'user'],
  ['key', 'deploy_key'],
  ['hook', 'webhook'],
  ['workflow_run', 'pipeline_run'],
]);

const NAME_MEMBERS = ['login', 'full_name', 'name', 'title', 'tag_name', 'property_name', 'ghsa_id', 'slug'];

const DATA_MEMBERS = [
  ...[
    'state',
    'status',
    'conclusion',
    'role',
    'permission',
    'permissions',
    'privacy',
    'read_only',
    'verified',
  ],
  ...[
    'events',
    'html_url',
    'tag_name',
    'target_commitish',
    'prerelease',
    'head_sha',
    'head_branch',
    'head_ref',
  ],
  ...['base_ref', 'severity', 'request_type', 'resource_identifier', 'app_slug', 'repository_selection'],
  ...['dismissed_reason', 'dismissed_comment', 'number'],
];
