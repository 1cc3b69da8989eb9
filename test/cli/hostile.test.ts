import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { temporaryFolders } from '../temporary-folder.ts';
import { cloudTrailRecord } from './support/roads.ts';
import { call } from './support/trailproof.ts';

const folders = temporaryFolders();
const data = folders();
const MIB = 1024 * 1024;

let good = 0;
/** A record that is fine, each time another, to lie beside what is not. */
function neighbour(): string {
  good += 1;
  return JSON.stringify(cloudTrailRecord(good));
}

const between = (hostile: string) => `${neighbour()}\n${hostile}\n${neighbour()}\n`;
const hostileRecord = (more: string) => {
  good += 1;
  return JSON.stringify(cloudTrailRecord(good)).replace(/\}$/, `,${more}}`);
};

/** What each file holds, and what must become of it beside its good records. */
interface Case {
  readonly bytes: string | Uint8Array;
  readonly rejects: Readonly<Record<string, number>>;
}

const CASES: Readonly<Record<string, () => Case>> = {
  'a record that is nested 10,000 deep': () => ({
    bytes: between(`{"a":${'['.repeat(10_000)}${']'.repeat(10_000)}}`),
    rejects: { 'too-deep': 1 },
  }),
  'a record over the cap of 16 MiB': () => ({
    bytes: between(`{"a":"${'x'.repeat(17 * MIB)}"}`),
    rejects: { 'too-large': 1 },
  }),
  'a record of 3 MB, which is legal': () => ({
    bytes: between(hostileRecord(`"additionalEventData":{"note":"${'x'.repeat(3 * MIB)}"}`)),
    rejects: {},
  }),
  'a gzip bomb of one text': () => ({
    bytes: gzipSync(`{"Records":[${neighbour()},{"a":"${'a'.repeat(40 * MIB)}"},${neighbour()}]}`, {
      level: 9,
    }),
    rejects: { 'too-large': 1 },
  }),
  'keys called __proto__ and constructor': () => ({
    bytes: between(
      hostileRecord('"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}'),
    ),
    rejects: {},
  }),
  'lone surrogates in escapes': () => ({
    bytes: between(hostileRecord('"errorMessage":"\\ud800 and \\udfff"')),
    rejects: {},
  }),
  'bytes that are no UTF-8': () => ({
    bytes: Buffer.concat([
      Buffer.from(`${neighbour()}\n{"a":"`),
      Buffer.from([0xc3, 0x28, 0xff]),
      Buffer.from(`"}\n${neighbour()}\n`),
    ]),
    rejects: { 'not-utf8': 1 },
  }),
  'a gzip file that was cut': () => {
    const whole = gzipSync(`${neighbour()}\n`);
    good -= 1;
    return { bytes: whole.subarray(0, whole.length - 12), rejects: { 'bad-compression': 1 } };
  },
  'a zstd file that was cut': () => {
    const whole = zstdCompressSync(`${neighbour()}\n`);
    good -= 1;
    return { bytes: whole.subarray(0, whole.length - 4), rejects: { 'bad-compression': 1 } };
  },
  'an empty file': () => ({ bytes: '', rejects: {} }),
  'a file of white space': () => ({ bytes: ' \n\t\r\n', rejects: {} }),
  words: () => ({ bytes: 'these are words\n', rejects: { 'not-json': 1 } }),
  'zero bytes': () => ({ bytes: new Uint8Array(100_000), rejects: { 'not-json': 1 } }),
  'a record that was cut': () => ({
    bytes: `${neighbour()}\n{"eventVersion":"1.1`,
    rejects: { 'not-json': 1 },
  }),
  'many keys': () => ({
    bytes: between(`{${Array.from({ length: 100_001 }, (_, n) => `"${n}":0`).join()}}`),
    rejects: { 'too-many-keys': 1 },
  }),
};

describe.each(Object.entries(CASES))('%s', (_, make) => {
  test('is an event or a reject with its reason, and nothing beside it is lost', async () => {
    const folder = folders();
    mkdirSync(folder, { recursive: true });
    const before = good;
    const { bytes, rejects } = make();
    const neighbours = good - before;
    writeFileSync(join(folder, 'hostile'), bytes);
    const { status, out } = await call(['ingest', folder, '--data', data, '--output', 'json']);
    expect(status).toBe(0);
    const report = JSON.parse(out) as {
      appended: number;
      duplicates: number;
      rejects: Record<string, number>;
    };
    expect(report.rejects).toEqual(rejects);
    // Records that are hostile and legal count among the good ones.
    expect(report.appended).toBe(neighbours);
    expect(report.duplicates).toBe(0);
  });
});

describe('afterwards', () => {
  const rawOf = async (expression: string) => {
    const { out } = await call(['query', expression, '--data', data, '--output', 'ndjson']);
    const { uid } = (JSON.parse(out) as { metadata: { uid: string } }).metadata;
    return (await call(['show', uid, '--raw', '--data', data])).out;
  };

  test('all of it is on a trail that verifies', async () => {
    const { status, out } = await call(['query', '*', '--data', data, '--output', 'ndjson']);
    expect(status).toBe(0);
    expect(out.trim().split('\n')).toHaveLength(good);
    expect((await call(['verify', '--data', data])).status).toBe(0);
  });

  test('what is legal was kept character by character', async () => {
    expect(await rawOf('raw_data:*__proto__*')).toContain('"__proto__":{"polluted":true},"constructor"');
    expect(await rawOf('raw_data:*ud800*')).toContain('"errorMessage":"\\ud800 and \\udfff"');
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  test('a record too large for a line lies beside it, whole', async () => {
    const { out } = await call(['query', '*', '--data', data, '--output', 'ndjson']);
    const events = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { raw_data?: string; metadata: { uid: string } });
    const large = events.filter((event) => event.raw_data === undefined);
    expect(large).toHaveLength(1);
    const raw = await call(['show', large[0]!.metadata.uid, '--raw', '--data', data]);
    expect(raw.out.length).toBeGreaterThan(3 * MIB);
    expect(JSON.parse(raw.out)).toMatchObject({ eventName: 'PutBucketPolicy' });
  });
});
