import { inert } from '../inert.ts';

/** What stands where a text was cut. */
const MARKER = '…';

/**
 * A value from an event, harmless to show on one line, in at most so many UTF-16 units with all its escapes: receivers
 * refuse a whole message for one field that is too long. Neither an escape nor a character is ever cut in half, and
 * only what is shown of a long value is looked at.
 */
export function cutInert(value: string, lengthMax: number, write: Escape = same): string {
  const pieces: string[] = [];
  let length = 0;
  for (const character of value) {
    const piece = write(inert(character));
    pieces.push(piece);
    length += piece.length;
    if (length > lengthMax) return withMarker(pieces, length, lengthMax);
  }
  return pieces.join('');
}

/** A command of a runbook on its own lines, harmless and whole; undefined where it is too long, for half is another. */
export function wholeCommand(text: string, lengthMax: number): string | undefined {
  if (text.length > lengthMax) return undefined;
  const lines = text.split('\n').map((line) => inert(line, lengthMax));
  const whole = lines.join('\n');
  return whole.length > lengthMax ? undefined : whole;
}

/** Gives a character of a harmless text as a format writes it. */
export type Escape = (character: string) => string;

const same: Escape = (character) => character;

function withMarker(pieces: string[], length: number, lengthMax: number): string {
  let left = length;
  while (pieces.length > 0 && left + MARKER.length > lengthMax) left -= pieces.pop()?.length ?? 0;
  return `${pieces.join('')}${MARKER}`.slice(0, lengthMax);
}
