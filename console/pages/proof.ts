import { ownCommand, quoted } from '../commands.ts';
import { type Html, href, html, lines, whole } from '../html.ts';
import { command, copyButton, facts, formatCount, id, plural, time } from '../parts.ts';
import { proofTree } from '../proof-tree.ts';
import { shape } from '../shape.ts';
import type { EventView, ProofView } from '../views/event.ts';

/** Where the entry stands in the signed tree; the page's script checks it, and says how others can. */
export function proofSection(view: EventView): Html {
  const { proof } = view;
  if (typeof proof === 'string') {
    return html`<section aria-labelledby="proof"><h2 id="proof">Proof</h2><div class="fault" role="alert"><p>This entry cannot be proven: ${proof}.</p><p>Run ${command(ownCommand('verify', view.dataFolder))} to see what was changed.</p></div></section>`;
  }
  return html`<section aria-labelledby="proof" class="proof"><h2 id="proof">Proof</h2>
<p>Entry ${formatCount(proof.index)} of ${formatCount(proof.size)}. ${plural(proof.path.length, 'hash', 'hashes')} lead from it to the root that the log signed. If the event, its place or anything before it had been changed since, they would not.</p>
<div class="proof-parts">
<div>
${checks(view, proof)}
${facts([
  ['appended', html`${time(proof.appendedMs)} UTC`],
  ['log', html`<code>${proof.origin}</code>`],
  ['root', html`${id(proof.root, 16)} ${copyButton(proof.root, 'the root')}`],
])}
</div>
${proofTree(proof)}
</div>
<details><summary>Check it with another tool</summary>${otherTools(view, proof)}</details>
</section>`;
}

function checks({ uid }: EventView, proof: ProofView): Html {
  const address = href(`/events/${encodeURIComponent(uid)}/proof.json`);
  const row = (name: string, what: string) =>
    html`<li data-check="${name}"><span class="mark">${shape('none')}</span> <span>${what}</span> <span class="said">not checked</span></li>`;
  return html`<div class="checks" data-proof="${address}">
<p class="verdict" role="status">${shape('none')} <span>Not checked in this browser yet.</span></p>
<ol>${row('line', 'The event is the one that the entry names, by its SHA-256.')}${row('path', 'The entry is in the tree: its path leads to the root.')}${row('signature', 'The root is signed by the key of the log (Ed25519).')}</ol>
<noscript><p>Checking here needs a script. The commands below do the same without one.</p></noscript>
<p class="with-key"><label for="vkey">With this key</label> <input id="vkey" value="${whole(proof.vkey)}" spellcheck="false" autocomplete="off"> <button type="button" data-check-again hidden>Check</button></p>
<p class="quiet">The page comes from the hub itself. To trust it no more than you must, put in the key that you were given by another road.</p>
</div>`;
}

function otherTools({ uid, dataFolder }: EventView, proof: ProofView): Html {
  return html`<p><a href="${href(`/events/${encodeURIComponent(uid)}/proof.json`)}" download="event.proof.json">Download the proof</a>: event, entry, path and checkpoint in one file. It is all that anybody needs, beside the public key.</p>
${command(ownCommand(`prove ${uid.slice(0, 16)} -o event.proof.json`, dataFolder))}
${command(`npx trailproof verify event.proof.json --key ${quoted(proof.vkey)}`)}
<p>A second verifier that shares no code with the first: ${command(`npx node tools/verify.ts event.proof.json --key ${quoted(proof.vkey)}`)}</p>
<p>The member <code>proof</code> of the file is a <code>c2sp.org/tlog-proof@v1</code>: software for C2SP transparency logs reads it. The checkpoint as it was signed:</p>
<pre tabindex="0"><code>${lines(proof.checkpoint, 2_000)}</code></pre>`;
}
