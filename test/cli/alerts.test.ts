import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { temporaryFolders } from '../temporary-folder.ts';
import { cloudTrailRecord } from './support/roads.ts';
import { call } from './support/trailproof.ts';

const folders = temporaryFolders();
const data = folders();
let id = '';

const NOW_MS = Date.UTC(2026, 10, 21, 12);
const json = async (...words: readonly string[]) => {
  const look = { nowMs: NOW_MS };
  const { out, status, err } = await call([...words, '--data', data, '--output', 'json'], look);
  return { status, err, value: out === '' ? undefined : JSON.parse(out) };
};

beforeAll(async () => {
  const inbox = folders();
  mkdirSync(inbox, { recursive: true });
  const record = cloudTrailRecord(1, {
    eventSource: 'cloudtrail.amazonaws.com',
    eventName: 'StopLogging',
    requestParameters: { name: 'organisation' },
  });
  writeFileSync(join(inbox, 'one.json'), JSON.stringify(record));
  await call(['ingest', inbox, '--data', data]);
  id = (await json('alerts')).value[0].id;
});

test('in 80 columns the list still says who it was, and whether anybody is on it', async () => {
  const { out } = await call(['alerts', '--data', data], { nowMs: NOW_MS, width: 80 });
  const [heading = '', line = ''] = out.split('\n');
  expect(heading).toMatch(/^time \(UTC\) +severity +alert +who +id +state$/);
  expect(line).toMatch(/ open$/);
  expect(line.length).toBeLessThanOrEqual(80);
});

test('ack says that somebody is on it, once, and the trail says who', async () => {
  expect((await json('ack', id.slice(0, 8), '--reason', 'looking')).value).toMatchObject({
    id,
    state: 'acknowledged',
    changed: true,
  });
  expect((await json('ack', id)).value).toMatchObject({ changed: false });
  const { value } = await json('query', 'source:trailproof AND class:2004 AND status:"In Progress"');
  expect(value).toHaveLength(1);
  expect(value[0].comment).toBe('looking');
  expect((await call(['alerts', id, '--data', data])).out).toContain('acknowledged by ');
  expect((await call(['alerts', '--data', data])).out).toContain('acknowledged');
});

test('alerts snooze takes how long, and no longer than a week', async () => {
  expect((await json('alerts', 'snooze', id, '--for', '2h')).value).toMatchObject({ state: 'snoozed' });
  const listed = (await json('alerts')).value[0];
  expect(Date.parse(listed.until) - Date.parse(listed.at)).toBe(7_200_000);
  expect(await json('alerts', 'snooze', id, '--for', '8d')).toMatchObject({ status: 2 });
});

test('silences are begun, listed and ended', async () => {
  const begun = await json(
    'silence',
    'add',
    '--match',
    'who=alice',
    '--match',
    'who=b*',
    '--for',
    '4h',
    '--reason',
    'r',
  );
  expect(begun.status).toBe(0);
  expect((await json('silence', 'list')).value).toMatchObject([
    { id: begun.value.id, match: { who: ['alice', 'b*'] }, reason: 'r', via: 'command line', endedBy: null },
  ]);
  expect((await json('silence', 'end', begun.value.id.slice(0, 8))).value).toEqual({ changed: true });
  expect((await json('silence', 'list')).value).toEqual([]);
  expect((await json('silence', 'list', '--all')).value).toHaveLength(1);
});

test.each([
  [['ack', 'ffffff'], 'No alert'],
  [['alerts', 'snooze'], 'needs the id of an alert'],
  [['alerts', 'nonsense', 'more'], 'There is no "alerts nonsense"'],
  [['silence', 'add', '--for', '4h', '--reason', 'r'], 'says what it is for'],
  [['silence', 'add', '--match', 'who=a', '--for', '4h'], 'has a reason'],
  [['silence', 'add', '--match', 'who=a', '--reason', 'r'], 'needs its end'],
  [['silence', 'add', '--match', 'whom=a', '--for', '4h', '--reason', 'r'], 'FIELD one of'],
  [['silence', 'add', '--match', 'severity=hihg', '--for', '4h', '--reason', 'r'], 'A severity is one of'],
  [['silence', 'end', '0000'], 'No silence'],
  [['alerts', 'dead', '--sink', 'oncal'], 'There is no sink "oncal"'],
  [['alerts', 'redrive', '--sink', 'oncal'], 'There is no sink "oncal"'],
  [['silence', 'stop'], 'takes add, list or end'],
])('%j is refused with what was expected', async (words, message) => {
  const { status, err } = await call([...words, '--data', data]);
  expect({ status, err }).toEqual({ status: 2, err: expect.stringContaining(message) });
});

test('a command without the settings of the hub leaves alerts to whoever has them, and takes no sink away', async () => {
  const own = folders();
  const inbox = folders();
  mkdirSync(inbox, { recursive: true });
  const config = join(inbox, 'settings.yaml');
  writeFileSync(
    config,
    "sinks:\n  siem: {type: webhook, url: 'http://127.0.0.1:9/', signingSecrets: [env:W]}\n",
  );
  const stop = (number: number) =>
    JSON.stringify(
      cloudTrailRecord(number, { eventSource: 'cloudtrail.amazonaws.com', eventName: 'StopLogging' }),
    );
  const take = (input: string, ...more: readonly string[]) =>
    call(['ingest', '-', '--data', own, ...more], { input });
  await take(stop(1), '--config', config);
  await take(stop(2));
  const list = async () => JSON.parse((await call(['alerts', '--data', own, '--output', 'json'])).out);
  const before = await list();
  expect(before).toMatchObject([{ sinks: ['siem'], count: 1 }]);
  await take(stop(3), '--config', config);
  const counted = (await list()).reduce((sum: number, { count }: { count: number }) => sum + count, 0);
  expect(counted).toBe(3);
  for (const { sinks } of await list()) expect(sinks).toEqual(['siem']);
});
