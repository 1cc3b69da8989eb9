import { type Html, html } from '../html.ts';
import type { Page } from '../layout.ts';

/** Something that cannot be shown, and what to do instead. Never more of a failure than a person can use. */
export interface Problem {
  readonly status: number;
  readonly title: string;
  readonly message: string;
}

export function problemPage({ title, message }: Problem): Page {
  return {
    title,
    section: undefined,
    body: html`<h1>${title}</h1><p class="lead">${message}</p><p><a href="/">Overview</a></p>`,
  };
}

/** For who has no session: the link in the terminal lets one browser in. */
export function signInPage(assets: { readonly css: string }, address: Html): string {
  return `<!doctype html>\n${html`<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><title>Open the console · Trailproof</title><link rel="stylesheet" href="${assets.css}"></head>
<body class="alone"><main id="main"><h1>Open the console from the terminal</h1>
<p>The hub prints a link that lets one browser in, once. Open that link; after it was used, the terminal shows another.</p>
<p class="quiet">This browser is in already, and you came by a link from elsewhere? <a href="${address}">Go on</a>.</p></main></body></html>`}`;
}
