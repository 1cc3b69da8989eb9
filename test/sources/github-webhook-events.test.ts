import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../shared/json/json.ts';
import { eventName, shapedEvent } from '../../shared/sources/github-webhook/event-name.ts';
import { SHAPES } from '../../shared/sources/github-webhook/shapes.ts';
import { githubWebhook } from '../../shared/sources/github-webhook.ts';
import { sharedFile } from '../shared-data.ts';
import { goldens, recordsOf } from './github-golden.ts';
import { eventOf, hasValidator, loadValidator } from './github-ocsf.ts';

const repository = {
  id: 1,
  full_name: 'example-org/payments',
  owner: { login: 'example-org', type: 'Organization' },
};
const sender = { login: 'ada-example', id: 2, type: 'User' };
const organization = { login: 'example-org', id: 3 };
const installation = { id: 4 };
const object = { id: 9 };
const run = { id: 5, head_sha: 'a'.repeat(40) };

/** The members that GitHub documents for each event, as few as tell it apart; `[]` for what only its action tells. */
const BODIES: readonly (readonly [event: string, body: JsonObject])[] = [
  ['branch_protection_configuration', { action: 'disabled', repository }],
  ['branch_protection_rule', { action: 'edited', rule: object, changes: {}, repository }],
  [
    'check_run',
    { action: 'completed', check_run: { ...object, check_suite: {}, pull_requests: [] }, repository },
  ],
  ['check_suite', { action: 'completed', check_suite: object, repository }],
  [
    'code_scanning_alert',
    { action: 'fixed', alert: { number: 1, rule: {} }, ref: 'main', commit_oid: 'a', repository },
  ],
  ['code_scanning_alert', { action: 'created', alert: { number: 1, tool: {}, rule: {} }, repository }],
  ['commit_comment', { action: 'created', comment: object, repository }],
  ['create', { ref: 'v1', ref_type: 'tag', master_branch: 'main', pusher_type: 'user', repository }],
  ['custom_property', { action: 'created', definition: { property_name: 'tier' }, organization }],
  [
    'custom_property_values',
    { action: 'updated', new_property_values: [], old_property_values: [], repository },
  ],
  ['delete', { ref: 'v1', ref_type: 'tag', pusher_type: 'user', repository }],
  [
    'dependabot_alert',
    { action: 'fixed', alert: { number: 1, dependency: {}, security_advisory: {} }, repository },
  ],
  ['deploy_key', { action: 'created', key: { ...object, read_only: false }, repository }],
  ['deployment', { action: 'created', deployment: object, workflow: object, workflow_run: run, repository }],
  [
    'deployment_protection_rule',
    {
      action: 'requested',
      environment: 'production',
      deployment: object,
      deployment_callback_url: 'x',
      repository,
    },
  ],
  ['deployment_review', { action: 'requested', workflow_run: run, since: 'x', reviewers: [], repository }],
  [
    'deployment_review',
    { action: 'approved', workflow_run: run, since: 'x', workflow_job_runs: [], repository },
  ],
  [
    'deployment_status',
    {
      action: 'created',
      deployment_status: object,
      deployment: object,
      check_run: object,
      workflow_run: run,
      repository,
    },
  ],
  ['discussion', { action: 'created', discussion: object, repository }],
  ['discussion_comment', { action: 'created', discussion: object, comment: object, repository }],
  ['enterprise', { action: 'anonymous_access_enabled' }],
  ['fork', { forkee: object, repository }],
  ['github_app_authorization', { action: 'revoked' }],
  ['gollum', { pages: [{ page_name: 'Home' }], repository }],
  [
    'installation',
    { action: 'created', installation: { ...installation, account: organization }, repositories: [] },
  ],
  [
    'installation_repositories',
    {
      action: 'added',
      installation,
      repository_selection: 'all',
      repositories_added: [],
      repositories_removed: [],
    },
  ],
  [
    'installation_target',
    { action: 'renamed', account: organization, changes: {}, installation, target_type: 'User' },
  ],
  ['issue_comment', { action: 'created', issue: object, comment: object, repository }],
  [
    'issue_dependencies',
    { action: 'blocked_by_added', blocked_issue_id: 1, blocked_issue: object, repository },
  ],
  [
    'issue_dependencies',
    { action: 'blocking_added', blocking_issue_id: 1, blocking_issue: object, repository },
  ],
  ['issues', { action: 'labeled', issue: object, label: object, repository }],
  ['label', { action: 'created', label: object, repository }],
  ['marketplace_purchase', { action: 'purchased', marketplace_purchase: {}, effective_date: 'x' }],
  ['member', { action: 'added', member: object, changes: {}, repository }],
  ['membership', { action: 'added', scope: 'team', member: object, team: object, organization }],
  ['merge_group', { action: 'checks_requested', merge_group: { head_sha: 'a' }, repository }],
  ['meta', { action: 'deleted', hook_id: 1, hook: object, repository }],
  ['milestone', { action: 'created', milestone: object, repository }],
  ['org_block', { action: 'blocked', blocked_user: object, organization }],
  ['organization', { action: 'member_added', membership: {}, organization }],
  ['package', { action: 'published', package: object, repository }],
  ['page_build', { id: 1, build: {}, repository }],
  [
    'personal_access_token_request',
    { action: 'created', personal_access_token_request: object, organization },
  ],
  ['ping', { zen: 'Keep it logically awesome.', hook_id: 1, hook: object, repository }],
  ['project', { action: 'created', project: object, repository }],
  ['project_card', { action: 'created', project_card: object, repository }],
  ['project_column', { action: 'created', project_column: object, repository }],
  ['projects_v2', { action: 'created', projects_v2: object, organization }],
  ['projects_v2_item', { action: 'created', projects_v2_item: object, organization }],
  ['projects_v2_status_update', { action: 'created', projects_v2_status_update: object, organization }],
  ['public', { repository }],
  ['pull_request', { action: 'labeled', number: 1, pull_request: object, label: object, repository }],
  ['pull_request_review', { action: 'submitted', review: object, pull_request: object, repository }],
  ['pull_request_review_comment', { action: 'created', comment: object, pull_request: object, repository }],
  ['pull_request_review_thread', { action: 'resolved', thread: {}, pull_request: object, repository }],
  ['push', { ref: 'refs/heads/main', before: 'a', after: 'b', commits: [], repository }],
  ['push', { ref: 'refs/heads/main', commits: [], repository }],
  ['registry_package', { action: 'published', registry_package: object, repository }],
  ['release', { action: 'published', release: object, repository }],
  ['repository', { action: 'publicized', repository }],
  ['repository_advisory', { action: 'published', repository_advisory: {}, repository }],
  [
    'repository_dispatch',
    { action: 'anything', branch: 'main', client_payload: {}, repository, installation },
  ],
  ['repository_import', { status: 'success', repository }],
  ['repository_ruleset', { action: 'edited', repository_ruleset: object, changes: {}, repository }],
  [
    'repository_vulnerability_alert',
    { action: 'create', alert: { id: 1, affected_range: '< 1' }, repository },
  ],
  ['secret_scanning_alert', { action: 'created', alert: { number: 1, secret_type: 'x' }, repository }],
  [
    'secret_scanning_alert_location',
    { action: 'created', alert: { number: 1, secret_type: 'x' }, location: {}, repository },
  ],
  [
    'secret_scanning_scan',
    { action: 'completed', type: 'backfill', source: 'git', secret_types: [], repository },
  ],
  ['security_advisory', { action: 'published', security_advisory: { ghsa_id: 'x' } }],
  ['security_and_analysis', { changes: { from: {} }, repository, organization }],
  ['sponsorship', { action: 'created', sponsorship: {} }],
  ['star', { action: 'created', starred_at: null, repository }],
  ['status', { id: 1, sha: 'a', state: 'success', context: 'ci', name: 'x', repository }],
  [
    'sub_issues',
    { action: 'sub_issue_added', sub_issue_id: 1, sub_issue: object, parent_issue_id: 2, repository },
  ],
  ['team', { action: 'added_to_repository', team: object, repository, organization }],
  ['team_add', { team: object, repository, organization }],
  ['watch', { action: 'started', repository }],
  ['workflow_dispatch', { inputs: null, ref: 'main', workflow: 'x.yml', repository }],
  ['workflow_job', { action: 'queued', workflow_job: object, deployment: object, repository }],
  ['workflow_run', { action: 'completed', workflow_run: run, workflow: object, repository }],
];

describe.each(BODIES)('%s', (event, members) => {
  const body = { ...members, sender };

  test('is told by its shape, whichever hook adds what', () => {
    expect(shapedEvent(body)).toBe(event);
    expect(eventName(body, {})).toBe(event);
    if (event !== 'installation') expect(eventName({ ...body, enterprise: object }, {})).toBe(event);
    expect(eventName({ ...body, installation: members['installation'] ?? installation }, {})).toBe(event);
  });

  test('is told by its header', () => {
    expect(eventName(body, { 'x-github-event': event })).toBe(event);
    expect(eventName({ anything: 1 }, { 'x-github-event': event })).toBe(event);
  });

  test('is not taken for another because a header, which no signature covers, says so', () => {
    const other = event === 'marketplace_purchase' ? 'milestone' : 'marketplace_purchase';
    expect(eventName(body, { 'x-github-event': other })).toBe(event);
  });

  test('is recognised as a webhook without any header', () => {
    expect(githubWebhook.accepts(body, {})).toBe(true);
  });
});

test('every shape has a body in this test', () => {
  expect(new Set(BODIES.map(([event]) => event))).toEqual(new Set(SHAPES.map(({ event }) => event)));
});

test.each([
  ['push_ruleset_bypass', 'exemption_request_push_ruleset'],
  ['secret_scanning', 'bypass_request_secret_scanning'],
  ['code_scanning_alert_dismissal', 'dismissal_request_code_scanning'],
  ['constructor', 'exemption_request'],
])('a request of type %s is a %s', (request_type, event) => {
  expect(eventName({ action: 'created', exemption_request: { request_type }, repository, sender }, {})).toBe(
    event,
  );
});

test('a header of an event that nobody knows is believed, and its delivery mapped', () => {
  const body = { action: 'entangled', repository, sender };
  const [record] = recordsOf(githubWebhook, body, { 'x-github-event': 'quantum_review' });
  const mapped = record === undefined ? undefined : githubWebhook.map(record);
  expect(mapped).toMatchObject({ body: { class_uid: 6003, api: { operation: 'quantum_review.entangled' } } });
});

test('without header or known shape the operation says that the event is unknown', () => {
  expect(eventName({ action: 'entangled', repository, sender }, {})).toBeUndefined();
  const [record] = recordsOf(githubWebhook, { action: 'entangled', repository, sender });
  const mapped = record === undefined ? undefined : githubWebhook.map(record);
  expect(mapped).toMatchObject({ body: { api: { operation: 'unknown.entangled' } } });
});

test('a disguised delivery is mapped as what it is, and says what its header said', () => {
  const review = goldens('github.webhook').find(({ name }) => name === 'deployment-review-approved');
  const [record] = recordsOf(githubWebhook, review?.input, { 'x-github-event': 'star' });
  const mapped = record === undefined ? undefined : githubWebhook.map(record);
  expect(mapped).toMatchObject({
    body: { api: { operation: 'deployment_review.approved' }, unmapped: { header_event: 'star' } },
  });
});

describe('reference data', () => {
  const samples = sharedFile('samples/github-webhooks');
  const synthetic = sharedFile('samples/_synth/github-webhooks');
  const files = (folder: string) => readdirSync(folder).filter((file) => file.endsWith('.json'));
  const read = (file: string) => JSON.parse(readFileSync(file, 'utf8'));

  test.skipIf(samples === undefined)('every published sample is told by its shape alone', () => {
    for (const event of readdirSync(samples ?? '').filter((name) => !['_schemas', 'misc'].includes(name))) {
      for (const file of files(`${samples}/${event}`)) {
        const body = read(`${samples}/${event}/${file}`);
        expect({ file, event: shapedEvent(body), ours: githubWebhook.accepts(body, {}) }).toEqual({
          file,
          event,
          ours: true,
        });
      }
    }
  });

  test.skipIf(samples === undefined || !hasValidator)(
    'every sample becomes a valid event or a ping',
    async () => {
      const validate = await loadValidator();
      const folders = readdirSync(samples ?? '').filter((name) => name !== '_schemas');
      const bodies = [
        ...folders.flatMap((folder) =>
          files(`${samples}/${folder}`).map((file) => read(`${samples}/${folder}/${file}`)),
        ),
        ...(synthetic === undefined ? [] : files(synthetic).map((file) => read(`${synthetic}/${file}`).body)),
      ];
      for (const body of bodies) {
        for (const record of recordsOf(githubWebhook, body)) {
          const mapped = githubWebhook.map(record);
          expect('body' in mapped && validate(eventOf(mapped.body))).toEqual([]);
        }
      }
    },
  );

  const others = sharedFile('samples');

  test.skipIf(others === undefined)('no sample of another source is taken for a webhook', () => {
    const folders = readdirSync(others ?? '').filter((name) =>
      /^(aws|azure|gcp|gitlab|k8s|entra|jenkins|tekton|scanners)/.test(name),
    );
    expect(folders.length).toBeGreaterThan(5);
    for (const folder of folders) {
      for (const file of readdirSync(`${others}/${folder}`).filter((name) => name.endsWith('.json'))) {
        const value = tryRead(`${others}/${folder}/${file}`);
        expect({ file, ours: githubWebhook.accepts(value, {}) }).toEqual({ file, ours: false });
      }
    }
  });
});

function tryRead(file: string) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
}
