import { type Html, href, html } from '../html.ts';
import type { Page } from '../layout.ts';
import { age, facts, formatCount, id, plural, searchHref, severity, term, time } from '../parts.ts';
import { eventHref } from '../row.ts';
import type { AlertView } from '../views/alerts.ts';
import { alertState, sent } from './alert-table.ts';
import { formTo } from './form.ts';
import { runbookSection } from './runbook.ts';

export function alertPage(view: AlertView): Page {
  const { listed, nowMs, runbook, fault } = view;
  const { alert, status } = listed;
  return {
    title: alert.title,
    section: 'alerts',
    body: html`<article>
<p class="crumb"><a href="/alerts">Alerts</a></p>
<h1>${alert.title}</h1>
<p class="lead">${severity(alert.severity)} · ${time(alert.firstTime)} UTC, ${age(alert.firstTime, nowMs)} · ${alertState(status)}</p>
${fault === undefined ? '' : html`<p class="fault" role="alert">${fault}</p>`}
<div class="columns">
<div class="prose">
<section aria-labelledby="happened"><h2 id="happened">What happened</h2><p class="sentence">${alert.message}</p>${facts(
      [
        [
          'who',
          alert.who === undefined
            ? undefined
            : html`<a href="${searchHref({ q: term('actor', alert.who) })}">${alert.who}</a>${alert.from === undefined ? '' : html` <span class="quiet">from ${alert.from}</span>`}`,
        ],
        ['what', alert.what],
        [
          'where',
          alert.where === undefined
            ? undefined
            : html`${alert.where} <span class="quiet">${alert.account ?? ''}</span>`,
        ],
        [
          'times',
          alert.count === 1
            ? undefined
            : html`${formatCount(alert.count)}, until ${time(alert.lastTime)} UTC`,
        ],
      ],
    )}${shownBy(view)}</section>
${runbook === undefined ? '' : runbookSection(runbook)}
</div>
<aside>
<section aria-labelledby="act"><h2 id="act">Act</h2>${acts(view)}</section>
<section aria-labelledby="told"><h2 id="told">Who knows</h2>${told(view)}</section>
<section aria-labelledby="about"><h2 id="about">About</h2>${facts([
      [
        'rule',
        html`<a href="${href(`/rules/${encodeURIComponent(alert.rule.uid)}`)}">${alert.rule.title}</a>`,
      ],
      ['source', alert.source],
      ['id', id(alert.uid, 12)],
    ])}${alert.rule.falsePositives.length === 0 ? '' : html`<h3>It may be innocent</h3><ul>${alert.rule.falsePositives.slice(0, 5).map((each) => html`<li>${each}</li>`)}</ul>`}</section>
</aside>
</div></article>`,
  };
}

function shownBy({ listed: { alert } }: AlertView): Html {
  const findings = alert.findings.slice(-5);
  return html`<ul class="near">${findings.map((finding) => html`<li><a data-row href="${eventHref(finding.event.uid)}">The event</a> and <a href="${href(`/findings/${encodeURIComponent(finding.uid)}`)}">the finding, explained</a></li>`)}</ul>${alert.count > findings.length ? html`<p class="quiet">The last ${findings.length} of ${formatCount(alert.count)}.</p>` : ''}`;
}

/** Every act is a form of its own, and an entry of the trail under the name that is shown. */
function acts({ listed, visitor }: AlertView): Html {
  const { alert, status } = listed;
  const path = (act: string) => `/alerts/${alert.uid}/${act}`;
  const isOver = status.state === 'resolved';
  const reason = (name: string, label: string) =>
    html`<label for="${name}">${label}</label><input id="${name}" name="reason" required maxlength="300" autocomplete="off">`;
  return html`<p class="quiet">As ${visitor.name}; it is recorded on the trail.</p>
${status.state === 'open' || status.state === 'snoozed' ? formTo(visitor, path('acknowledge'), html`<button type="submit" class="main">Acknowledge</button>`) : ''}
${
  isOver
    ? formTo(visitor, path('reopen'), html`<button type="submit">Open it again</button>`)
    : html`<details><summary>It is over</summary>${formTo(visitor, path('resolve'), html`${reason('resolve-reason', 'Why')}<button type="submit">Resolve</button>`)}</details>
<details><summary>Snooze it</summary>${formTo(visitor, path('snooze'), html`${reason('snooze-reason', 'Why')}${howLong('snooze-for', ['1h', '4h', '24h', '7d'])}<button type="submit">Snooze</button>`)}</details>`
}
<details><summary>Silence what is like it</summary>${formTo(visitor, path('silence'), html`${reason('silence-reason', 'Why')}${howLong('silence-for', ['1h', '24h', '7d', '30d'])}<label class="check"><input type="checkbox" name="only-actor" value="yes" checked> only of ${alert.who ?? 'the same actor'}</label><button type="submit">Silence</button>`)}</details>`;
}

function howLong(name: string, choices: readonly string[]): Html {
  return html`<label for="${name}">For</label><select id="${name}" name="for">${choices.map((each) => html`<option value="${each}">${SPELT[each] ?? each}</option>`)}</select>`;
}

const SPELT: Readonly<Record<string, string>> = {
  '1h': 'one hour',
  '4h': 'four hours',
  '24h': 'a day',
  '7d': 'a week',
  '30d': 'thirty days',
};

function told({ listed, history }: AlertView): Html {
  const acts = history.map(
    ({ what, by, via, atMs, reason }) =>
      html`<li>${time(atMs)} <strong>${by}</strong> ${what}${via === undefined ? '' : html` <span class="quiet">through ${via}</span>`}${reason === undefined ? '' : html`<div class="quiet">${reason}</div>`}</li>`,
  );
  return html`<p>${sent(listed.deliveries)}</p>${listed.deliveries.filter(({ state }) => state === 'given up' || state === 'failing').map(({ sink, state, why, attempts }) => html`<p class="fault">${sink}: ${why ?? 'not delivered'}; ${state === 'failing' ? 'being tried again' : 'given up'} after ${plural(attempts, 'try', 'tries')}.</p>`)}${acts.length === 0 ? html`<p class="quiet">Nobody has acted on it yet.</p>` : html`<ul class="acts">${acts}</ul>`}`;
}
