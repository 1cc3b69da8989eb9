import type { OcsfEvent, User } from '../../shared/ocsf/event.ts';
import { actorOf, operationOf, outcomeOf, sourceOf } from '../../shared/ocsf/names.ts';
import { ownCommand } from '../commands.ts';
import { type Content, type Html, href, html, lines } from '../html.ts';
import type { Page } from '../layout.ts';
import {
  age,
  command,
  copyButton,
  facts,
  formatCount,
  id,
  outcome,
  plural,
  searchHref,
  severity,
  term,
  time,
} from '../parts.ts';
import { eventHref, severityOf } from '../row.ts';
import type { EventView, Near } from '../views/event.ts';
import { proofSection } from './proof.ts';

export function eventPage(view: EventView): Page {
  const { event } = view;
  if (event === undefined) return erasedPage(view);
  return {
    title: `${operationOf(event)} by ${actorOf(event) || 'nobody named'}`,
    section: undefined,
    body: html`<article>
<p class="crumb">${event.finding_info === undefined ? 'Event' : html`Finding · <a href="${href(`/findings/${encodeURIComponent(view.uid)}`)}">explained, with its runbook</a>`}</p>
<h1 class="sentence">${sentence(event)}</h1>
<p class="lead">${time(event.time)} UTC, ${age(event.time, view.nowMs)} · ${event.finding_info === undefined ? outcome(outcomeOf(event)) : severity(severityOf(event))} · ${sourceOf(event)}</p>
<div class="columns">
<div>
<section aria-labelledby="what"><h2 id="what">What</h2>${whatFacts(event, view)}</section>
${rawSection(view)}
${proofSection(view)}
</div>
<aside aria-labelledby="near"><h2 id="near">Near</h2>${nearList(view)}</aside>
</div>
</article>`,
  };
}

function erasedPage(view: EventView): Page {
  return {
    title: `Entry ${view.index}, erased`,
    section: undefined,
    body: html`<article><h1>Entry ${formatCount(view.index)} was erased</h1>
<p>What it was is no longer kept; a later entry of the trail says that it was erased. Its place can still be proven.</p>
${proofSection(view)}</article>`,
  };
}

/** In plain words, from where, and how it ended. */
function sentence(event: OcsfEvent): string {
  const told = event.message ?? `${actorOf(event) || 'somebody'} called ${operationOf(event)}`;
  const from = event.src_endpoint?.ip;
  const ended = ENDED[outcomeOf(event).toLowerCase()];
  return [
    told,
    from === undefined || told.includes(from) ? '' : ` from ${from}`,
    ended === undefined || event.finding_info !== undefined ? '' : `; ${ended}`,
  ].join('');
}

const ENDED: Readonly<Record<string, string>> = { success: 'it succeeded', failure: 'it failed' };

function whatFacts(event: OcsfEvent, view: EventView): Html {
  const { actor, cloud, src_endpoint: from } = event;
  return facts([
    ['when', html`${time(event.time)} UTC`],
    ['who', linked('actor', actorOf(event), person(actor?.user, actorOf(event)))],
    ['session', joined(actor?.session?.uid, actor?.session?.issuer)],
    ['whom', person(event.user)],
    ['what', linked('operation', event.api?.operation ?? '', event.api?.service?.name ?? '')],
    [
      'on',
      (event.resources ?? [])
        .slice(0, 10)
        .map(
          ({ type, name, uid }) =>
            html`<div>${type === undefined ? '' : html`<span class="quiet">${type}</span> `}${linked('resource', name ?? uid ?? '', '')}${name !== undefined && uid !== undefined && uid !== name ? html`<div class="long"><code>${uid}</code></div>` : ''}</div>`,
        ),
    ],
    [
      'from',
      from?.ip === undefined
        ? joined(from?.domain, from?.svc_name, from?.name)
        : linked('ip', from.ip, joined(from.domain, from.svc_name)),
    ],
    ['with', event.http_request?.user_agent],
    ['where', joined(cloud?.provider, cloud?.account?.uid, cloud?.region)],
    [
      'outcome',
      event.finding_info === undefined
        ? html`${outcome(outcomeOf(event))} ${joined(event.status_code, event.status_detail)}`
        : '',
    ],
    ['decision', joined(event.disposition, event.policy?.name)],
    [
      'class',
      [event.class_name, event.activity_name].filter((part) => part !== undefined && part !== '').join(': '),
    ],
    ['source', joined(sourceOf(event), event.metadata.log_name)],
    [
      'their id',
      event.metadata.original_event_uid === undefined
        ? ''
        : html`<code class="long">${event.metadata.original_event_uid}</code>`,
    ],
    ['uid', html`${id(view.uid, 16)} ${copyButton(view.uid, 'the uid')}`],
    ['entry', html`${formatCount(view.index)} of ${formatCount(view.size)}`],
  ]);
}

function linked(field: 'actor' | 'operation' | 'resource' | 'ip', value: string, more: string): Content {
  if (value === '') return more;
  const also = more === '' || more === value ? '' : html` <span class="quiet">${more}</span>`;
  return html`<a href="${searchHref({ q: term(field, value) })}">${value}</a>${also}`;
}

function person(user: User | undefined, shown = ''): string {
  if (user === undefined) return '';
  return joined(...[user.name, user.email_addr, user.uid].filter((name) => name !== shown));
}

function joined(...parts: readonly (string | undefined)[]): string {
  return [...new Set(parts.filter((part) => part !== undefined && part !== ''))].join('  ');
}

const RAW_SHOWN = 12_000;

function rawSection({ raw, line, uid, dataFolder }: EventView): Html {
  const base = `/events/${encodeURIComponent(uid)}`;
  return html`<section aria-labelledby="raw"><h2 id="raw">Raw</h2>
${raw === '' ? html`<p class="quiet">This is an event of Trailproof's own: there is no record of another system behind it.</p>` : html`<details><summary>The record as received, ${plural(raw.length, 'character')}</summary><pre tabindex="0" class="raw"><code>${lines(pretty(raw), RAW_SHOWN)}</code></pre>${raw.length > RAW_SHOWN ? html`<p class="quiet">The beginning of it.</p>` : ''}<p><a href="${href(`${base}/raw`)}" download>Download</a> the exact text</p></details>`}
<details><summary>The event in OCSF, as it is stored</summary><pre tabindex="0" class="raw"><code>${lines(pretty(withoutRaw(line)), RAW_SHOWN)}</code></pre><p><a href="${href(`${base}/event.json`)}" download>Download</a> the exact line</p></details>
<details><summary>As a command</summary>${command(ownCommand(`show ${uid.slice(0, 16)}`, dataFolder))}</details></section>`;
}

/** The line without the record, which stands above. */
function withoutRaw(line: string): string {
  try {
    const { raw_data: _, ...event } = JSON.parse(line) as Record<string, unknown>;
    return JSON.stringify(event);
  } catch {
    return line;
  }
}

/** Indented when it is small enough to read. */
function pretty(text: string): string {
  if (text.length > RAW_SHOWN) return text;
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

function nearList({ near, findings, event }: EventView): Html {
  const because = (event?.finding_info?.related_events ?? []).slice(0, 10);
  return html`<ul class="near">
${findings.map((finding) => html`<li>${severity(finding.severity)} <a href="${href(`/findings/${encodeURIComponent(finding.uid)}`)}">${finding.title}</a></li>`)}
${because.map(({ uid = '', title }) => html`<li><span class="quiet">because of</span> <a href="${eventHref(uid)}">${title ?? 'an event'}</a></li>`)}
${near.map(nearItem)}
</ul>`;
}

function nearItem({ name, value, question, total, isExact }: Near): Html {
  return html`<li><a href="${searchHref(question)}">${name}</a> <span class="number">${isExact ? '' : '≤ '}${formatCount(total)}</span><div class="long quiet">${value}</div></li>`;
}
