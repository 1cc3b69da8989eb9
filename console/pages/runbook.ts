import type { FilledBlock, FilledRunbook } from '../../shared/alert/fill.ts';
import { type Html, html } from '../html.ts';
import { command } from '../parts.ts';
import { shape } from '../shape.ts';

/** The steps in their order: is this real, contain, recover, tell; what changes something says so before it. */
export function runbookSection(runbook: FilledRunbook): Html {
  const { unresolved } = runbook;
  return html`<section aria-labelledby="runbook" class="runbook"><h2 id="runbook">What to do</h2>
<p class="quiet">${runbook.title}. Owner: ${runbook.owner}. Commands are filled in from the event and quoted for the shell.</p>
${unresolved.length === 0 ? '' : html`<p class="fault">The event has no value for ${unresolved.join(', ')}: fill in by hand.</p>`}
<ol class="stages">${runbook.sections.map(({ title, blocks }) => html`<li><h3>${title}</h3>${blocks.map(block)}</li>`)}</ol>
</section>`;
}

function block({ kind, text, changes }: FilledBlock): Html {
  if (kind === 'prose') return html`<p>${withoutMarker(text)}</p>`;
  return html`${changes ? html`<p class="changes">${shape('warning')} This changes something.</p>` : ''}${command(text)}`;
}

/** A list's own numbers and dashes: every step is a paragraph here. */
function withoutMarker(text: string): string {
  return text.replace(/^(?:[-*]|\d{1,2}\.) /, '');
}
