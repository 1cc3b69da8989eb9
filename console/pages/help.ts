import { shortFields } from '../../shared/query/fields.ts';
import { type Html, html } from '../html.ts';
import type { Page } from '../layout.ts';
import { searchHref } from '../parts.ts';

const KEYS = [
  ['/', 'search'],
  ['j', 'next row'],
  ['k', 'row before'],
  ['Enter', 'open the row'],
  ['?', 'this page'],
] as const;

const EXAMPLES = [
  ['actor:alice AND NOT status:success', 'what alice tried and could not do'],
  ['operation:(StopLogging OR DeleteTrail)', 'who touched the audit log'],
  ['ip:203.0.113.0/24', 'what came from a network'],
  ['resource:*prod* AND class:entity_management', 'a part of a name'],
  ['api.service.name:kms.amazonaws.com', 'any OCSF path is a field'],
  ['time:[2026-05-01 TO 2026-05-04]', 'by event time'],
  ['larkspur', 'a bare word is looked for in the whole event'],
] as const;

export function helpPage(): Page {
  return {
    title: 'Keys and help',
    section: undefined,
    body: html`<h1>Keys and help</h1>
<div class="columns"><div class="prose">
<section aria-labelledby="language"><h2 id="language">Asking</h2>
<p>A question is terms of <code>field:value</code>, joined by <code>AND</code>, <code>OR</code>, <code>NOT</code> and parentheses. <code>*</code> and <code>?</code> are wildcards, <code>[a TO b]</code> is a range, quotes keep a value whole. Upper and lower case are the same.</p>
<ul class="examples">${EXAMPLES.map(example)}</ul></section>
<section aria-labelledby="fields"><h2 id="fields">Short names</h2>
<table class="rows"><thead><tr><th scope="col">Field</th><th scope="col">Finds</th></tr></thead><tbody>${shortFields.map(({ name, summary }) => html`<tr><th scope="row"><code>${name}</code></th><td>${summary}</td></tr>`)}</tbody></table></section>
</div>
<aside aria-labelledby="keys"><h2 id="keys">Keys</h2><dl class="facts">${KEYS.map(([key, does]) => html`<div><dt><kbd>${key}</kbd></dt><dd>${does}</dd></div>`)}</dl>
<h2>Times</h2><p>All are UTC. Rest on one, or move to it with the keyboard, for your own time and how long ago it was.</p>
<h2>Addresses</h2><p>A page's whole state is in its address: copy it, go back, or keep it. It works in this browser while the hub runs.</p></aside>
</div>`,
  };
}

function example([question, does]: (typeof EXAMPLES)[number]): Html {
  return html`<li><a href="${searchHref({ q: question })}"><code>${question}</code></a><div class="quiet">${does}</div></li>`;
}
