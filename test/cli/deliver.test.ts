import type { ChildProcess } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startPagerDuty } from '../servers/pagerduty.ts';
import { startSlack } from '../servers/slack.ts';
import { startWebhook } from '../servers/webhook.ts';
import { temporaryFolders } from '../temporary-folder.ts';
import { everythingBelow } from './support/everything.ts';
import { cloudTrailRecord } from './support/roads.ts';
import { call, startTrailproof } from './support/trailproof.ts';

const folders = temporaryFolders();
const data = folders();
const SIGNING = 'slack-signing-secret-9f3e';
const TOKEN = 'xoxb-example-7c21';
const KEY = 'abcdefghijklmnopqrstuvwxyz012345';

let slack: Awaited<ReturnType<typeof startSlack>>;
let pagerduty: Awaited<ReturnType<typeof startPagerDuty>>;
let webhook: Awaited<ReturnType<typeof startWebhook>>;
let settings = '';
let child: ChildProcess | undefined;
let url = '';
let complained = '';
const environment: Record<string, string> = {};

beforeAll(async () => {
  slack = await startSlack({ token: TOKEN, channels: { C0000000001: 'alerts' } });
  pagerduty = await startPagerDuty({ routingKey: KEY });
  webhook = await startWebhook();
  Object.assign(environment, { T: TOKEN, S: SIGNING, K: KEY, W: webhook.secret });
  mkdirSync(folders(), { recursive: true });
  settings = join(folders(), 'trailproof.yaml');
  mkdirSync(join(settings, '..'), { recursive: true });
  writeFileSync(
    settings,
    `sinks:
  team: {type: slack, token: env:T, channel: C0000000001, signingSecret: env:S, api: '${slack.url}/api'}
  oncall: {type: pagerduty, routingKey: env:K, api: '${pagerduty.url}'}
  siem: {type: webhook, url: '${webhook.url}', signingSecrets: [env:W]}
`,
  );
  await startHub();
});

afterAll(async () => {
  child?.kill('SIGKILL');
  for (const server of [slack, pagerduty, webhook]) await server.close();
});

async function startHub(): Promise<void> {
  let said = '';
  child = startTrailproof(['start', '--port', '0', '--data', data, '--config', settings], { environment });
  child.stdout?.on('data', (chunk) => {
    said += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    complained += chunk;
  });
  await until(() => /http:\/\/127\.0\.0\.1:\d+/.test(said));
  url = /http:\/\/127\.0\.0\.1:\d+/.exec(said)?.[0] ?? '';
}

async function killHub(): Promise<void> {
  const ended = new Promise((resolve) => child?.once('close', resolve));
  child?.kill('SIGKILL');
  await ended;
}

async function until(what: () => boolean): Promise<void> {
  for (let waitedMs = 0; !what(); waitedMs += 20) {
    if (waitedMs > 55_000) throw new Error(`it never came\n${complained}`);
    await setTimeout(20);
  }
}

/** Until it is written down that a sink was told of the newest alert. */
async function untilTold(sink: string): Promise<void> {
  const [alert] = JSON.parse((await command('alerts', '--output', 'json')).out) as readonly { id: string }[];
  for (let tries = 0; ; tries += 1) {
    const { out } = await command('alerts', alert?.id ?? '');
    if (out.includes(`${sink}  delivered`)) return;
    if (tries > 100) throw new Error(`never told: ${out}`);
    await setTimeout(100);
  }
}

async function stopLogging(number: number, by: string): Promise<void> {
  const record = cloudTrailRecord(number, {
    eventSource: 'cloudtrail.amazonaws.com',
    eventName: 'StopLogging',
    eventTime: new Date().toISOString().replace(/\.\d+/, ''),
    requestParameters: { name: `trail-${number}` },
    userIdentity: {
      type: 'IAMUser',
      principalId: `AIDAEXAMPLE${by}`,
      arn: `arn:aws:iam::111122223333:user/${by}`,
      accountId: '111122223333',
      userName: by,
    },
  });
  const token = readFileSync(join(data, 'keys', 'hub.token'), 'utf8').trim();
  const answer = await fetch(`${url}/ingest/aws.cloudtrail`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
    body: JSON.stringify({ Records: [record] }),
  });
  expect(answer.status).toBe(202);
}

const command = (...words: readonly string[]) =>
  call([...words, '--data', data, '--config', settings], { environment });

test('an alert reaches every sink, and Slack’s button acknowledges it everywhere', async () => {
  await stopLogging(1, 'alice');
  await until(() => slack.seen.length > 0 && pagerduty.seen.length > 0 && webhook.seen.length > 0);
  expect(slack.refused).toEqual([]);
  const [listed] = JSON.parse((await command('alerts', '--output', 'json')).out) as readonly { id: string }[];
  const payload = {
    user: { id: 'U01', username: 'carol' },
    actions: [{ action_id: 'acknowledge', value: listed?.id }],
  };
  const body = new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
  const timestamp = String(Math.floor(Date.now() / 1_000));
  const signature = createHmac('sha256', SIGNING).update(`v0:${timestamp}:${body}`).digest('hex');
  const headers = { 'x-slack-request-timestamp': timestamp, 'x-slack-signature': `v0=${signature}` };
  const pressed = await fetch(`${url}/slack/actions`, { method: 'POST', headers, body });
  expect(pressed.status).toBe(200);
  await until(() => webhook.seen.length === 2 && slack.seen.some(({ method }) => method === 'chat.update'));
  const [after] = JSON.parse((await command('alerts', '--output', 'json')).out);
  expect(after).toMatchObject({ state: 'acknowledged', by: 'carol (U01)', via: 'slack' });
});

test('what a process that was killed had to tell is told by the next one, once', async () => {
  const before = webhook.seen.length;
  await webhook.down();
  await stopLogging(2, 'bob');
  await until(
    () =>
      slack.seen.filter(({ method, threadTs }) => method === 'chat.postMessage' && !threadTs).length === 2,
  );
  // Slack knows no repeats: killed between its answer and the row, the next process would post again.
  await untilTold('team');
  await killHub();
  await webhook.up();
  await startHub();
  await until(() => webhook.seen.length > before);
  await setTimeout(1_500);
  expect(webhook.seen.slice(before)).toHaveLength(1);
  expect(webhook.seen.every(({ isRepeat }) => !isRepeat)).toBe(true);
  const posts = slack.seen.filter(({ method, threadTs }) => method === 'chat.postMessage' && !threadTs);
  expect(posts).toHaveLength(2);
});

test('a command beside the hub resolves, and the hub tells it', async () => {
  const before = webhook.seen.length;
  const listed = JSON.parse((await command('alerts', '--output', 'json')).out) as readonly { id: string }[];
  const [{ id } = { id: '' }] = listed;
  expect(await command('alerts', 'resolve', id, '--reason', 'planned')).toMatchObject({ status: 0 });
  await until(() => webhook.seen.length > before);
  expect(JSON.stringify(webhook.seen.at(-1)?.body)).toContain('resolved');
});

test('a test of a sink arrives, and one that cannot says why', async () => {
  expect(await command('alerts', 'test', 'siem')).toMatchObject({ status: 0 });
  expect(await command('alerts', 'test', 'nowhere')).toMatchObject({ status: 2 });
  await webhook.down();
  const failed = await command('alerts', 'test', 'siem');
  expect(failed).toMatchObject({ status: 3 });
  expect(failed.err).toContain('siem did not take the test: no answer (');
  await webhook.up();
});

test('a preview shows what would be sent, with its secrets by their references', async () => {
  const { out, status } = await command('alerts', 'preview', 'audit-logging-stopped', '--sink', 'team');
  expect(status).toBe(0);
  const [request] = JSON.parse(out);
  expect(request.headers.authorization).toBe('Bearer <env:T>');
  expect(request.body.text).toContain('alice');
  expect((await command('alerts', 'preview', 'audit-logging-stopped')).out).toContain('Is this real?');
  expect(await command('alerts', 'preview', 'no-such-rule')).toMatchObject({ status: 2 });
});

test('no secret is written anywhere', async () => {
  for (const { where, bytes } of everythingBelow(data)) {
    for (const secret of [TOKEN, SIGNING, KEY, webhook.secret])
      expect({ where, found: bytes.includes(secret) }).toEqual({ where, found: false });
  }
  expect(complained).not.toContain(TOKEN);
});
