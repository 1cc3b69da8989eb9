import { MATCH_MEMBERS } from '../../shared/alert/route.ts';
import type { Silence } from '../../shared/alert/silence.ts';
import { type Html, href, html } from '../html.ts';
import type { Page } from '../layout.ts';
import { age, empty, formatCount, time } from '../parts.ts';
import { shape } from '../shape.ts';
import { type AlertsView, STATES } from '../views/alerts.ts';
import { alertTable } from './alert-table.ts';
import { formTo } from './form.ts';

/** Who is on it? */
export function alertsPage(view: AlertsView): Page {
  const { alerts, state, counts, nowMs, silences, isCut } = view;
  return {
    title: 'Alerts',
    section: 'alerts',
    body: html`<h1>Alerts</h1>
<p class="filters" role="group" aria-label="By state">${STATES.map((each) => html`<a href="${href('/alerts', each === 'open' ? {} : { state: each })}"${each === state ? html` aria-current="true"` : ''}>${each} <span class="number">${formatCount(counts[each])}</span></a>`)}</p>
${alerts.length === 0 ? none(view) : alertTable(alerts, nowMs, 'whole')}
${isCut ? html`<p class="quiet">The newest of them.</p>` : ''}
<section aria-labelledby="silences"><h2 id="silences">Silences</h2>${silences.length === 0 ? html`<p class="quiet">None. A silence is made from an alert: what is like it then tells nobody for a time, and is still listed.</p>` : html`<ul class="silences">${silences.map((each) => silenceItem(view, each))}</ul>`}</section>`,
  };
}

function none({ state, counts }: AlertsView): Html {
  if (state === 'open') {
    return empty(
      html`<span class="calm">${shape('yes')} No alert is open.</span>`,
      counts.all === 0
        ? html`None has ever been. <a href="/rules">What is looked for</a>`
        : html`<a href="${href('/alerts', { state: 'all' })}">All alerts</a> there have been.`,
    );
  }
  return empty(`No alert is ${state}.`, html`<a href="${href('/alerts', { state: 'all' })}">All alerts</a>`);
}

function silenceItem({ visitor, nowMs, ruleTitles }: AlertsView, silence: Silence): Html {
  const { uid, match, owner, reason, fromMs, untilMs } = silence;
  const words = MATCH_MEMBERS.flatMap((name) => {
    const wanted = match[name] ?? [];
    return wanted.length === 0
      ? []
      : [`${name} ${wanted.map((each) => ruleTitles.get(each) ?? each).join(' or ')}`];
  });
  return html`<li><p><strong>${words.join(', ')}</strong> until ${time(untilMs)} UTC (${age(untilMs, nowMs)})</p><p class="quiet">${owner}: ${reason.replace(/\.$/, '')}. Since ${time(fromMs)}.</p>${formTo(visitor, `/silences/${uid}/end`, html`<button type="submit">End it now</button>`)}</li>`;
}
