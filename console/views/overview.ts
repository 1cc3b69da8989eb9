import type { Severity } from '../../shared/alert/alert.ts';
import { parseQuery } from '../../shared/query/parse.ts';
import { listFindings } from '../../shared/stages/alert.ts';
import { trailSize } from '../../shared/stages/read-trail.ts';
import { readSourceCounts, type SourceCount } from '../../shared/stages/source-counts.ts';
import { type Tally, tally } from '../../shared/stages/tally.ts';
import { byWorst, type DeskAlert } from '../alert-desk.ts';
import type { ConsolePorts } from '../ports.ts';
import type { Verification } from '../verifications.ts';

export type Stretch = 'day' | 'fortnight';

export interface OverviewView {
  readonly nowMs: number;
  readonly size: number;
  readonly stretch: Stretch;
  readonly since: string;
  readonly events: Tally;
  readonly alerts: readonly DeskAlert[];
  readonly openCount: number;
  readonly rules: readonly RuleCount[];
  readonly silent: readonly SourceCount[];
  readonly sources: readonly SourceCount[];
  readonly verification: Verification | undefined;
  readonly isVerifying: boolean;
  readonly dataFolder: string | undefined;
}

export interface RuleCount {
  readonly id: string;
  readonly title: string;
  readonly severity: Severity;
  readonly count: number;
}

const DAY_MS = 86_400_000;
const ALERTS_SHOWN = 5;
const ALERTS_READ = 200;
const FINDINGS_READ = 1_000;
/** A source that was heard within the fortnight and not for so long is worth a look. */
const SILENT_MS = DAY_MS;

export async function loadOverview(ports: ConsolePorts, parameters: URLSearchParams): Promise<OverviewView> {
  const nowMs = ports.clock().getTime();
  const stretch: Stretch = parameters.get('over') === 'day' ? 'day' : 'fortnight';
  const since = stretch === 'day' ? '24h' : '14d';
  const sinceMs = nowMs - (stretch === 'day' ? 1 : 14) * DAY_MS;
  const everything = parseQuery('*', { nowMs });
  if (!everything.ok) throw new Error(everything.fault.message);
  const sources = await readSourceCounts(ports.table);
  const listed = await ports.alerts.list(ALERTS_READ);
  const open = listed
    .filter(({ status, isSilenced }) => status.state === 'open' && !isSilenced)
    .sort((a, b) => byWorst(a.alert.severity, b.alert.severity) || b.alert.firstTime - a.alert.firstTime);
  return {
    nowMs,
    size: await trailSize(ports),
    stretch,
    since,
    events: await tally(ports, {
      expression: everything.value,
      sinceMs,
      untilMs: nowMs,
      barsMax: 57,
      by: 'source',
      facets: [],
    }),
    alerts: open.slice(0, ALERTS_SHOWN),
    openCount: open.length,
    rules: await findingsByRule(ports, sinceMs),
    silent: sources.filter(({ source, lastMs }) => source !== 'trailproof' && nowMs - lastMs > SILENT_MS),
    sources,
    verification: await ports.verifications.last(),
    isVerifying: ports.verifications.runningSinceMs() !== undefined,
    dataFolder: ports.dataFolder,
  };
}

async function findingsByRule(ports: ConsolePorts, sinceMs: number): Promise<readonly RuleCount[]> {
  const listed = await listFindings(ports.table, FINDINGS_READ);
  const counts = new Map<string, RuleCount>();
  for (const { finding } of listed) {
    if (finding.lastTime < sinceMs) continue;
    const { uid, title } = finding.rule;
    const before = counts.get(uid)?.count ?? 0;
    counts.set(uid, { id: uid, title, severity: finding.severity, count: before + 1 });
  }
  return [...counts.values()].sort(
    (a, b) => byWorst(a.severity, b.severity) || b.count - a.count || (a.title < b.title ? -1 : 1),
  );
}
