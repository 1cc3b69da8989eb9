import type { ChildProcess } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { temporaryFolders } from '../temporary-folder.ts';
import { everythingBelow } from './support/everything.ts';
import { cloudTrailRecord } from './support/roads.ts';
import { call, startTrailproof, trailproof } from './support/trailproof.ts';

const folders = temporaryFolders();
const data = folders();
const watched = folders();
const SECRET = 'secret-of-the-hook-0123456789';

let child: ChildProcess;
let said = '';
let complained = '';
let url = '';

async function until(what: () => boolean): Promise<void> {
  for (let waitedMs = 0; !what(); waitedMs += 20) {
    if (child.exitCode !== null || waitedMs > 30_000)
      throw new Error(`it never came; the hub said:\n${said}\n${complained}`);
    await setTimeout(20);
  }
}

beforeAll(async () => {
  mkdirSync(watched, { recursive: true });
  const settings = join(watched, '..', 'settings.yaml');
  writeFileSync(settings, 'githubSecrets:\n  - env:HOOK_SECRET\n');
  child = startTrailproof(['start', watched, '--port', '0', '--data', data, '--config', settings], {
    environment: { HOOK_SECRET: SECRET },
  });
  child.stdout?.on('data', (chunk) => {
    said += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    complained += chunk;
  });
  await until(() => /http:\/\/127\.0\.0\.1:\d+/.test(said));
  url = /http:\/\/127\.0\.0\.1:\d+/.exec(said)![0];
});

afterAll(() => {
  child.kill('SIGKILL');
});

const token = () => readFileSync(join(data, 'keys', 'hub.token'), 'utf8').trim();
const post = (source: string, body: string, headers: Record<string, string>) =>
  fetch(`${url}/ingest/${source}`, { method: 'POST', body, headers });
const events = async (expression: string) =>
  (await call(['query', expression, '--data', data, '--output', 'json'])).out;

test('a delivery without the token is refused, kept as an event, and none of it is stored', async () => {
  const answer = await post('aws.cloudtrail', '{"body":"ofStranger7391"}', {
    authorization: 'Bearer wrongToken4711',
  });
  expect(answer.status).toBe(401);
  await until(() => true);
});

test('the link that it shows lets one browser into the console, once', async () => {
  const [link = ''] = /http:\/\/127\.0\.0\.1:\d+\/open\?token=[\w-]+/.exec(said) ?? [];
  const first = await fetch(link, { redirect: 'manual' });
  expect({ status: first.status, cookie: first.headers.get('set-cookie') }).toMatchObject({
    status: 303,
    cookie: expect.stringContaining('HttpOnly; SameSite=Strict'),
  });
  expect((await fetch(link, { redirect: 'manual' })).status).toBe(401);
  await until(() => said.includes('A link for another browser'));
});

test('a delivery with the token is taken, and its alert appears on the terminal', async () => {
  expect(statSync(join(data, 'keys', 'hub.token')).mode & 0o777).toBe(0o600);
  const record = cloudTrailRecord(1, {
    eventSource: 'cloudtrail.amazonaws.com',
    eventName: 'StopLogging',
    requestParameters: { name: 'organisation' },
  });
  const answer = await post('aws.cloudtrail', JSON.stringify({ Records: [record] }), {
    authorization: `Bearer ${token()}`,
  });
  expect({ status: answer.status, body: await answer.json() }).toEqual({
    status: 202,
    body: { read: 1, events: 1, rejected: 0, control: 0 },
  });
  await until(() => said.includes('CloudTrail Stopped'));
  expect(said).toContain('alice');
});

test('what GitHub signed needs no token, and what somebody else signed is refused', async () => {
  const body = JSON.stringify({ zen: 'Design for failure.', hook_id: 1, hook: { type: 'Repository' } });
  const headers = (secret: string) => ({
    'x-github-event': 'ping',
    'content-type': 'application/json',
    'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
  });
  const answer = await post('github.webhook', body, headers(SECRET));
  expect({ status: answer.status, body: await answer.json() }).toMatchObject({
    status: 202,
    body: { control: 1 },
  });
  expect((await post('github.webhook', body, headers('another secret'))).status).toBe(401);
});

test('a file that lands in the watched folder is taken in', async () => {
  writeFileSync(join(watched, 'new.ndjson'), `${JSON.stringify(cloudTrailRecord(2))}\n`);
  let found = '';
  for (let n = 0; n < 100 && !found.includes('artifacts-2'); n += 1) {
    await setTimeout(100);
    found = await events('resource:artifacts-2');
  }
  expect(found).toContain('artifacts-2');
});

test('another process may take something in beside it, and doctor finds nothing wrong', async () => {
  const input = JSON.stringify(cloudTrailRecord(3));
  expect(await trailproof(['ingest', '-', '--data', data], { input })).toMatchObject({ status: 0 });
  const { out } = await call(['doctor', '--data', data, '--output', 'json']);
  expect(JSON.parse(out)).toMatchObject({ ok: true });
});

test('SIGTERM ends it cleanly, with everything that was taken on the trail', async () => {
  const record = cloudTrailRecord(4);
  expect(
    (await post('aws.cloudtrail', JSON.stringify(record), { authorization: `Bearer ${token()}` })).status,
  ).toBe(202);
  const ended = new Promise((resolve) => child.once('close', (code, signal) => resolve({ code, signal })));
  child.kill('SIGTERM');
  // As when both a shell and the launcher pass a signal on.
  child.kill('SIGTERM');
  expect(await ended).toEqual({ code: 0, signal: null });
  expect(said).toContain('Stopped');
  expect(complained).toBe('');
  for (const n of [2, 3, 4]) expect(await events(`resource:artifacts-${n}`)).toContain(`artifacts-${n}`);
  expect(JSON.parse(await events('status:failure AND operation:"POST /ingest/aws.cloudtrail"'))).toHaveLength(
    1,
  );
  expect(await call(['verify', '--data', data])).toMatchObject({ status: 0 });
  for (const { where, bytes } of everythingBelow(data)) {
    for (const word of ['wrongToken4711', 'ofStranger7391', SECRET])
      expect({ where, word, found: bytes.includes(word) }).toMatchObject({ found: false });
    if (!where.includes('hub.token'))
      expect({ where, found: bytes.includes(token()) }).toMatchObject({ found: false });
  }
});
