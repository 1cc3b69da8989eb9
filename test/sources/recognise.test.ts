import { describe, expect, test } from 'vitest';
import { sources } from '../../shared/sources/index.ts';
import type { Source } from '../../shared/sources/source.ts';
import { envelope, events, read, reader, shop } from './reading.ts';

const ORDER = { shop: 'berlin', id: 'o-1', at: 1777888800123, do: 'Sell' };
const BARE = { id: 'o-2', do: 'Sell' };

/** A source whose records only mean something as a pair. */
const pair: Source = {
  ...shop,
  id: 'test.pair',
  accepts: (value) => Array.isArray(value) && value[0] === 'pair',
  split: (document, { attributes }) => ({ records: [{ ...document, attributes }], rejects: [], control: 0 }),
  map: () => ({ unmapped: 'a pair' }),
};

/** A source that finds nothing in what it accepts. */
const silent: Source = {
  ...shop,
  id: 'test.silent',
  accepts: (value) => value !== null && typeof value === 'object' && 'silent' in value,
  split: () => ({ records: [], rejects: [], control: 0 }),
};

describe('lists', () => {
  test('each element is recognised by itself', () => {
    const reading = read([ORDER, { other: 1 }, 'text', [ORDER, { orders: [ORDER, ORDER] }], []]);
    expect(reading.events.map(({ source }) => source)).toEqual([
      'test.shop',
      'unknown',
      'unknown',
      'test.shop',
      'test.shop',
      'test.shop',
    ]);
    expect(reading.control).toBe(1);
  });

  test('a list that a source knows only as a whole stays whole', () => {
    const reading = reader(shop, pair).readEnvelope(envelope(['pair', { a: 1 }]));
    expect(reading.events.map(({ source }) => source)).toEqual(['test.pair']);
    expect(events(reading)[0]!.raw_data).toBe('["pair",{"a":1}]');
  });

  test('lists in lists end at some depth, and nothing is lost', () => {
    const reading = read(`${'['.repeat(30)}{"shop":"x","do":"Sell"}${']'.repeat(30)}`);
    expect(reading.events.length).toBe(1);
  });
});

describe('kept requests', () => {
  const headers = { 'X-Shop': 'paris', 'X-List': ['a', 'b'], 'x-number': 1 };
  const roads: readonly [name: string, kept: object][] = [
    ['an object', { headers, body: BARE }],
    ['text', { headers, body: JSON.stringify(BARE) }],
    [
      'base64',
      { headers, body: Buffer.from(JSON.stringify(BARE)).toString('base64'), isBase64Encoded: true },
    ],
    ['a form', { headers, body: `payload=${encodeURIComponent(JSON.stringify(BARE))}` }],
  ];
  for (const [name, kept] of roads) {
    test(`a body that is ${name} is the record, and the headers are its attributes`, () => {
      const reading = read(kept);
      expect(reading.events.map(({ source }) => source)).toEqual(['test.shop']);
      expect(events(reading)[0]!).toMatchObject({ class_uid: 6003, raw_data: JSON.stringify(BARE) });
      expect(reading.events[0]?.uid).toBe(read(BARE, { attributes: { 'x-shop': 'paris' } }).events[0]?.uid);
    });
  }

  test('a body over several lines keeps its characters', () => {
    const body = '{"shop": "x",\n  "do": "Sell"}';
    expect(events(read(`{"headers":{},"body":${body}}`))[0]!.raw_data).toBe(body);
  });

  test('a body that nobody knows is kept with its headers', () => {
    const kept = { headers: { 'x-other': '1' }, body: { a: 1 } };
    expect(events(read(kept)).map((event) => event.raw_data)).toEqual([JSON.stringify(kept)]);
    for (const body of ['not json', '', null, 17]) {
      expect(read({ headers, body }).events.length, String(body)).toBe(1);
    }
  });

  test('a header called __proto__ pollutes nothing', () => {
    read(`{"headers":{"__proto__":"x","x-shop":"y"},"body":{"do":"Sell"}}`);
    expect(Object.prototype).not.toHaveProperty('x-shop');
  });
});

describe('names', () => {
  test('a named source has what it accepts, and no other is asked', () => {
    const other = { ...shop, id: 'test.other' };
    expect(reader(other, shop).readEnvelope(envelope(ORDER, { source: 'test.shop' })).events[0]?.source).toBe(
      'test.shop',
    );
    expect(reader(other, shop).readEnvelope(envelope(ORDER)).events[0]?.source).toBe('test.other');
  });

  test('a named source has the elements that it does not know, too', () => {
    const reading = read([ORDER, { other: 1 }], { source: 'test.shop' });
    expect(reading.events.map(({ source }) => source)).toEqual(['test.shop', 'test.shop']);
    expect(events(reading).map(({ class_uid }) => class_uid)).toEqual([6003, 0]);
  });

  test('a name that no source has is no reason to refuse', () => {
    expect(read(ORDER, { source: 'test.nobody' }).events[0]?.source).toBe('test.shop');
  });

  test('a source that finds nothing in a document has seen control traffic', () => {
    const reading = reader(silent).readEnvelope(envelope({ silent: true }));
    expect(reading).toEqual({ events: [], rejects: [], control: 1 });
  });

  test('every source has an id, a product and a batch key of its own form', () => {
    expect(new Set(sources.map(({ id }) => id)).size).toBe(sources.length);
    for (const { id, product, essenceVersion } of sources) {
      expect(id).toMatch(/^[a-z]+\.[a-z]+$/);
      expect(product.vendor_name).not.toBe('');
      expect(essenceVersion).toBeGreaterThan(0);
    }
  });
});
