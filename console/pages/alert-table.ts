import type { AlertStatus } from '../../shared/alert/state.ts';
import type { DeskAlert, DeskDelivery } from '../alert-desk.ts';
import { breakable, type Html, href, html } from '../html.ts';
import { formatCount, formatTime, severity, time } from '../parts.ts';
import { type Shape, shape } from '../shape.ts';

const SHAPES: Readonly<Record<AlertStatus['state'], Shape>> = {
  open: 'disc',
  acknowledged: 'half',
  snoozed: 'dashed',
  resolved: 'yes',
};

export function alertState({ state, by, untilMs }: AlertStatus): Html {
  return html`<span class="state ${state}">${shape(SHAPES[state])} ${state}${by === undefined || state === 'open' ? '' : html` <span class="quiet">by ${by}</span>`}${state === 'snoozed' && untilMs !== undefined ? html` <span class="quiet">until ${formatTime(untilMs)}</span>` : ''}</span>`;
}

/** Alerts as rows; the short form is for a place beside others. */
export function alertTable(alerts: readonly DeskAlert[], nowMs: number, form: 'short' | 'whole'): Html {
  const isWhole = form === 'whole';
  const head = (name: string, className = '') =>
    html`<th scope="col" role="columnheader" class="${className}">${name}</th>`;
  return html`<table class="rows alerts ${form}" role="table"><thead role="rowgroup"><tr role="row">${head('Time (UTC)')}${head('Severity')}${head('Alert')}${isWhole ? html`${head('Who')}${head('Where')}${head('Times', 'right')}${head('State')}${head('Sent')}` : ''}</tr></thead>
<tbody role="rowgroup">${alerts.map((each) => row(each, nowMs, isWhole))}</tbody></table>`;
}

function row({ alert, status, deliveries }: DeskAlert, _nowMs: number, isWhole: boolean): Html {
  const cell = (className: string, content: Html | string, label?: string) =>
    html`<td role="cell" class="${className}"${label === undefined ? '' : html` data-label="${label}"`}>${content}</td>`;
  return html`<tr role="row">${cell('when', time(alert.firstTime))}${cell('level', severity(alert.severity))}${cell('what', html`<a data-row href="${href(`/alerts/${encodeURIComponent(alert.uid)}`)}">${alert.title}</a>${isWhole ? '' : html`<span class="sub">${[alert.who, alert.where].filter((part) => part !== undefined).join(', ')}</span>`}`)}${isWhole ? html`${cell('who', breakable(alert.who ?? ''))}${cell('on', breakable(alert.where ?? ''))}${cell('right', formatCount(alert.count), 'times')}${cell('how', alertState(status))}${cell('sent', sent(deliveries))}` : ''}</tr>`;
}

const SENT: Readonly<Record<DeskDelivery['state'], Shape>> = {
  waiting: 'dashed',
  delivered: 'yes',
  failing: 'warning',
  'given up': 'no',
  'held back': 'none',
};

/** What became of the messages, sink by sink. */
export function sent(deliveries: readonly DeskDelivery[]): Html {
  if (deliveries.length === 0) return html`<span class="quiet">terminal only</span>`;
  return html`${deliveries.map(({ sink, state }) => {
    const isAmiss = state === 'failing' || state === 'given up';
    return html`<span class="delivery${isAmiss ? ' failed' : ''}">${shape(SENT[state])} ${sink} <span class="quiet">${state}</span></span>`;
  })}`;
}
