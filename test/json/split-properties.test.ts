import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { elements } from '../../shared/json/document.ts';
import { KEYS, show, split, splitPieces } from './splitting.ts';

const object = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 }));

/** One document as some tool would write it. */
const written = fc
  .tuple(object, fc.constantFrom(0, 0, 1, 2, '\t'))
  .map(([value, indent]) => JSON.stringify(value, null, indent));

/** A line that no parser takes, and that begins nothing. */
const words = fc
  .string()
  .map((text) => `!${text.replaceAll(/[\r\n\u2028\u2029]/g, ' ').trim()}`)
  .filter((text) => !text.endsWith(' '));

const line = fc.oneof(
  written.map((text) => ({ text, isGood: true })),
  words.map((text) => ({ text, isGood: false })),
);

const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 8 });

describe('any stream', () => {
  test('every good document comes out verbatim and every bad line as one reject, in order', () => {
    fc.assert(
      fc.property(fc.array(line), fc.constantFrom('\n', '\r\n', '\n\n'), (lines, newline) => {
        const bytes = Buffer.from(lines.map(({ text }) => text).join(newline));
        expect(split(bytes)).toEqual(
          lines.map(({ text, isGood }) =>
            isGood ? `D ${text}` : `R not-json ${Buffer.from(text).toString('latin1')}`,
          ),
        );
      }),
    );
  });

  test('it splits the same however the bytes arrive', () => {
    const any = fc.oneof(
      written,
      words,
      fc.constantFrom('{"a":[', '{"Records":[{"a":1},{"b":', '}', '["x",'),
    );
    fc.assert(
      fc.property(fc.array(any), sizes, (texts, pieces) => {
        const bytes = Buffer.from(texts.join('\n'));
        expect(show(splitPieces(bytes, pieces))).toEqual(split(bytes));
      }),
      { numRuns: 500, examples: [[['{"Records":[{"a":1},{"b":', '!"\\"'], [1]]] },
    );
  });

  test('arbitrary bytes never throw, and never lose a byte that is not white space', () => {
    const noise = fc.oneof(
      fc.uint8Array(),
      fc.string().map((text) => Buffer.from(text)),
    );
    const json = fc
      .constantFrom('{"a":', '[', ']', '}', '"', ',', '\n', '{"Records":[', '\\', '1', 'é')
      .map((text) => Buffer.from(text));
    fc.assert(
      fc.property(fc.array(fc.oneof(noise, json)), sizes, (parts, pieces) => {
        const bytes = Buffer.concat(parts);
        const items = splitPieces(bytes, pieces);
        expect(show(items)).toEqual(split(bytes));
        if (bytes.some((byte) => byte > 0x20) && !isMark(bytes)) expect(items.length).toBeGreaterThan(0);
      }),
    );
  });

  test('a cut envelope gives its whole elements and one reject, wherever it is cut', () => {
    fc.assert(
      fc.property(fc.array(object, { minLength: 1, maxLength: 5 }), fc.nat(), (records, seed) => {
        const texts = records.map((record) => JSON.stringify(record));
        const whole = Buffer.from(`{"Records":[${texts.join(',')}]}`);
        const cut = 1 + (seed % (whole.byteLength - 1));
        const items = splitPieces(whole.subarray(0, cut), [7]);
        const delivered = items.flatMap((item) =>
          'document' in item ? elements(item.document, 'Records').map(({ text }) => text) : [],
        );
        expect(delivered).toEqual(texts.slice(0, delivered.length));
        let end = '{"Records":['.length;
        const wholeCount = texts.filter((text) => {
          end += Buffer.byteLength(text);
          const isWhole = end <= cut;
          end += 1;
          return isWhole;
        }).length;
        expect(delivered.length).toBe(wholeCount);
        expect(items.filter((item) => 'reject' in item).length).toBe(1);
      }),
    );
  });

  test('one broken element never costs another', () => {
    const bad = fc.constantFrom(`{'a':1}`, '{"a":NaN}', '{"a" 1}', 'tru', '{"a":[1,]}', '{"a":1]', '[}');
    fc.assert(
      fc.property(fc.array(object), fc.array(object), bad, sizes, (before, after, broken, pieces) => {
        const left = before.map((each) => JSON.stringify(each));
        const right = after.map((each) => JSON.stringify(each));
        const bytes = Buffer.from(`{"records":[${[...left, broken, ...right].join(',')}]}`);
        const items = splitPieces(bytes, pieces);
        const delivered = items.flatMap((item) =>
          'document' in item ? elements(item.document, 'records').map(({ text }) => text) : [],
        );
        expect(delivered.slice(0, left.length)).toEqual(left);
        // A bracket that closes what it did not open ends the array: what follows is one reject, but not lost.
        const rejected = items.flatMap((item) =>
          'reject' in item ? [Buffer.from(item.reject.bytes).toString()] : [],
        );
        for (const text of right) expect([...delivered, ...rejected].join('\n')).toContain(text);
        expect(KEYS.has('records')).toBe(true);
      }),
    );
  });
});

function isMark(bytes: Uint8Array): boolean {
  const rest = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;
  return !rest.some((byte) => byte > 0x20);
}
