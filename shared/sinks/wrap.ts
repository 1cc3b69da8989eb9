/**
 * Breaks a text between words into lines of at most so many columns; a word longer than a line is broken too, so that
 * nothing is hidden beyond the edge. What follows the mark of a list item stands under its first word.
 */
export function wrap(
  text: string,
  { width, indent }: { readonly width: number; readonly indent: string },
): readonly string[] {
  const mark = /^(?:\d{1,2}\.|[-*]) /.exec(text)?.[0] ?? '';
  const hang = ' '.repeat(mark.length);
  const room = width - indent.length - hang.length;
  const words = text.slice(mark.length).split(' ');
  const lines: string[] = [];
  let line = '';
  let used = 0;
  for (const word of words.flatMap((each) => pieces(each, room))) {
    const columns = columnsOf(word);
    if (line !== '' && used + 1 + columns > room) {
      lines.push(line);
      line = word;
      used = columns;
    } else {
      used += (line === '' ? 0 : 1) + columns;
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line].map((each, i) => `${indent}${i === 0 ? mark : hang}${each}`);
}

/** Columns of a terminal that a text takes. Never too few: where terminals differ, it counts two. */
export function columnsOf(text: string): number {
  let columns = 0;
  for (const character of text) columns += widthOf(character);
  return columns;
}

function widthOf(character: string): number {
  if (character <= '\u02ff') return 1;
  return WIDE.test(character) ? 2 : 1;
}

// Wide and fullwidth characters of Unicode Standard Annex 11, whole blocks of them, and what is drawn as emoji.
const WIDE =
  /[\u1100-\u115f\u231a-\u23ff\u2600-\u27bf\u2b00-\u2bff\u2e80-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{16fe0}-\u{19fff}\u{1aff0}-\u{1b2ff}\u{1d300}-\u{1d37f}\u{1f000}-\u{1faff}\u{20000}-\u{3fffd}\p{Emoji_Presentation}]/u;

function pieces(word: string, room: number): readonly string[] {
  if (columnsOf(word) <= room) return [word];
  const found: string[] = [];
  let piece = '';
  let used = 0;
  for (const character of word) {
    const width = widthOf(character);
    if (used + width > room) {
      found.push(piece);
      piece = '';
      used = 0;
    }
    piece += character;
    used += width;
  }
  return [...found, piece];
}
