import { hash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { MemoryObjectStore } from '../../shared/adapters/memory/object-store.ts';
import { PortError } from '../../shared/ports.ts';
import {
  addSummary,
  BATCH_COUNT_MAX,
  emptySummary,
  type IngestSummary,
  ingestBody,
  ingestStream,
} from '../../shared/stages/ingest.ts';
import type { PendingEntry } from '../../shared/trail/pending.ts';
import { envelope, RECEIVED_AT, reader } from '../sources/reading.ts';

const order = (index: number): string => `{"shop":"x","id":"o-${index}","at":1777888800123,"do":"Sell"}`;

interface World {
  readonly objects: MemoryObjectStore;
  readonly batches: (readonly PendingEntry[])[];
  append(entries: readonly PendingEntry[]): Promise<void>;
}

function world(): World {
  const batches: (readonly PendingEntry[])[] = [];
  return {
    objects: new MemoryObjectStore(),
    batches,
    append: async (entries) => {
      batches.push(entries);
    },
  };
}

async function* chunks(content: string | Uint8Array, size = 1000): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(content);
  for (let at = 0; at < bytes.byteLength; at += size) yield bytes.subarray(at, at + size);
}

async function ingest(ports: World, content: string | Uint8Array, attributes = {}): Promise<IngestSummary> {
  const delivery = { source: undefined, receivedAt: RECEIVED_AT, attributes, chunks: chunks(content) };
  return await ingestStream(ports, reader(), delivery);
}

async function keys(objects: MemoryObjectStore): Promise<string[]> {
  const found: string[] = [];
  for await (const key of objects.list('')) found.push(key);
  return found;
}

describe('a stream', () => {
  test('is counted by source and by reason, and the counts add up', async () => {
    const ports = world();
    const content = [order(1), 'oops', '[]', order(2), '{"other":1}', '{"shop":"x","a":'].join('\n');
    const summary = await ingest(ports, gzipSync(content));
    expect(summary).toMatchObject({ read: 6, events: 3, rejected: 2, control: 1 });
    expect(Object.fromEntries(summary.sources)).toEqual({
      'test.shop': { read: 2, events: 2, rejected: 0, control: 0 },
      unknown: { read: 4, events: 1, rejected: 2, control: 1 },
    });
    expect(Object.fromEntries(summary.rejects)).toEqual({ 'not-json': 2 });
    expect(
      ports.batches.flat().map(({ kind, source, line }) => [kind, source, JSON.parse(line).class_uid]),
    ).toEqual([
      ['event', 'test.shop', 6003],
      ['event', 'test.shop', 6003],
      ['event', 'unknown', 0],
    ]);
  });

  test('comes in batches of bounded size, each of one source', async () => {
    const ports = world();
    const count = 2 * BATCH_COUNT_MAX + 10;
    const lines = Array.from({ length: count }, (_, index) =>
      index % 500 === 0 ? `{"n":${index}}` : order(index),
    );
    const summary = await ingest(ports, lines.join('\n'));
    expect(summary).toMatchObject({ read: count, events: count });
    expect(ports.batches.every((batch) => batch.length <= BATCH_COUNT_MAX)).toBe(true);
    expect(ports.batches.every((batch) => new Set(batch.map(({ source }) => source)).size === 1)).toBe(true);
    expect(ports.batches.flat().length).toBe(count);
    expect(ports.batches.length).toBe(4);
  });

  test('is not read on while a batch is being stored', async () => {
    const ports = world();
    let taken = 0;
    let most = 0;
    let isStoring = false;
    async function* counted(): AsyncGenerator<Uint8Array> {
      for (let index = 0; index < 20; index++) {
        expect(isStoring).toBe(false);
        taken += 1;
        yield Buffer.from(
          `${Array.from({ length: BATCH_COUNT_MAX }, (_, n) => order(index * 10_000 + n)).join('\n')}\n`,
        );
      }
    }
    const append = async (entries: readonly PendingEntry[]): Promise<void> => {
      isStoring = true;
      most = Math.max(most, taken * BATCH_COUNT_MAX - ports.batches.flat().length);
      await new Promise((resolve) => setImmediate(resolve));
      ports.batches.push(entries);
      isStoring = false;
    };
    const delivery = { source: undefined, receivedAt: RECEIVED_AT, attributes: {}, chunks: counted() };
    await ingestStream({ ...ports, append }, reader(), delivery);
    expect(ports.batches.flat().length).toBe(20 * BATCH_COUNT_MAX);
    expect(most).toBeLessThanOrEqual(2 * BATCH_COUNT_MAX);
  });
});

describe('rejects', () => {
  test('are kept by their hash with what is known of them, but not the credentials', async () => {
    const ports = world();
    const attributes = {
      file: 'a.json',
      authorization: 'Bearer x',
      'x-hub-signature-256': 'sha256=1',
      cookie: 'c',
    };
    await ingest(ports, '{"password":"hunter2", oops', attributes);
    const [key = ''] = await keys(ports.objects);
    const sha256 = hash('sha256', '{"password":"hunter2", oops', 'hex');
    expect(key).toBe(`rejects/2026/05/04/${sha256}.json`);
    const stored = JSON.parse(Buffer.from((await ports.objects.get(key))?.bytes ?? []).toString());
    expect(stored).toEqual({
      v: 1,
      reason: 'not-json',
      message: expect.stringContaining('expected one JSON value'),
      source: 'unknown',
      receivedAt: '2026-05-04T12:00:00.000Z',
      sizeBytes: 27,
      sha256,
      attributes: { file: 'a.json' },
      bytes: expect.any(String),
    });
    expect(Buffer.from(stored.bytes, 'base64').toString()).toMatch(
      /^\{"password":"\[redacted:[0-9a-f]{16}\]", oops$/,
    );
  });

  test('ingested again are counted again and kept once', async () => {
    const ports = world();
    const first = await ingest(ports, 'oops\n{"a":');
    const second = await ingest(ports, 'oops\n{"a":');
    expect(second).toEqual(first);
    expect((await keys(ports.objects)).length).toBe(2);
  });
});

describe('records over 1 MB', () => {
  const large = `{"shop":"x","id":"big","do":"Sell","pad":"${'é'.repeat(700_000)}"}`;

  test('are stored whole before their entry is, once', async () => {
    const ports = world();
    const key = `raw/${hash('sha256', large, 'hex')}`;
    const append = async (entries: readonly PendingEntry[]): Promise<void> => {
      expect(Buffer.from((await ports.objects.get(key))?.bytes ?? []).toString()).toBe(large);
      ports.batches.push(entries);
    };
    for (let turn = 0; turn < 2; turn++) {
      const delivery = {
        source: undefined,
        receivedAt: RECEIVED_AT,
        attributes: {},
        chunks: chunks(large, 65_536),
      };
      await ingestStream({ ...ports, append }, reader(), delivery);
    }
    expect(await keys(ports.objects)).toEqual([key]);
    expect(ports.batches.flat().map(({ line }) => JSON.parse(line).unmapped.trailproof.raw)).toEqual([
      key,
      key,
    ]);
    expect(ports.batches.flat()[0]?.line.length).toBeLessThan(10_000);
  });

  test('are not acknowledged when they cannot be stored', async () => {
    const ports = world();
    ports.objects.put = async () => {
      throw new PortError('unavailable', 'the disk is full');
    };
    await expect(ingest(ports, large)).rejects.toThrow('the disk is full');
    await expect(ingest(ports, 'oops')).rejects.toThrow('the disk is full');
    expect(ports.batches).toEqual([]);
  });
});

test('a body is ingested as a stream is, within its caps', async () => {
  const ports = world();
  const summary = await ingestBody(ports, reader(), envelope(gzipSync(`[${order(1)},${order(2)}]`)));
  expect(summary).toMatchObject({ read: 2, events: 2 });
  expect(ports.batches.flat().length).toBe(2);
  const bomb = await ingestBody(ports, reader(), envelope(gzipSync(Buffer.alloc(20 * 1024 * 1024))));
  expect(Object.fromEntries(bomb.rejects)).toEqual({ 'too-large': 1 });
});

test('summaries of several files add up', async () => {
  const total = emptySummary();
  addSummary(total, await ingest(world(), `${order(1)}\noops`));
  addSummary(total, await ingest(world(), `${order(2)}\noops\n[]`));
  expect(total).toMatchObject({ read: 5, events: 2, rejected: 2, control: 1 });
  expect(total.sources.get('test.shop')).toMatchObject({ read: 2, events: 2 });
  expect(total.rejects.get('not-json')).toBe(2);
});
