import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from 'vitest';
import { temporaryFolders } from '../temporary-folder.ts';
import { cloudTrailRecord, ROADS } from './support/roads.ts';
import { call, trailproof } from './support/trailproof.ts';

const folders = temporaryFolders();

interface Counts {
  readonly read: number;
  readonly appended: number;
  readonly duplicates: number;
  readonly rejected: number;
  readonly control: number;
}

interface Report extends Counts {
  readonly findings: number;
  readonly alerts: number;
  readonly sources: Readonly<Record<string, Counts>>;
  readonly rejects: Readonly<Record<string, number>>;
}

async function ingest(data: string, ...paths: readonly string[]): Promise<Report> {
  const { status, out, err } = await call(['ingest', ...paths, '--data', data, '--output', 'json']);
  expect({ status, err }).toEqual({ status: 0, err: '' });
  const report = JSON.parse(out) as Report;
  addsUp(report);
  return report;
}

/** read = appended + duplicates + rejected + control, in all and per source; and the sources make up the whole. */
function addsUp(report: Report): void {
  for (const counts of [report, ...Object.values(report.sources)]) {
    const { read, appended, duplicates, rejected, control } = counts;
    expect(appended + duplicates + rejected + control).toBe(read);
  }
  for (const name of ['read', 'appended', 'duplicates', 'rejected', 'control'] as const) {
    const sum = Object.values(report.sources).reduce((all, counts) => all + counts[name], 0);
    expect({ [name]: sum }).toEqual({ [name]: report[name] });
  }
  expect(Object.values(report.rejects).reduce((all, count) => all + count, 0)).toBe(report.rejected);
}

function file(name: string, content: string | Uint8Array): string {
  const folder = folders();
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, name), content);
  return join(folder, name);
}

describe('a folder of everything', () => {
  const data = folders();
  const inbox = folders();
  const records = Array.from({ length: 40 }, (_, n) => cloudTrailRecord(n + 100));
  let first: Report;

  beforeAll(async () => {
    mkdirSync(join(inbox, 'deeper'), { recursive: true });
    const put = (name: string, content: string | Uint8Array) => writeFileSync(join(inbox, name), content);
    put('cloudtrail.json.gz', gzipSync(JSON.stringify({ Records: records.slice(0, 20) })));
    put(
      'cloudtrail.zst',
      zstdCompressSync(
        records
          .slice(10, 40)
          .map((each) => JSON.stringify(each))
          .join('\n'),
      ),
    );
    for (const [n, { body }] of ROADS.entries()) put(`deeper/road-${n}`, JSON.stringify(body));
    put('note.txt', 'this is not JSON at all\n');
    put('empty.json', '');
    put('other.json', '{"some":"other","tool":["said","this"]}');
    put(
      'ping.json',
      JSON.stringify({
        headers: { 'X-GitHub-Event': 'ping' },
        body: '{"zen":"Keep it logically awesome.","hook_id":1}',
      }),
    );
    first = await ingest(data, inbox);
  });

  test('every record is counted once, under its source', () => {
    expect(first.sources).toEqual({
      'aws.cloudtrail': { read: 54, appended: 41, duplicates: 13, rejected: 0, control: 0 },
      'azure.activity': { read: 4, appended: 1, duplicates: 3, rejected: 0, control: 0 },
      'gcp.audit': { read: 3, appended: 1, duplicates: 2, rejected: 0, control: 0 },
      'github.audit': { read: 2, appended: 1, duplicates: 1, rejected: 0, control: 0 },
      'github.webhook': { read: 4, appended: 1, duplicates: 2, rejected: 0, control: 1 },
      unknown: { read: 2, appended: 1, duplicates: 0, rejected: 1, control: 0 },
    });
    expect(first.rejects).toEqual({ 'not-json': 1 });
    // StopLogging and the removed branch protection.
    expect({ findings: first.findings, alerts: first.alerts }).toEqual({ findings: 2, alerts: 2 });
  });

  test('taken in again, it appends nothing', async () => {
    const again = await ingest(data, inbox);
    expect({ appended: again.appended, findings: again.findings }).toEqual({ appended: 0, findings: 0 });
    expect(again.duplicates).toBe(first.appended + first.duplicates);
    expect(again.rejected).toBe(first.rejected);
  });

  test('a process of its own counts the same, from standard input', async () => {
    const input = `${records.map((each) => JSON.stringify(each)).join('\n')}\n`;
    const { status, out } = await trailproof(['ingest', '-', '--data', folders(), '--output', 'json'], {
      input,
    });
    const report = JSON.parse(out) as Report;
    expect(status).toBe(0);
    addsUp(report);
    expect(report.appended).toBe(40);
  });

  test('the table says the same, and what to do next', async () => {
    const { out } = await call(['ingest', inbox, '--data', data]);
    expect(out).toMatch(/^aws\.cloudtrail +54 +· +54 +· +·$/m);
    expect(out).toMatch(/^total +69 /m);
    expect(out).toContain('not-json');
  });

  test('what no source knows is a Base Event of the source unknown', async () => {
    const { out } = await call(['query', 'source:unknown', '--data', data, '--output', 'ndjson']);
    expect(JSON.parse(out)).toMatchObject({
      class_uid: 0,
      raw_data: '{"some":"other","tool":["said","this"]}',
    });
  });
});

describe.each(Object.entries(Object.groupBy(ROADS, ({ source }) => source)))('%s', (source, roads = []) => {
  test.each(roads)('what came by $road comes by no other again', async ({ body }) => {
    const data = folders();
    const one = await ingest(data, file('one', JSON.stringify(body)));
    expect(one.sources[source]).toMatchObject({ read: 1, appended: 1 });
    const others = roads.map((road) => file('other', JSON.stringify(road.body)));
    const rest = await ingest(data, ...others);
    expect(rest).toMatchObject({ read: roads.length, appended: 0, duplicates: roads.length, findings: 0 });
  });
});

test('another event under a uid that is taken is appended as a conflict, and found', async () => {
  const data = folders();
  const honest = cloudTrailRecord(7);
  await ingest(data, file('a', JSON.stringify(honest)));
  const forged = {
    ...honest,
    userIdentity: {
      ...(honest['userIdentity'] as object),
      userName: 'mallory',
      arn: 'arn:aws:iam::111122223333:user/mallory',
    },
  };
  expect(await ingest(data, file('b', JSON.stringify(forged)))).toMatchObject({ appended: 1 });
  expect(await ingest(data, file('b', JSON.stringify(forged)))).toMatchObject({ appended: 0, duplicates: 1 });
  const ask = async (expression: string) =>
    (await call(['query', expression, '--data', data, '--output', 'ndjson'])).out.trim().split('\n');
  expect(await ask('operation:PutBucketPolicy AND NOT source:trailproof')).toHaveLength(2);
  expect(await ask('class:2004 AND operation:PutBucketPolicy')).toHaveLength(1);
});

test('events of each source are told by shape alone, whatever the file is called', async () => {
  const data = folders();
  const paths = ROADS.map(({ source, body }, n) =>
    file(`${source === 'gcp.audit' ? 'aws' : 'gcp'}-${n}.txt`, JSON.stringify(body)),
  );
  const report = await ingest(data, ...paths);
  expect(Object.keys(report.sources)).toEqual([
    'aws.cloudtrail',
    'azure.activity',
    'gcp.audit',
    'github.audit',
    'github.webhook',
  ]);
});

test('--source says what it is, where the shape does not', async () => {
  const data = folders();
  const path = file('x', '{"eventTime":"2026-05-04T10:00:00Z"}');
  const { status, out } = await call([
    'ingest',
    path,
    '--source',
    'aws.cloudtrail',
    '--data',
    data,
    '--output',
    'json',
  ]);
  expect(status).toBe(0);
  expect(Object.keys((JSON.parse(out) as Report).sources)).toEqual(['aws.cloudtrail']);
});
