import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { temporaryFolders } from '../temporary-folder.ts';
import { call, type Ended, startTrailproof, trailproof } from './support/trailproof.ts';

const folders = temporaryFolders();
const demo = folders();
let told: Ended;

beforeAll(async () => {
  told = await trailproof(['demo', '--data', demo]);
});

const json = async (folder: string, ...argv: readonly string[]): Promise<unknown> =>
  JSON.parse((await call([...argv, '--data', folder, '--output', 'json'])).out);
const lines = (text: string) => text.split('\n').filter((line) => line !== '');

describe('the demo', () => {
  test('runs whole without a terminal, and ends', () => {
    expect({ status: told.status, err: told.err }).toEqual({ status: 0, err: '' });
    for (const heading of [
      '1  A fortnight',
      '2  Then one night',
      '3  Ask',
      '4  Prove',
      '5  What if',
      'Try next',
    ])
      expect(told.out).toContain(heading);
    expect(told.out).toContain('✔ proven');
    expect(told.out).toContain('✔ nothing was changed');
    expect(told.out).toContain('✘ changed');
    expect(told.out).not.toContain('\x1b');
  });

  test('what it says to try next works as it is written', async () => {
    const suggested = told.out.slice(told.out.indexOf('Try next'));
    const commands = [...suggested.matchAll(/^ {2}npx trailproof (.*?)(?: {2}|$)/gm)]
      .map(([, line = '']) => line)
      .filter((line) => !line.includes('PATH'));
    expect(commands.length).toBeGreaterThan(2);
    for (const line of commands) {
      const argv = [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? '');
      const { status, out } = await call(argv);
      expect({ line, status }).toEqual({ line, status: 0 });
      expect(lines(out).length).toBeGreaterThan(1);
    }
  });

  test('leaves a folder alone that no demo made', async () => {
    const own = folders();
    mkdirSync(own, { recursive: true });
    writeFileSync(join(own, 'mine'), 'of the user');
    const { status, err } = await call(['demo', '--data', own]);
    expect(status).toBe(2);
    expect(err).toContain('no demo made');
    expect(readFileSync(join(own, 'mine'), 'utf8')).toBe('of the user');
    expect(existsSync(join(own, 'trail'))).toBe(false);
  });
});

describe('what was asked of its trail', () => {
  test.each([
    ['table', (out: string) => expect(lines(out)[0]).toMatch(/^time \(UTC\) +source +actor +operation/)],
    ['json', (out: string) => expect((JSON.parse(out) as unknown[]).length).toBe(5)],
    [
      'ndjson',
      (out: string) =>
        expect(lines(out).map((line) => (JSON.parse(line) as { time: number }).time)).toHaveLength(5),
    ],
    ['csv', (out: string) => expect(out.split('\r\n')).toHaveLength(7)],
  ])('is written as %s', async (format, check) => {
    const { status, out } = await call([
      'query',
      'source:aws.cloudtrail',
      '-n',
      '5',
      '--output',
      format,
      '--data',
      demo,
    ]);
    expect(status).toBe(0);
    check(out);
  });

  test('comes whole where no limit was asked for, each event once', async () => {
    const all = lines((await call(['query', '*', '--output', 'ndjson', '--data', demo])).out);
    const sources = (await json(demo, 'sources')) as { events: number }[];
    expect(all.length).toBe(sources.reduce((sum, { events }) => sum + events, 0));
    const uids = new Set(all.map((line) => (JSON.parse(line) as { metadata: { uid: string } }).metadata.uid));
    expect(uids.size).toBe(all.length);
  });

  test('goes whole into a file for a spreadsheet: every event, every uid to its last digit', async () => {
    const { out } = await call(['query', '*', '--output', 'csv', '--data', demo]);
    const rows = out.trimEnd().split('\r\n').slice(1);
    expect(rows.length).toBeGreaterThan(3_000);
    expect(rows.filter((row) => !/,[0-9a-f]{64}$/.test(row))).toEqual([]);
  });

  test('says on standard error that there are more, and leaves JSON as it is', async () => {
    const { out, err } = await call(['query', '*', '-n', '3', '--output', 'json', '--data', demo]);
    expect((JSON.parse(out) as unknown[]).length).toBe(3);
    expect(err).toContain('there are more');
  });

  test('has only the fields that were asked for', async () => {
    const { out } = await call([
      'query',
      'operation:StopLogging AND NOT class:2004',
      '--fields',
      'time,api.operation,nothing',
      '--output',
      'ndjson',
      '--data',
      demo,
    ]);
    expect(JSON.parse(out)).toEqual({
      time: expect.any(Number),
      'api.operation': 'StopLogging',
      nothing: null,
    });
  });

  test('a reader that has seen enough ends it quietly', async () => {
    const child = startTrailproof(['query', '*', '--output', 'ndjson', '--data', demo]);
    let err = '';
    child.stderr?.on('data', (chunk) => {
      err += chunk;
    });
    child.stdout?.once('data', () => child.stdout?.destroy());
    const status = await new Promise((resolve) => child.once('close', resolve));
    expect({ status, err }).toEqual({ status: 0, err: '' });
  });

  test('show, prove and verify lead from a question to a proof', async () => {
    const [event] = (await json(demo, 'query', 'operation:StopLogging AND NOT class:2004')) as {
      metadata: { uid: string };
      raw_data: string;
    }[];
    const { uid } = event!.metadata;
    const shown = await call(['show', uid.slice(0, 12), '--data', demo]);
    expect(shown.out).toContain(uid);
    expect(shown.out).toContain('payments-deploy');
    expect((await call(['show', uid, '--raw', '--data', demo])).out).toBe(`${event!.raw_data}\n`);
    const file = join(folders(), '..', `${uid}.proof.json`);
    expect((await call(['prove', uid, '-o', file, '--data', demo])).status).toBe(0);
    const { status, out } = await call([
      'verify',
      file,
      '--key',
      join(demo, 'keys', 'log.vkey'),
      '--output',
      'json',
    ]);
    expect(status).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ ok: true, origin: 'larkspur.example/audit' });
  });

  test('every finding is an event that can be shown', async () => {
    const findings = (await json(demo, 'findings')) as { uid: string; events: string[]; alert: string }[];
    const alerts = (await json(demo, 'alerts')) as { id: string; findings: string[] }[];
    expect(findings.length).toBeGreaterThan(5);
    const { uid: one, events: because } = findings[0]!;
    const { out } = await call(['show', one, '--data', demo]);
    expect(out).toContain(because[0]!.slice(0, 12));
    expect(out).not.toContain('Record as received');
    for (const { uid, events } of findings)
      for (const each of [uid, ...events])
        expect((await call(['show', each, '--data', demo])).status).toBe(0);
    const alerted = new Set(alerts.flatMap((alert) => alert.findings));
    expect(findings.filter(({ alert }) => alert !== null).every(({ uid }) => alerted.has(uid))).toBe(true);
  });
});

describe('after the table was lost', () => {
  const asked = [
    ['query', '*', '-n', '100000'],
    ['query', 'actor:tomas-reyes AND NOT status:failure'],
    ['query', 'ip:203.0.113.77'],
    ['alerts'],
    ['findings'],
    ['sources'],
  ];
  const lost = folders();

  beforeAll(() => {
    cpSync(demo, lost, { recursive: true });
    for (const suffix of ['', '-wal', '-shm']) rmSync(join(lost, `table.sqlite${suffix}`), { force: true });
  });

  test('nothing is appended until it is rebuilt', async () => {
    const { status, err } = await call([
      'ingest',
      join(demo, 'events-as-delivered', 'night'),
      '--data',
      lost,
    ]);
    expect(status).toBe(3);
    expect(err).toContain('rebuild');
  });

  test('rebuild gives the same answers, and the events that are known are known again', async () => {
    const rebuilt = await call(['rebuild', '--data', lost]);
    expect(rebuilt.status).toBe(0);
    for (const argv of asked) {
      const [before, after] = [await json(demo, ...argv), await json(lost, ...argv)];
      expect({ argv, after }).toEqual({ argv, after: before });
    }
    const again = await call([
      'ingest',
      join(demo, 'events-as-delivered'),
      '--data',
      lost,
      '--output',
      'json',
    ]);
    expect(JSON.parse(again.out)).toMatchObject({ appended: 0, findings: 0 });
    expect(
      (
        await call([
          'verify',
          lost,
          '--key',
          join(demo, 'keys', 'log.vkey'),
          '--since',
          join(demo, 'trail', 'checkpoint'),
        ])
      ).status,
    ).toBe(0);
  });
});
