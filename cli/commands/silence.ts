import { MATCH_MEMBERS, type Match } from '../../shared/alert/route.ts';
import type { Silence } from '../../shared/alert/silence.ts';
import { SEVERITY_ORDER } from '../../shared/alert/state.ts';
import { silence as beginSilence, unsilence } from '../../shared/stages/act.ts';
import { listSilences } from '../../shared/stages/alert.ts';
import { type Call, type Command, type ExitStatus, UsageError } from '../command.ts';
import { writeListing } from '../output.ts';
import { formatTime, UID_SHOWN } from '../show-event.ts';
import { readUntil } from '../values.ts';
import { me, withHub } from '../with-hub.ts';
import { withTrail } from '../with-trail.ts';

const ACTIONS = ['add', 'list', 'end'];

export const silence: Command = {
  name: 'silence',
  summary: 'keep alerts quiet for a time, with an owner, a reason and an end; list silences, or end one',
  usage: 'add --match FIELD=VALUE... --for TIME --reason TEXT | list | end ID',
  about:
    'Alerts that fall under a silence are listed and tell nobody; what happens after its end alerts again. Each --match ' +
    `is one of ${MATCH_MEMBERS.join(', ')}, with * for anything; several of one field are alternatives, several fields ` +
    'must all hold. A silence is for the time at which things happened, lasts at most 30 days, and is an entry of the trail.',
  options: [
    { name: 'match', value: 'FIELD=VALUE', repeatable: true, about: 'what is kept quiet' },
    { name: 'for', value: 'TIME', about: 'how long (30m, 4h, 7d), or until when' },
    { name: 'from', value: 'TIME', about: 'when it begins (default now): for planned work' },
    { name: 'reason', value: 'TEXT', about: 'why, for whoever wonders later' },
    { name: 'owner', value: 'NAME', about: 'who answers for it (default you)' },
    { name: 'all', about: 'list also those that are over' },
  ],
  examples: [
    {
      line: 'silence add --match family=audit-logging-stopped --match account=sandbox-* --for 4h --reason "CHG-1234"',
      does: 'while a planned change runs',
    },
    { line: 'silence list', does: 'what is kept quiet now, by whom and why' },
    { line: 'silence end 7c1f', does: 'no longer' },
  ],
  positionals: { min: 1, max: 2, name: 'add, list or end' },
  run,
};

async function run(call: Call): Promise<ExitStatus> {
  const [action = '', id] = call.positionals;
  if (!ACTIONS.includes(action)) throw new UsageError(`silence takes add, list or end; found "${action}".`);
  if (action === 'list') return list(call);
  if (action === 'end') return end(call, id);
  if (id !== undefined) throw new UsageError(`silence add takes options only; found "${id}".`);
  return add(call);
}

async function add(call: Call): Promise<ExitStatus> {
  const nowMs = call.terminal.now().getTime();
  const fromMs = readUntil(call, 'from', nowMs);
  const untilMs = readUntil(call, 'for', fromMs ?? nowMs);
  if (untilMs === undefined) throw new UsageError('silence add needs its end: --for TIME, at most 30d.');
  const reason = call.option('reason') ?? '';
  const owner = call.option('owner');
  const match = readMatch(call.options('match'));
  const done = await withHub(call, ({ trail }) =>
    beginSilence(trail.ports, {
      ...me(),
      match,
      reason,
      untilMs,
      ...(fromMs === undefined ? {} : { fromMs }),
      ...(owner === undefined ? {} : { owner }),
    }),
  );
  if (!done.ok) throw new UsageError(done.fault);
  if (call.output === 'json' || call.output === 'ndjson') {
    call.terminal.out.write(
      `${JSON.stringify({ id: done.value, until: new Date(untilMs).toISOString() })}\n`,
    );
  } else {
    const id = done.value.slice(0, UID_SHOWN);
    call.terminal.out.write(
      `Silence ${id} holds until ${formatTime(untilMs)} UTC; "silence end ${id}" ends it.\n`,
    );
  }
  return 0;
}

async function end(call: Call, id: string | undefined): Promise<ExitStatus> {
  if (id === undefined)
    throw new UsageError('silence end needs the id of a silence; "silence list" has them.');
  const done = await withHub(call, ({ trail }) => unsilence(trail.ports, { ...me(), silenceUid: id }));
  if (!done.ok) throw new UsageError(done.fault);
  const { out } = call.terminal;
  if (call.output === 'json' || call.output === 'ndjson') {
    out.write(`${JSON.stringify({ changed: done.value !== 'already' })}\n`);
  } else out.write(done.value === 'already' ? 'That silence was over already.\n' : 'The silence is over.\n');
  return 0;
}

async function list(call: Call): Promise<ExitStatus> {
  const nowMs = call.terminal.now().getTime();
  const all = await withTrail(call, ({ table }) => listSilences(table));
  const rows = call.flag('all') ? all : all.filter(({ untilMs }) => untilMs > nowMs);
  writeListing<Silence>(call, {
    columns: [
      { title: 'from (UTC)', value: ({ fromMs }) => formatTime(fromMs) },
      { title: 'until (UTC)', value: ({ untilMs }) => formatTime(untilMs), keep: 4 },
      { title: 'for', value: ({ match }) => describeMatch(match), min: 24 },
      { title: 'owner', value: ({ owner }) => owner, min: 8, keep: 3 },
      { title: 'reason', value: ({ reason }) => reason, min: 16, keep: 2 },
      { title: 'ended by', value: ({ endedBy }) => endedBy ?? '', keep: 1 },
      { title: 'id', value: ({ uid }) => uid.slice(0, UID_SHOWN), whole: ({ uid }) => uid },
    ],
    rows,
    json: ({ uid, match, owner, reason, via, fromMs, untilMs, endedBy }) => ({
      id: uid,
      match,
      owner,
      reason,
      via,
      from: new Date(fromMs).toISOString(),
      until: new Date(untilMs).toISOString(),
      endedBy: endedBy ?? null,
    }),
    empty: 'No silences: every alert is told.',
  });
  return 0;
}

function describeMatch(match: Match): string {
  return MATCH_MEMBERS.flatMap((name) => (match[name] ?? []).map((value) => `${name}=${value}`)).join(' ');
}

function readMatch(given: readonly string[]): Match {
  const found: Partial<Record<(typeof MATCH_MEMBERS)[number], string[]>> = {};
  for (const text of given) {
    const cut = text.indexOf('=');
    const name = MATCH_MEMBERS.find((each) => each === text.slice(0, cut));
    const value = text.slice(cut + 1);
    if (name === undefined || value === '') {
      throw new UsageError(
        `--match is FIELD=VALUE, FIELD one of ${MATCH_MEMBERS.join(', ')}; found "${text}".`,
      );
    }
    if (name === 'severity' && !SEVERITY_ORDER.some((each) => each === value)) {
      throw new UsageError(`A severity is one of ${SEVERITY_ORDER.join(', ')}; found "${value}".`);
    }
    found[name] = [...(found[name] ?? []), value];
  }
  return found as Match;
}
