import { type Html, href, html, outside } from '../html.ts';
import type { Page } from '../layout.ts';
import { age, facts, formatCount, plural, severity, time } from '../parts.ts';
import { eventHref } from '../row.ts';
import type { Explained, FindingView } from '../views/findings.ts';
import { alertState } from './alert-table.ts';
import { runbookSection } from './runbook.ts';

/** Is this real, and what do I do? */
export function findingPage(view: FindingView): Page {
  const { event, explained, runbook } = view;
  const info = event.finding_info;
  const title = info?.title ?? 'Finding';
  const [description = ''] = (info?.desc ?? '').split('\n\n');
  // A rule's file breaks its lines where it likes.
  const why = description.replaceAll(/\s+/g, ' ');
  return {
    title,
    section: 'findings',
    body: html`<article>
<p class="crumb"><a href="/findings">Findings</a></p>
<h1>${title}</h1>
<p class="lead">${severity(view.severity)} · ${time(event.time)} UTC, ${age(event.time, view.nowMs)}${quiet(view)}</p>
<div class="columns">
<div class="prose">
<section aria-labelledby="happened"><h2 id="happened">What happened</h2><p class="sentence">${told(view, title)}</p>${because(view)}</section>
${explained === undefined ? '' : expectation(explained, told(view, title))}
<section aria-labelledby="matters"><h2 id="matters">Why it matters</h2><p>${why}</p>${innocent(view)}</section>
${runbook === undefined ? html`<section><h2>What to do</h2><p class="quiet">The rule has no runbook.</p></section>` : runbookSection(runbook)}
</div>
<aside aria-labelledby="about"><h2 id="about">About</h2>${about(view)}</aside>
</div></article>`,
  };
}

/** Why nobody was told, where nobody was. */
function quiet({ stage, explained }: FindingView): string {
  if (explained?.isLearning === true) return ' · still learning: alerted nobody';
  return stage === 'staged' ? ' · of a rule on trial: alerted nobody' : '';
}

/** The message begins with the rule's title, which stands above it. */
function told({ event }: FindingView, title: string): string {
  const { message = title } = event;
  return message.startsWith(`${title}: `) ? message.slice(title.length + 2) : message;
}

function because({ event, related }: FindingView): Html {
  const count = event.finding_info?.related_events_count ?? related.length;
  return html`<p>${count > 1 ? `${formatCount(count)} events show it` : 'The event that shows it'}${count > related.length ? `, the last ${related.length} of them` : ''}:</p><ul class="near">${related.slice(0, 20).map(({ uid = '', title }) => html`<li><a data-row href="${eventHref(uid)}">${title ?? `event ${uid.slice(0, 12)}`}</a></li>`)}</ul>`;
}

/** Numbers that a person can check against the trail. */
function expectation(explained: Explained, said: string): Html {
  const { sentence, expected, seen, overEvents, overDays, isAtLeast, isLearning, precedents } = explained;
  return html`<section aria-labelledby="expected"><h2 id="expected">Expected and seen</h2>
${said.includes(sentence) ? '' : html`<p>${sentence}</p>`}
<div class="against"><div><h3>Expected</h3><p>${expected}</p></div><div><h3>Seen</h3><p>${seen}</p></div></div>
<p class="quiet">From ${plural(overEvents, 'event')} over ${spell(overDays)}${isAtLeast ? '; at least these, because more was seen than is remembered' : ''}${isLearning ? '; still learning' : ''}.</p>
${precedents.length === 0 ? html`<p class="quiet">There is no precedent.</p>` : html`<h3>The nearest precedents</h3><ul class="near">${precedents.map(({ uid, timeMs }) => html`<li><a href="${eventHref(uid)}">${time(timeMs)} UTC</a></li>`)}</ul>`}
</section>`;
}

function innocent({ falsePositives }: FindingView): Html {
  if (falsePositives.length === 0) return html``;
  return html`<h3>It may be innocent</h3><ul>${falsePositives.slice(0, 10).map((each) => html`<li>${each}</li>`)}</ul>`;
}

function about(view: FindingView): Html {
  const { event, alert, references, author, fields, uid } = view;
  const { analytic, attacks = [], tags = [] } = event.finding_info ?? { uid };
  const rule = analytic?.uid ?? '';
  return html`${facts([
    [
      'alert',
      alert === undefined
        ? html`<span class="quiet">none</span>`
        : html`<a href="${href(`/alerts/${encodeURIComponent(alert.alert.uid)}`)}">${formatCount(alert.alert.count)} × in it</a> ${alertState(alert.status)}`,
    ],
    ['rule', html`<a href="${href(`/rules/${encodeURIComponent(rule)}`)}">${analytic?.name ?? rule}</a>`],
    ['by', author],
    [
      'on',
      (event.resources ?? [])
        .slice(0, 5)
        .map(
          ({ type, name, uid: resource }) =>
            html`<div>${type === undefined ? '' : html`<span class="quiet">${type}</span> `}${name ?? resource ?? ''}</div>`,
        ),
    ],
    [
      'ATT&CK',
      attacks
        .slice(0, 8)
        .map(
          ({ technique, tactic }) =>
            html`<div>${technique?.uid ?? tactic?.uid ?? ''} ${technique?.name ?? tactic?.name ?? ''}</div>`,
        ),
    ],
    ['tags', tags.slice(0, 12).map(({ value }) => html`<span class="tag">${value}</span> `)],
    ['proof', html`<a href="${eventHref(uid)}">this finding as an entry of the trail</a>`],
  ])}
${fields.length === 0 ? '' : html`<h3>Fields that the rule looks at</h3><div class="stacked">${facts(fields.map(({ name, values }) => [name, [...new Set(values)].slice(0, 5).map((value) => html`<div class="long">${value}</div>`)]))}</div>`}
${references.length === 0 ? '' : html`<h3>References</h3><ul class="long">${references.slice(0, 10).map((each) => html`<li>${outside(each)}</li>`)}</ul>`}`;
}

function spell(days: number): string {
  const minutes = Math.round(days * 1440);
  if (minutes < 120) return plural(minutes, 'minute');
  return days < 2 ? plural(Math.floor(minutes / 60), 'hour') : plural(Math.floor(days), 'day');
}
