import { type Content, type Html, href, html, whole } from '../html.ts';
import type { Visitor } from '../ports.ts';

/** A form that acts: with the token that makes it this visitor's own. */
export function formTo(visitor: Visitor, path: string, fields: Content, className = 'act'): Html {
  return html`<form method="post" action="${href(path)}" class="${className}"><input type="hidden" name="token" value="${whole(visitor.formToken(path))}">${fields}</form>`;
}
