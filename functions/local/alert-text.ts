import type { Alert } from '../../shared/alert/alert.ts';
import { type FilledRunbook, fillRunbook } from '../../shared/alert/fill.ts';
import type { RuleBook } from '../../shared/detect/rule-book.ts';
import type { JsonValue } from '../../shared/json/json.ts';
import { renderTerminal } from '../../shared/sinks/terminal.ts';
import type { ListedAlert } from '../../shared/stages/alert.ts';
import { foldedEvent } from '../../shared/stages/folded-event.ts';
import { readLine } from '../../shared/stages/query-lookup.ts';
import type { LocalTrail } from './compose.ts';

/** The folder that commands look in when nobody names one. */
const FOLDER_DEFAULT = '.trailproof';

/** An alert as a person at a terminal gets it: with the first steps of its runbook, filled in from its latest event. */
export async function alertText(
  at: { readonly trail: LocalTrail; readonly rules: RuleBook },
  alert: Alert & Partial<Pick<ListedAlert, 'status'>>,
  look: { readonly width: number; readonly color: 'always' | 'never' },
): Promise<string> {
  const dataFolder = at.trail.folder === FOLDER_DEFAULT ? undefined : at.trail.folder;
  return renderTerminal(alert, {
    ...look,
    dataFolder,
    runbook: await runbookFor(at, alert),
    status: alert.status,
  });
}

/** The runbook of an alert's rule, filled in from its latest event; undefined where it has none. */
export async function runbookFor(
  { trail, rules }: { readonly trail: LocalTrail; readonly rules: RuleBook },
  alert: Alert,
): Promise<FilledRunbook | undefined> {
  const dataFolder = trail.folder === FOLDER_DEFAULT ? undefined : trail.folder;
  const runbook = rules.runbooks.get(alert.rule.uid);
  const latest = alert.findings.at(-1);
  if (runbook === undefined || latest === undefined) return undefined;
  const line = await readLine(trail.ports, latest.event.index);
  const event = line === undefined ? undefined : await foldedEvent(trail.ports, line);
  if (event === undefined) return undefined;
  const situation = {
    source: event.source,
    event: event.event as unknown as JsonValue,
    record: event.record,
  };
  return fillRunbook(runbook, situation, { dataFolder });
}
