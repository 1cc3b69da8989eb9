import { isObject, type JsonObject, type JsonValue, member } from '../../json/json.ts';

/** What the body of one event always has, and what it never has: enough to tell it from every other event. */
export interface Shape {
  readonly event: string;
  /** Members that must be objects. */
  readonly objects?: readonly string[];
  /** Members that must be there, null included. */
  readonly has?: readonly string[];
  readonly without?: readonly string[];
  /** The actions it knows, where members alone do not tell. */
  readonly actions?: readonly string[];
  readonly alert?: readonly string[];
}

/**
 * In order: the first shape that fits is the event. A body that carries the object of another event besides its own
 * (a deployment_status has a deployment, a deployment a workflow_run) stands before that other event.
 * @see https://docs.github.com/en/webhooks/webhook-events-and-payloads
 */
export const SHAPES: readonly Shape[] = [
  { event: 'ping', has: ['zen', 'hook_id'] },
  { event: 'meta', has: ['hook_id'], objects: ['hook'] },
  { event: 'workflow_job', objects: ['workflow_job'] },
  { event: 'deployment_status', objects: ['deployment_status'] },
  { event: 'deployment_protection_rule', has: ['deployment_callback_url'] },
  { event: 'deployment_review', has: ['reviewers', 'workflow_run'] },
  { event: 'deployment_review', has: ['approver', 'workflow_run'] },
  { event: 'deployment_review', has: ['workflow_job_run', 'workflow_run'] },
  { event: 'deployment_review', has: ['workflow_job_runs', 'workflow_run'] },
  { event: 'deployment_review', has: ['since', 'workflow_run'] },
  { event: 'deployment', objects: ['deployment'] },
  { event: 'workflow_run', objects: ['workflow_run'] },
  { event: 'workflow_dispatch', has: ['inputs', 'ref', 'workflow'] },
  { event: 'check_run', objects: ['check_run'] },
  { event: 'check_suite', objects: ['check_suite'] },
  { event: 'pull_request_review', objects: ['review', 'pull_request'] },
  { event: 'pull_request_review_thread', objects: ['thread', 'pull_request'] },
  { event: 'pull_request_review_comment', objects: ['comment', 'pull_request'] },
  { event: 'pull_request', objects: ['pull_request'] },
  { event: 'sub_issues', has: ['sub_issue_id'] },
  { event: 'sub_issues', has: ['parent_issue_id'] },
  { event: 'issue_dependencies', has: ['blocked_issue_id'] },
  { event: 'issue_dependencies', has: ['blocking_issue_id'] },
  { event: 'issue_comment', objects: ['issue', 'comment'] },
  { event: 'issues', objects: ['issue'] },
  { event: 'discussion_comment', objects: ['discussion', 'comment'] },
  { event: 'discussion', objects: ['discussion'] },
  { event: 'commit_comment', objects: ['comment', 'repository'] },
  { event: 'push', has: ['ref', 'before', 'after'] },
  { event: 'push', has: ['ref', 'commits'], objects: ['repository'] },
  { event: 'create', has: ['ref', 'ref_type', 'master_branch'] },
  { event: 'delete', has: ['ref', 'ref_type'], without: ['master_branch'] },
  { event: 'registry_package', objects: ['registry_package'] },
  { event: 'package', objects: ['package'] },
  { event: 'release', objects: ['release'] },
  { event: 'repository_ruleset', objects: ['repository_ruleset'] },
  { event: 'branch_protection_rule', objects: ['rule', 'repository'] },
  { event: 'secret_scanning_alert_location', objects: ['alert', 'location'] },
  { event: 'code_scanning_alert', objects: ['alert'], has: ['commit_oid'] },
  { event: 'code_scanning_alert', alert: ['most_recent_instance', 'tool', 'instances'] },
  { event: 'dependabot_alert', alert: ['security_advisory', 'security_vulnerability', 'dependency'] },
  { event: 'repository_vulnerability_alert', alert: ['affected_range', 'affected_package_name', 'ghsa_id'] },
  { event: 'secret_scanning_alert', alert: ['secret_type', 'locations_url', 'push_protection_bypassed'] },
  { event: 'secret_scanning_scan', has: ['secret_types', 'type'] },
  { event: 'deploy_key', objects: ['key', 'repository'] },
  { event: 'membership', objects: ['member', 'team'] },
  { event: 'member', objects: ['member', 'repository'] },
  { event: 'team', objects: ['team'], has: ['action'] },
  { event: 'team_add', objects: ['team', 'repository'], without: ['action'] },
  { event: 'org_block', objects: ['blocked_user'] },
  { event: 'custom_property_values', has: ['new_property_values'] },
  { event: 'custom_property', objects: ['definition'] },
  { event: 'personal_access_token_request', objects: ['personal_access_token_request'] },
  { event: 'merge_group', objects: ['merge_group'] },
  { event: 'milestone', objects: ['milestone'] },
  { event: 'label', objects: ['label', 'repository'] },
  { event: 'marketplace_purchase', objects: ['marketplace_purchase'] },
  { event: 'page_build', objects: ['build'] },
  { event: 'project_card', objects: ['project_card'] },
  { event: 'project_column', objects: ['project_column'] },
  { event: 'project', objects: ['project'] },
  { event: 'projects_v2_status_update', objects: ['projects_v2_status_update'] },
  { event: 'projects_v2_item', objects: ['projects_v2_item'] },
  { event: 'projects_v2', objects: ['projects_v2'] },
  { event: 'fork', objects: ['forkee'] },
  { event: 'gollum', has: ['pages'], objects: ['repository'] },
  { event: 'repository_advisory', objects: ['repository_advisory'] },
  { event: 'security_advisory', objects: ['security_advisory'] },
  { event: 'repository_dispatch', has: ['client_payload'] },
  { event: 'sponsorship', objects: ['sponsorship'] },
  { event: 'status', has: ['sha', 'state', 'context'] },
  { event: 'installation_repositories', has: ['repositories_added', 'installation'] },
  { event: 'installation_target', has: ['target_type'], objects: ['account'] },
  { event: 'security_and_analysis', objects: ['changes', 'repository'], without: ['action'] },
  { event: 'star', has: ['starred_at'] },
  {
    event: 'installation',
    objects: ['installation'],
    without: ['repository', 'organization'],
    actions: ['created', 'deleted', 'suspend', 'unsuspend', 'new_permissions_accepted'],
  },
  {
    event: 'organization',
    objects: ['organization'],
    without: ['repository', 'team'],
    actions: ['deleted', 'renamed', 'member_added', 'member_removed', 'member_invited'],
  },
  { event: 'enterprise', actions: ['anonymous_access_enabled', 'anonymous_access_disabled'] },
  { event: 'github_app_authorization', actions: ['revoked'], objects: ['sender'], without: ['repository'] },
  { event: 'watch', actions: ['started'], objects: ['repository'] },
  { event: 'branch_protection_configuration', actions: ['enabled', 'disabled'], objects: ['repository'] },
  {
    event: 'repository',
    objects: ['repository'],
    actions: [
      ...['created', 'deleted', 'archived', 'unarchived', 'edited', 'renamed', 'transferred'],
      ...['publicized', 'privatized', 'anonymous_access_enabled', 'anonymous_access_disabled'],
    ],
  },
  { event: 'repository_import', has: ['status'], objects: ['repository'], without: ['action'] },
  { event: 'public', objects: ['repository', 'sender'], without: ['action', 'ref', 'sha', 'id'] },
];

export function fits(shape: Shape, body: JsonObject): boolean {
  const { actions, alert } = shape;
  if (shape.has?.some((key) => !Object.hasOwn(body, key))) return false;
  if (shape.objects?.some((key) => !isObject(member(body, key)))) return false;
  if (shape.without?.some((key) => Object.hasOwn(body, key))) return false;
  if (actions !== undefined && !actions.includes(String(member(body, 'action')))) return false;
  return alert === undefined || hasOneOf(member(body, 'alert'), alert);
}

function hasOneOf(value: JsonValue | undefined, keys: readonly string[]): boolean {
  return isObject(value) && keys.some((key) => Object.hasOwn(value, key));
}
