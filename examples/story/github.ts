import { ORGANISATION, type Person, type Team } from './cast.ts';
import type { Chance } from './chance.ts';
import { isoSeconds, type Moment } from './moment.ts';

/** One workflow run, as the several webhooks about it repeat it. */
export interface Run {
  readonly id: number;
  readonly team: Team;
  readonly actor: Person;
  readonly headSha: string;
  readonly workflow: string;
}

export function webhook(name: string, atMs: number, body: Record<string, unknown>, chance: Chance): Moment {
  return {
    atMs,
    road: 'github-webhook',
    event: body,
    headers: {
      'X-GitHub-Event': name,
      'X-GitHub-Delivery': chance.uuid(),
      'X-GitHub-Hook-ID': '480015162',
      'Content-Type': 'application/json',
    },
  };
}

export const account = (person: Person) => ({
  login: person.login,
  id: person.id,
  type: 'User',
  site_admin: false,
});

export function repository(team: Team) {
  return {
    id: team.repositoryId,
    name: team.repository,
    full_name: `${ORGANISATION.login}/${team.repository}`,
    private: true,
    owner: { login: ORGANISATION.login, id: ORGANISATION.id, type: 'Organization' },
    html_url: `https://github.com/${ORGANISATION.login}/${team.repository}`,
    default_branch: 'main',
  };
}

/** The members that every webhook of this organisation has. */
export function common(team: Team, sender: Person) {
  return { repository: repository(team), organization: ORGANISATION, sender: account(sender) };
}

export function workflowRun(run: Run, atMs: number, state: { action: string; conclusion: string | null }) {
  return {
    id: run.id,
    name: 'deliver',
    path: run.workflow,
    head_branch: 'main',
    head_sha: run.headSha,
    event: 'push',
    status: state.conclusion === null ? 'queued' : 'completed',
    conclusion: state.conclusion,
    run_number: run.id % 1000,
    run_attempt: 1,
    workflow_id: 90_000 + run.team.repositoryId,
    html_url: `https://github.com/${ORGANISATION.login}/${run.team.repository}/actions/runs/${run.id}`,
    created_at: isoSeconds(atMs),
    updated_at: isoSeconds(atMs),
    run_started_at: isoSeconds(atMs),
    actor: account(run.actor),
    triggering_actor: account(run.actor),
    head_repository: { id: run.team.repositoryId, full_name: `${ORGANISATION.login}/${run.team.repository}` },
  };
}

export function runMoment(
  run: Run,
  atMs: number,
  state: { action: string; conclusion: string | null },
  chance: Chance,
): Moment {
  const body = {
    action: state.action,
    workflow_run: workflowRun(run, atMs, state),
    ...common(run.team, run.actor),
  };
  return webhook('workflow_run', atMs, body, chance);
}

/** The organisation's audit log, as streamed: one JSON object a line. */
export function auditEntry(
  atMs: number,
  who: { actor: string; actorId: number; ip?: string },
  entry: Record<string, unknown>,
  chance: Chance,
): Moment {
  return {
    atMs,
    road: 'github-audit',
    event: {
      '@timestamp': atMs,
      _document_id: chance.hex(22),
      actor: who.actor,
      actor_id: who.actorId,
      actor_is_bot: who.actor.endsWith('[bot]'),
      ...(who.ip === undefined ? {} : { actor_ip: who.ip, actor_location: { country_code: 'SE' } }),
      org: ORGANISATION.login,
      org_id: ORGANISATION.id,
      created_at: atMs,
      operation_type: 'modify',
      ...entry,
    },
  };
}
