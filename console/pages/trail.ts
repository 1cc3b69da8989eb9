import { ownCommand, quoted } from '../commands.ts';
import { type Html, html, lines, whole } from '../html.ts';
import type { Page } from '../layout.ts';
import { age, command, copyButton, empty, facts, formatCount, id, plural, time } from '../parts.ts';
import { shape } from '../shape.ts';
import type { KeptCheckpoint, TrailView } from '../views/trail.ts';
import { formTo } from './form.ts';

/** May I trust this? */
export function trailPage(view: TrailView): Page {
  const { size, origin, vkey, root, fault, published, dataFolder, cosigners } = view;
  return {
    title: 'Trail',
    section: 'trail',
    body: html`<h1>Trail</h1>
<p class="lead">A log that only grows: each addition is signed with a fingerprint of all that was there before, so that nothing on it can be changed unseen.</p>
<div class="columns"><div class="prose">
<section aria-labelledby="verified"><h2 id="verified">Verification</h2>${verification(view)}</section>
<section aria-labelledby="checkpoints"><h2 id="checkpoints">Checkpoints</h2>${checkpoints(view)}</section>
</div>
<aside aria-labelledby="now"><h2 id="now">Now</h2>
${fault === undefined ? '' : html`<p class="fault" role="alert">The published checkpoint does not hold: ${fault}.</p>`}
${facts([
  ['log', html`<code>${origin}</code>`],
  ['entries', formatCount(size)],
  ['root', root === undefined ? undefined : html`${id(root, 16)} ${copyButton(root, 'the root')}`],
  [
    'witnesses',
    cosigners.length === 0
      ? html`<span class="quiet">none has cosigned</span>`
      : cosigners.map((name) => html`<div>${name}</div>`),
  ],
  ['public key', html`<code class="long">${whole(vkey)}</code> ${copyButton(vkey, 'the public key')}`],
])}
${published === undefined ? '' : html`<h3>The published checkpoint</h3><pre tabindex="0"><code>${lines(published, 4_000)}</code></pre><p class="quiet">Put a copy of it where nobody who runs this can reach: with it, an older or another trail is told from this one.</p>${command(ownCommand(`verify --since checkpoint.kept --key ${quoted(vkey)}`, dataFolder))}`}
</aside></div>`,
  };
}

function verification({ verification: last, runningSinceMs, nowMs, visitor, dataFolder }: TrailView): Html {
  const verdict =
    last === undefined
      ? html`<p>It was not verified yet on this machine.</p>`
      : last.isWhole
        ? html`<p class="verdict good">${shape('yes')} Nothing was changed.</p>`
        : html`<p class="verdict bad">${shape('no')} ${plural(last.faults.length, 'fault')} found.</p><ul class="faults">${last.faults.slice(0, 20).map(({ code, key, message }) => html`<li><strong>${code}</strong> <code class="long">${key}</code><div>${message}</div></li>`)}</ul>`;
  const when =
    last === undefined
      ? ''
      : html`<p class="quiet">${time(last.atMs)} UTC, ${age(last.atMs, nowMs)}, in ${(last.tookMs / 1000).toFixed(1)} s: ${plural(last.lines, 'line')}, ${plural(last.entries, 'entry', 'entries')}, ${plural(last.tiles, 'tile')}, ${plural(last.checkpoints, 'signature')}.</p>`;
  const button =
    runningSinceMs === undefined
      ? formTo(visitor, '/trail/verify', html`<button type="submit">Verify now</button>`)
      : html`<p role="status">Being verified since ${time(runningSinceMs)} UTC. <a href="/trail">Look again</a></p>`;
  return html`${verdict}${when}${button}<p class="quiet">Every line, hash and signature is read again. On another machine, without this hub:</p>${command(ownCommand('verify', dataFolder))}`;
}

function checkpoints({ checkpoints: kept, checkpointCount }: TrailView): Html {
  if (kept.length === 0)
    return empty('None is kept yet.', 'One is kept in every hour in which something was appended.');
  const head = (name: string, className = '') => html`<th scope="col" class="${className}">${name}</th>`;
  return html`<p class="quiet">${plural(checkpointCount, 'checkpoint is', 'checkpoints are')} kept, one for each hour in which something was appended${checkpointCount > kept.length ? '; the newest' : ''}.</p><table class="rows"><thead><tr>${head('Last entry appended (UTC)')}${head('Entries', 'right')}${head('Root')}${head('Signature')}</tr></thead><tbody>${kept.map(row)}</tbody></table>`;
}

function row({ size, root, atMs, isSigned }: KeptCheckpoint): Html {
  return html`<tr><td>${atMs === undefined ? html`<span class="quiet">unknown</span>` : time(atMs)}</td><td class="right" data-label="entries">${formatCount(size)}</td><td>${root === '' ? '' : id(root)}</td><td>${isSigned ? html`${shape('yes')} holds` : html`<strong class="bad">${shape('no')} does not hold</strong>`}</td></tr>`;
}
