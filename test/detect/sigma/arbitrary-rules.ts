import fc from 'fast-check';
import type { JsonObject, JsonValue } from '../../../shared/json/json.ts';

/**
 * Rules of every form and events for them, out of few words, so that they meet: letters whose lower case is odd among
 * them, dashes, wildcards, numbers, times, addresses and encoded texts.
 */
const FIELDS = ['a', 'b', 'a.b', 'c.d.e', 'a.b.c', 'n', 'toString', '__proto__', 'x-y'] as const;
const WORDS = [
  'alice',
  'Alice',
  'ALICE bob',
  'bob',
  'k',
  'K\u212a',
  '\u0130x',
  'i\u0307x',
  'stra\u00dfe',
  '\u039f\u03a3',
  '\u039f\u03a3\u0391',
  '-enc x',
  '/enc',
  '\u2013enc',
  'enc',
  '',
  '0',
  '12',
  'true',
  '192.0.2.7',
  '2026-11-21T02:41:00Z',
  Buffer.from('alice').toString('base64'),
  Buffer.from('x alice').toString('base64'),
  'a\0l\0i\0c\0e\0',
  '😀',
  'a"b\\c',
  'line\nbreak',
];
const PATTERNS = ['*', 'al*', '*ice', '*li*', 'a?ice', '?', '*\\*', 'a*b?x*', '*\u212a*', '\u039f*'];
const REGEXES = [
  'al.ce',
  '^bob$',
  'li+ce',
  'ali[ck]e',
  'x|bob',
  'a.*e',
  '\\d+',
  'enc.?x',
  'b*ob',
  'c{1}e',
  'E x',
];

const scalar = fc.oneof(
  fc.constantFrom<JsonValue>(...WORDS),
  fc.constantFrom<JsonValue>(0, 12, 1.5, true, false, null, 2 ** 53, -3),
);

const { record } = fc.letrec<{ value: JsonValue; record: JsonObject }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    { weight: 4, arbitrary: scalar },
    { weight: 1, arbitrary: fc.array(tie('value'), { maxLength: 3 }) },
    { weight: 2, arbitrary: tie('record') },
  ),
  record: fc
    .array(fc.tuple(fc.constantFrom(...FIELDS, 'c', 'd', 'e', 'd.e', 'alias'), tie('value')), {
      maxLength: 5,
    })
    // As JSON.parse makes them: a member called __proto__ is a member.
    .map((members) => objectOf(members)),
}));

function objectOf(members: readonly (readonly [string, JsonValue])[]): JsonObject {
  const unique = new Map(members);
  return JSON.parse(
    `{${[...unique].map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`).join()}}`,
  );
}

/** An event as it might be received: with white space, and with letters written as escapes. */
export const arbitraryEvent: fc.Arbitrary<{ record: JsonObject; raw: string | undefined }> = fc
  .tuple(record, fc.constantFrom('plain', 'spaced', 'escaped', 'none'))
  .map(([value, form]) => {
    const plain = JSON.stringify(value, null, form === 'spaced' ? 1 : undefined);
    const raw = form === 'escaped' ? plain.replace(/[a-e\u0080-\uffff]/g, escaped) : plain;
    return { record: value, raw: form === 'none' ? undefined : raw };
  });

function escaped(letter: string): string {
  return `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

const texts = (pool: readonly string[]) => fc.array(fc.constantFrom(...pool), { minLength: 1, maxLength: 3 });
const anyValues = fc.array(fc.constantFrom<JsonValue>(...WORDS, ...PATTERNS, 0, 12, true, null), {
  minLength: 1,
  maxLength: 3,
});
const plain = WORDS.filter((word) => word !== '' && !/[*?]/.test(word));

/** One `field|modifiers: values` of every kind, as a member of a selection. */
export const arbitraryItem: fc.Arbitrary<[string, JsonValue]> = fc.oneof(
  { weight: 6, arbitrary: itemOf(['', '|neq'], anyValues) },
  {
    weight: 6,
    arbitrary: itemOf(
      [
        '|contains',
        '|startswith',
        '|endswith',
        '|contains|all',
        '|contains|cased',
        '|cased',
        '|contains|neq',
        '|all',
      ],
      texts([...WORDS, ...PATTERNS]),
    ),
  },
  itemOf(['|windash', '|windash|contains', '|windash|cased', '|windash|startswith'], texts(plain)),
  itemOf(['|re', '|re|i', '|re|s', '|re|all', '|re|startswith', '|re|neq'], texts(REGEXES)),
  itemOf(['|exists'], fc.boolean()),
  itemOf(
    ['|fieldref', '|fieldref|contains', '|fieldref|neq', '|fieldref|endswith|cased'],
    texts([...FIELDS, 'alias']),
  ),
  itemOf(['|lt', '|gte', '|neq|gt'], fc.constantFrom(0, 12, 2)),
  itemOf(['|hour', '|year|gte', '|week'], fc.constantFrom(2, 47, 2026)),
  itemOf(['|cidr', '|cidr|neq'], fc.constantFrom('192.0.2.0/24', '2001:db8::/32')),
  itemOf(['|expand', '|contains|expand', '|expand|neq'], fc.constantFrom('%people%', 'x%people%', '%nets%')),
  itemOf(
    [
      '|base64',
      '|base64offset|contains',
      '|wide',
      '|utf16be|contains',
      '|windash|base64',
      '|utf16|base64|contains',
    ],
    fc.constantFrom('alice', 'bob', '-enc'),
  ),
);

function itemOf(
  modifiers: readonly string[],
  values: fc.Arbitrary<JsonValue>,
): fc.Arbitrary<[string, JsonValue]> {
  return fc.tuple(
    fc.tuple(fc.constantFrom(...FIELDS, 'alias'), fc.constantFrom(...modifiers)).map((pair) => pair.join('')),
    values,
  );
}

export const arbitraryKeywords = fc.oneof(
  texts([...WORDS.filter((word) => word !== ''), ...PATTERNS]) as fc.Arbitrary<JsonValue>,
  fc
    .tuple(fc.constantFrom('|all', '|cased', '|contains', '|neq', '|windash'), texts(plain))
    .map(([modifier, values]) => ({ [modifier]: values })),
  texts(REGEXES).map((values) => ({ '|re': values })),
);

const map = fc
  .array(arbitraryItem, { minLength: 1, maxLength: 3 })
  .map((items) => Object.fromEntries(items) as JsonObject);
const selection: fc.Arbitrary<JsonValue> = fc.oneof(
  { weight: 5, arbitrary: map },
  { weight: 2, arbitrary: fc.array(map, { minLength: 1, maxLength: 3 }) },
  { weight: 1, arbitrary: arbitraryKeywords },
  {
    weight: 1,
    arbitrary: fc.tuple(map, fc.constantFrom('alice', 'zz')).map((mixed) => [...mixed] as JsonValue),
  },
);

const NAMES = ['s1', 's2', 's3', 'f1'] as const;
const { condition } = fc.letrec<{ condition: string }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    fc.constantFrom(...NAMES, '1 of s*', 'all of s*', 'all of them', 'any of them', '1 of f*'),
    tie('condition').map((inner) => `not ${inner}`),
    fc
      .tuple(tie('condition'), fc.constantFrom('and', 'or'), tie('condition'))
      .map((parts) => `(${parts.join(' ')})`),
  ),
}));

/** Detections out of few selections, so that rules have parts in common. */
export const arbitraryDetections: fc.Arbitrary<readonly JsonObject[]> = fc
  .array(selection, { minLength: 2, maxLength: 6 })
  .chain((pool) => {
    const some = fc.constantFrom(...pool);
    const words = fc.oneof(
      { weight: 4, arbitrary: condition },
      { weight: 1, arbitrary: fc.array(condition, { minLength: 1, maxLength: 2 }) },
    );
    const detection = fc
      .tuple(some, some, some, some, words)
      .map(([s1, s2, s3, f1, found]) => ({ s1, s2, s3, f1, condition: found }));
    return fc.array(detection, { minLength: 1, maxLength: 12 });
  });

export const OPTIONS = {
  placeholders: { people: ['alice', 'b*'], nets: ['12', 'K'] },
  aliases: [{ logsource: { product: 'test' }, fields: { alias: ['a.b', 'n'], n: ['c.d.e'] } }],
};
