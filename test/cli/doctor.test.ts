import { chmodSync, cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { openTrail } from '../../functions/local/compose.ts';
import { enqueue } from '../../shared/stages/append.ts';
import { asidePartition, outboxPartition } from '../../shared/trail/sequence/rows.ts';
import { temporaryFolders } from '../temporary-folder.ts';
import { testEvent } from '../trail/sequence/trail.ts';
import { cloudTrailRecord } from './support/roads.ts';
import { call, type Look } from './support/trailproof.ts';

const folders = temporaryFolders();
const NOW = Date.UTC(2026, 4, 4, 12);
const DAY_MS = 86_400_000;
const base = folders();
const grown = folders();

interface Check {
  readonly check: string;
  readonly status: 'ok' | 'warn' | 'fail';
  readonly found: string;
  readonly remedy: string | null;
}

async function ingest(data: string, from: number, to: number, nowMs = NOW): Promise<void> {
  const input = Array.from({ length: to - from }, (_, n) => JSON.stringify(cloudTrailRecord(from + n))).join(
    '\n',
  );
  expect((await call(['ingest', '-', '--data', data], { input, nowMs })).status).toBe(0);
}

beforeAll(async () => {
  await ingest(base, 0, 5);
  cpSync(base, grown, { recursive: true });
  await ingest(grown, 5, 9);
});

function copyOf(folder: string): string {
  const copy = folders();
  cpSync(folder, copy, { recursive: true });
  chmodSync(copy, 0o700);
  return copy;
}

async function examine(data: string, argv: readonly string[] = [], look: Look = {}) {
  const { status, out, err } = await call(['doctor', '--data', data, '--output', 'json', ...argv], {
    nowMs: NOW,
    ...look,
  });
  expect({ status, err }).toEqual({ status: 0, err: '' });
  const report = JSON.parse(out) as { ok: boolean; failed: number; warned: number; checks: readonly Check[] };
  const notOk = report.checks.filter((check) => check.status !== 'ok');
  expect(report.ok).toBe(!notOk.some((check) => check.status === 'fail'));
  expect(report.failed + report.warned).toBe(notOk.length);
  for (const { remedy } of notOk) expect(remedy).toBeTruthy();
  return { ...report, notOk };
}

test('a folder in good health has nothing to be done', async () => {
  const { notOk, checks } = await examine(copyOf(base));
  expect(notOk).toEqual([]);
  const looked = new Set(checks.map(({ check }) => check));
  expect(looked).toEqual(
    new Set([
      'node',
      'settings',
      'folder',
      'disk',
      'rules',
      'keys',
      'trail',
      'clock',
      'queue',
      'folds',
      'rejects',
      'sources',
    ]),
  );
});

test('a folder that is not there is left so, and told how to begin', async () => {
  const { notOk } = await examine(folders());
  expect(notOk).toMatchObject([
    { check: 'folder', status: 'warn', remedy: expect.stringContaining('ingest') },
  ]);
});

type Harm = (data: string) => unknown;
const old = (data: string, part: string) => {
  rmSync(join(data, part), { recursive: true });
  cpSync(join(base, part), join(data, part), { recursive: true });
};

describe.each<[string, string, Harm, Pick<Check, 'check' | 'status'>, RegExp, RegExp]>([
  [
    'the signing key is open to others',
    'base',
    (data) => chmodSync(join(data, 'keys/log.key'), 0o644),
    { check: 'keys', status: 'fail' },
    /log\.key is open.*0644/,
    /chmod 600/,
  ],
  [
    'the salt is open to others',
    'base',
    (data) => chmodSync(join(data, 'keys/redaction.salt'), 0o640),
    { check: 'keys', status: 'fail' },
    /redaction\.salt is open/,
    /chmod 600/,
  ],
  [
    'the folder is open to others',
    'base',
    (data) => chmodSync(data, 0o755),
    { check: 'folder', status: 'warn' },
    /0755/,
    /chmod 700/,
  ],
  [
    'the signing key is gone',
    'base',
    (data) => rmSync(join(data, 'keys/log.key')),
    { check: 'keys', status: 'fail' },
    /log\.key is missing/,
    /backup/,
  ],
  [
    'the salt is gone',
    'base',
    (data) => rmSync(join(data, 'keys/redaction.salt')),
    { check: 'keys', status: 'warn' },
    /salt is missing/,
    /backup/,
  ],
  [
    'the public key is another',
    'base',
    (data) => writeFileSync(join(data, 'keys/log.vkey'), 'other\n'),
    { check: 'keys', status: 'fail' },
    /not the key that log\.key signs with/,
    /\+[0-9a-f]{8}\+/,
  ],
  [
    'the table is gone',
    'base',
    (data) => rmSync(join(data, 'table.sqlite')),
    { check: 'table', status: 'fail' },
    /missing/,
    /rebuild/,
  ],
  [
    'the table is no table',
    'base',
    (data) => writeFileSync(join(data, 'table.sqlite'), 'x'.repeat(5000)),
    { check: 'table', status: 'fail' },
    /cannot be read/,
    /rebuild/,
  ],
  [
    'the table is an older copy',
    'grown',
    (data) => old(data, 'table.sqlite'),
    { check: 'trail', status: 'fail' },
    /table is an older copy/,
    /rebuild/,
  ],
  [
    'the trail is an older copy',
    'grown',
    (data) => old(data, 'trail'),
    { check: 'trail', status: 'fail' },
    /folder is an older copy/,
    /Restore/,
  ],
  [
    'the checkpoint is gone',
    'base',
    (data) => rmSync(join(data, 'trail/checkpoint')),
    { check: 'trail', status: 'fail' },
    /no checkpoint/,
    /verify/,
  ],
  [
    'the checkpoint was changed',
    'base',
    (data) => {
      const file = join(data, 'trail/checkpoint');
      writeFileSync(file, readFileSync(file, 'utf8').replace(/\n\d+\n/, '\n3\n'));
    },
    { check: 'trail', status: 'fail' },
    /does not hold/,
    /verify/,
  ],
  [
    'the clock went back',
    'base',
    () => undefined,
    { check: 'clock', status: 'warn' },
    /in the future/,
    /NTP/,
  ],
])('%s', (name, from, harm, expected, found, remedy) => {
  test('is told, with what to do', async () => {
    const data = copyOf(from === 'base' ? base : grown);
    harm(data);
    const { notOk } = await examine(data, [], name.includes('clock') ? { nowMs: NOW - 3_600_000 } : {});
    const told = notOk.find(({ check }) => check === expected.check);
    expect({ notOk, told }).toMatchObject({ told: expected });
    expect(told!.found).toMatch(found);
    expect(told!.remedy).toMatch(remedy);
  });
});

/** Leaves a batch as a crash between its object and its row would, or before it was appended. */
async function leaveBatch(data: string, ageMs: number): Promise<string> {
  const trail = await openTrail({ folder: data, now: () => new Date(NOW - ageMs) });
  try {
    return await enqueue(trail.ports, [testEvent('left behind')]);
  } finally {
    trail.close();
  }
}

async function withTable(
  data: string,
  body: (table: Awaited<ReturnType<typeof openTrail>>['table']) => Promise<unknown>,
) {
  const trail = await openTrail({ folder: data, now: () => new Date(NOW) });
  await body(trail.table);
  trail.close();
}

test('a batch that waits is told, and the next ingest appends it', async () => {
  const data = copyOf(base);
  await leaveBatch(data, 1000);
  expect((await examine(data)).notOk).toMatchObject([
    { check: 'queue', status: 'warn', found: expect.stringContaining('1 batch of 1 entry') },
  ]);
  await ingest(data, 0, 1);
  expect((await examine(data)).notOk).toEqual([]);
});

test('a batch that was set aside is told until somebody has looked', async () => {
  const data = copyOf(base);
  const id = await leaveBatch(data, 1000);
  rmSync(join(data, 'trail/inbox', id));
  await call(['ingest', '-', '--data', data], { input: JSON.stringify(cloudTrailRecord(1)), nowMs: NOW });
  expect((await examine(data)).notOk).toMatchObject([
    { check: 'queue', status: 'fail', found: expect.stringContaining(id) },
  ]);
  await withTable(data, (table) => table.delete([{ pk: asidePartition, sk: id }]));
  expect((await examine(data)).notOk).toEqual([]);
});

test('an object that no row names is told, and after a week an ingest takes it up', async () => {
  const data = copyOf(base);
  const id = await leaveBatch(data, 8 * DAY_MS);
  await withTable(data, (table) => table.delete([{ pk: outboxPartition, sk: id }]));
  expect((await examine(data)).notOk).toMatchObject([
    { check: 'queue', status: 'warn', found: expect.stringContaining(id) },
  ]);
  await ingest(data, 0, 1);
  expect((await examine(data)).notOk).toEqual([]);
  const { out } = await call(['query', '*', '--data', data, '--output', 'ndjson'], {
    nowMs: NOW,
  });
  expect(out).toContain('left behind');
});

test('a fold that is behind is told, and catches up', async () => {
  const data = copyOf(base);
  await withTable(data, (table) => table.delete([{ pk: 'cursor#detect', sk: 'cursor' }]));
  expect((await examine(data)).notOk).toMatchObject([
    { check: 'folds', status: 'warn', found: expect.stringMatching(/detect by \d entries/) },
  ]);
  await ingest(data, 0, 1);
  expect((await examine(data)).notOk).toEqual([]);
});

test('rejects are counted by their reason', async () => {
  const data = copyOf(base);
  await call(['ingest', '-', '--data', data], { input: 'not JSON\n', nowMs: NOW });
  await call(['ingest', '-', '--data', data], { input: '[1,', nowMs: NOW });
  expect((await examine(data)).notOk).toMatchObject([
    { check: 'rejects', status: 'warn', found: expect.stringContaining('2 not-json') },
  ]);
});

test('a source that has fallen silent is told', async () => {
  const { notOk } = await examine(copyOf(base), [], { nowMs: NOW + 5 * DAY_MS });
  expect(notOk).toMatchObject([
    {
      check: 'sources',
      status: 'warn',
      found: expect.stringMatching(/aws\.cloudtrail: 5 events.*5 days ago/),
    },
  ]);
});

describe('settings', () => {
  const settings = (text: string) => {
    const folder = folders();
    mkdirSync(folder, { recursive: true });
    const file = join(folder, 'trailproof.yaml');
    writeFileSync(file, text);
    return file;
  };

  test('that cannot be used are told with their place, and the rest is still looked at', async () => {
    const { notOk, checks } = await examine(base, ['--config', settings('data: x\nprot: 1\n')]);
    expect(notOk).toMatchObject([
      { check: 'settings', status: 'fail', found: expect.stringContaining(':2:1: unknown setting "prot"') },
    ]);
    expect(checks.some(({ check }) => check === 'trail')).toBe(true);
  });

  test('that name another origin than the trail was begun with', async () => {
    const { notOk } = await examine(base, ['--config', settings('origin: example.com/other\n')]);
    expect(notOk).toMatchObject([
      { check: 'keys', status: 'fail', remedy: expect.stringContaining('trailproof.local/') },
    ]);
  });

  test('that name a secret which is not set', async () => {
    const { notOk } = await examine(base, ['--config', settings('githubSecrets: [env:NOT_SET]\n')]);
    expect(notOk).toMatchObject([
      { check: 'settings', status: 'fail', found: expect.stringContaining('env:NOT_SET') },
    ]);
  });

  test('that name rules which do not load', async () => {
    const folder = folders();
    mkdirSync(folder, { recursive: true });
    writeFileSync(
      join(folder, 'bad.yml'),
      'title: Bad\nlogsource:\n  product: aws\ndetection:\n  condition: nothing\n',
    );
    const { notOk } = await examine(base, ['--config', settings(`rules: ['${folder}']\n`)]);
    expect(notOk[0]).toMatchObject({
      check: 'rules',
      status: 'fail',
      found: expect.stringMatching(/bad\.yml:\d+:\d+: /),
    });
    const missing = await examine(base, ['--config', settings("rules: ['/nowhere/at/all']\n")]);
    expect(missing.notOk).toMatchObject([
      { check: 'rules', status: 'fail', found: expect.stringContaining('/nowhere/at/all') },
    ]);
  });
});

test.each([60, 80, 120])(
  'what a person reads fits %i columns, and a failing check shows its remedy',
  async (width) => {
    const data = copyOf(base);
    chmodSync(join(data, 'keys/log.key'), 0o644);
    const { status, out } = await call(['doctor', '--data', data], { nowMs: NOW, width });
    expect(status).toBe(0);
    expect(out).toContain('✘ keys');
    expect(out).toContain('chmod 600');
    expect(out).toMatch(/^1 fault, no warnings\.$/m);
    // A path is never broken: it would not be one any more.
    const wide = out.split('\n').filter((line) => line.length > width && !line.includes(data));
    expect(wide).toEqual([]);
  },
);

test('one check a line for programs', async () => {
  const { out } = await call(['doctor', '--data', base, '--output', 'ndjson'], { nowMs: NOW });
  const lines = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Check);
  expect(lines[0]).toEqual({ check: 'node', status: 'ok', found: process.version, remedy: null });
  const csv = await call(['doctor', '--data', base, '--output', 'csv'], { nowMs: NOW });
  expect(csv.out.split('\r\n')[0]).toBe('check,status,found,remedy');
});
