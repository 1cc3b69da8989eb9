import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSessions, SESSION_S } from '../../functions/local/console-session.ts';
import { listAlerts } from '../../shared/stages/alert-rows.ts';
import { cloudTrailRecord } from '../cli/support/roads.ts';
import { temporaryFolders } from '../temporary-folder.ts';
import { send, signIn } from './support/client.ts';
import { type ConsoleHub, startConsole } from './support/hub.ts';

const folders = temporaryFolders();
let running: ConsoleHub;
let cookie: string;

beforeAll(async () => {
  const stopped = cloudTrailRecord(1, {
    eventSource: 'cloudtrail.amazonaws.com',
    eventName: 'StopLogging',
    requestParameters: { name: 'organisation' },
  });
  const formula = cloudTrailRecord(2, { requestParameters: { bucketName: '=cmd|calc!A0' } });
  running = await startConsole(folders(), [stopped, formula, cloudTrailRecord(3)]);
  cookie = await signIn(running.link());
});

afterAll(() => running.close());

const get = (path: string, headers: Record<string, string> = {}) =>
  send(running.url, path, { headers: { cookie, ...headers } });

const post = (path: string, form: Record<string, string>, headers: Record<string, string> = {}) =>
  send(running.url, path, {
    method: 'POST',
    headers: {
      cookie,
      'content-type': 'application/x-www-form-urlencoded',
      origin: running.url,
      ...headers,
    },
    body: new URLSearchParams(form).toString(),
  });

/** The token of the form on a page that is sent to a path. */
const tokenOf = (page: string, path: string): string =>
  new RegExp(`action="${path}"[^>]*><input type="hidden" name="token" value="([^"]*)"`).exec(page)?.[1] ?? '';

const alertPath = async () => {
  const [alert] = await listAlerts(running.hub.trail.table, 1);
  return `/alerts/${alert!.uid}`;
};

const PAGES = ['/', '/search', '/findings', '/alerts', '/sources', '/rules', '/trail', '/help', '/live'];

test('nobody sees a page without a session, and nothing on it is of the trail', async () => {
  for (const path of [...PAGES, '/search.ndjson', '/search.csv', '/events/00000000', await alertPath()]) {
    const answer = await send(running.url, path);
    expect({ path, status: answer.status }).toEqual({ path, status: 401 });
    expect(answer.body).toContain('Open the console from the terminal');
    expect(answer.body).not.toContain('alice');
  }
});

test('the link lets one browser in, once; the cookie is no script’s and no other site’s', async () => {
  const { pathname, search } = new URL(running.link());
  const before = running.opened();
  const first = await send(running.url, `${pathname}${search}`);
  expect(first.status).toBe(303);
  expect(first.headers['location']).toBe('/');
  expect(String(first.headers['set-cookie'])).toMatch(
    /^trailproof-[0-9a-f]{8}=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Max-Age=\d+$/,
  );
  expect(running.opened()).toBe(before + 1);
  const again = await send(running.url, `${pathname}${search}`);
  expect({ status: again.status, cookie: again.headers['set-cookie'] }).toEqual({
    status: 401,
    cookie: undefined,
  });
  expect(new URL(running.link()).search).not.toBe(search);
  expect((await send(running.url, '/open?token=')).status).toBe(401);
});

test.each(['x', '', 'a'.repeat(5000)])('a cookie that is no session (%#) opens nothing', async (value) => {
  const name = cookie.split('=')[0] ?? '';
  expect((await send(running.url, '/', { headers: { cookie: `${name}=${value}` } })).status).toBe(401);
});

test('a session ends after its time, and does not come back with the clock', () => {
  let nowMs = 0;
  const sessions = openSessions(
    () => nowMs,
    () => undefined,
  );
  const id = sessions.open(sessions.token());
  nowMs = SESSION_S * 1000;
  expect(sessions.find(id)).toBeDefined();
  nowMs += 1;
  expect(sessions.find(id)).toBeUndefined();
  nowMs = 0;
  expect(sessions.find(id)).toBeUndefined();
});

test('every page has the policy, and is kept by no cache', async () => {
  for (const path of [...PAGES, '/nothing', '/search?q=actor:alice', await alertPath()]) {
    const { headers } = await get(path);
    expect(headers['content-security-policy']).toBe(
      "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    );
    expect({
      cache: headers['cache-control'],
      sniff: headers['x-content-type-options'],
      referrer: headers['referrer-policy'],
    }).toEqual({ cache: 'no-store', sniff: 'nosniff', referrer: 'same-origin' });
  }
});

test('a name that another site points at loopback reaches no page and no form', async () => {
  for (const host of [
    'attacker.example',
    `attacker.example:${new URL(running.url).port}`,
    '127.0.0.1.nip.example',
  ])
    expect((await get('/', { host })).status).toBe(421);
  expect((await get('/', { host: 'localhost:1' })).status).toBe(200);
});

test('a form needs the token that was made for it and for this session', async () => {
  const path = await alertPath();
  const page = (await get(path)).body;
  const right = tokenOf(page, `${path}/acknowledge`);
  expect(right).toMatch(/^[\w-]{43}$/);
  const other = await signIn(running.link());
  const refused = [
    await post(`${path}/acknowledge`, {}),
    await post(`${path}/acknowledge`, { token: 'x' }),
    await post(`${path}/acknowledge`, { token: tokenOf(page, `${path}/resolve`) }),
    await post(`${path}/acknowledge`, { token: right }, { cookie: other }),
    await post(`${path}/acknowledge`, { token: right }, { origin: 'http://attacker.example' }),
    await post(`${path}/acknowledge`, { token: right }, { 'sec-fetch-site': 'same-site' }),
    await post(`${path}/acknowledge`, { token: right }, { 'content-type': 'text/plain' }),
  ];
  expect(refused.map(({ status }) => status)).toEqual([403, 403, 403, 403, 403, 403, 403]);
  expect((await listAlerts(running.hub.trail.table, 1))[0]?.status.state).toBe('open');
  const done = await post(`${path}/acknowledge`, { token: right });
  expect({ status: done.status, location: done.headers['location'] }).toEqual({
    status: 303,
    location: path,
  });
  expect((await listAlerts(running.hub.trail.table, 1))[0]?.status).toMatchObject({
    state: 'acknowledged',
    via: 'console',
  });
});

test.each([
  '/static/../package.json',
  '/static/%2e%2e/package.json',
  '/static/..%2f..%2fkeys/log.key',
  '/static//etc/passwd',
  '/static/console.css',
  '/static/console.0000000000000000.css',
  '/keys/log.key',
  '/events/..%2f..%2fkeys',
  '/events/%00',
  '/rules/%2e%2e',
  '/alerts/00/acknowledge/x/y',
  '/help/x/y/z',
  '/%',
])('%s is no page and no file', async (path) => {
  const answer = await get(path);
  expect(answer.status).toBe(404);
  expect(answer.body).toContain('There is nothing here');
});

test('static files are kept for ever under the hash of their bytes, by anybody', async () => {
  const page = (await get('/')).body;
  const paths = [...page.matchAll(/(?:href|src)="(\/static\/[^"]+)"/g)].map(([, path = '']) => path);
  expect(paths).toHaveLength(3);
  for (const path of paths) {
    expect(path).toMatch(/^\/static\/\w+\.[0-9a-f]{16}\.(css|js|svg)$/);
    const { status, headers, body } = await send(running.url, path);
    expect({ status, cache: headers['cache-control'] }).toEqual({
      status: 200,
      cache: 'public, max-age=31536000, immutable',
    });
    expect(Buffer.byteLength(body)).toBeLessThan(15_000);
    expect(body.length).toBeGreaterThan(100);
  }
});

test('HEAD has the answer’s head alone, and other methods are refused', async () => {
  const head = await send(running.url, '/search', { method: 'HEAD', headers: { cookie } });
  expect({ status: head.status, body: head.body, type: head.headers['content-type'] }).toEqual({
    status: 200,
    body: '',
    type: 'text/html; charset=utf-8',
  });
  for (const method of ['PUT', 'DELETE', 'PATCH', 'OPTIONS']) {
    const answer = await send(running.url, '/search', { method, headers: { cookie } });
    expect({ method, status: answer.status, allow: answer.headers['allow'] }).toMatchObject({
      method,
      status: 405,
    });
  }
});

test('records and events are handed out as files, never shown, and a spreadsheet runs nothing', async () => {
  const listed = await get('/search.ndjson?q=source:aws');
  const uid = /"uid":"([0-9a-f]{64})"/.exec(listed.body)?.[1] ?? '';
  for (const path of [
    `/events/${uid}/raw`,
    `/events/${uid}/event.json`,
    `/events/${uid}/proof.json`,
    '/search.csv',
  ]) {
    const { status, headers } = await get(path);
    expect({ path, status }).toEqual({ path, status: 200 });
    expect(String(headers['content-disposition'])).toMatch(/^attachment; filename="[\w.-]+"$/);
  }
  const { body } = await get('/search.csv?q=source:aws');
  expect(body).toContain(`"'=cmd|calc!A0"`);
  expect(body.split('\r\n')).toHaveLength(5);
});

test('what fails is a page that says so, without a word of the program', async () => {
  const answer = await get(`/search?q=${'('.repeat(9000)}`);
  expect(answer.status).toBe(200);
  expect(answer.body).toContain('This question cannot be read');
  for (const path of [
    '/search?q=a:%00b',
    '/search?since=%ff',
    '/search?before=-1',
    '/findings?rule=%27%22',
  ]) {
    const { status, body } = await get(path);
    expect({ path, status }).toEqual({ path, status: 200 });
    expect(body).not.toMatch(/\bat \w+.*\.ts:\d+/);
  }
});

test('a body that is no form of ours costs nothing', async () => {
  const path = await alertPath();
  expect((await post(`${path}/acknowledge`, { token: 'x'.repeat(2_000_000) })).status).toBe(413);
  const token = tokenOf((await get(path)).body, `${path}/resolve`);
  expect((await post(`${path}/resolve`, { token, reason: '' })).status).toBe(422);
  expect((await post('/alerts/00/resolve', { token })).status).toBe(403);
});
