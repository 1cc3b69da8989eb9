import { inert } from '../shared/inert.ts';

/**
 * HTML that this module has made: there is no other way to get one, so a value of an event is never taken for markup.
 * Values are escaped and made inert (control characters, bidi overrides and invisible ones become visible escapes).
 */
class Markup {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  toString(): string {
    return this.#text;
  }
}

export type Html = Markup;
export type Content = Html | string | number | false | undefined | readonly Content[];

/** A longer value is cut with a marker, unless `whole` says otherwise. Attackers choose how long values are. */
const LENGTH_MAX = 500;

/** A template whose values are escaped; attributes must stand in double quotes. */
export function html(strings: TemplateStringsArray, ...values: readonly Content[]): Html {
  let text = strings[0] ?? '';
  for (const [n, value] of values.entries()) text += render(value) + (strings[n + 1] ?? '');
  return new Markup(text);
}

/** A value that must not be cut: an address, a command that people copy, what a form sends back. */
export function whole(value: string): Html {
  return new Markup(escaped(inert(value, Number.POSITIVE_INFINITY)));
}

/** A name that may be broken after its dots, slashes and the like, rather than anywhere; copied as it is. */
export function breakable(value: string): Html {
  const made = inert(value, LENGTH_MAX).split(/(?<=[./:@_])(?=[\w<&"'-])/);
  return new Markup(made.map(escaped).join('<wbr>'));
}

/** Text of several lines, for `<pre>`: line breaks and tabs stay, everything else is inert. */
export function lines(value: string, lengthMax: number): Html {
  const cut = value.length > lengthMax ? `${value.slice(0, lengthMax)}…` : value;
  const made = cut.split('\n').map((line) =>
    line
      .split('\t')
      .map((part) => escaped(inert(part, lengthMax)))
      .join('\t'),
  );
  return new Markup(made.join('\n'));
}

/** The address of a page of ours, with what its query asks for; an empty parameter is left out. */
export function href(
  path: string,
  parameters: Readonly<Record<string, string | number | undefined>> = {},
): Html {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined && value !== '') query.set(name, String(value).toWellFormed());
  }
  // Colons of times are legal in a query, and shorter so.
  const text = query.toString().replaceAll('%3A', ':');
  return whole(text === '' ? path : `${path}?${text}`);
}

/** A link out of the console, only to the web: a rule's reference could be a script. */
export function outside(address: string): Html {
  if (!/^https?:\/\/[^\s]+$/.test(address)) return html`${address}`;
  return html`<a href="${whole(address)}" rel="noreferrer noopener">${address}</a>`;
}

function render(value: Content): string {
  if (value === undefined || value === false) return '';
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string') return escaped(inert(value, LENGTH_MAX));
  if (value instanceof Markup) return value.toString();
  let text = '';
  for (const each of value) text += render(each);
  return text;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}
