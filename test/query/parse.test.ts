import fc from 'fast-check';
import { expect, test } from 'vitest';
import { renderFault } from '../../shared/query/fault.ts';
import { parseQuery } from '../../shared/query/parse.ts';
import type { Expression } from '../../shared/query/syntax.ts';

const nowMs = Date.UTC(2026, 4, 1, 12);

function parsed(text: string): Expression {
  const result = parseQuery(text, { nowMs });
  if (!result.ok) throw new Error(renderFault(result.fault));
  return result.value;
}

/** The tree in brackets, for tests of precedence. */
function shape(expression: Expression): string {
  switch (expression.kind) {
    case 'all':
      return '*';
    case 'word':
      return expression.pattern.pieces.join('*');
    case 'not':
      return `!${shape(expression.part)}`;
    case 'and':
    case 'or':
      return `(${expression.parts.map(shape).join(expression.kind === 'and' ? ' & ' : ' | ')})`;
    case 'term': {
      const { field, match } = expression;
      const name = field.kind === 'short' ? field.name : field.segments.join('.');
      return `${name}:${match.kind === 'equals' ? match.text : match.kind}`;
    }
  }
}

test.each([
  ['actor:alice', 'actor:alice'],
  ['Actor:ALICE', 'actor:alice'],
  ['a b', '(a & b)'],
  ['a AND b OR c', '((a & b) | c)'],
  ['a OR b AND c', '(a | (b & c))'],
  ['a or b and not c', '(a | (b & !c))'],
  ['a && b || !c', '((a & b) | !c)'],
  ['a||b', '(a | b)'],
  ['(a OR b) c', '((a | b) & c)'],
  ['-a b', '(!a & b)'],
  ['NOT NOT a', '!!a'],
  ['a -actor:bob', '(a & !actor:bob)'],
  ['actor:(alice OR bob)', '(actor:alice | actor:bob)'],
  ['actor:(alice OR (bob AND NOT carol))', '(actor:alice | (actor:bob & !actor:carol))'],
  ['resource:arn:aws:s3:::example-bucket/a', 'resource:arn:aws:s3:::example-bucket/a'],
  ['actor:dependabot[bot]', 'actor:dependabot[bot]'],
  ['actor:-5', 'actor:-5'],
  ['*', '*'],
  ['*:*', '*'],
  ['  *  ', '*'],
  ['region:*', 'region:present'],
  ['region:eu-*', 'region:wildcard'],
  ['region:"eu-*"', 'region:eu-*'],
  ['region:eu-\\*', 'region:eu-*'],
  ['actor:"Alice \\"A\\" Example"', 'actor:alice "a" example'],
  ['actor:alice\\ example', 'actor:alice example'],
  ['"and"', 'and'],
  ['resources[].uid:x', 'resources.uid:x'],
  ['unmapped.a\\:b:c', 'unmapped.a:b:c'],
  ['ip:10.0.0.0/8', 'ip:cidr'],
  ['ip:2001:DB8::/32', 'ip:cidr'],
  ['ip:2001:db8::1', 'ip:2001:0db8:0000:0000:0000:0000:0000:0001'],
  ['severity_id:>=5', 'severity_id:range'],
  ['time:[2026-05-01 TO *]', 'time:range'],
  ['time:{2026-05-01 to now}', 'time:range'],
  ['digest:sha256:ABCDEF0', 'digest:abcdef0'],
  ['class:"API Activity"', 'class:api_activity'],
  ['commit:abc*', 'commit:wildcard'],
])('%s is read as %s', (text, expected) => {
  expect(shape(parsed(text))).toBe(expected);
});

test('a fault shows the place and says what was expected', () => {
  const result = parseQuery('actor:alice AND (status:failure OR', { nowMs });
  expect(result.ok ? '' : renderFault(result.fault)).toBe(
    [
      'expected a term, found the end',
      '  actor:alice AND (status:failure OR',
      '                                    ^',
    ].join('\n'),
  );
});

test.each([
  ['', 0, 'expected something to look for'],
  ['   ', 0, 'expected something to look for'],
  ['a AND', 5, 'expected a term, found the end'],
  ['AND a', 0, 'expected a term before "AND"'],
  ['a OR OR b', 5, 'expected a term before "OR"'],
  ['a)', 1, 'expected AND, OR or the end, found ")"'],
  ['(a', 0, 'this bracket is never closed'],
  ['()', 1, 'expected a term, found ")"'],
  ['"abc', 0, 'this quote is never closed'],
  ['actor:"abc', 6, 'this quote is never closed'],
  ['a"b"', 1, 'expected a space before this quote'],
  ['actor:"a"b', 9, 'expected a space'],
  ['actor:', 6, 'expected a value after the colon, found the end'],
  ['actor: alice', 6, 'expected a value after the colon'],
  [':alice', 0, 'expected a field name before this colon'],
  ['actr:alice', 0, 'unknown field "actr"'],
  ['actor..name:alice', 0, 'expected names with single dots'],
  ['time:yesterday', 5, 'expected a time'],
  ['time:[2026-13-01 TO *]', 6, 'expected a time'],
  ['time:[2026-05-01 2026-05-02]', 17, 'expected TO'],
  ['time:[2026-05-01 TO 2026-05-02', 5, 'this range is never closed'],
  ['severity_id:>', 13, 'expected a number, a time or a text'],
  ['ip:10.0.0.0/33', 3, 'expected a network'],
  ['commit:abc', 7, 'expected at least 7 hex digits'],
  ['digest:sha256:abc', 7, 'expected at least 7 hex digits'],
  ['a\\', 1, 'expected a character after this backslash'],
])('%s is refused at %i', (text, position, message) => {
  const result = parseQuery(text, { nowMs });
  expect(result.ok).toBe(false);
  if (result.ok) return;
  expect(result.fault.message).toContain(message);
  expect(result.fault.position).toBe(position);
});

test.each([
  ['actr:alice', 'actor'],
  ['opertaion:x', 'operation'],
  ['eventName:StopLogging', 'operation'],
  ['sourceIPAddress:192.0.2.1', 'ip'],
  ['metdata.uid:x', 'metadata'],
  ['repository:a', 'repo'],
  ['uid:a', 'metadata.uid'],
])('%s is answered with a name that is near: %s', (text, near) => {
  const result = parseQuery(text, { nowMs });
  expect(result.ok ? '' : result.fault.hint).toMatch(new RegExp(`Did you mean .*\\b${near}\\b`));
});

test('a day as a bound is the whole day', () => {
  const between = parsed('time:[2026-05-01 TO 2026-05-02]');
  const day = 86_400_000;
  const first = Date.UTC(2026, 4, 1);
  expect(between).toMatchObject({
    match: { lower: { number: first }, upper: { number: first + 2 * day - 1 } },
  });
  expect(parsed('time:{2026-05-01 TO 2026-05-02}')).toMatchObject({
    match: { lower: { number: first + day - 1 }, upper: { number: first + day } },
  });
  expect(parsed('time:>now-1h')).toMatchObject({ match: { lower: { number: nowMs - 3_600_000 } } });
});

test('what one expression may cost is bounded', () => {
  const message = (text: string): string => {
    const result = parseQuery(text, { nowMs });
    return result.ok ? 'fine' : result.fault.message;
  };
  expect(message(`${'('.repeat(33)}a${')'.repeat(33)}`)).toContain('at most 32 brackets');
  expect(message(`${'!'.repeat(33)}a`)).toContain('at most 32 brackets');
  expect(message(`${'('.repeat(32)}a${')'.repeat(32)}`)).toBe('fine');
  expect(message('a '.repeat(257))).toContain('at most 256 terms');
  expect(message('a '.repeat(256))).toBe('fine');
  expect(message('a'.repeat(8193))).toContain('at most 8192 characters');
});

test('any text is read or refused at a place inside it, and drawn in three or four lines', () => {
  const piece = fc.oneof(
    fc.constantFrom(
      'actor',
      ':',
      '(',
      ')',
      '"',
      '\\',
      '*',
      '?',
      ' ',
      'AND',
      'OR',
      'NOT',
      '-',
      '!',
      '&&',
      '||',
    ),
    fc.constantFrom(
      '[',
      ']',
      '{',
      '}',
      ' TO ',
      '>=',
      '<',
      'time:',
      'ip:',
      'commit:',
      '.',
      'raw_data.',
      '\n',
      '\u202e',
    ),
    fc.string({ maxLength: 6, unit: 'grapheme' }),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 14 }), (pieces) => {
      const text = pieces.join('');
      const result = parseQuery(text, { nowMs });
      if (result.ok) return;
      expect(result.fault.position).toBeGreaterThanOrEqual(0);
      expect(result.fault.position).toBeLessThanOrEqual(text.length);
      const lines = renderFault(result.fault).split('\n');
      expect(lines.length).toBeGreaterThanOrEqual(3);
      expect(lines[2]).toMatch(/^ *\^+$/);
    }),
    { numRuns: 3000 },
  );
});
