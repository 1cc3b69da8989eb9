/** Events as rows of a table. */

import type { Severity } from '../shared/alert/alert.ts';
import type { OcsfEvent } from '../shared/ocsf/event.ts';
import { actorOf, operationOf, outcomeOf, resourceOf, sourceOf } from '../shared/ocsf/names.ts';
import type { Newest } from '../shared/stages/tally.ts';
import { breakable, type Html, href, html } from './html.ts';
import { outcome, severity, time } from './parts.ts';

export interface EventRow {
  readonly index: number;
  readonly uid: string;
  readonly timeMs: number;
  readonly source: string;
  readonly actor: string;
  readonly operation: string;
  readonly resource: string;
  readonly outcome: string;
  /** Of a finding. */
  readonly severity: Severity | undefined;
  /** A new finding has a page that explains it. */
  readonly isFinding: boolean;
}

const SEVERITIES: readonly Severity[] = [
  'unknown',
  'informational',
  'low',
  'medium',
  'high',
  'critical',
  'critical',
];

export function severityOf(event: OcsfEvent): Severity {
  return SEVERITIES[event.severity_id] ?? 'unknown';
}

/** The same row, from what the index has. */
export function rowOfNewest(newest: Newest): EventRow {
  const { detail, ...row } = newest;
  const finding = detail?.finding;
  return {
    ...row,
    uid: detail?.uid ?? '',
    operation: finding?.title ?? row.operation,
    resource: detail?.resource ?? '',
    severity: finding === undefined ? undefined : (SEVERITIES[finding.severityId] ?? 'unknown'),
    isFinding: finding?.isNew === true,
  };
}

export function rowOf(index: number, event: OcsfEvent): EventRow {
  return {
    index,
    uid: event.metadata.uid,
    timeMs: event.time,
    source: sourceOf(event),
    actor: actorOf(event),
    operation: event.finding_info?.title ?? operationOf(event),
    resource: resourceOf(event),
    outcome: outcomeOf(event),
    severity: event.finding_info === undefined ? undefined : severityOf(event),
    isFinding: event.finding_info !== undefined && event.activity_id === 1,
  };
}

export function eventHref(uid: string): Html {
  return href(`/events/${encodeURIComponent(uid)}`);
}

export function eventTable(rows: readonly EventRow[], caption: string): Html {
  return html`<table class="rows events" role="table">
<caption class="sr">${caption}</caption>
<thead role="rowgroup"><tr role="row"><th scope="col" role="columnheader">Time (UTC)</th><th scope="col" role="columnheader">Actor</th><th scope="col" role="columnheader">Operation</th><th scope="col" role="columnheader">Resource</th><th scope="col" role="columnheader">Source</th><th scope="col" role="columnheader">Outcome</th></tr></thead>
<tbody role="rowgroup">${rows.map(eventRow)}</tbody>
</table>`;
}

function eventRow(row: EventRow): Html {
  return html`<tr role="row"><td role="cell" class="when">${time(row.timeMs)}</td><td role="cell" class="who">${row.actor === '' ? html`<span class="quiet">nobody named</span>` : breakable(row.actor)}</td><td role="cell" class="what"><a data-row href="${row.isFinding ? href(`/findings/${encodeURIComponent(row.uid)}`) : eventHref(row.uid)}">${breakable(row.operation || 'event')}</a></td><td role="cell" class="on">${breakable(row.resource)}</td><td role="cell" class="source">${row.source}</td><td role="cell" class="how">${row.severity === undefined ? outcome(row.outcome) : severity(row.severity)}</td></tr>`;
}
