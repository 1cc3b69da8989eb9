import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TextFinder } from '../../../shared/detect/sigma/aho-corasick.ts';
import { compileItem } from '../../../shared/detect/sigma/compile-item.ts';
import { EventView } from '../../../shared/detect/sigma/event-view.ts';
import { FieldSlots } from '../../../shared/detect/sigma/field-slots.ts';
import { parseRules } from '../../../shared/detect/sigma/index.ts';
import { compileRegex } from '../../../shared/detect/sigma/regex.ts';
import type { Item, Search } from '../../../shared/detect/sigma/rule.ts';
import { unescapeJson } from '../../../shared/detect/sigma/search-text.ts';
import { TextSet } from '../../../shared/detect/sigma/text-set.ts';
import type { Literal, Witness } from '../../../shared/detect/sigma/witness.ts';
import type { JsonValue } from '../../../shared/json/json.ts';
import { arbitraryEvent, arbitraryItem, arbitraryKeywords, OPTIONS } from './arbitrary-rules.ts';

const RUNS = { numRuns: 700, seed: 20_261_121 };

function itemsOf(selection: JsonValue): readonly Item[] {
  const source = JSON.stringify({ title: 't', detection: { s: selection, condition: 's' } });
  const items = (search: Search): readonly Item[] =>
    search.kind === 'item' ? [search.item] : search.searches.flatMap(items);
  return parseRules(source, 'x.yml').rules.flatMap(({ detection }) =>
    detection.selections.flatMap(({ search }) => items(search)),
  );
}

/** Whether the event shows what the witness asks for, as plainly as it can be said. */
function shows(witness: Witness, view: EventView): boolean {
  if (witness.kind === 'none') return true;
  if (witness.kind === 'literal') return showsLiteral(witness.literal, view);
  return witness.kind === 'some'
    ? witness.of.some((part) => shows(part, view))
    : witness.of.every((part) => shows(part, view));
}

function showsLiteral(literal: Literal, view: EventView): boolean {
  if (literal.kind === 'keyword') return view.searchText().toLowerCase().includes(literal.text);
  const field = view.field(literal.slot);
  if (literal.kind === 'present') return field.present;
  const texts = field.texts().map((text) => text.toLowerCase());
  return literal.kind === 'exact'
    ? texts.includes(literal.text)
    : texts.some((text) => text.includes(literal.text));
}

describe('a witness', () => {
  const selection = fc.oneof(
    { weight: 3, arbitrary: arbitraryItem.map(([key, value]): JsonValue => ({ [key]: value })) },
    { weight: 1, arbitrary: arbitraryKeywords },
  );

  test('is shown by every event that an item holds of, and a refutation by every other', () => {
    let demands = 0;
    fc.assert(
      fc.property(selection, fc.array(arbitraryEvent, { minLength: 1, maxLength: 12 }), (each, events) => {
        const slots = new FieldSlots(OPTIONS);
        for (const item of itemsOf(each)) {
          const compiled = compileItem(item, slots.context({ product: 'test' }));
          if (!compiled.ok) throw new Error(compiled.fault.message);
          const { witness, refutation } = compiled.value;
          const view = new EventView(slots.fields);
          for (const { record, raw } of events) {
            view.open(record, raw);
            const holds = compiled.value.test(view);
            expect(shows(holds ? witness : refutation, view)).toBe(true);
            if (holds && witness.kind !== 'none') demands += 1;
            view.close();
          }
        }
      }),
      RUNS,
    );
    expect(demands).toBeGreaterThan(150);
  });

  test.for([
    ['.+:assumed-role/aws:.+', ':assumed-role/aws:'],
    ['^arn:aws:iam::\\d+:user', 'arn:aws:iam::'],
    ['abc*', 'ab'],
    ['a?bc', 'bc'],
    ['abc+d', 'abc'],
    ['a\\.b', 'a.b'],
    ['a\\\\b', 'a\\b'],
    ['ab|cd', ''],
    ['(ab)cd', ''],
    ['[ab]cd', ''],
    ['ab{2}', ''],
    ['\\x41bc', ''],
    ['\\pLbc', ''],
    ['x\u00fcyz', 'yz'],
    ['.*', ''],
  ] as const)('of %j is %j', ([pattern, literal]) => {
    const compiled = compileRegex(pattern, '', 'whole');
    expect(compiled.ok && compiled.value.literal).toBe(literal);
  });

  test('of a regular expression without regard to case is not known: it folds letters as nothing else does', () => {
    const compiled = compileRegex('k', 'i', 'whole');
    expect(compiled.ok && [compiled.value.literal, compiled.value.test('\u212a')]).toEqual(['', true]);
  });
});

describe('the search for many texts', () => {
  const letters = fc.constantFrom(
    'a',
    'b',
    'A',
    'B',
    'k',
    '\u212a',
    '\u0130',
    '\u0307',
    'i',
    '\u03a3',
    '\u00fc',
    '"',
    '\\',
    '\n',
    '😀',
  );
  const word = fc.array(letters, { minLength: 1, maxLength: 4 }).map((list) => list.join('').toLowerCase());
  const text = fc.array(letters, { maxLength: 30 }).map((list) => list.join(''));
  const found = (search: (finds: { found(n: number): void }) => void) => {
    const numbers: number[] = [];
    search({ found: (n) => numbers.push(n) });
    expect(new Set(numbers).size).toBe(numbers.length);
    return numbers.toSorted((a, b) => a - b);
  };

  test('finds what includes finds, each once', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(word, { minLength: 1, maxLength: 8 }),
        fc.array(text, { maxLength: 4 }),
        (words, texts) => {
          const finder = new TextFinder(words);
          for (const each of texts) {
            const expected = [...words.keys()].filter((n) => each.toLowerCase().includes(words[n] ?? ''));
            expect(found((finds) => finder.find(each, finds))).toEqual(expected);
          }
        },
      ),
      RUNS,
    );
  });

  test('sees through the escapes of JSON', () => {
    const escaped = text.map((each) =>
      JSON.stringify(each).replace(/[abk]/g, (letter) => `\\u00${letter.charCodeAt(0).toString(16)}`),
    );
    fc.assert(
      fc.property(
        fc.uniqueArray(word, { minLength: 1, maxLength: 8 }),
        fc.oneof(escaped, text),
        (words, json) => {
          const lower = () => unescapeJson(json).toLowerCase();
          const finder = new TextFinder(words);
          const expected = [...words.keys()].filter((n) => lower().includes(words[n] ?? ''));
          expect(found((finds) => finder.findInJson(json, finds, lower))).toEqual(expected);
        },
      ),
      RUNS,
    );
  });

  test('needs one look at each character, however many texts begin alike', () => {
    const words = Array.from({ length: 60 }, (_, n) => `${'a'.repeat(n + 1)}`);
    const finder = new TextFinder([...words, 'aab']);
    expect(found((finds) => finder.find('a'.repeat(1_000_000), finds))).toHaveLength(60);
  });
});

describe('a set of texts', () => {
  test('tells by length only what lower case keeps: one letter of Unicode grows, and none shrinks', () => {
    const odd: string[] = [];
    for (let code = 0; code <= 0x10ffff; code++) {
      const letter = String.fromCodePoint(code);
      if (letter.toLowerCase().length !== letter.length) odd.push(letter);
    }
    expect(odd).toEqual(['\u0130']);
    expect('\u0130'.toLowerCase()).toContain('\u0307');
  });

  test('never rules out a text that is there in lower case', () => {
    const letters = fc.constantFrom('a', 'B', '\u0130', 'i\u0307', '\u212a', '\u03a3', '\u00df');
    const word = fc.array(letters, { maxLength: 3 }).map((list) => list.join(''));
    fc.assert(
      fc.property(fc.array(word, { maxLength: 4 }), word, (written, each) => {
        const set = new TextSet(new Set(written.map((one) => one.toLowerCase())), written);
        const isThere = set.hasLower(each.toLowerCase());
        if (isThere) expect(set.mayHave(each)).toBe(true);
        if (set.hasWritten(each)) expect(isThere).toBe(true);
      }),
      RUNS,
    );
  });
});
