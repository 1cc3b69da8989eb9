import { type Html, html } from './html.ts';

/** Shapes that say again what a word says; drawn, because not every font has such characters. */
export type Shape =
  | 'yes'
  | 'no'
  | 'none'
  | 'square'
  | 'triangle'
  | 'diamond'
  | 'disc'
  | 'ring'
  | 'half'
  | 'dashed'
  | 'unknown'
  | 'warning';

export function shape(name: Shape): Html {
  return html`<svg class="shape" viewBox="0 0 12 12" aria-hidden="true"><use href="#s-${name}"/></svg>`;
}

/** Every shape once, at the head of a page that uses them. */
export function shapes(): Html {
  const symbol = (name: Shape, drawing: Html) =>
    html`<symbol id="s-${name}" viewBox="0 0 12 12">${drawing}</symbol>`;
  return html`<svg class="shapes" aria-hidden="true">${symbol('yes', html`<path class="thin" d="M1.5 6.5 4.5 9.5 10.5 2.5"/>`)}${symbol('no', html`<path class="thin" d="M2.5 2.5 9.5 9.5M9.5 2.5 2.5 9.5"/>`)}${symbol('none', html`<path class="thin" d="M3 6h6"/>`)}${symbol('square', html`<path d="M1.5 1.5h9v9h-9z"/>`)}${symbol('triangle', html`<path d="M6 1 11.5 10.5H.5z"/>`)}${symbol('diamond', html`<path d="M6 .5 11.5 6 6 11.5.5 6z"/>`)}${symbol('disc', html`<circle cx="6" cy="6" r="4.5"/>`)}${symbol('ring', html`<circle class="thin" cx="6" cy="6" r="4"/>`)}${symbol('half', html`<circle class="thin" cx="6" cy="6" r="4.3"/><path d="M6 1.7a4.3 4.3 0 0 0 0 8.6z"/>`)}${symbol('dashed', html`<circle class="thin" cx="6" cy="6" r="4.3" stroke-dasharray="2 1.8"/>`)}${symbol('unknown', html`<path class="thin" d="M3.8 4.2a2.2 2.2 0 1 1 3.2 2C6.3 6.6 6 7 6 7.8M6 10v.3"/>`)}${symbol('warning', html`<path class="thin" d="M6 1.5 11 10.5H1zM6 5v2.5M6 9v.2"/>`)}</svg>`;
}
