/** Something that Slack would make of a text beside the text itself. */
export interface Construct {
  readonly kind: 'mention' | 'channel' | 'link' | 'emoji' | 'format' | 'quote' | 'date';
  readonly text: string;
}

/** How a text is parsed: Slack's parameters of the same names. */
export interface ParseOptions {
  /** Marks such as `*bold*`. */
  readonly marks: boolean;
  /** Bare addresses, `@name` and `#channel`, as `parse: full` and a text without `verbatim` would. */
  readonly automatic: boolean;
}

/**
 * What Slack's mrkdwn would find in a text. Written from its documentation, and greedier than it: what this finds
 * nothing in is inert.
 * @see https://docs.slack.dev/messaging/formatting-message-text
 */
export function parseMrkdwn(text: string, { marks, automatic }: ParseOptions): readonly Construct[] {
  const found: Construct[] = [];
  const take = (kind: Construct['kind'], pattern: RegExp) => {
    for (const [whole] of text.matchAll(pattern)) found.push({ kind, text: whole });
  };
  for (const [whole, inner = ''] of text.matchAll(/<([^<>]*)>/g)) {
    const kind = /^!date/.test(inner)
      ? 'date'
      : /^[@!]/.test(inner)
        ? 'mention'
        : /^#/.test(inner)
          ? 'channel'
          : 'link';
    found.push({ kind, text: whole });
  }
  take('emoji', /:[a-z0-9_+'-]+:/gi);
  if (automatic) {
    take('link', /\b[a-z][a-z0-9+.-]*:\/\/\S/gi);
    take('link', /\b(?:mailto|tel|data|javascript):\S/gi);
    take('link', /[\w.+-]+@[\w-]+\.[\w.-]+/g);
    take('link', /\b(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}\b/gi);
    take('mention', /@[\w.-]+/g);
    take('channel', /#[\p{L}\p{N}_-]+/gu);
  }
  if (marks) {
    for (const mark of ['\\*', '_', '~', '`']) take('format', new RegExp(`${mark}[^\\n]+?${mark}`, 'g'));
    take('quote', /^(?:>|&gt;)/gm);
  }
  return found;
}

type Json = Readonly<Record<string, unknown>>;

/** What a whole message would make of its texts, by Slack's own rules for each kind of element. */
export function constructsOf(body: Json): readonly Construct[] {
  const fallback = parseMrkdwn(String(body['text']), {
    // Everything that could be, whatever the parameters beside it say, but for marks: only those can turn them off.
    marks: body['mrkdwn'] !== false && body['blocks'] === undefined,
    automatic: true,
  });
  return [...fallback, ...inElement(body['blocks'])];
}

function inElement(value: unknown): readonly Construct[] {
  if (Array.isArray(value)) return value.flatMap(inElement);
  if (typeof value !== 'object' || value === null) return [];
  const element = value as Json;
  const text = String(element['text']);
  switch (element['type']) {
    case 'plain_text':
      return element['emoji'] === false ? [] : parseMrkdwn(text, { marks: false, automatic: false });
    case 'mrkdwn':
      return parseMrkdwn(text, { marks: true, automatic: element['verbatim'] !== true });
    case 'text':
      return [];
    case 'button':
      return element['url'] === undefined ? [] : [{ kind: 'link', text: String(element['url']) }];
    case 'link':
    case 'user':
    case 'usergroup':
    case 'broadcast':
    case 'channel':
    case 'emoji':
      return [{ kind: element['type'] === 'emoji' ? 'emoji' : 'mention', text: JSON.stringify(element) }];
    default:
      return Object.values(element).flatMap(inElement);
  }
}

/** Every text of a message as people see it. */
export function shownTexts(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(shownTexts);
  if (typeof value !== 'object' || value === null) return [];
  const element = value as Json;
  if (element['type'] === 'text') return [String(element['text'])];
  if (element['type'] === 'plain_text' || element['type'] === 'mrkdwn') {
    return [String(element['text']).replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')];
  }
  return Object.values(element).flatMap(shownTexts);
}
