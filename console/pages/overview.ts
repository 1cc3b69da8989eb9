import { ownCommand } from '../commands.ts';
import { type Html, href, html } from '../html.ts';
import type { Page } from '../layout.ts';
import { age, command, empty, formatCount, plural, searchHref, severity, term, time } from '../parts.ts';
import { strips, width } from '../plot.ts';
import { shape } from '../shape.ts';
import type { OverviewView, RuleCount } from '../views/overview.ts';
import { alertTable } from './alert-table.ts';

/** Is anything wrong now? */
export function overviewPage(view: OverviewView): Page {
  return {
    title: 'Overview',
    section: 'overview',
    body: html`<h1>Overview</h1>
${
  view.size === 0
    ? emptyTrail(view)
    : html`${tiles(view)}
${events(view)}
<div class="halves">
<section aria-labelledby="open"><h2 id="open">Open alerts</h2>${openAlerts(view)}</section>
<section aria-labelledby="by-rule"><h2 id="by-rule">Findings by rule</h2>${byRule(view)}</section>
</div>`
}`,
  };
}

function emptyTrail({ dataFolder }: OverviewView): Html {
  return empty(
    'The trail is empty.',
    html`Take audit files in, of any of the sources: ${command(ownCommand('ingest PATH', dataFolder))} or send them to this hub; <a href="/sources">Sources</a> says where to.`,
  );
}

/** The state of things in four sentences, each with the page behind it. */
function tiles(view: OverviewView): Html {
  const { openCount, silent, size, verification: last, nowMs, isVerifying } = view;
  const calm = (text: string) => html`<span class="calm">${shape('yes')} ${text}</span>`;
  return html`<ul class="tiles">
<li><span class="label">Alerts</span><a href="/alerts">${openCount === 0 ? calm('none open') : html`<span class="attention">${shape('disc')} ${formatCount(openCount)} open</span>`}</a></li>
<li><span class="label">Sources</span><a href="/sources">${silent.length === 0 ? calm('all heard within a day') : html`<span class="attention">${shape('dashed')} ${plural(silent.length, 'source')} silent</span>`}</a>${silent.length === 0 ? '' : html`<span class="quiet">${silent.map(({ source }) => source).join(', ')}</span>`}</li>
<li><span class="label">Trail</span><a href="/trail">${plural(size, 'entry', 'entries')}</a></li>
<li><span class="label">Verified</span><a href="/trail">${isVerifying ? 'being verified now' : last === undefined ? 'not yet' : last.isWhole ? calm(`nothing was changed`) : html`<strong class="bad">${shape('no')} faults found</strong>`}</a>${last === undefined ? '' : html`<span class="quiet">${time(last.atMs)}, ${age(last.atMs, nowMs)}</span>`}</li>
</ul>`;
}

function events({ events: tally, stretch, since }: OverviewView): Html {
  const other =
    stretch === 'day'
      ? html`<a href="/">the fortnight</a>`
      : html`<a href="${href('/', { over: 'day' })}">the last day</a>`;
  const heading = html`<h2 id="events">Events by source</h2><p class="beside">${stretch === 'day' ? 'The last day' : 'The last fortnight'}, ${plural(tally.total, 'event')}; or ${other}</p>`;
  if (tally.plot === undefined) {
    return html`<section aria-labelledby="events">${heading}${empty(`Nothing was heard ${stretch === 'day' ? 'in the last day' : 'in the last fortnight'}.`, html`<a href="/search">Everything on the trail</a>, whenever it happened.`)}</section>`;
  }
  const plot = strips({
    plot: tally.plot,
    name: (source) => html`<a href="${searchHref({ q: term('source', source), since })}">${source}</a>`,
    caption: html`${width(tally.plot.widthMs)} to a bar; each source on its own scale.`,
    question: (times, source) => ({ q: source === undefined ? '*' : term('source', source), ...times }),
  });
  return html`<section aria-labelledby="events">${heading}${plot}</section>`;
}

function openAlerts({ alerts, openCount, nowMs }: OverviewView): Html {
  if (alerts.length === 0)
    return html`<p class="quiet">None. What was acknowledged or is over is under <a href="/alerts?state=all">Alerts</a>.</p>`;
  return html`${alertTable(alerts, nowMs, 'short')}${openCount > alerts.length ? html`<p><a href="/alerts">All ${formatCount(openCount)}</a></p>` : ''}`;
}

function byRule({ rules, stretch }: OverviewView): Html {
  if (rules.length === 0)
    return html`<p class="quiet">No rule found anything in the last ${stretch}. <a href="/rules">What is looked for</a></p>`;
  const most = Math.max(1, ...rules.map(({ count }) => count));
  return html`<table class="rows bars-table"><thead><tr><th scope="col">Rule</th><th scope="col">Level</th><th scope="col" class="right">Findings</th></tr></thead><tbody>${rules.slice(0, 10).map((rule) => ruleRow(rule, most))}</tbody></table>`;
}

function ruleRow({ id, title, severity: level, count }: RuleCount, most: number): Html {
  const share = Math.max(2, Math.round((count / most) * 100));
  return html`<tr><td><a href="${href('/findings', { rule: id })}">${title}</a><svg class="share" viewBox="0 0 100 3" preserveAspectRatio="none" aria-hidden="true"><rect width="${share}" height="3"/></svg></td><td>${severity(level)}</td><td class="right">${formatCount(count)}</td></tr>`;
}
