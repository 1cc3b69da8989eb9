import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import { COMMANDS } from '../../cli/command-list.ts';
import { renderHelp } from '../../cli/help.ts';
import { makeStyle } from '../../cli/ui/style.ts';
import { temporaryFolders } from '../temporary-folder.ts';
import { cloudTrailRecord } from './support/roads.ts';
import { call, trailproof } from './support/trailproof.ts';

const folders = temporaryFolders();

async function trail(): Promise<string> {
  const data = folders();
  expect(
    await call(['ingest', '-', '--data', data], { input: JSON.stringify(cloudTrailRecord(1)) }),
  ).toMatchObject({ status: 0 });
  return data;
}

describe.each(COMMANDS.map((command) => [command.name, command] as const))('help of %s', (name, command) => {
  test('shows examples that its own options allow', async () => {
    const { status, out } = await call(['help', name]);
    expect(status).toBe(0);
    expect(command.examples.length).toBeGreaterThan(0);
    for (const { line } of command.examples) {
      expect(out).toContain(`trailproof ${line}`);
      expect(COMMANDS.map((each) => each.name)).toContain(line.split(' ')[0]);
      const known = new Set([
        ...command.options.flatMap((option) => [`--${option.name}`, `-${option.short}`]),
        '--data',
        '--output',
        '--config',
      ]);
      for (const word of line.match(/(?<= )--?[a-z]+/g) ?? []) expect(known).toContain(word);
    }
    expect(await call([name, '--help'])).toEqual({ status, out, err: '' });
    expect(await call([name, '-h', '--data', 'x'])).toMatchObject({ status: 0, out });
  });

  test.each([60, 80, 120, 200])('fits a terminal of %i columns, but for commands to copy', (width) => {
    const lines = renderHelp(command, { style: makeStyle(false), width }).split('\n');
    const wide = lines.filter((line) => stringWidth(line) > width && !line.includes('trailproof '));
    expect(wide).toEqual([]);
  });
});

describe('a command line that is wrong exits 2 and says what was expected', () => {
  test.each<[string, readonly string[], RegExp]>([
    ['no such command', ['quary'], /no command "quary"\. Did you mean "query"\?/],
    ['no such option', ['query', 'a:b', '--sinse', '1d'], /no option --sinse\. Did you mean --since\?/],
    ['no argument', ['ingest'], /PATH is missing/],
    ['an argument too many', ['sources', 'x'], /"x" is one too many/],
    ['no such output', ['sources', '--output', 'xml'], /table, json, ndjson, csv; found "xml"/],
    ['no such source', ['ingest', '-', '--source', 'aws'], /aws\.cloudtrail.*found "aws"/],
    [
      'no trail yet',
      ['query', '*', '--data', '/nowhere/at/all'],
      /no trail in \/nowhere\/at\/all\..*ingest PATH/,
    ],
    ['no such action', ['rules', 'lint'], /list, check, test, explain or replay; found "lint"/],
    ['a port that is none', ['start', '--port', '99999', '--data', folders()], /0 to 65535; found "99999"/],
    ['no such help', ['help', 'quary'], /Did you mean "query"/],
  ])('%s', async (_, argv, message) => {
    const { status, out, err } = await call(argv);
    expect({ status, out }).toEqual({ status: 2, out: '' });
    expect(err).toMatch(/^error: /);
    expect(err).toMatch(message);
  });

  test('about what is on the trail', async () => {
    const data = await trail();
    for (const [argv, message] of [
      [['query', 'actor:'], /column|expected|found/],
      [['query', '(actor:b'], /expected/],
      [['query', 'actr:b'], /unknown field "actr"/],
      [['query', '*', '--since', 'yesterdy'], /--since is a time such as .*found "yesterdy"/],
      [['query', '*', '-n', '0'], /whole number above 0; found "0"/],
      [['show', 'xyz'], /64 hex digits/],
      [['show', '00000000'], /No event .* begins with 00000000/],
      [['alerts', 'ffff'], /No alert/],
    ] as const) {
      const { status, out, err } = await call([...argv, '--data', data]);
      expect({ argv, status, out }).toEqual({ argv, status: 2, out: '' });
      expect(err).toMatch(message);
    }
  });

  test('in a process as here, with the place in the expression', async () => {
    const data = await trail();
    const { status, out, err } = await trailproof(['query', 'actor:alice AND AND', '--data', data]);
    expect({ status, out }).toEqual({ status: 2, out: '' });
    expect(err).toContain('actor:alice AND AND');
    expect(err).toContain('^');
  });
});

describe('what cannot be read or written exits 3 and says why', () => {
  test.each<[string, readonly string[], RegExp]>([
    [
      'a file that is not there',
      ['ingest', '/nowhere/at/all', '--data', folders()],
      /Cannot read \/nowhere\/at\/all/,
    ],
    ['nothing to verify', ['verify', '/nowhere/at/all'], /nothing at \/nowhere\/at\/all/],
    ['no such settings', ['sources', '--config', '/nowhere/at/all'], /Cannot read the settings file/],
    ['rules that are not there', ['rules', 'check', '/nowhere/at/all'], /Cannot read rules/],
    [
      'a folder to watch that is not there',
      ['start', '/nowhere/at/all', '--data', folders()],
      /nothing at \/nowhere\/at\/all/,
    ],
  ])('%s', async (_, argv, message) => {
    const { status, out, err } = await call(argv);
    expect({ status, out }).toEqual({ status: 3, out: '' });
    expect(err).toMatch(message);
  });

  test('a data folder that is a file', async () => {
    const data = folders();
    writeFileSync(data, '');
    const { status, err } = await trailproof(['ingest', '-', '--data', data], { input: '{}' });
    expect(status).toBe(3);
    expect(err).toMatch(/^error: /);
    expect(err).not.toMatch(/^ +at /m);
  });

  test('a proof that cannot be written', async () => {
    const data = await trail();
    const { out } = await call(['query', '*', '--data', data, '--output', 'json']);
    const [{ metadata }] = JSON.parse(out) as [{ metadata: { uid: string } }];
    expect(await call(['prove', metadata.uid, '-o', '/nowhere/at/all/p.json', '--data', data])).toMatchObject(
      { status: 3 },
    );
  });
});

test('a question that changes nothing makes no folder', async () => {
  const data = folders();
  for (const argv of [
    ['query', '*'],
    ['sources'],
    ['alerts'],
    ['findings'],
    ['rebuild'],
    ['doctor'],
    ['show', '00000000'],
    ['verify'],
  ])
    await call([...argv, '--data', data]);
  expect(existsSync(data)).toBe(false);
});

test('the environment and the settings file name the data folder, and a flag beats both', async () => {
  const data = await trail();
  const folder = folders();
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'trailproof.yaml'), `data: ${data}\noutput: ndjson\n`);
  const named = await trailproof(['sources'], { folder });
  expect(JSON.parse(named.out)).toMatchObject({ source: 'aws.cloudtrail', events: 1 });
  expect(
    (await call(['sources', '--data', folders()], { environment: { TRAILPROOF_DATA: data } })).status,
  ).toBe(2);
  expect((await call(['sources'], { environment: { TRAILPROOF_DATA: data } })).status).toBe(0);
});

test('colour is for terminals, for whom it was forced, and never against NO_COLOR', async () => {
  const data = await trail();
  const look = async (environment: Record<string, string>) =>
    (await trailproof(['verify', '--data', data], { environment })).out.includes('\x1b[');
  expect(await look({})).toBe(false);
  expect(await look({ FORCE_COLOR: '1' })).toBe(true);
  expect(await look({ FORCE_COLOR: '1', NO_COLOR: '1' })).toBe(false);
});

test('the version says which Node runs it', async () => {
  expect((await call(['--version'])).out).toMatch(/^trailproof \d+\.\d+\.\d+ \(Node\.js v2\d/);
});
