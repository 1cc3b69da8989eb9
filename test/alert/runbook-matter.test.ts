import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseRunbook } from '../../shared/alert/runbook.ts';

const SECTIONS = ['Is this real?', 'Contain', 'Recover', 'Tell']
  .map((title) => `## ${title}\n\nText.\n`)
  .join('\n');
const runbook = (matter: readonly string[]) => `---\n${matter.join('\n')}\n---\n\n${SECTIONS}`;

/** Titles, owners and faults, without what a line more moves. */
function read(matter: readonly string[]) {
  const { runbook: found, faults } = parseRunbook(runbook(matter), 'runbook.md');
  return { title: found.title, owner: found.owner, messages: faults.map(({ message }) => message) };
}

test('front matter that is plain says what a parser of YAML says it does', () => {
  const piece = fc.constantFrom(
    'Null',
    'null',
    'a',
    'Z9',
    "'",
    ' ',
    ': ',
    ' #',
    '-',
    '(',
    ')',
    ',',
    ';',
    '\\',
    '"',
    '~',
    '[',
    '.',
    '0x1',
    '1e3',
    'yes',
    '&a',
    '*a',
    '|',
  );
  const value = fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join(''));
  const line = fc.tuple(fc.constantFrom('title', 'owner', 'tested', 'severity', 'note'), value, fc.boolean());
  fc.assert(
    fc.property(fc.array(line, { maxLength: 6 }), (lines) => {
      const matter = lines.map(
        ([name, text, isQuoted]) => `${name}: ${isQuoted ? `'${text.replaceAll("'", '')}'` : text}`,
      );
      // No line is plain that begins with a comment: all of it goes to the parser.
      expect(read(matter)).toEqual(read(['# a comment', ...matter]));
    }),
    { numRuns: 500 },
  );
});
