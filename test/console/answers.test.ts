import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { findAlerts, listAlerts, writeAlert } from '../../shared/stages/alert-rows.ts';
import { subjectOf } from '../../shared/stages/alert-sinks.ts';
import { newDelivery, writeDelivery } from '../../shared/stages/delivery-rows.ts';
import { cloudTrailRecord } from '../cli/support/roads.ts';
import { temporaryFolders } from '../temporary-folder.ts';
import { send, signIn } from './support/client.ts';
import { type ConsoleHub, startConsole } from './support/hub.ts';

const folders = temporaryFolders();
const NOW_MS = Date.now();
let running: ConsoleHub;
let cookie: string;

const record = (number: number, more: object = {}) =>
  cloudTrailRecord(number, {
    eventTime: new Date(NOW_MS - number * 600_000).toISOString().replace(/\.\d+Z$/, 'Z'),
    ...more,
  });

beforeAll(async () => {
  const stopped = record(1, {
    eventSource: 'cloudtrail.amazonaws.com',
    eventName: 'StopLogging',
    requestParameters: { name: 'organisation' },
    userIdentity: { type: 'IAMUser', userName: 'mallory', arn: 'arn:aws:iam::111122223333:user/mallory' },
  });
  const others = Array.from({ length: 60 }, (_, n) =>
    record(n + 2, n % 3 === 0 ? { userAgent: 'zebra/1.0' } : {}),
  );
  running = await startConsole(folders(), [stopped, ...others]);
  cookie = await signIn(running.link());
});

afterAll(() => running.close());

const get = async (path: string) => (await send(running.url, path, { headers: { cookie } })).body;

const unescaped = (text: string) =>
  text.replaceAll('&amp;', '&').replaceAll('&quot;', '"').replaceAll('&#39;', "'");

async function countAt(path: string): Promise<string> {
  const page = await get(path);
  return (
    /role="status"><strong>([^<]+)</.exec(page)?.[1] ?? (page.includes('Nothing matches') ? '0 events' : page)
  );
}

test('the list of alerts says of every sink what became of its message', async () => {
  const { table } = running.hub.trail;
  const [listed] = await listAlerts(table, 1);
  const [kept] = await findAlerts(table, listed!.uid);
  expect(await get('/alerts')).toContain('terminal only');
  await writeAlert(
    table,
    { ...kept!, alert: { ...kept!.alert, sinks: ['slack', 'pager', 'hook', 'late'] } },
    kept,
  );
  const about = (sink: string) => newDelivery(sink, subjectOf(kept!), listed!.uid);
  for (const delivery of [
    { ...about('slack'), told: 1, toldMs: NOW_MS },
    { ...about('pager'), dead: 1, attempts: 9, why: 'it answered 403' },
    { ...about('hook'), attempts: 2, why: 'it answered 500' },
  ])
    await writeDelivery(table, { delivery, rev: -1 });
  for (const path of ['/alerts', `/alerts/${listed!.uid}`]) {
    const page = (await get(path)).replaceAll(/<[^>]*>/g, ' ').replaceAll(/\s+/g, ' ');
    for (const said of ['slack delivered', 'pager given up', 'hook failing', 'late waiting'])
      expect(page).toContain(said);
    expect(page).not.toContain('terminal only');
  }
  expect(await get(`/alerts/${listed!.uid}`)).toContain(
    'hook: it answered 500; being tried again after 2 tries.',
  );
});

test.each(['', 'mallory', '"zebra/1.0"', 'resource:*artifacts*', 'zebra AND actor:a*'])(
  'of %s every bar and every number leads to as many events as it says',
  async (q) => {
    for (const times of ['', '&since=7h', `&since=5h&until=${new Date(NOW_MS - 3_600_000).toISOString()}`]) {
      const page = await get(`/search?q=${encodeURIComponent(q)}${times}`);
      const bars = [...page.matchAll(/<a href="([^"]+)" tabindex="-1"><title>([\d,]+),/g)];
      const facets = [
        ...page.matchAll(/<li><a href="([^"]+)" title="[^"]*">[^<]*<\/a><span class="number">([^<]+)</g),
      ];
      const every = Math.ceil(bars.length / 3);
      for (const [, path = '', count] of [
        ...bars.filter((_, n) => n % every === 0),
        ...bars.slice(-1),
        ...facets,
      ]) {
        const said = `${count} event${count === '1' ? '' : 's'}`;
        expect({ path, said: await countAt(unescaped(path)) }).toEqual({ path, said });
      }
      expect(bars.length + facets.length > 0).toBe(!page.includes('Nothing matches'));
    }
  },
);

test('whoever acts on what somebody else has ended meanwhile is told so', async () => {
  const uid = (await listAlerts(running.hub.trail.table, 1))[0]?.uid ?? '';
  const path = `/alerts/${uid}`;
  const forms = await get(path);
  const post = (act: string, fields: Record<string, string>) => {
    const token =
      new RegExp(`action="${path}/${act}"[^>]*><input[^>]*value="([^"]*)"`).exec(forms)?.[1] ?? '';
    const headers = { cookie, 'content-type': 'application/x-www-form-urlencoded', origin: running.url };
    const body = new URLSearchParams({ token, ...fields }).toString();
    return send(running.url, `${path}/${act}`, { method: 'POST', headers, body });
  };
  const statuses = [(await post('acknowledge', {})).status, (await post('acknowledge', {})).status];
  statuses.push((await post('resolve', { reason: 'a drill' })).status);
  expect(statuses).toEqual([303, 303, 303]);
  for (const [act, fields] of [
    ['snooze', { reason: 'later', for: '1h' }],
    ['resolve', { reason: 'another' }],
    ['acknowledge', {}],
  ] as const) {
    const late = await post(act, fields);
    expect({ act, status: late.status }).toEqual({ act, status: 422 });
    const kept = await send(running.url, `${path}/${act}`, { headers: { cookie } });
    expect({ status: kept.status, to: kept.headers['location'] }).toEqual({ status: 303, to: path });
    expect(late.body).toMatch(/Nothing was changed: it is resolved by [^<]+ meanwhile\./);
  }
});

test('a source says its lag from its first event on', async () => {
  const page = await get('/sources');
  expect(page).toMatch(/aws\.cloudtrail<.*data-label="lag">\d+ (s|min)</s);
});

test.each([
  ['since=2026-02-30', 'From: expected a time'],
  ['since=2026-02-28&until=2026-02-27', 'To: expected a time that is not before the other'],
  [`q=${'a'.repeat(2001)}`, 'expected at most 2,000 characters, found 2,001'],
])('%s is refused, and the page says why', async (query, why) => {
  expect(await get(`/search?${query}`)).toContain(why);
});

test('HEAD of a download makes no download, and who hangs up half way writes nothing on the terminal', async () => {
  const head = await send(running.url, '/search.csv', { method: 'HEAD', headers: { cookie } });
  expect({ status: head.status, body: head.body }).toEqual({ status: 200, body: '' });
  const written = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  await new Promise<void>((resolve) => {
    const { port } = new URL(running.url);
    const socket = connect(Number(port), '127.0.0.1', () => {
      socket.write('POST /x HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 9\r\n\r\nab', () => {
        setTimeout(() => socket.destroy(), 50);
      });
    });
    socket.on('close', () => setTimeout(resolve, 100));
  });
  const said = written.mock.calls.map(([text]) => String(text));
  written.mockRestore();
  expect(said).toEqual([]);
});
