import { type ListedFinding, listFindings } from '../../shared/stages/alert.ts';
import type { Call, Command, ExitStatus } from '../command.ts';
import { commandOn, writeHint } from '../command-on.ts';
import { writeListing } from '../output.ts';
import { formatTime, UID_SHOWN } from '../show-event.ts';
import { readCount } from '../values.ts';
import { withTrail } from '../with-trail.ts';

const LIMIT = 50;

export const findings: Command = {
  name: 'findings',
  summary: 'what the rules found, each with the event that shows it',
  usage: '[--limit COUNT]',
  about:
    'Every finding is an entry of the trail: "show UID" prints it, "prove UID" proves it. Findings of staged rules are ' +
    'listed here and alert nobody.',
  options: [
    { name: 'limit', short: 'n', value: 'COUNT', about: `at most so many, newest first (default ${LIMIT})` },
  ],
  examples: [
    { line: 'findings', does: 'the newest findings' },
    { line: "query 'class:2004 AND actor:alice'", does: 'findings are events: ask for them like any other' },
  ],
  positionals: { min: 0, max: 0, name: '' },
  run,
};

async function run(call: Call): Promise<ExitStatus> {
  return withTrail<ExitStatus>(call, async (trail) => {
    const listed = await listFindings(trail.ports.table, readCount(call, 'limit') ?? LIMIT);
    writeFindings(
      call,
      listed.toSorted((a, b) => b.finding.firstTime - a.finding.firstTime),
    );
    if (listed.length > 0) writeHint(call, `The event behind one: ${commandOn(call, 'show EVENT')}`);
    return 0;
  });
}

export function writeFindings(call: Call, rows: readonly ListedFinding[]): void {
  const latest = ({ finding }: ListedFinding) => finding.findings.at(-1);
  writeListing<ListedFinding>(call, {
    columns: [
      { title: 'time (UTC)', value: ({ finding }) => formatTime(finding.firstTime) },
      { title: 'severity', value: ({ finding }) => finding.severity, keep: 4 },
      { title: 'rule', value: ({ finding }) => finding.title, min: 26 },
      { title: 'who', value: ({ finding }) => finding.who ?? '', min: 12, keep: 3 },
      { title: 'what', value: ({ finding }) => finding.what ?? '', min: 12, keep: 2 },
      { title: 'where', value: ({ finding }) => finding.where ?? '', min: 12, keep: 1 },
      // A rule that is staged, or still learns, tells nobody.
      { title: 'alert', value: ({ alertUid }) => (alertUid === undefined ? 'none' : 'yes'), keep: 4 },
      {
        title: 'event',
        value: (row) => latest(row)?.event.uid.slice(0, UID_SHOWN) ?? '',
        whole: (row) => latest(row)?.event.uid ?? '',
      },
    ],
    rows,
    json: (row) => ({
      uid: latest(row)?.uid ?? null,
      index: row.index,
      time: new Date(row.finding.firstTime).toISOString(),
      rule: { id: row.finding.rule.uid, title: row.finding.rule.title },
      severity: row.finding.severity,
      who: row.finding.who ?? null,
      where: row.finding.where ?? null,
      events: row.finding.findings.map(({ event }) => event.uid),
      alert: row.alertUid ?? null,
      message: row.finding.message,
    }),
    empty: 'No findings.',
  });
}
