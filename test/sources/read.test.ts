import { hash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { validateEvent } from '../../shared/ocsf/validate.ts';
import type { Reading } from '../../shared/sources/source.ts';
import { sharedFile } from '../shared-data.ts';
import { events, RECEIVED_AT, read, type StoredEvent } from './reading.ts';

const ORDER = { shop: 'berlin', id: 'o-1', at: 1777888800123, do: 'Sell', who: 'alice' };

function first(reading: Reading): StoredEvent {
  return events(reading)[0]!;
}

describe('an event', () => {
  test('is a valid OCSF event that keeps the record exactly as received', () => {
    const text =
      '{"shop":"berlin", "id":"o-1","at":1777888800123,"do":"Sell","n":12345678901234567890,"n":1.50}';
    const reading = read(text);
    expect(reading).toMatchObject({ rejects: [], control: 0 });
    const event = first(reading);
    expect(validateEvent(event)).toEqual([]);
    expect(event).toMatchObject({
      time: 1777888800123,
      metadata: { original_event_uid: 'o-1', product: { name: 'Shop', vendor_name: 'Example' } },
      raw_data: text,
      raw_data_size: text.length,
      raw_data_hash: { algorithm_id: 3, value: hash('sha256', text, 'hex') },
      unmapped: { trailproof: { source: 'test.shop', nonce: expect.stringMatching(/^[0-9a-f]{32}$/) } },
    });
    expect(reading.events[0]).toMatchObject({
      source: 'test.shop',
      uid: event.metadata.uid,
      essence: expect.stringMatching(/^3:[0-9a-f]{64}$/),
      time: 1777888800123,
    });
    expect(event.unmapped.trailproof).not.toHaveProperty('timeIsReceipt');
  });

  test('has the same uid over every road, and a nonce of its own each time', () => {
    const roads = [
      read(ORDER),
      read({ orders: [ORDER] }),
      read([ORDER]),
      read(JSON.stringify(JSON.stringify(ORDER))),
    ];
    const all = roads.flatMap(({ events: each }) => each);
    expect(new Set(all.map(({ uid }) => uid)).size).toBe(1);
    expect(new Set(all.map(({ essence }) => essence)).size).toBe(1);
    expect(new Set(roads.flatMap(events).map((event) => event.unmapped.trailproof.nonce)).size).toBe(4);
  });

  test('has another uid for another id, tenant or source, and for other text where it has no id', () => {
    const uidOf = (order: object): string => read(order).events[0]!.uid;
    const uids = [
      uidOf(ORDER),
      uidOf({ ...ORDER, id: 'o-2' }),
      uidOf({ ...ORDER, shop: 'paris' }),
      uidOf({ ...ORDER, shop: 'berlino', id: '-1' }),
      uidOf({ ...ORDER, id: undefined }),
      uidOf({ ...ORDER, id: undefined, who: 'bob' }),
      uidOf({ another: 'shape' }),
    ];
    expect(new Set(uids).size).toBe(uids.length);
    expect(uidOf({ ...ORDER, id: undefined })).toBe(uidOf({ ...ORDER, id: undefined }));
  });

  test('without a native time has the time of receipt, and says so', () => {
    const event = first(read({ ...ORDER, at: undefined }));
    expect(event.time).toBe(RECEIVED_AT.getTime());
    expect(event.unmapped.trailproof.timeIsReceipt).toBe(true);
    expect(read({ ...ORDER, at: undefined }).events[0]?.time).toBe(RECEIVED_AT.getTime());
  });

  test('cannot bring words of ours along', () => {
    const native = { trailproof: { source: 'aws.cloudtrail', nonce: 'forged' }, kept: 1 };
    const event = first(read({ ...ORDER, native }));
    expect(event.unmapped.kept).toBe(1);
    expect(event.unmapped.trailproof).toMatchObject({ source: 'test.shop' });
    expect(event.unmapped.trailproof.nonce).not.toBe('forged');
  });

  test('is one line, whatever the record holds', () => {
    const order = { ...ORDER, who: 'a\nb\u2028\ud800', native: { __proto__: null } };
    expect(read(order).events[0]?.line).not.toMatch(/[\n\r]/);
  });
});

describe('what cannot be mapped', () => {
  test('a shape that its source does not know is a Base Event of that source, with the reason', () => {
    const reading = read({ shop: 'berlin', at: 'x', created_at: '2026-01-02T03:04:05Z' });
    const event = first(reading);
    expect(validateEvent(event)).toEqual([]);
    expect(event).toMatchObject({
      class_uid: 0,
      time: Date.UTC(2026, 0, 2, 3, 4, 5),
      message: 'Not mapped: no operation',
      metadata: { product: { name: 'Shop' } },
      unmapped: { trailproof: { source: 'test.shop', reason: 'no operation' } },
    });
  });

  test('a source that breaks its promise and throws costs nothing', () => {
    const reading = read({ orders: [ORDER, { shop: 'x', throw: 1 }, { ...ORDER, id: 'o-2' }] });
    expect(events(reading).map(({ class_uid }) => class_uid)).toEqual([6003, 0, 6003]);
  });

  test('JSON that nobody knows is a Base Event of the source unknown', () => {
    for (const content of ['"hello"', '17', 'null', '{}', '{"a":{"b":1}}', '[1,2]', '"[not json"']) {
      const reading = read(content);
      expect(reading.events.length).toBe(1);
      const event = first(reading);
      expect(validateEvent(event), content).toEqual([]);
      expect(event).toMatchObject({ class_uid: 0, raw_data: content, time: RECEIVED_AT.getTime() });
      expect(event.unmapped.trailproof).toMatchObject({ source: 'unknown', timeIsReceipt: true });
    }
  });

  test('a named source that does not know the shape still has the record', () => {
    const reading = read({ a: 1 }, { source: 'test.shop' });
    expect(reading.events[0]?.source).toBe('test.shop');
    expect(events(reading)[0]).toMatchObject({
      class_uid: 0,
      message: expect.stringContaining('does not know'),
    });
  });
});

describe('caps', () => {
  test('a record that is too deep or has too many keys is a reject, and its neighbours are events', () => {
    const deep = `{"shop":"x","a":${'['.repeat(64)}${']'.repeat(64)}}`;
    const wide = `{"shop":"x",${Array.from({ length: 100_000 }, (_, i) => `"${i}":0`).join(',')}}`;
    const reading = read(`{"orders":[${JSON.stringify(ORDER)},${deep},${wide},${JSON.stringify(ORDER)}]}`);
    expect(reading.events.length).toBe(2);
    expect(reading.rejects.map(({ reason }) => reason)).toEqual(['too-deep', 'too-many-keys']);
    expect(reading.rejects[0]).toMatchObject({ sha256: hash('sha256', deep, 'hex'), sizeBytes: deep.length });
    // An envelope around a record is no part of its depth.
    expect(read(`{"orders":[{"shop":"x","a":${'['.repeat(63)}${']'.repeat(63)}}]}`).events.length).toBe(1);
  });

  test('a record over 1 MB has an object of its own, and its line stays small', () => {
    const order = { ...ORDER, native: { big: 'é'.repeat(600_000), many: Array(50_000).fill({ a: 'text' }) } };
    const reading = read(order);
    const event = first(reading);
    const text = JSON.stringify(order);
    const digest = hash('sha256', text, 'hex');
    expect(reading.events[0]?.rawObject).toEqual({ key: `raw/${digest}`, text });
    expect(reading.events[0]!.line.length).toBeLessThan(100_000);
    expect(validateEvent(event)).toEqual([]);
    expect(event).toMatchObject({
      api: { operation: 'Sell' },
      raw_data_size: Buffer.byteLength(text),
      raw_data_hash: { value: digest },
      metadata: { is_truncated: true },
      unmapped: { trailproof: { raw: `raw/${digest}` } },
    });
    expect(event).not.toHaveProperty('raw_data');
  });

  test('a body inflates within its caps, and a bomb is one reject', () => {
    expect(read(gzipSync(JSON.stringify(ORDER))).events.length).toBe(1);
    const bomb = read(gzipSync(Buffer.alloc(20 * 1024 * 1024, 0x20)));
    expect(bomb.rejects.map(({ reason }) => reason)).toEqual(['too-large']);
    expect(read(gzipSync('{"a":1}').subarray(0, 12)).rejects.map(({ reason }) => reason)).toEqual([
      'bad-compression',
    ]);
  });
});

describe('counts', () => {
  test('empty batches are control traffic, and nothing is nothing', () => {
    for (const content of ['[]', '{"orders":[]}', '{"Records":[]}', '"[]"']) {
      expect(read(content), content).toEqual({ events: [], rejects: [], control: 1 });
    }
    expect(read('')).toEqual({ events: [], rejects: [], control: 0 });
  });

  test('every record and every bad line is counted once, whatever stands around it', () => {
    const order = fc.record({ shop: fc.string(), id: fc.string({ minLength: 1 }), do: fc.string() });
    const single = fc.oneof(
      order.map((each) => ({ text: JSON.stringify(each), events: 1, rejects: 0, control: 0 })),
      fc
        .jsonValue({ maxDepth: 2 })
        .filter(isPlain)
        .map((each) => ({ text: JSON.stringify(each), events: 1, rejects: 0, control: 0 })),
      fc.constant({ text: '[]', events: 0, rejects: 0, control: 1 }),
      fc
        .constantFrom('oops', '{"shop"', '{"shop":"x', "{'a':1}", '{"a":1}}')
        .map((text) => ({ text, events: 0, rejects: 1, control: 0 })),
      fc.array(order, { minLength: 1, maxLength: 4 }).map((list) => ({
        text: JSON.stringify({ orders: list }),
        events: list.length,
        rejects: 0,
        control: 0,
      })),
    );
    fc.assert(
      fc.property(fc.array(single), (lines) => {
        const reading = read(lines.map(({ text }) => text).join('\n'));
        const sum = (key: 'events' | 'rejects' | 'control'): number =>
          lines.reduce((total, each) => total + each[key], 0);
        expect(reading.events.length).toBe(sum('events'));
        expect(reading.rejects.length).toBe(sum('rejects'));
        expect(reading.control).toBe(sum('control'));
        for (const event of events(reading)) expect(validateEvent(event)).toEqual([]);
      }),
    );
  });
});

/** Not a list, not an empty batch, nothing encoded twice. */
function isPlain(value: unknown): boolean {
  if (typeof value === 'string') return !/^\s*[[{]/.test(value);
  return !Array.isArray(value);
}

const malformed = sharedFile('samples/malformed');

describe.skipIf(malformed === undefined)(
  'malformed samples (skipped where the reference data is absent)',
  () => {
    test('each is what its class asks for', () => {
      const expected: Record<string, string> = {
        'azure-double-encoded.txt': 'control',
        'azure-single-quotes.txt': 'not-json',
        'bigint.txt': 'event',
        'bom-json.txt': 'control',
        'deep-nesting.txt': 'too-deep',
        'duplicate-keys.txt': 'event',
        'empty.txt': '',
        'invalid-event.json': 'event',
        'lone-surrogate.txt': 'event',
        'nan.txt': 'not-json',
        'not-an-object.txt': 'event',
        'proto-pollution.txt': 'event',
        'truncated-json.txt': 'not-json',
        'two-objects-no-separator.txt': 'not-json',
      };
      const folder = malformed ?? '';
      for (const name of readdirSync(folder)) {
        const reading = read(new Uint8Array(readFileSync(join(folder, name))), {});
        const found = [
          ...reading.events.map(() => 'event'),
          ...reading.rejects.map(({ reason }) => reason),
          ...Array(reading.control).fill('control'),
        ];
        const isBatch = expected[name] === 'control';
        if (!isBatch && name in expected) expect(found.join(), name).toBe(expected[name]);
        expect(found.length, name).toBe(name === 'empty.txt' ? 0 : 1);
      }
    });
  },
);
