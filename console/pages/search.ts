import { FACETS, type Facet } from '../../shared/stages/columns.ts';
import type { FacetCount, Tally } from '../../shared/stages/tally.ts';
import { queryCommand } from '../commands.ts';
import { type Html, href, html, whole } from '../html.ts';
import type { Page } from '../layout.ts';
import { command, empty, formatCount, plural, type Question, searchHref, term } from '../parts.ts';
import { histogram, width } from '../plot.ts';
import { eventTable } from '../row.ts';
import type { Answer, SearchView } from '../views/search.ts';

export function searchPage(view: SearchView): Page {
  const { asked, answer } = view;
  return {
    title: asked.q === '' ? 'Search' : `Search: ${asked.q.slice(0, 60)}`,
    section: 'search',
    question: asked.q,
    body: html`<h1 class="sr">Search the trail</h1>
${form(view)}
${view.fault === undefined ? '' : faultOf(view.fault)}
${answer === undefined ? '' : answerOf(view, answer)}`,
  };
}

const RANGES = ['1h', '24h', '7d', '14d', '30d'];

function form({ asked, timeFaults }: SearchView): Html {
  const faultFor = (name: string) => timeFaults.find((fault) => fault.name === name);
  const box = (name: 'since' | 'until', label: string, placeholder: string) =>
    html`<span class="time-box"><label for="${name}">${label}</label><input id="${name}" name="${name}" value="${whole(asked[name])}" placeholder="${placeholder}" size="21" list="ranges" autocomplete="off"${faultFor(name) === undefined ? '' : html` aria-invalid="true" aria-describedby="${name}-fault"`}></span>`;
  return html`<form class="ask" action="/search" role="search">
<label class="sr" for="find">Question</label>
<div class="line"><input id="find" name="q" type="search" value="${whole(asked.q)}" placeholder="actor:alice AND NOT status:success" autocomplete="off" autocapitalize="off" spellcheck="false" maxlength="8192"><button type="submit">Search</button></div>
<div class="line range">${box('since', 'From', 'the beginning')}${box('until', 'to', 'now')}
<span class="presets" role="group" aria-label="Usual stretches of time">${encodeURIComponent(asked.q).length > LINK_QUESTION_MAX ? '' : html`${RANGES.map((range) => rangeLink(asked, range, range))}${rangeLink(asked, '', 'all')}`}</span></div>
<datalist id="ranges">${RANGES.map((range) => html`<option value="${range}"></option>`)}</datalist>
${timeFaults.map(({ name, message }) => html`<p class="fault" id="${name}-fault" role="alert">${name === 'since' ? 'From' : 'To'}: ${message}</p>`)}
</form>`;
}

function rangeLink(asked: SearchView['asked'], since: string, name: string): Html {
  const current = asked.since === since && asked.until === '' ? html` aria-current="true"` : '';
  return html`<a href="${searchHref({ q: asked.q, since })}"${current}>${name}</a>`;
}

/** The place of the fault marked in the question itself. */
function faultOf({ expression, position, length, message, hint }: NonNullable<SearchView['fault']>): Html {
  const end = position + Math.max(1, length);
  const from = Math.max(0, position - 120);
  return html`<div class="fault" role="alert"><p>This question cannot be read: ${message}.</p>
<pre tabindex="0"><code>${from > 0 ? '…' : ''}${whole(expression.slice(from, position))}<mark>${whole(expression.slice(position, end) || ' ')}</mark>${whole(expression.slice(end, end + 120))}</code></pre>
${hint === undefined ? '' : html`<p>${hint}</p>`}<p><a href="/help#language">The language in short</a></p></div>`;
}

function answerOf(view: SearchView, answer: Answer): Html {
  const { tally } = answer;
  // What every bar's link repeats.
  const asked = encodeURIComponent(view.asked.q);
  if (tally.total === 0) return nothing(view, answer);
  return html`${summary(view, answer)}
${tally.plot === undefined || !answer.isCounted ? '' : histogram({ plot: tally.plot, caption: `${tally.isExact ? 'Events' : 'At most so many events'} by time, ${width(tally.plot.widthMs)} to a bar.`, question: asked.length > BAR_QUESTION_MAX ? undefined : (times) => ({ q: view.asked.q, ...times }) })}
<div class="columns">
<section class="answers" aria-label="Events">${answer.rows.length === 0 ? unread(view, answer) : eventTable(answer.rows, 'Events that match, newest first')}${pager(view, answer)}</section>
<aside aria-labelledby="narrow"><h2 id="narrow">Narrow by</h2>${answer.isCounted ? html`${FACETS.map((facet) => facetOf(view, facet, tally))}<p class="quiet">Counted by the name that is shown. To ask for a name finds its other forms too: with a domain, in a path.</p>` : html`<p class="quiet">A question of whole texts is not counted on a trail as long as this. Name a field, such as <code>operation:</code> or <code>actor:</code>, or a shorter time.</p>`}</aside>
</div>`;
}

/** In characters of an address. A page stays small, whatever is asked. */
const BAR_QUESTION_MAX = 300;
const LINK_QUESTION_MAX = 1_200;

function summary(view: SearchView, { tally, rows, next, isCounted }: Answer): Html {
  const { asked, dataFolder } = view;
  const isWhole = asked.before === undefined && next === undefined;
  const isExact = tally.isExact || isWhole;
  const total = plural(isWhole ? rows.length : tally.total, 'event');
  const here = `${plural(rows.length, 'event')} on this page`;
  const count = isExact ? total : isCounted ? `at most ${total}` : here;
  const parameters = { q: asked.q, since: asked.since, until: asked.until };
  return html`<div class="summary"><p role="status"><strong>${count}</strong>${tally.uncounted > 0 ? html`, and the newest ${plural(tally.uncounted, 'entry', 'entries')} not counted yet` : ''}${isExact || !isCounted ? '' : html` <span class="quiet">(the index cannot tell exactly; rows are exact)</span>`}</p>
<p class="downloads"><a href="${href('/search.ndjson', parameters)}" download>NDJSON</a> <a href="${href('/search.csv', parameters)}" download>CSV</a></p>
<details class="as-command"><summary>As a command</summary>${command(queryCommand(asked, dataFolder))}</details></div>`;
}

function pager({ asked, size }: SearchView, { next, readDownTo, rows }: Answer): Html {
  const parameters = { q: asked.q, since: asked.since, until: asked.until };
  const newer = asked.before === undefined ? '' : html`<a href="${href('/search', parameters)}">Newest</a>`;
  const older =
    next === undefined
      ? ''
      : html`<a rel="next" href="${href('/search', { ...parameters, before: next })}">${readDownTo === undefined ? 'Older events' : 'Read on'}</a>`;
  const said =
    readDownTo === undefined
      ? ''
      : html`<p class="quiet">Entries ${formatCount(asked.before ?? size)} down to ${formatCount(readDownTo)} were read one by one, because this question asks for text that is not indexed.</p>`;
  if (newer === '' && older === '')
    return rows.length > 8 ? html`<p class="quiet end">That is all.</p>` : html``;
  return html`${said}<nav class="pager" aria-label="More events">${newer}${older}</nav>`;
}

function unread({ asked, size }: SearchView, { readDownTo }: Answer): Html {
  return html`<p class="empty">Nothing among the entries ${formatCount(readDownTo ?? 0)} to ${formatCount(asked.before ?? size)} matches.</p>`;
}

function nothing({ asked, size, dataFolder }: SearchView, { tally }: Answer): Html {
  if (size === 0) {
    return empty(
      'The trail is empty.',
      html`Take something in: ${command(`npx trailproof ingest${dataFolder === undefined ? '' : ` --data ${dataFolder}`} PATH`)}`,
    );
  }
  const isTimed = asked.since !== '' || asked.until !== '';
  const everywhere = html`<a href="${searchHref({ q: asked.q })}">Ask the whole trail</a>`;
  return empty(
    html`Nothing matches${isTimed ? ' in this stretch of time' : ''}${tally.uncounted > 0 ? html`; the newest ${plural(tally.uncounted, 'entry', 'entries')} are not indexed yet` : ''}.`,
    html`${isTimed ? html`${everywhere}, or ask` : 'Ask'} for less at a time: one field, a part of a name with a wildcard (<code>actor:*reyes*</code>), or a bare word, which is looked for everywhere. <a href="/help#language">The language in short</a>.`,
  );
}

const FACET_SHOWN = 8;
const FACET_FIELD: Readonly<Record<Facet, string>> = {
  source: 'source',
  class: 'class',
  actor: 'actor',
  operation: 'operation',
  outcome: 'status',
};

function facetOf(view: SearchView, facet: Facet, tally: Tally): Html {
  const all = tally.facets[facet].filter(({ value }) => value !== '');
  if (all.length === 0) return html``;
  const most = all[0]?.count ?? 1;
  const more = all.length - FACET_SHOWN;
  return html`<section class="facet"><h3>${facet}</h3><ul>${all.slice(0, FACET_SHOWN).map((each) => facetItem(view, facet, each, { most, isExact: tally.isExact }))}</ul>${more > 0 ? html`<p class="quiet">and ${plural(more, 'other')}</p>` : ''}</section>`;
}

function facetItem(
  { asked }: SearchView,
  facet: Facet,
  { value, count }: FacetCount,
  { most, isExact }: { readonly most: number; readonly isExact: boolean },
): Html {
  const shown = `${isExact ? '' : '≤ '}${formatCount(count)}`;
  const share = Math.max(1, Math.round((count / most) * 100));
  const bar = html`<svg class="share" viewBox="0 0 100 3" preserveAspectRatio="none" aria-hidden="true"><rect width="${share}" height="3"/></svg>`;
  const term_ = narrowing(facet, value);
  // A value that was cut for the columns is not the value: there is no question for it.
  if (value.endsWith('…') || encodeURIComponent(asked.q).length > LINK_QUESTION_MAX)
    return html`<li><span>${value}</span><span class="number">${shown}</span>${bar}</li>`;
  return html`<li><a href="${searchHref(narrowed(asked, term_))}" title="${value}">${value}</a><span class="number">${shown}</span>${bar}</li>`;
}

function narrowing(facet: Facet, value: string): string {
  return term(FACET_FIELD[facet], value);
}

function narrowed({ q, since, until }: SearchView['asked'], more: string): Question {
  const isAlone = q === '' || q === '*';
  const isJoined = /\bOR\b|\|\|/i.test(q);
  return { q: isAlone ? more : `${isJoined ? `(${q})` : q} AND ${more}`, since, until };
}
