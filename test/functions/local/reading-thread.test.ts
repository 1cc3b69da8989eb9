import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, expect, test } from 'vitest';
import { readChunks } from '../../../functions/local/find-files.ts';
import { openReadingThread } from '../../../functions/local/reading-thread.ts';
import { sources } from '../../../shared/sources/index.ts';
import { createReader, type SourceReading } from '../../../shared/sources/read.ts';
import { readStream } from '../../../shared/stages/ingest.ts';
import { cloudTrailRecord } from '../../../tools/generate-cloudtrail.ts';
import { temporaryFolders } from '../../temporary-folder.ts';

const salt = new Uint8Array(16).fill(9);
const receivedAt = new Date('2026-05-01T12:00:00Z');
const folder = temporaryFolders()();
mkdirSync(folder, { recursive: true });
const thread = openReadingThread(salt);
afterAll(() => thread.close());

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const records = (from: number, count: number) =>
  Array.from({ length: count }, (_, n) => cloudTrailRecord(1, from + n));

/** What was read, without what is random in it. */
async function all(readings: AsyncIterable<readonly SourceReading[]>): Promise<readonly unknown[]> {
  const found: unknown[] = [];
  for await (const some of readings) {
    for (const { source, events, rejects, control } of some) {
      if (control > 0) found.push({ source, control });
      for (const { uid, essence, line } of events) {
        found.push({ uid, essence, line: line.replace(/"nonce":"[0-9a-f]{32}"/, '') });
      }
      for (const { reason, sha256, bytes } of rejects)
        found.push({ reason, sha256, text: Buffer.from(bytes).toString() });
    }
  }
  return found;
}

function onAThread(path: string): Promise<readonly unknown[]> {
  return all(thread.read({ path, source: undefined, receivedAt, onBytes: () => undefined }));
}

function here(path: string): Promise<readonly unknown[]> {
  const reader = createReader({ sources, random: (sizeBytes) => new Uint8Array(sizeBytes), salt });
  const chunks = readChunks(path, () => undefined);
  return all(readStream(reader, { source: undefined, receivedAt, attributes: { file: path }, chunks }));
}

const FILES = {
  'lines.ndjson': records(0, 1200).join('\n'),
  'records.json.gz': gzipSync(`{"Records":[${records(2000, 700).join(',')}]}`),
  'broken.ndjson': [records(5000, 1)[0], '{"broken', 'nothing', '{"Records":[]}', records(5001, 1)[0]].join(
    '\n',
  ),
  'secret.ndjson': '{"password":"hunter2hunter2","unknown":true}',
  'empty.json': '',
};

test.each(Object.entries(FILES))(
  '%s is read on a thread as it is read here, in the same order',
  async (name, content) => {
    const path = file(name, content);
    expect(await onAThread(path)).toEqual(await here(path));
  },
);

test('every byte of a file is told of', async () => {
  const path = file('counted.ndjson', records(9000, 600).join('\n'));
  let sizeBytes = 0;
  const onBytes = (count: number) => {
    sizeBytes += count;
  };
  for await (const _ of thread.read({ path, source: undefined, receivedAt, onBytes }));
  expect(sizeBytes).toBe(Buffer.byteLength(records(9000, 600).join('\n')));
});

test('a file that cannot be read fails as it does here, and the next one is read', async () => {
  const missing = join(folder, 'missing.json');
  await expect(onAThread(missing)).rejects.toMatchObject({ code: 'ENOENT', path: missing });
  expect(await onAThread(file('after.ndjson', records(1, 2).join('\n')))).toHaveLength(2);
});

test('a thread can be closed while it is ahead of whoever takes from it', async () => {
  const other = openReadingThread(salt);
  const path = file('long.ndjson', records(20_000, 4000).join('\n'));
  for await (const readings of other.read({
    path,
    source: undefined,
    receivedAt,
    onBytes: () => undefined,
  })) {
    expect(readings.length).toBeGreaterThan(0);
    break;
  }
  await other.close();
});
