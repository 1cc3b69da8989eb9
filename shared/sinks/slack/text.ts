import { cutInert, type Escape } from '../cut.ts';

/** A text object of a block. `plain_text` is never parsed: no mention, link, markup or emoji can come of it. */
export interface PlainText {
  readonly type: 'plain_text';
  readonly text: string;
  readonly emoji: false;
}

/** @see https://docs.slack.dev/reference/block-kit/composition-objects/text-object */
export function plainText(value: string, lengthMax: number): PlainText {
  return { type: 'plain_text', text: cutInert(value, lengthMax, written) || ' ', emoji: false };
}

/** A label over a value, on two lines. In capitals, for a text that is not parsed has no bold. */
export function labelled(label: string, value: string, lengthMax: number): PlainText {
  const head = `${label.toUpperCase()}\n`;
  return {
    type: 'plain_text',
    text: head + (cutInert(value, lengthMax - head.length, written) || ' '),
    emoji: false,
  };
}

/**
 * The line of notifications, and of clients that show no blocks. It is the one text that Slack may parse, so that all
 * parsing is turned off beside it and, should a client do it all the same, an invisible joiner keeps apart what would
 * be a mention, an emoji, a link or a mark. Nobody copies from a notification.
 */
export function fallbackText(value: string, lengthMax: number): string {
  return cutInert(value, lengthMax, (character) => {
    const piece = written(character);
    return SPECIAL.test(character) ? `${JOINER}${piece}${JOINER}` : piece;
  });
}

/** Word joiner: invisible, and no character of a name, an emoji, a URL or a mark. */
const JOINER = '\u2060';
const SPECIAL = /^[@#:./*_~`!]$/;

/** The three control characters of Slack's text objects. */
const written: Escape = (character) => {
  if (character === '&') return '&amp;';
  if (character === '<') return '&lt;';
  return character === '>' ? '&gt;' : character;
};
