import type { FilledRunbook } from '../../shared/alert/fill.ts';
import type { Silence } from '../../shared/alert/silence.ts';
import type { DeskAct, DeskAlert } from '../alert-desk.ts';
import type { ConsolePorts, Visitor } from '../ports.ts';
import { filledFrom } from './findings.ts';

export const STATES = ['open', 'acknowledged', 'snoozed', 'resolved', 'silenced', 'all'] as const;
export type ShownState = (typeof STATES)[number];

export interface AlertsView {
  readonly nowMs: number;
  readonly state: ShownState;
  readonly alerts: readonly DeskAlert[];
  readonly counts: Readonly<Record<ShownState, number>>;
  readonly silences: readonly Silence[];
  /** Titles of rules, by their ids: how a silence's rule is named to a person. */
  readonly ruleTitles: ReadonlyMap<string, string>;
  readonly visitor: Visitor;
  readonly isCut: boolean;
}

const LISTED = 1_000;
const SHOWN = 200;

export async function loadAlerts(
  ports: ConsolePorts,
  parameters: URLSearchParams,
  visitor: Visitor,
): Promise<AlertsView> {
  const nowMs = ports.clock().getTime();
  const state = STATES.find((each) => each === parameters.get('state')) ?? 'open';
  const listed = await ports.alerts.list(LISTED);
  const of = (wanted: ShownState) => listed.filter((each) => isShown(each, wanted));
  const counts = Object.fromEntries(STATES.map((each) => [each, of(each).length]));
  const alerts = of(state).toSorted((a, b) => b.alert.firstTime - a.alert.firstTime);
  return {
    nowMs,
    state,
    alerts: await ports.alerts.withDeliveries(alerts.slice(0, SHOWN)),
    counts: counts as AlertsView['counts'],
    silences: (await ports.alerts.silences()).filter(({ untilMs }) => untilMs > nowMs),
    ruleTitles: new Map(ports.rules.map(({ id, title }) => [id, title])),
    visitor,
    isCut: listed.length === LISTED || alerts.length > SHOWN,
  };
}

function isShown({ status, isSilenced }: DeskAlert, wanted: ShownState): boolean {
  if (wanted === 'all') return true;
  if (wanted === 'silenced') return isSilenced;
  return status.state === wanted && !isSilenced;
}

export interface AlertView {
  readonly nowMs: number;
  readonly listed: DeskAlert;
  readonly history: readonly DeskAct[];
  readonly runbook: FilledRunbook | undefined;
  readonly visitor: Visitor;
  /** What was wrong with the form that was just sent. */
  readonly fault: string | undefined;
}

export async function loadAlert(
  ports: ConsolePorts,
  uid: string,
  { visitor, fault }: { readonly visitor: Visitor; readonly fault?: string },
): Promise<AlertView | undefined> {
  const listed = await ports.alerts.find(uid);
  if (listed === undefined) return undefined;
  const runbook = ports.runbooks.get(listed.alert.rule.uid);
  const latest = listed.alert.findings.at(-1);
  return {
    nowMs: ports.clock().getTime(),
    listed,
    history: await ports.alerts.history(listed.alert.uid),
    runbook:
      runbook === undefined || latest === undefined
        ? undefined
        : await filledFrom(ports, runbook, latest.event.index),
    visitor,
    fault,
  };
}
