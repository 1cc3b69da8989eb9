import { ownCommand } from '../commands.ts';
import { type Html, html, lines } from '../html.ts';
import type { Page } from '../layout.ts';
import { age, command, empty, formatCount, id, plural, searchHref, term, time } from '../parts.ts';
import { sparkline } from '../plot.ts';
import { shape } from '../shape.ts';
import type { HeardSource, RejectGroup, SourcesView } from '../views/sources.ts';

/** Is anything missing? */
export function sourcesPage(view: SourcesView): Page {
  const { heard, unheard, dataFolder } = view;
  return {
    title: 'Sources',
    section: 'sources',
    body: html`<h1>Sources</h1>
${heard.length === 0 ? empty('Nothing was ever heard.', html`Take audit files in: ${command(ownCommand('ingest PATH', dataFolder))}`) : table(view)}
${unheard.length === 0 ? '' : html`<section aria-labelledby="unheard"><h2 id="unheard">Never heard</h2><p>${unheard.map((source) => html`<code>${source}</code> `)}</p><p class="quiet">Files are recognised by their shape: ${command(ownCommand('ingest PATH', dataFolder))} Deliveries come by <code>POST /ingest/SOURCE</code> on this hub, with the token in <code>keys/hub.token</code>.</p></section>`}
<section aria-labelledby="rejects"><h2 id="rejects">Rejects</h2>${rejects(view)}</section>`,
  };
}

function table(view: SourcesView): Html {
  const head = (name: string, className = '') =>
    html`<th scope="col" role="columnheader" class="${className}">${name}</th>`;
  return html`<table class="rows sources" role="table"><caption class="sr">Sources that were heard</caption><thead role="rowgroup"><tr role="row">${head('Source')}${head('Last event (UTC)')}${head('Ago')}${head('Last fortnight')}${head('Lag', 'right')}${head('Events', 'right')}${head('First event (UTC)')}</tr></thead><tbody role="rowgroup">${view.heard.map((each) => row(view, each))}</tbody></table>
<p class="quiet">Lag: how long after it happened the newest event was on the trail. Of files taken in later, it is as long as they lay.</p>`;
}

const SILENT_MS = 86_400_000;

function row({ plot, nowMs }: SourcesView, { source, count, firstMs, lastMs, lagMs }: HeardSource): Html {
  const series = plot?.series.find(({ value }) => value === source)?.counts;
  const cell = (className: string, content: Html | string, label = '') =>
    html`<td role="cell" class="${className}"${label === '' ? '' : html` data-label="${label}"`}>${content}</td>`;
  const isSilent = source !== 'trailproof' && nowMs - lastMs > SILENT_MS;
  return html`<tr role="row">${cell('what', html`<a data-row href="${searchHref({ q: term('source', source) })}">${source}</a>`)}${cell('when', time(lastMs))}${cell('how', isSilent ? html`<strong>${shape('dashed')} silent, ${age(lastMs, nowMs)}</strong>` : age(lastMs, nowMs))}${cell(
    'spark',
    series === undefined
      ? html`<span class="quiet">nothing</span>`
      : sparkline(
          series,
          `${plural(
            series.reduce((a, b) => a + b, 0),
            'event',
          )} in the last fortnight`,
        ),
  )}${cell('right', lagMs === undefined ? html`<span class="quiet">–</span>` : spellLag(lagMs), 'lag')}${cell('right', formatCount(count), 'events')}${cell('first', time(firstMs), 'first')}</tr>`;
}

function spellLag(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 120) return `${minutes} min`;
  const hours = Math.round(minutes / 60);
  return hours < 48 ? `${hours} h` : `${formatCount(Math.round(hours / 24))} days`;
}

function rejects({ rejects: groups, rejectCount, isCut }: SourcesView): Html {
  if (groups.length === 0)
    return html`<p><span class="calm">${shape('yes')} None in the last fortnight.</span> <span class="quiet">What cannot become an event is kept here with its reason, and counted.</span></p>`;
  return html`<p>${isCut ? 'The newest ' : ''}${plural(rejectCount, 'record')} of the last fortnight could not become an event, and ${rejectCount === 1 ? 'is' : 'are'} kept with the reason.</p>${groups.map(group)}`;
}

function group({ source, reason, count, samples }: RejectGroup): Html {
  return html`<details class="reject"><summary><strong>${reason}</strong> from ${source} <span class="number">${formatCount(count)}</span></summary>${samples.map(({ message, receivedAt, sha256, text, sizeBytes }) => html`<p>${message} <span class="quiet">${receivedAt}, ${plural(sizeBytes, 'byte')}, SHA-256 ${id(sha256)}</span></p><pre tabindex="0"><code>${lines(text, 600)}</code></pre>`)}</details>`;
}
