import type { Html } from './html.ts';
import { href, html, whole } from './html.ts';
import { formatCount, plural } from './parts.ts';
import { shapes } from './shape.ts';

/** What every page shows of the trail, whatever it is about. */
export interface Frame {
  readonly origin: string;
  readonly size: number;
  readonly openAlerts: number;
  readonly assets: { readonly css: string; readonly js: string; readonly icon: string };
  /** Why nothing is appended any more; undefined when all is well. */
  readonly alarm: string | undefined;
}

export interface Page {
  readonly title: string;
  /** Which entry of the menu the page belongs to. */
  readonly section: Section | undefined;
  /** What stands in the box for searching. */
  readonly question?: string;
  readonly body: Html;
}

const SECTIONS = [
  ['overview', '/', 'Overview'],
  ['search', '/search', 'Search'],
  ['alerts', '/alerts', 'Alerts'],
  ['findings', '/findings', 'Findings'],
  ['sources', '/sources', 'Sources'],
  ['rules', '/rules', 'Rules'],
  ['trail', '/trail', 'Trail'],
] as const;

export type Section = (typeof SECTIONS)[number][0];

/** A whole document. */
export function layout(frame: Frame, page: Page): string {
  return `<!doctype html>\n${html`<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${page.title} · Trailproof</title>
<link rel="stylesheet" href="${frame.assets.css}">
<link rel="icon" href="${frame.assets.icon}" type="image/svg+xml">
<script type="module" src="${frame.assets.js}"></script>
</head>
<body data-size="${frame.size}">
${shapes()}
<a class="skip" href="#main">Skip to the content</a>
<header class="top">
<a class="brand" href="/">${mark()}<span>Trailproof</span></a>
<nav aria-label="Pages"><ul class="menu">${SECTIONS.map(([section, path, name]) => menuItem(frame, page, { section, path, name }))}</ul></nav>
${page.section === 'search' ? '' : searchBox(page.question ?? '')}
</header>
${frame.alarm === undefined ? '' : html`<div class="alarm" role="alert"><strong>The trail has stopped.</strong> ${frame.alarm}</div>`}
<main id="main" tabindex="-1">
${page.body}
</main>
<footer>
<p>All times are UTC. <span class="wide">The trail <code>${frame.origin}</code> has ${plural(frame.size, 'entry', 'entries')}.</span></p>
<p class="live" id="live" aria-live="polite"></p>
<p><a href="/help">Keys and help</a></p>
</footer>
</body>
</html>`}`;
}

function menuItem(
  frame: Frame,
  page: Page,
  { section, path, name }: { readonly section: Section; readonly path: string; readonly name: string },
): Html {
  const current = page.section === section ? html` aria-current="page"` : '';
  const count =
    section === 'alerts' && frame.openAlerts > 0
      ? html` <span class="count">${formatCount(frame.openAlerts)}<span class="sr"> open</span></span>`
      : '';
  return html`<li><a href="${href(path)}"${current}>${name}${count}</a></li>`;
}

function searchBox(question: string): Html {
  return html`<form class="find" action="/search" role="search">
<label class="sr" for="find">Search the trail</label>
<input id="find" name="q" type="search" value="${whole(question)}" placeholder="actor:alice AND NOT status:success" autocomplete="off" autocapitalize="off" spellcheck="false" maxlength="8192">
</form>`;
}

/** Three entries of a log, the last of them sealed. */
function mark(): Html {
  return html`<svg class="mark" viewBox="0 0 20 20" width="20" height="20" aria-hidden="true"><path d="M2 4h10M2 10h10M2 16h6" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round"/><path d="M12 14.5l2.5 2.5L19 11" fill="none" stroke="currentColor" stroke-width="2.4" stroke-linecap="round" stroke-linejoin="round"/></svg>`;
}
