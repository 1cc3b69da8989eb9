import { type Html, html } from './html.ts';
import type { ProofView } from './views/event.ts';

const STEP = 26;
const MIDDLE = 160;
const SIDE = 96;
const TOP = 18;

/** The path from an entry to the root: what is on it is filled, the siblings that the proof brings are hollow. */
export function proofTree({ path, root, index }: ProofView): Html {
  const height = TOP + (path.length + 1) * STEP;
  const y = (level: number) => height - STEP - level * STEP + 6;
  return html`<svg class="tree" viewBox="0 0 320 ${height + 4}" width="320" height="${height + 4}" role="img" aria-label="The path of ${path.length} hashes from entry ${index} to the root">
${path.map(({ side, hash }, level) => {
  const x = side === 'left' ? MIDDLE - SIDE : MIDDLE + SIDE;
  return html`<path class="edge" d="M${MIDDLE} ${y(level)}V${y(level + 1)}M${x} ${y(level)}L${MIDDLE} ${y(level + 1)}"/><circle class="sibling" cx="${x}" cy="${y(level)}" r="4"/><text class="hash" x="${side === 'left' ? x - 9 : x + 9}" y="${y(level) + 4}" text-anchor="${side === 'left' ? 'end' : 'start'}">${hash.slice(0, 7)}</text>`;
})}
${path.map((_, level) => html`<circle class="own" cx="${MIDDLE}" cy="${y(level)}" r="${level === 0 ? 5 : 3.5}"/>`)}
<circle class="own" cx="${MIDDLE}" cy="${y(path.length)}" r="5.5"/>
<text class="hash" x="${MIDDLE + 12}" y="${y(path.length) + 4}">root ${root.slice(0, 7)}</text>
<text class="hash" x="${MIDDLE + 12}" y="${y(0) + 15}">entry ${index}</text>
</svg>`;
}
