import { createHmac } from 'node:crypto';
import { afterEach, describe, expect, test } from 'vitest';
import { blockFaults } from './block-kit.ts';
import type { Loopback } from './loopback.ts';
import { eventFaults, startPagerDuty } from './pagerduty.ts';
import { startSlack } from './slack.ts';
import { startWebhook } from './webhook.ts';

const open: Loopback[] = [];
const kept = <Server extends Loopback>(server: Server): Server => {
  open.push(server);
  return server;
};
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});

const text = (value: string, type = 'plain_text') => ({ type, text: value });
const post = (url: string, body: unknown, headers: Record<string, string> = {}) =>
  fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });

describe('blocks that Slack would refuse', () => {
  test.for([
    ['51 blocks', Array.from({ length: 51 }, () => ({ type: 'divider' }))],
    ['an unknown type', [{ type: 'banner' }]],
    ['a header of 151 characters', [{ type: 'header', text: text('x'.repeat(151)) }]],
    ['a header in mrkdwn', [{ type: 'header', text: text('x', 'mrkdwn') }]],
    ['an empty text', [{ type: 'section', text: text('') }]],
    ['a section with neither text nor fields', [{ type: 'section' }]],
    ['a section of 3,001 characters', [{ type: 'section', text: text('x'.repeat(3_001)) }]],
    ['eleven fields', [{ type: 'section', fields: Array.from({ length: 11 }, () => text('x')) }]],
    ['a field of 2,001 characters', [{ type: 'section', fields: [text('x'.repeat(2_001))] }]],
    ['no elements of a context', [{ type: 'context', elements: [] }]],
    [
      'eleven elements of a context',
      [{ type: 'context', elements: Array.from({ length: 11 }, () => text('x')) }],
    ],
    [
      '26 buttons',
      [
        {
          type: 'actions',
          elements: Array.from({ length: 26 }, () => ({ type: 'button', text: text('x') })),
        },
      ],
    ],
    [
      'a button of 76 characters',
      [{ type: 'actions', elements: [{ type: 'button', text: text('x'.repeat(76)) }] }],
    ],
    [
      'a value of 2,001 characters',
      [{ type: 'actions', elements: [{ type: 'button', text: text('x'), value: 'x'.repeat(2_001) }] }],
    ],
    [
      'a URL of no web',
      [{ type: 'actions', elements: [{ type: 'button', text: text('x'), url: 'javascript:x' }] }],
    ],
    [
      'one action twice',
      [
        {
          type: 'actions',
          elements: ['a', 'a'].map((id) => ({ type: 'button', text: text('x'), action_id: id })),
        },
      ],
    ],
    [
      'a style that there is not',
      [{ type: 'actions', elements: [{ type: 'button', text: text('x'), style: 'loud' }] }],
    ],
    [
      'one id twice',
      [
        { type: 'divider', block_id: 'a' },
        { type: 'divider', block_id: 'a' },
      ],
    ],
    ['a member that there is not', [{ type: 'divider', colour: 'red' }]],
    ['verbatim in plain text', [{ type: 'section', text: { ...text('x'), verbatim: true } }]],
    ['half a character', [{ type: 'section', text: text('\ud800') }]],
    [
      'rich text of another kind',
      [{ type: 'rich_text', elements: [{ type: 'section', elements: [text('x', 'text')] }] }],
    ],
    [
      'rich text without a text',
      [{ type: 'rich_text', elements: [{ type: 'rich_text_section', elements: [text('', 'text')] }] }],
    ],
  ] as const)('%s', ([, blocks]) => {
    expect(blockFaults(blocks).length).toBeGreaterThan(0);
  });

  test('and the largest that it takes', () => {
    expect(
      blockFaults([
        { type: 'header', block_id: 'a', text: { ...text('x'.repeat(150)), emoji: false } },
        {
          type: 'section',
          text: text('x'.repeat(3_000)),
          fields: Array.from({ length: 10 }, () => text('x'.repeat(2_000))),
        },
        ...Array.from({ length: 48 }, () => ({ type: 'divider' })),
      ]),
    ).toEqual([]);
  });
});

describe('a Slack of ours', () => {
  const bearer = { authorization: 'Bearer xoxb-example' };
  const error = async (response: Response) => ((await response.json()) as { error?: string }).error;

  test('knows its token, its channels, what it was told and what there is to update', async () => {
    const { api } = kept(await startSlack());
    const call = (method: string, body: unknown, headers: Record<string, string> = bearer) =>
      post(`${api}/${method}`, body, headers).then(error);
    const good = { channel: '#alerts', text: 'x' };
    expect(await call('chat.postMessage', good, {})).toBe('not_authed');
    expect(await call('chat.postMessage', good, { authorization: 'Bearer other' })).toBe('invalid_auth');
    expect(await call('chat.postMessage', good, { ...bearer, 'content-type': 'text/plain' })).toBe(
      'invalid_charset',
    );
    expect(await call('chat.postMessage', '{')).toBe('invalid_json');
    expect(await call('chat.postMessage', { ...good, channel: '#other' })).toBe('channel_not_found');
    expect(await call('chat.postMessage', { channel: '#alerts' })).toBe('no_text');
    expect(await call('chat.postMessage', { ...good, text: 'x'.repeat(40_001) })).toBe('msg_too_long');
    expect(await call('chat.postMessage', { ...good, blocks: [{ type: 'banner' }] })).toBe('invalid_blocks');
    expect(await call('chat.postMessage', { ...good, metadata: { event_type: 'A B' } })).toBe(
      'invalid_metadata_format',
    );
    expect(await call('chat.postMessage', { ...good, thread_ts: '1.1' })).toBe('thread_not_found');
    const long = Array.from({ length: 5 }, () => ({ type: 'section', text: text('x'.repeat(3_000)) }));
    expect(await call('chat.postMessage', { ...good, blocks: long })).toBe('msg_blocks_too_long');
    expect(await call('chat.update', { ...good, channel: 'C0000000001', ts: '1.1' })).toBe(
      'message_not_found',
    );
    expect(await call('chat.update', { ...good, ts: '1.1' })).toBe('channel_not_found');
    expect(await call('chat.postMessage', good)).toBeUndefined();
  });

  test('tells whoever posts too fast when to come again', async () => {
    const server = kept(await startSlack({ limit: { count: 1, windowMs: 60_000, retryAfterS: 30 } }));
    const ask = () => post(`${server.api}/chat.postMessage`, { channel: '#alerts', text: 'x' }, bearer);
    expect((await ask()).status).toBe(200);
    const second = await ask();
    expect([second.status, second.headers.get('retry-after'), await error(second)]).toEqual([
      429,
      '30',
      'ratelimited',
    ]);
    expect(server.seen).toHaveLength(1);
  });

  test('has an incoming webhook that says the name of the error', async () => {
    const server = kept(await startSlack());
    const said = async (body: unknown) => {
      const response = await post(server.webhook, body);
      return `${response.status} ${await response.text()}`;
    };
    expect(await said('{')).toBe('400 invalid_payload');
    expect(await said({})).toBe('400 no_text');
    expect(await said({ text: 'x', blocks: [{}] })).toBe('400 invalid_blocks');
    expect(await said({ text: 'x' })).toBe('200 ok');
    expect((await post(`${server.url}/services/other`, { text: 'x' })).status).toBe(404);
  });
});

describe('a PagerDuty of ours', () => {
  const KEY = 'e93facc04764012d7bfb002500d5d1a6';
  const payload = { summary: 'x', source: 'x', severity: 'info' };
  const good = { routing_key: KEY, event_action: 'trigger', dedup_key: 'k', payload };

  test('takes what is documented', () => {
    expect(eventFaults(good, 'alert', KEY)).toEqual([]);
    expect(eventFaults({ routing_key: KEY, event_action: 'resolve', dedup_key: 'k' }, 'alert', KEY)).toEqual(
      [],
    );
    expect(eventFaults({ routing_key: KEY, payload: { summary: 'x' } }, 'change', KEY)).toEqual([]);
  });

  test.for([
    [{ routing_key: 'short' }],
    [{ routing_key: 'x'.repeat(32) }],
    [{ event_action: 'shout' }],
    [{ dedup_key: 'x'.repeat(256) }],
    [{ payload: undefined }],
    [{ payload: { ...payload, summary: 'x'.repeat(1_025) } }],
    [{ payload: { ...payload, summary: '' } }],
    [{ payload: { ...payload, source: undefined } }],
    [{ payload: { ...payload, severity: 'high' } }],
    [{ payload: { ...payload, timestamp: 'yesterday' } }],
    [{ payload: { ...payload, colour: 'red' } }],
    [{ payload: { ...payload, custom_details: { a: { b: 1 } } } }],
    [{ links: [{ href: 'javascript:x' }] }],
    [{ client_url: 'x' }],
    [{ colour: 'red' }],
  ])('and refuses %o', ([wrong]) => {
    expect(eventFaults({ ...good, ...wrong }, 'alert', KEY)).toHaveLength(
      wrong !== undefined && 'routing_key' in wrong && wrong.routing_key === 'short' ? 2 : 1,
    );
  });

  test('folds by key, drops what concerns no open alert, and pages again after a resolution', async () => {
    const server = kept(await startPagerDuty({ routingKey: KEY }));
    const ask = (action: string) => post(`${server.url}/v2/enqueue`, { ...good, event_action: action });
    for (const action of [
      'resolve',
      'trigger',
      'trigger',
      'acknowledge',
      'resolve',
      'acknowledge',
      'trigger',
    ]) {
      expect((await ask(action)).status).toBe(202);
    }
    expect(server.incidents.map(({ state, triggers }) => [state, triggers])).toEqual([
      ['resolved', 2],
      ['triggered', 1],
    ]);
    expect((await post(`${server.url}/v2/enqueue`, { ...good, routing_key: 'x' })).status).toBe(400);
    const large = { ...good, payload: { ...payload, custom_details: { a: 'x'.repeat(600_000) } } };
    expect((await post(`${server.url}/v2/enqueue`, large)).status).toBe(400);
  });
});

describe('a receiver of ours', () => {
  const NOW_MS = 1_772_590_800_000;
  const event = {
    specversion: '1.0',
    id: 'a',
    source: '/x',
    type: 'x',
    subject: 'x',
    datacontenttype: 'application/json',
    dataschema: 'x',
    data: {},
  };

  test('takes what is signed, fresh and a CloudEvent, and nothing else', async () => {
    const server = kept(await startWebhook({ nowMs: () => NOW_MS }));
    const ask = async (
      body: object,
      { id = 'a', at = NOW_MS / 1_000, secret = server.secret, type = 'application/cloudevents+json' } = {},
    ) => {
      const bytes = JSON.stringify(body);
      const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
      const mac = createHmac('sha256', key).update(`${id}.${at}.${bytes}`).digest('base64');
      const headers = { 'webhook-id': id, 'webhook-timestamp': String(at), 'webhook-signature': `v1,${mac}` };
      return (await post(server.url, bytes, { ...headers, 'content-type': type })).status;
    };
    expect(await ask(event)).toBe(204);
    expect(await ask(event)).toBe(204);
    expect(server.seen.map(({ isRepeat }) => isRepeat)).toEqual([false, true]);
    expect(await ask(event, { secret: `whsec_${Buffer.from('another').toString('base64')}` })).toBe(401);
    expect(await ask(event, { at: NOW_MS / 1_000 - 301 })).toBe(401);
    expect(await ask(event, { id: 'a.b' })).toBe(400);
    expect(await ask(event, { type: 'application/json' })).toBe(422);
    expect(await ask({ ...event, id: 'b' })).toBe(422);
    expect(await ask({ ...event, specversion: '0.3' })).toBe(422);
    expect(await ask({ ...event, Colour: 'red' })).toBe(422);
    expect((await post(server.url, event)).status).toBe(400);
  });
});

describe('each can be told to fail', () => {
  test('so many times, and to come back', async () => {
    const server = kept(await startWebhook());
    const ask = (signal?: AbortSignal) =>
      fetch(server.url, { method: 'POST', body: '{}', ...(signal === undefined ? {} : { signal }) }).then(
        ({ status }) => status,
        () => 'no answer',
      );
    server.fail(2, { status: 429, headers: { 'retry-after': '9' } });
    expect([await ask(), await ask(), await ask()]).toEqual([429, 429, 400]);
    server.fail(1, 'close');
    expect([await ask(), await ask()]).toEqual(['no answer', 400]);
    server.fail(1, 'hang');
    expect(await ask(AbortSignal.timeout(50))).toBe('no answer');
    const before = server.refused.length;
    server.fail(1, 'lost');
    expect(await ask()).toBe('no answer');
    expect(server.refused).toHaveLength(before + 1);
    await server.down();
    expect(await ask()).toBe('no answer');
    await server.up();
    expect(await ask()).toBe(400);
    expect(server.asked.length).toBe(8);
  });
});
