import { alertText } from '../../functions/local/alert-text.ts';
import type { LocalTrail } from '../../functions/local/compose.ts';
import { loadRules } from '../../functions/local/hub.ts';
import { stateAt } from '../../shared/alert/state.ts';
import { inert } from '../../shared/inert.ts';
import { type ListedAlert, listAlerts } from '../../shared/stages/alert.ts';
import { findAlerts, type KeptAlert } from '../../shared/stages/alert-rows.ts';
import { listDeliveries } from '../../shared/stages/delivery-list.ts';
import { type Call, type Command, type ExitStatus, UsageError } from '../command.ts';
import { commandOn, writeHint } from '../command-on.ts';
import { writeListing } from '../output.ts';
import { formatTime, UID_SHOWN } from '../show-event.ts';
import type { Column } from '../ui/table.ts';
import { readCount } from '../values.ts';
import { withTrail } from '../with-trail.ts';
import { actOnAlert } from './alert-acts.ts';
import { listDeadLetters, previewRule, redrive, testSink } from './alert-sinks.ts';

const LIMIT = 50;

const ACTS = { snooze: 'snooze', resolve: 'resolve', reopen: 'reopen' } as const;

export const alerts: Command = {
  name: 'alerts',
  summary:
    'what a person was told, or should have been; snooze and resolve it, and look after its deliveries',
  usage: '[ID] | snooze|resolve|reopen ID | preview RULE [--sink SINK] | test SINK | dead | redrive',
  about:
    'Findings of one family and group within a window are one alert. With the first digits of an id, shows that alert ' +
    'as it was sent, with its runbook filled in from the event, and who did what with it. preview shows what would be ' +
    'sent about a rule’s own match event, without a network; test sends a message that says that it is a test. dead ' +
    'lists what a sink refused or never took; redrive sends it again, as it is now, when a hub runs.',
  options: [
    { name: 'limit', short: 'n', value: 'COUNT', about: `at most so many, newest first (default ${LIMIT})` },
    { name: 'for', value: 'TIME', about: 'snooze: how long (default 1h, at most 7d), or until when' },
    { name: 'reason', value: 'TEXT', about: 'snooze, resolve, reopen: why' },
    {
      name: 'sink',
      value: 'SINK',
      about: 'preview, dead, redrive: a sink of trailproof.yaml; preview: also a type',
    },
  ],
  examples: [
    { line: 'alerts', does: 'the newest alerts' },
    { line: 'alerts 4be1', does: 'one alert with its runbook' },
    { line: 'alerts resolve 4be1 --reason "planned, CHG-1234"', does: 'it is over' },
    { line: 'alerts preview audit-logging-stopped --sink slack', does: 'what would Slack be sent?' },
    { line: 'alerts redrive --sink oncall', does: 'send the dead letters again' },
  ],
  positionals: { min: 0, max: 2, name: 'ID' },
  run,
};

async function run(call: Call): Promise<ExitStatus> {
  const [first, second] = call.positionals;
  const act = Object.entries(ACTS).find(([name]) => name === first)?.[1];
  if (act !== undefined) return actOnAlert(call, act, required(first, second, 'the id of an alert'));
  if (first === 'preview') return previewRule(call, required(first, second, 'a rule'));
  if (first === 'test') return testSink(call, required(first, second, 'a sink of trailproof.yaml'));
  if (second !== undefined)
    throw new UsageError(`There is no "alerts ${first}"; "trailproof help alerts" says what there is.`);
  if (first === 'dead') return listDeadLetters(call);
  if (first === 'redrive') return redrive(call);
  return first === undefined ? list(call) : showOne(call, first);
}

function required(action: string | undefined, word: string | undefined, what: string): string {
  if (word === undefined) throw new UsageError(`alerts ${action} needs ${what}.`);
  return word;
}

async function list(call: Call): Promise<ExitStatus> {
  return withTrail<ExitStatus>(call, async ({ ports }) => {
    const listed = await listAlerts(ports.table, readCount(call, 'limit') ?? LIMIT);
    const sorted = listed.toSorted((a, b) => b.firstTime - a.firstTime);
    writeAlerts(call, sorted, [...COLUMNS, stateColumn(call)]);
    if (listed.length > 0) writeHint(call, `One in full, with its runbook: ${commandOn(call, 'alerts ID')}`);
    return 0;
  });
}

async function showOne(call: Call, wanted: string): Promise<ExitStatus> {
  return withTrail<ExitStatus>(call, async (trail) => {
    const found = await findAlerts(trail.ports.table, wanted, 2);
    const [kept] = found;
    if (kept === undefined || found.length > 1) {
      throw new UsageError(
        `${kept === undefined ? 'No' : 'More than one'} alert has an id that begins with ${wanted}.`,
      );
    }
    if (call.output !== 'table') {
      writeAlerts(call, [kept.alert]);
      return 0;
    }
    const { out, width, style } = call.terminal;
    const color = style.bold('x') === 'x' ? 'never' : 'always';
    const rules = await loadRules(call.settings.rules);
    out.write(await alertText({ trail, rules }, kept.alert, { width, color }));
    for (const line of await afterwards(call, trail, kept)) out.write(`${line}\n`);
    return 0;
  });
}

/** Who did what with an alert, and what its sinks know of it; nothing while there is nothing. */
async function afterwards(call: Call, { ports }: LocalTrail, kept: KeptAlert): Promise<readonly string[]> {
  const { style } = call.terminal;
  const { alert } = kept;
  const acts = alert.history.map(({ state, by, via, atMs, untilMs, reason }) => {
    const until = untilMs === undefined ? '' : ` until ${formatTime(untilMs)}`;
    const who = by === undefined ? '' : ` by ${by}`;
    return `${formatTime(atMs ?? alert.lastTime)}  ${state}${until}${who}${via === undefined ? '' : ` (${via})`}${reason === undefined ? '' : `: ${reason}`}`;
  });
  const quiet = alert.fate === 'told' ? [] : [alert.fate === 'digest' ? OVER_BUDGET : SILENCED];
  const sinks = (await listDeliveries(ports.table, kept)).map(
    ({ sink, state, deliveredMs, why }) =>
      `${sink}  ${state}${state === 'delivered' && deliveredMs !== undefined ? ` ${formatTime(deliveredMs)} UTC` : ''}${why === undefined ? '' : `: ${why}`}`,
  );
  const lines = [...acts, ...quiet, ...sinks].map((line) => `  ${inert(line, 400)}`);
  return lines.length === 0 ? [] : ['', style.bold('What became of it'), ...lines];
}

const SILENCED = 'kept quiet by a silence';
const OVER_BUDGET = 'counted by the digest of its rule, which is over its budget';

/** What somebody who looks over a list wants to know: is anybody on it? */
function stateColumn(call: Call): Column<ListedAlert> {
  const nowMs = call.terminal.now().getTime();
  const state = ({ fate, status }: ListedAlert) => (fate === 'told' ? stateAt(status, nowMs) : fate);
  return { title: 'state', value: state, keep: 4 };
}

const COLUMNS: readonly Column<ListedAlert>[] = [
  { title: 'time (UTC)', value: ({ firstTime }) => formatTime(firstTime) },
  { title: 'severity', value: ({ severity }) => severity },
  { title: 'alert', value: ({ title }) => title, min: 18 },
  { title: 'who', value: ({ who }) => who ?? '', min: 8, keep: 3 },
  { title: 'where', value: ({ where }) => where ?? '', min: 12, keep: 1 },
  { title: 'times', value: ({ count }) => String(count), align: 'right', keep: 2 },
  { title: 'id', value: ({ uid }) => uid.slice(0, UID_SHOWN), whole: ({ uid }) => uid },
];

/** Columns of a terminal that is more than the usual 80. */
const WIDE = 100;

export function writeAlerts(
  call: Call,
  listed: readonly ListedAlert[],
  columns: readonly Column<ListedAlert>[] = COLUMNS,
): void {
  const { style } = call.terminal;
  const paint = (text: string, { severity }: ListedAlert) =>
    severity === 'critical' || severity === 'high'
      ? style.red(text)
      : severity === 'medium'
        ? style.yellow(text)
        : text;
  writeListing<ListedAlert>(call, {
    columns: columns.map((column) => {
      if (column.title === 'severity') return { ...column, paint };
      // Where there is room, what happened is what people read first.
      return column.title === 'alert' && call.terminal.width >= WIDE ? { ...column, min: 32 } : column;
    }),
    rows: listed,
    json: jsonOf,
    empty: 'No alerts.',
  });
}

function jsonOf(alert: ListedAlert): unknown {
  const { state, by, via, atMs, untilMs, reason } = alert.status;
  const time = (ms: number | undefined) => (ms === undefined ? null : new Date(ms).toISOString());
  return {
    id: alert.uid,
    rule: alert.rule.uid,
    title: alert.title,
    severity: alert.severity,
    who: alert.who ?? null,
    where: alert.where ?? null,
    count: alert.count,
    first: time(alert.firstTime),
    last: time(alert.lastTime),
    message: alert.message,
    findings: alert.findings.map(({ uid }) => uid),
    family: alert.family,
    environment: alert.environment ?? null,
    state,
    by: by ?? null,
    via: via ?? null,
    at: time(atMs),
    until: time(untilMs),
    reason: reason ?? null,
    fate: alert.fate,
    sinks: alert.sinks,
  };
}
