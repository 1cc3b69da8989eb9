import { alertText } from '../../functions/local/alert-text.ts';
import { loadRules } from '../../functions/local/hub.ts';
import type { Alert } from '../../shared/alert/alert.ts';
import { listAlerts } from '../../shared/stages/alert.ts';
import { type Call, type Command, type ExitStatus, UsageError } from '../command.ts';
import { commandOn, writeHint } from '../command-on.ts';
import { writeListing } from '../output.ts';
import { formatTime, UID_SHOWN } from '../show-event.ts';
import { readCount } from '../values.ts';
import { withTrail } from '../with-trail.ts';

const LIMIT = 50;

export const alerts: Command = {
  name: 'alerts',
  summary: 'what a person was told, or should have been: one line each, or one in full',
  usage: '[ID] [--limit COUNT]',
  about:
    'Findings of the same family, actor and run within an hour are one alert. With the first digits of an id, shows that ' +
    'alert as it was sent, with its runbook filled in from the event.',
  options: [
    { name: 'limit', short: 'n', value: 'COUNT', about: `at most so many, newest first (default ${LIMIT})` },
  ],
  examples: [
    { line: 'alerts', does: 'the newest alerts' },
    { line: 'alerts 4be1', does: 'one alert with its runbook' },
  ],
  positionals: { min: 0, max: 1, name: 'ID' },
  run,
};

async function run(call: Call): Promise<ExitStatus> {
  return withTrail<ExitStatus>(call, async (trail) => {
    const wanted = call.positionals[0];
    const listed = await listAlerts(
      trail.ports.table,
      wanted === undefined ? (readCount(call, 'limit') ?? LIMIT) : 100_000,
    );
    if (wanted === undefined) {
      writeAlerts(
        call,
        listed.toSorted((a, b) => b.firstTime - a.firstTime),
      );
      if (listed.length > 0)
        writeHint(call, `One in full, with its runbook: ${commandOn(call, 'alerts ID')}`);
      return 0;
    }
    const found = listed.filter(({ uid }) => uid.startsWith(wanted.toLowerCase()));
    const [alert] = found;
    if (alert === undefined || found.length > 1) {
      throw new UsageError(
        `${found.length === 0 ? 'No' : 'More than one'} alert has an id that begins with ${wanted}.`,
      );
    }
    if (call.output !== 'table') {
      writeAlerts(call, [alert]);
      return 0;
    }
    const { out, width, style } = call.terminal;
    const color = style.bold('x') === 'x' ? 'never' : 'always';
    out.write(
      await alertText({ trail, rules: await loadRules(call.settings.rules) }, alert, { width, color }),
    );
    return 0;
  });
}

export function writeAlerts(call: Call, listed: readonly Alert[]): void {
  const { style } = call.terminal;
  const paint = (text: string, { severity }: Alert) =>
    severity === 'critical' || severity === 'high'
      ? style.red(text)
      : severity === 'medium'
        ? style.yellow(text)
        : text;
  writeListing<Alert>(call, {
    columns: [
      { title: 'time (UTC)', value: ({ firstTime }) => formatTime(firstTime) },
      { title: 'severity', value: ({ severity }) => severity, paint },
      { title: 'alert', value: ({ title }) => title, min: 30 },
      { title: 'who', value: ({ who }) => who ?? '', min: 12, keep: 3 },
      { title: 'where', value: ({ where }) => where ?? '', min: 12, keep: 1 },
      { title: 'times', value: ({ count }) => String(count), align: 'right', keep: 2 },
      { title: 'id', value: ({ uid }) => uid.slice(0, UID_SHOWN), whole: ({ uid }) => uid },
    ],
    rows: listed,
    json: (alert) => ({
      id: alert.uid,
      rule: alert.rule.uid,
      title: alert.title,
      severity: alert.severity,
      who: alert.who ?? null,
      where: alert.where ?? null,
      count: alert.count,
      first: new Date(alert.firstTime).toISOString(),
      last: new Date(alert.lastTime).toISOString(),
      message: alert.message,
      findings: alert.findings.map(({ uid }) => uid),
    }),
    empty: 'No alerts.',
  });
}
