import { ORGANISATION, type Person, type Team } from './cast.ts';
import { type Chance, digestOf } from './chance.ts';
import {
  account,
  auditEntry,
  common,
  type Run,
  repository,
  runMoment,
  webhook,
  workflowRun,
} from './github.ts';
import { isoSeconds, MINUTE, type Moment, SECOND } from './moment.ts';
import { rollOut } from './roll-out.ts';

/** One change on its way to production: who wrote it, who reviewed it, which run shipped it, what came out. */
export interface Delivery {
  readonly team: Team;
  readonly author: Person;
  readonly reviewer: Person;
  readonly run: Run;
  readonly number: number;
  readonly digest: string;
  readonly accessKeyId: string;
}

export function planDelivery(team: Team, number: number, chance: Chance): Delivery {
  const swap = chance.whole(0, 1) === 1;
  const [first, second] = team.people;
  const headSha = chance.hex(40);
  const author = swap ? second : first;
  return {
    team,
    author,
    reviewer: swap ? first : second,
    number,
    run: {
      id: 15_000_000_000 + team.repositoryId * 1000 + number,
      team,
      actor: author,
      headSha,
      workflow: '.github/workflows/deliver.yml',
    },
    digest: digestOf(team.repository, headSha),
    accessKeyId: `ASIAEXAMPLE${chance.hex(9).toUpperCase()}`,
  };
}

/** A change as it should be: reviewed by somebody else, built by the pipeline, approved, deployed by the pipeline. */
export function deliver(plan: Delivery, startMs: number, chance: Chance): readonly Moment[] {
  const mergedMs = startMs + chance.whole(20, 90) * MINUTE;
  const builtMs = mergedMs + chance.whole(3, 6) * MINUTE;
  const approvedMs = builtMs + chance.whole(1, 12) * MINUTE;
  return [
    ...review(plan, startMs, mergedMs, chance),
    ...build(plan, mergedMs, builtMs, chance),
    ...approve(plan, builtMs, approvedMs, chance),
    ...rollOut[plan.team.cloud](plan, approvedMs + MINUTE, chance),
    ...finish(plan, approvedMs + 4 * MINUTE, chance),
  ];
}

function review(plan: Delivery, openedMs: number, mergedMs: number, chance: Chance): readonly Moment[] {
  const pull = (atMs: number, merged: boolean) => ({
    id: 2_100_000_000 + (plan.run.id % 1_000_000),
    number: plan.number,
    state: merged ? 'closed' : 'open',
    title: `Change ${plan.number}`,
    merged,
    user: account(plan.author),
    head: { ref: `change-${plan.number}`, sha: plan.run.headSha },
    base: { ref: 'main', sha: digestOf('base', plan.run.headSha).slice(0, 40) },
    merge_commit_sha: merged ? plan.run.headSha : null,
    created_at: isoSeconds(openedMs),
    updated_at: isoSeconds(atMs),
  });
  const reviewedMs = mergedMs - 4 * MINUTE;
  const shared = (person: Person) => common(plan.team, person);
  return [
    webhook(
      'pull_request',
      openedMs,
      { action: 'opened', number: plan.number, pull_request: pull(openedMs, false), ...shared(plan.author) },
      chance,
    ),
    webhook(
      'pull_request_review',
      reviewedMs,
      {
        action: 'submitted',
        review: {
          id: 1_900_000_000 + plan.number,
          user: account(plan.reviewer),
          state: 'approved',
          commit_id: plan.run.headSha,
          submitted_at: isoSeconds(reviewedMs),
        },
        pull_request: pull(reviewedMs, false),
        ...shared(plan.reviewer),
      },
      chance,
    ),
    webhook(
      'pull_request',
      mergedMs,
      { action: 'closed', number: plan.number, pull_request: pull(mergedMs, true), ...shared(plan.author) },
      chance,
    ),
    webhook('push', mergedMs + SECOND, pushBody(plan, mergedMs, plan.author, 'src/index.ts'), chance),
  ];
}

export function pushBody(plan: Delivery, atMs: number, pusher: Person, modified: string) {
  return {
    ref: 'refs/heads/main',
    before: digestOf('before', plan.run.headSha).slice(0, 40),
    after: plan.run.headSha,
    created: false,
    deleted: false,
    forced: false,
    pusher: { name: pusher.login, email: pusher.email },
    commits: [
      {
        id: plan.run.headSha,
        message: `Change ${plan.number}`,
        author: { name: pusher.login, email: pusher.email, username: pusher.login },
        added: [],
        removed: [],
        modified: [modified],
      },
    ],
    ...common(plan.team, pusher),
    repository: { ...repository(plan.team), pushed_at: Math.floor(atMs / 1000) },
  };
}

function build(plan: Delivery, mergedMs: number, builtMs: number, chance: Chance): readonly Moment[] {
  const job = (name: string, atMs: number, id: number) =>
    webhook(
      'workflow_job',
      atMs,
      {
        action: 'completed',
        workflow_job: {
          id,
          run_id: plan.run.id,
          run_attempt: 1,
          workflow_name: 'deliver',
          name,
          head_sha: plan.run.headSha,
          head_branch: 'main',
          status: 'completed',
          conclusion: 'success',
          created_at: isoSeconds(mergedMs),
          started_at: isoSeconds(mergedMs + 20 * SECOND),
          completed_at: isoSeconds(atMs),
          labels: ['ubuntu-latest'],
          runner_name: 'GitHub Actions 12',
          runner_group_name: 'GitHub Actions',
        },
        ...common(plan.team, plan.author),
      },
      chance,
    );
  return [
    runMoment(plan.run, mergedMs + 5 * SECOND, { action: 'requested', conclusion: null }, chance),
    job('test', builtMs - MINUTE, plan.run.id * 10 + 1),
    job('build-and-sign', builtMs, plan.run.id * 10 + 2),
    webhook('registry_package', builtMs - 10 * SECOND, packageBody(plan, builtMs), chance),
  ];
}

function packageBody(plan: Delivery, builtMs: number) {
  return {
    action: 'published',
    registry_package: {
      id: 70_000 + plan.number,
      name: plan.team.repository,
      namespace: ORGANISATION.login,
      ecosystem: 'CONTAINER',
      package_type: 'CONTAINER',
      created_at: isoSeconds(builtMs),
      updated_at: isoSeconds(builtMs),
      package_version: {
        id: 880_000 + plan.number,
        version: `sha256:${plan.digest}`,
        name: `sha256:${plan.digest}`,
        target_commitish: 'main',
        target_oid: plan.run.headSha,
        created_at: isoSeconds(builtMs),
        updated_at: isoSeconds(builtMs),
        container_metadata: { tag: { name: `change-${plan.number}`, digest: `sha256:${plan.digest}` } },
      },
    },
    ...common(plan.team, plan.author),
  };
}

/** The environment gate: production asks for a person, and it is not the one who started the run. */
export function approvalBody(plan: Delivery, approver: Person, atMs: number, comment: string) {
  return {
    action: 'approved',
    approver: account(approver),
    comment,
    environment: 'production',
    since: isoSeconds(atMs),
    reviewers: [{ type: 'User', reviewer: account(approver) }],
    workflow_run: workflowRun(plan.run, atMs, { action: 'completed', conclusion: null }),
    workflow_job_runs: [
      { id: plan.run.id * 10 + 3, name: 'deploy', environment: 'production', status: 'waiting' },
    ],
    ...common(plan.team, approver),
  };
}

function approve(plan: Delivery, builtMs: number, approvedMs: number, chance: Chance): readonly Moment[] {
  return [
    webhook('deployment', builtMs + 5 * SECOND, deploymentBody(plan, builtMs + 5 * SECOND), chance),
    webhook(
      'deployment_review',
      approvedMs,
      approvalBody(plan, plan.reviewer, approvedMs, 'Looks right.'),
      chance,
    ),
    auditEntry(
      approvedMs,
      { actor: plan.reviewer.login, actorId: plan.reviewer.id, ip: plan.reviewer.ip },
      {
        action: 'workflows.approve_workflow_job',
        repo: `${ORGANISATION.login}/${plan.team.repository}`,
        repo_id: plan.team.repositoryId,
        workflow_run_id: plan.run.id,
        environment_name: 'production',
        user_agent: 'Mozilla/5.0',
      },
      chance,
    ),
  ];
}

const deployment = (plan: Delivery, atMs: number) => ({
  id: 1_400_000_000 + (plan.run.id % 100_000_000),
  task: 'deploy',
  ref: 'main',
  sha: plan.run.headSha,
  environment: 'production',
  production_environment: true,
  creator: account(plan.author),
  created_at: isoSeconds(atMs),
  updated_at: isoSeconds(atMs),
});

const deploymentBody = (plan: Delivery, atMs: number) => ({
  action: 'created',
  deployment: deployment(plan, atMs),
  workflow_run: workflowRun(plan.run, atMs, { action: 'created', conclusion: null }),
  ...common(plan.team, plan.author),
});

export function finish(plan: Delivery, atMs: number, chance: Chance): readonly Moment[] {
  return [
    webhook(
      'deployment_status',
      atMs,
      {
        action: 'created',
        deployment_status: {
          id: 2_600_000_000 + (plan.run.id % 100_000_000),
          state: 'success',
          environment: 'production',
          creator: account(plan.author),
          target_url: `https://github.com/${ORGANISATION.login}/${plan.team.repository}/actions/runs/${plan.run.id}/job/3`,
          created_at: isoSeconds(atMs),
          updated_at: isoSeconds(atMs),
        },
        deployment: deployment(plan, atMs - 3 * MINUTE),
        ...common(plan.team, plan.author),
      },
      chance,
    ),
    runMoment(plan.run, atMs + 20 * SECOND, { action: 'completed', conclusion: 'success' }, chance),
  ];
}
